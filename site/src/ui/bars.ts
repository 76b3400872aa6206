/** What a list of bars is made of. */

import type { Question } from "../runtime/labels";
import type { Answer } from "../runtime/types";
import { make } from "./dom";
import { question as questionText } from "./texts";
import { answerText, percent } from "./wording";

/** A label, a bar and a number, or what stands in its place. */
export function bar(label: string, share: number, text = percent(share)): HTMLElement[] {
  const fill = make("span", { className: "fill" });
  fill.style.width = `${100 * share}%`;
  return [
    make("span", { className: "label" }, label),
    make("span", { className: "bar" }, fill),
    make("span", { className: "number" }, text),
  ];
}

/** A question, a bar that says how likely yes is, and the answer. */
export function answerBar(
  question: Question,
  answer: Pick<Answer, "answer" | "probability">,
): HTMLElement[] {
  const share = answer.answer === "cant_see" ? 0 : answer.probability;
  return bar(questionText[question], share, answerText(answer));
}
