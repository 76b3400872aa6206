/** One face in detail: the verdict, the four answers and what speaks for each, and where. */

import { QUESTIONS, type Question } from "../runtime/labels";
import { type Answer, REGIONS, type Shares, type Verdict } from "../runtime/types";
import type { CloseUp } from "../worker/protocol";
import { answerBar, bar } from "./bars";
import { element, make } from "./dom";
import { heat, lay, penOf } from "./heat";
import { kindOf } from "./stage";
import { check, fill, question as questionText, region, reply, wear } from "./texts";
import { explanation, headline } from "./wording";

/** The wears in the order of how much of a mask there is. */
const LISTED_WEARS = ["none", "correct", "incorrect"] as const;

/** The panel in `#face`. */
export class FacePanel {
  readonly #asked: (question: Question | null) => void;
  readonly #canvas = element("close-up", HTMLCanvasElement);
  readonly #back = element("back", HTMLButtonElement);
  #buttons = new Map<Question, HTMLButtonElement>();
  #shown: Question | null = null;

  /** @param asked - is told whose evidence the reader wants to see; null: the verdict's. */
  constructor(asked: (question: Question | null) => void) {
    this.#asked = asked;
    this.#back.addEventListener("click", () => {
      const pressed = this.#shown && this.#buttons.get(this.#shown);
      asked(null);
      pressed?.focus(); // the button that had it is gone
    });
  }

  /** Show a face; `explain` then shows what speaks for its verdict. */
  show(verdict: Verdict): void {
    const { answers, probabilities, face } = verdict;
    const title = element("verdict", HTMLElement);
    title.className = `verdict ${kindOf(verdict)}`;
    title.textContent = headline(verdict);
    element("explanation", HTMLElement).textContent = explanation(verdict);
    element("where-title", HTMLElement).textContent = face.points ? check.where : check.whereAbout;
    this.#buttons = new Map(
      QUESTIONS.map((one) => {
        const button = make("button", { type: "button" }, ...answerBar(one, answers[one]));
        button.addEventListener("click", () => this.#asked(one));
        return [one, button];
      }),
    );
    const list = [...this.#buttons.values()].map((button) => make("li", {}, button));
    element("answers", HTMLElement).replaceChildren(...list);
    element("likely", HTMLElement).replaceChildren(
      ...LISTED_WEARS.map((one) => make("li", {}, ...bar(wear[one], probabilities[one]))),
    );
  }

  /**
   * Show what speaks for an answer, or (null) for the verdict, and where.
   *
   * @param map - of it, at crop resolution.
   */
  explain(
    verdict: Verdict,
    question: Question | null,
    map: Float32Array,
    closeUp: CloseUp,
    strength: number,
  ): void {
    this.#shown = question;
    const answer = question && verdict.answers[question];
    this.#draw(closeUp, map, verdict.evidence.cropSize, strength);
    const shares = (answer ?? verdict).shares;
    const words = wordsOf(verdict, question);
    element("shows", HTMLElement).textContent = fill(showsText(answer, shares), words);
    this.#canvas.setAttribute("aria-label", fill(check.closeUpAlt, words));
    const numbers = element("numbers", HTMLElement);
    numbers.hidden = answer === null;
    numbers.textContent = answer && numbersOf(answer);
    this.#back.hidden = answer === null;
    for (const [one, button] of this.#buttons) {
      button.setAttribute("aria-pressed", String(one === question));
    }
    element("where", HTMLElement).replaceChildren(
      ...REGIONS.map((name) => make("li", {}, ...bar(region[name], shares[name]))),
    );
  }

  #draw(closeUp: CloseUp, map: Float32Array, size: number, strength: number): void {
    this.#canvas.width = closeUp.size;
    this.#canvas.height = closeUp.size;
    const pen = penOf(this.#canvas);
    pen.putImageData(new ImageData(closeUp.pixels, closeUp.size, closeUp.size), 0, 0);
    lay(pen, heat(map, size, strength), { x: 0, y: 0, side: closeUp.size, turn: 0 });
  }
}

/** What the evidence is for, in words. */
function wordsOf(verdict: Verdict, question: Question | null): Record<"question" | "of", string> {
  if (question === null) return { question: "", of: headline(verdict) };
  const asked = questionText[question];
  const answer = reply[verdict.answers[question].answer];
  return { question: asked, of: fill(check.asked, { question: asked, answer }) };
}

function showsText(answer: Answer | null, shares: Shares): string {
  if (answer?.answer === "cant_see") return check.showsCantSee;
  if (REGIONS.every((name) => shares[name] === 0)) return check.showsNothing;
  return answer ? check.showsAnswer : check.showsVerdict;
}

/** The sum that makes the logit, in numbers. */
function numbersOf({ logit, bias }: Answer): string {
  const values = { mean: told(logit - bias), bias: told(bias), logit: told(logit) };
  return fill(check.numbers, values);
}

function told(value: number): string {
  return value.toFixed(3).replace("-", "\u2212");
}
