/** The photo with its boxes and the heat map of one face. */

import type { Box, Verdict } from "../runtime/types";
import { heat, lay, penOf } from "./heat";
import { element, make } from "./dom";
import { check, fill } from "./texts";
import { headline } from "./wording";

/** The class that gives a verdict its colour. */
export function kindOf(verdict: Verdict): string {
  return verdict.unsure ? "unsure" : verdict.wear;
}

/** Shows a photo in `#photo`, and over it one button a face. */
export class Stage {
  readonly #canvas = element("photo", HTMLCanvasElement);
  readonly #boxes = element("boxes", HTMLElement);
  readonly #choose: (number: number) => void;
  #picture: ImageBitmap | null = null;
  #scale = 1;

  /** @param choose - is told which face was chosen. */
  constructor(choose: (number: number) => void) {
    this.#choose = choose;
  }

  /** Show another photo: `width` and `height` are those that boxes refer to. */
  show(picture: ImageBitmap, width: number, height: number, verdicts: readonly Verdict[]): void {
    this.#picture?.close();
    this.#picture = picture;
    this.#scale = picture.width / width;
    this.#canvas.width = picture.width;
    this.#canvas.height = picture.height;
    penOf(this.#canvas).drawImage(picture, 0, 0);
    this.#boxes.replaceChildren(
      ...verdicts.map((verdict, number) => {
        const button = make("button", { type: "button", className: `box ${kindOf(verdict)}` });
        const name = { number: number + 1, count: verdicts.length, verdict: headline(verdict) };
        button.setAttribute("aria-label", fill(check.faceOf, name));
        put(button, verdict.face.box, width, height);
        if (verdicts.length > 1) button.append(make("span", {}, String(number + 1)));
        button.addEventListener("click", () => this.#choose(number));
        return button;
      }),
    );
  }

  /** Mark one of the faces, and lay its map over it. */
  mark(number: number, verdict: Verdict, map: Float32Array, strength: number): void {
    if (!this.#picture) return;
    [...this.#boxes.children].forEach((box, i) => {
      box.setAttribute("aria-pressed", String(i === number));
    });
    const pen = penOf(this.#canvas);
    pen.drawImage(this.#picture, 0, 0);
    const { square, cropSize } = verdict.evidence;
    lay(pen, heat(map, cropSize, strength), square, this.#scale);
  }
}

/** Put an element over the part of its parent that a box takes of a photo. */
export function put(what: HTMLElement, [x, y, w, h]: Box, width: number, height: number): void {
  what.style.left = `${(100 * x) / width}%`;
  what.style.top = `${(100 * y) / height}%`;
  what.style.width = `${(100 * w) / width}%`;
  what.style.height = `${(100 * h) / height}%`;
}
