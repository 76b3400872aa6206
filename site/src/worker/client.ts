/** The page's side of the worker: ask, and wait for the answer. */

import wasmGlue from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasmFile from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import listed from "virtual:networks";
import type { Box } from "../runtime/types";
import type { Networks } from "./files";
import type { Answer, Ask, Checked, Problem, Request } from "./protocol";
import workerUrl from "./worker?worker&url";

/** An answer that says what was wrong. */
export class CheckProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.kind);
  }
}

interface Waiting {
  readonly done: (checked: Checked | null) => void;
  readonly failed: (problem: CheckProblem) => void;
  readonly tell: (loaded: number, total: number) => void;
}

/** Checks photos in a worker, so that the page never freezes. */
export class Glass {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #loading: Promise<unknown> | null = null;

  constructor() {
    this.#worker = startWorker();
    this.#worker.addEventListener("message", (event: MessageEvent<Answer>) =>
      this.#answered(event.data),
    );
    const broken = () => this.#failAll({ kind: "network" });
    this.#worker.addEventListener("error", broken);
    this.#worker.addEventListener("messageerror", broken);
  }

  /**
   * Load the networks, once; later calls wait for the first.
   *
   * @param tell - is told the bytes loaded so far.
   * @throws CheckProblem where they can't be had; the next call tries again.
   */
  async load(tell: (loaded: number, total: number) => void = () => {}): Promise<void> {
    this.#loading ??= this.#ask(loadAsk(), tell);
    try {
      await this.#loading;
    } catch (error) {
      this.#loading = null;
      throw error;
    }
  }

  /** Check a photo: a file, or a decoded picture, which is handed over. */
  async check(photo: Blob | ImageBitmap): Promise<Checked> {
    await this.load();
    return this.#checked({ kind: "check", photo });
  }

  /**
   * Check a frame of a camera.
   *
   * @param photo - is handed over.
   * @param last - the boxes of the frame before, which say where to look; none: search.
   */
  async frame(photo: ImageBitmap, last: readonly Box[]): Promise<Checked> {
    await this.load();
    return this.#checked({ kind: "frame", photo, last });
  }

  async #checked(ask: Ask): Promise<Checked> {
    const checked = await this.#ask(ask);
    if (!checked) throw new Error("an empty answer");
    return checked;
  }

  #ask(ask: Ask, tell: Waiting["tell"] = () => {}): Promise<Checked | null> {
    const id = this.#next++;
    const handed = "photo" in ask && ask.photo instanceof ImageBitmap ? [ask.photo] : [];
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed, tell });
      this.#worker.postMessage({ id, ask } satisfies Request, handed);
    });
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    if (answer.kind === "progress") {
      waiting.tell(answer.loaded, answer.total);
      return;
    }
    this.#waiting.delete(answer.id);
    if (answer.kind === "done") waiting.done(answer.checked);
    else waiting.failed(new CheckProblem(answer.problem));
  }

  #failAll(problem: Problem): void {
    for (const { failed } of this.#waiting.values()) failed(new CheckProblem(problem));
    this.#waiting.clear();
  }
}

/**
 * The worker, behind the page's own policy: one that is started from a network address is free
 * to send what it likes where it likes; one that starts from a blob may do what its page may.
 */
function startWorker(): Worker {
  const address = new URL(workerUrl, document.baseURI).href;
  const starter = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  const url = URL.createObjectURL(starter);
  return new Worker(url, { type: "module" });
}

/** What to load, by addresses that a worker from a blob understands too. */
function loadAsk(): Ask {
  const here = (url: string) => new URL(url, document.baseURI).href;
  const { finder, landmarks, wear } = listed;
  const networks: Networks = {
    finder: { ...finder, url: here(finder.url) },
    landmarks: { ...landmarks, url: here(landmarks.url) },
    wear: { ...wear, url: here(wear.url) },
  };
  const wasm = { wasm: here(wasmFile), mjs: here(wasmGlue) };
  return { kind: "load", networks, engine: { threads: threads(), wasm } };
}

/** More than one only where the host's headers allow shared memory, and never all of them. */
function threads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1));
}
