/** Cover a part of the demo portrait, and see the verdict change: the real networks, live. */

import { atCrop } from "../runtime/evidence";
import { QUESTIONS } from "../runtime/labels";
import { answerBar } from "../ui/bars";
import { element, make } from "../ui/dom";
import { heat, lay, penOf } from "../ui/heat";
import { sentenceOf } from "../ui/problems";
import { Progress } from "../ui/progress";
import { kindOf } from "../ui/stage";
import { check, hiding } from "../ui/texts";
import { headline } from "../ui/wording";
import { Glass } from "../worker/client";
import type { Checked } from "../worker/protocol";

const PIECE = 0.22; // side of the piece, in widths of the photo
const STEP = 0.03; // an arrow key moves it so far

/** Fill `#try-hiding`: a button at first, for the networks are megabytes. */
export function mountHiding(): void {
  const place = element("try-hiding", HTMLElement);
  const begin = make("button", { type: "button", className: "button" }, hiding.start);
  const announce = make("div", { className: "visually-hidden" });
  announce.setAttribute("role", "status");
  const line = make("div");
  place.append(line, announce);
  const progress = new Progress(line, announce);
  const glass = new Glass();
  begin.addEventListener("click", async () => {
    begin.hidden = true;
    try {
      await glass.load((loaded, total) =>
        progress.share(check.loading, loaded, total, check.preparing),
      );
      const photo = element("hiding-photo", HTMLImageElement);
      await photo.decode();
      progress.rest();
      const shown = new Hiding(place, glass, photo);
      shown.move(0, 0);
      shown.focus(); // the button that had it is gone
    } catch (error) {
      progress.fail(sentenceOf(error));
      begin.hidden = false;
      begin.focus();
    }
  });
  place.append(begin);
}

/** The photo, the piece over it, and what the networks say. */
class Hiding {
  readonly #glass: Glass;
  readonly #photo: HTMLImageElement;
  readonly #canvas = make("canvas");
  readonly #piece = make("button", { type: "button", className: "piece" });
  readonly #verdict = make("p", { className: "verdict" });
  readonly #answers = make("ul", { className: "bars answers" });
  #x = 0.02; // the piece's corner, in widths and heights of the photo
  #y = 0.05;
  #held: readonly [number, number] = [0, 0]; // where the pointer took it, in pixels from its corner
  #busy = false;
  #again = false;

  constructor(place: HTMLElement, glass: Glass, photo: HTMLImageElement) {
    this.#glass = glass;
    this.#photo = photo;
    this.#canvas.width = photo.naturalWidth;
    this.#canvas.height = photo.naturalHeight;
    this.#piece.setAttribute("aria-label", hiding.piece);
    this.#piece.style.width = `${100 * PIECE}%`;
    this.#verdict.setAttribute("role", "status");
    const stage = make("div", { className: "stage" }, this.#canvas, this.#piece);
    const told = make("div", {}, this.#verdict, this.#answers);
    place.append(make("p", {}, hiding.hint), make("div", { className: "columns" }, stage, told));
    this.#piece.addEventListener("pointermove", (event) => this.#dragged(event));
    this.#piece.addEventListener("pointerdown", (event) => {
      this.#piece.setPointerCapture(event.pointerId);
      const piece = this.#piece.getBoundingClientRect();
      this.#held = [event.clientX - piece.left, event.clientY - piece.top];
    });
    this.#piece.addEventListener("keydown", (event) => this.#pressed(event));
  }

  focus(): void {
    this.#piece.focus();
  }

  /** Move the piece, by shares of the photo, and look again. */
  move(across: number, down: number): void {
    const high = (PIECE * this.#photo.naturalWidth) / this.#photo.naturalHeight;
    this.#x = Math.min(Math.max(this.#x + across, 0), 1 - PIECE);
    this.#y = Math.min(Math.max(this.#y + down, 0), 1 - high);
    this.#piece.style.left = `${100 * this.#x}%`;
    this.#piece.style.top = `${100 * this.#y}%`;
    void this.#look();
  }

  #dragged(event: PointerEvent): void {
    if (!this.#piece.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left - this.#held[0], event.clientY - top - this.#held[1]];
    this.move(x / width - this.#x, y / height - this.#y);
  }

  #pressed(event: KeyboardEvent): void {
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.move(...step);
  }

  /** One look at a time; what moves meanwhile is looked at after. */
  async #look(): Promise<void> {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#again) {
      this.#again = false;
      try {
        this.#show(await this.#glass.check(await this.#covered()));
      } catch (error) {
        this.#verdict.textContent = sentenceOf(error);
      }
    }
    this.#busy = false;
  }

  #covered(): Promise<ImageBitmap> {
    const { naturalWidth: width, naturalHeight: height } = this.#photo;
    const hidden = new OffscreenCanvas(width, height);
    const pen = hidden.getContext("2d");
    pen?.drawImage(this.#photo, 0, 0);
    if (pen) pen.fillStyle = "rgb(128, 128, 128)";
    pen?.fillRect(this.#x * width, this.#y * height, PIECE * width, PIECE * width);
    return createImageBitmap(hidden);
  }

  #show({ verdicts, picture }: Checked): void {
    const pen = penOf(this.#canvas);
    pen.drawImage(picture ?? this.#photo, 0, 0);
    picture?.close();
    const verdict = verdicts[0];
    this.#verdict.className = `verdict ${verdict ? kindOf(verdict) : "unsure"}`;
    this.#verdict.textContent = verdict ? headline(verdict) : check.noFace;
    if (!verdict) {
      this.#answers.replaceChildren();
      return;
    }
    const { answers, evidence } = verdict;
    const { square, cropSize } = evidence;
    const map = atCrop(evidence, null);
    lay(pen, heat(map, cropSize), square);
    this.#answers.replaceChildren(
      ...QUESTIONS.map((one) => make("li", {}, ...answerBar(one, answers[one]))),
    );
  }
}
