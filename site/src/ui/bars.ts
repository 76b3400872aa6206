/** What a list of bars is made of. */

import { make } from "./dom";
import { percent } from "./wording";

/** A label, a bar and a number. */
export function bar(label: string, share: number): HTMLElement[] {
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * share}%`;
  return [
    make("span", { className: "label" }, label),
    make("span", { className: "bar" }, fill),
    make("span", { className: "number" }, percent(share)),
  ];
}
