/** The page's side of the worker: ask, and wait for the answer. */

import wasmGlue from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasmFile from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import listed from "virtual:networks";
import type { Face } from "../runtime/types";
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
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #loading: Promise<unknown> | null = null;

  /**
   * Load the networks, once; later calls wait for the first.
   *
   * @param tell - is told the bytes loaded so far.
   * @throws CheckProblem where they can't be had; the next call tries again.
   */
  async load(tell: (loaded: number, total: number) => void = () => {}): Promise<void> {
    const loading = (this.#loading ??= this.#begin(tell));
    try {
      await loading;
    } catch (error) {
      if (this.#loading === loading) {
        // What failed once may keep its failure: the next call begins with a new worker.
        this.#loading = null;
        this.#worker?.terminate();
        this.#worker = null;
      }
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
   * @param last - the faces of the frame before, which say where to look; none: search.
   */
  async frame(photo: ImageBitmap, last: readonly Face[]): Promise<Checked> {
    await this.load();
    return this.#checked({ kind: "frame", photo, last });
  }

  async #begin(tell: Waiting["tell"]): Promise<void> {
    const worker = startWorker();
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<Answer>) => this.#answered(event.data));
    const broken = () => this.#failAll({ kind: "network" });
    worker.addEventListener("error", broken);
    worker.addEventListener("messageerror", broken);
    await this.#ask(loadAsk(), tell);
  }

  async #checked(ask: Ask): Promise<Checked> {
    const checked = await this.#ask(ask);
    if (!checked) throw new Error("an empty answer");
    return checked;
  }

  #ask(ask: Ask, tell: Waiting["tell"] = () => {}): Promise<Checked | null> {
    const id = this.#next++;
    const handed = "photo" in ask && ask.photo instanceof ImageBitmap ? [ask.photo] : [];
    const worker = this.#worker;
    if (!worker) throw new Error("load comes first");
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed, tell });
      worker.postMessage({ id, ask } satisfies Request, handed);
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
  const worker = new Worker(url, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
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
  const wasm = { url: here(wasmFile), bytes: listed.engineBytes };
  return { kind: "load", networks, engine: { wasm, mjs: here(wasmGlue) } };
}
