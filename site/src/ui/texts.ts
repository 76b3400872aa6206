/** Every sentence that the app says: texts/app.json. */

import texts from "../../texts/app.json";

export const {
  check,
  live,
  hiding,
  problem,
  wear,
  question,
  reply,
  part,
  region,
  reason,
  advice,
  sentence,
} = texts.app;

/** A text with its `{names}` replaced. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}
