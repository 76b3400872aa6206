/** Open a network's bytes in ONNX Runtime's WebAssembly. */

import * as ort from "onnxruntime-web/wasm";
import { NetworkError } from "./manifest";
import type { Run } from "./network";

/** How the engine runs. */
export interface EngineOptions {
  /** Addresses of the engine's two files; the engine finds them itself where there are none. */
  readonly wasm?: { readonly wasm: string; readonly mjs: string };
}

/**
 * Open a network.
 *
 * @param bytes - an ONNX file.
 * @param sha256 - what its hash must be, in hex.
 * @throws NetworkError where the hash is another.
 */
export async function openEngine(
  bytes: Uint8Array<ArrayBuffer>,
  sha256: string,
  options: EngineOptions,
): Promise<Run> {
  // Without https, browsers lend no hash function; whoever can change the file on its way
  // could change this line too.
  if (globalThis.crypto?.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== sha256) throw new NetworkError(`another file: ${hex}`);
  }
  // More threads would be workers that start from a network address: no page's policy binds them.
  ort.env.wasm.numThreads = 1;
  if (options.wasm) ort.env.wasm.wasmPaths = { ...options.wasm };
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  return async ({ name, data, dims }) => {
    const outputs = await session.run({ [name]: new ort.Tensor("uint8", data, dims) });
    // The engine gives copies and keeps nothing: so its memory does not grow with the frames.
    return Object.fromEntries(
      Object.entries(outputs).map(([key, tensor]) => {
        if (!(tensor.data instanceof Float32Array)) throw new NetworkError(`${key} is no float`);
        return [key, { data: tensor.data, dims: tensor.dims }];
      }),
    );
  };
}
