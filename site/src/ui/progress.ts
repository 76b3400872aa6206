/** Where a page says what it is doing: loading, looking, or what went wrong. */

import { make } from "./dom";
import { fill } from "./texts";

const MB = 1e6;

/** The line under the ways to give a photo. It says nothing aloud: bytes that count up are no news. */
export class Progress {
  readonly #place: HTMLElement;
  readonly #announce: HTMLElement;
  readonly #bar = make("progress", { max: 1 });
  readonly #text = make("span");

  /**
   * @param place - takes the line; it keeps its height, so that nothing jumps.
   * @param announce - a live region: is told aloud what is under way and what went wrong.
   */
  constructor(place: HTMLElement, announce: HTMLElement) {
    this.#place = place;
    this.#announce = announce;
    this.#bar.setAttribute("aria-hidden", "true"); // the text says it
    this.#place.append(this.#bar, this.#text);
    this.rest();
  }

  /** So many bytes are there, unless there is worse to say; `then` follows when all are. */
  share(text: string, loaded: number, total: number, then: string): void {
    if (this.#failed()) return;
    if (loaded >= total) {
      this.busy(then);
      return;
    }
    const values = { loaded: (loaded / MB).toFixed(1), total: (total / MB).toFixed(1) };
    this.#say("progress", fill(text, values));
    this.#bar.hidden = false;
    this.#bar.value = loaded / total;
  }

  /** Something is under way, nobody knows how long. */
  busy(text: string): void {
    this.#say("progress", text);
    this.#announce.textContent = text;
    this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
  }

  /** Nothing is under way any more; what went wrong stays to be read. */
  settle(): void {
    if (!this.#failed()) this.rest();
  }

  /** Nothing is under way, and nothing wrong. */
  rest(): void {
    this.#say("progress", "");
  }

  /** Something went wrong. */
  fail(sentence: string): void {
    this.#say("progress error", sentence);
    this.#announce.textContent = sentence;
  }

  #failed(): boolean {
    return this.#place.classList.contains("error");
  }

  #say(className: string, text: string): void {
    this.#place.className = className;
    this.#text.textContent = text;
    this.#bar.hidden = true;
  }
}
