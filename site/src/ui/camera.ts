/** A camera: started when asked, freed when done. */

import { problem } from "./texts";

/** A camera that shows in a video element. */
export class Camera {
  readonly #video: HTMLVideoElement;
  readonly #width: number;
  readonly #lost: (sentence: string) => void;
  #stream: MediaStream | null = null;
  #starting: Promise<void> | null = null;
  #turn = 0;

  /**
   * @param video - shows what it sees.
   * @param width - of its picture in pixels, where it can; half as wide is looked at faster.
   * @param lost - is told when it stopped and nobody asked: it was unplugged, says the sentence,
   *   or its page was left, which needs none.
   */
  constructor(video: HTMLVideoElement, width: number, lost: (sentence: string) => void) {
    this.#video = video;
    this.#width = width;
    this.#lost = (sentence) => {
      this.stop();
      lost(sentence);
    };
    addEventListener("pagehide", () => this.#lost(""));
  }

  get running(): boolean {
    return this.#stream !== null;
  }

  /**
   * Start it; at once when it runs already.
   *
   * @throws DOMException as getUserMedia does; its name says what is wrong.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.stop();
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const video = { facingMode: "user", width: { ideal: this.#width } };
    if (!navigator.mediaDevices) throw new DOMException(problem.cameraInsecure, "SecurityError");
    const turn = ++this.#turn;
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (turn !== this.#turn) {
      // It was stopped while the browser asked.
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.#stream = stream;
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => turn === this.#turn && this.#lost(problem.cameraLost));
    }
    this.#video.srcObject = stream;
    await this.#video.play();
  }

  /** What it sees now. */
  frame(): Promise<ImageBitmap> {
    return createImageBitmap(this.#video);
  }

  /** Free it: its light goes out. */
  stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#starting = null;
    this.#turn++;
    this.#video.srcObject = null;
  }
}
