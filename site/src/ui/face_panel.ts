/** One face in detail: the verdict, every class and what speaks for it, and where. */

import { contrastAtCrop, regionShares } from "../runtime/evidence";
import { CLASSES, type ClassName, REGIONS, type Verdict } from "../runtime/types";
import type { CloseUp } from "../worker/protocol";
import { bar } from "./bars";
import { element, make } from "./dom";
import { heat, lay, penOf } from "./heat";
import { kindOf } from "./stage";
import { check, className, fill, region } from "./texts";
import { explanation, headline } from "./wording";

/** What is asked of the evidence: for a class, rather than another or by itself. */
export interface Question {
  readonly of: ClassName;
  readonly other: ClassName | null;
}

/** The panel in `#face`. */
export class FacePanel {
  readonly #asked: (question: Question) => void;
  readonly #canvas = element("close-up", HTMLCanvasElement);
  readonly #likely = element("likely", HTMLElement);
  readonly #where = element("where", HTMLElement);
  readonly #contrast = element("contrast", HTMLElement);
  #buttons = new Map<ClassName, HTMLButtonElement>();

  /** @param asked - is told what the reader wants to see the evidence of. */
  constructor(asked: (question: Question) => void) {
    this.#asked = asked;
  }

  /** Show a face; `answer` then shows what speaks for its verdict. */
  show(verdict: Verdict): void {
    const { probabilities, face } = verdict;
    const title = element("verdict", HTMLElement);
    title.className = `verdict ${kindOf(verdict)}`;
    title.textContent = headline(verdict);
    element("explanation", HTMLElement).textContent = explanation(verdict);
    element("where-title", HTMLElement).textContent = face.points ? check.where : check.whereAbout;
    this.#buttons = new Map();
    this.#likely.replaceChildren(
      ...CLASSES.map((name, i) => {
        const button = make(
          "button",
          { type: "button" },
          ...bar(className[name], probabilities[i]),
        );
        button.addEventListener("click", () => this.#asked(questionOf(verdict, name)));
        this.#buttons.set(name, button);
        return make("li", {}, button);
      }),
    );
  }

  /** Show what speaks for a class: the map at crop resolution, and its shares by region. */
  answer(verdict: Verdict, question: Question, closeUp: CloseUp, strength: number): void {
    const { evidence } = verdict;
    const { of, other } = question;
    const map = contrastAtCrop(evidence, of, other);
    this.#draw(closeUp, map, evidence.cropSize, strength);
    const nothing = !map.some((value) => value > 0);
    const text = nothing ? check.showsNothing : other ? check.showsContrast : check.showsOwn;
    const words = { of: className[of], other: other ? className[other] : "" };
    element("shows", HTMLElement).textContent = fill(text, words);
    element("numbers", HTMLElement).textContent = numbersOf(verdict, of);
    this.#canvas.setAttribute("aria-label", fill(check.closeUpAlt, words));
    for (const [name, button] of this.#buttons) {
      button.setAttribute("aria-pressed", String(name === of));
    }
    const shares = regionShares(map, evidence.regions);
    this.#where.replaceChildren(
      ...REGIONS.map((name) => make("li", {}, ...bar(region[name], shares[name]))),
    );
    this.#contrast.replaceChildren(...this.#contrasts(verdict, question));
  }

  /** "Why not correct?", or the way back. */
  #contrasts(verdict: Verdict, question: Question): HTMLButtonElement[] {
    const { className: own, rival } = verdict.evidence;
    const usual: Question = { of: own, other: rival };
    if (!same(question, usual)) return [this.#button(check.backToVerdict, usual)];
    if (own === "correct" || rival === "correct") return [];
    const other = "correct";
    return [this.#button(fill(check.whyNot, { other: className[other] }), { of: own, other })];
  }

  #button(text: string, question: Question): HTMLButtonElement {
    const button = make("button", { type: "button", className: "button" }, text);
    button.addEventListener("click", () => {
      this.#asked(question);
      this.#contrast.querySelector("button")?.focus(); // the pressed one is gone
    });
    return button;
  }

  #draw(closeUp: CloseUp, map: Float32Array, size: number, strength: number): void {
    this.#canvas.width = closeUp.size;
    this.#canvas.height = closeUp.size;
    const pen = penOf(this.#canvas);
    pen.putImageData(new ImageData(closeUp.pixels, closeUp.size, closeUp.size), 0, 0);
    lay(pen, heat(map, size, strength), 0, 0, closeUp.size, closeUp.size);
  }
}

/** The question a reader has who chooses a class: why that, not the verdict. */
export function questionOf({ evidence }: Verdict, of: ClassName): Question {
  return { of, other: of === evidence.className ? evidence.rival : null };
}

/** The sum that makes the logit, in numbers. */
function numbersOf({ evidence }: Verdict, of: ClassName): string {
  const i = CLASSES.indexOf(of);
  const bias = evidence.biases[i];
  const logit = evidence.logits[i];
  const values = { mean: told(logit - bias), bias: told(bias), logit: told(logit) };
  return fill(check.numbers, values);
}

function told(value: number): string {
  return value.toFixed(3).replace("-", "\u2212");
}

function same(one: Question, other: Question): boolean {
  return one.of === other.of && one.other === other.other;
}
