/** What went wrong, in a sentence that says what to do. */

import { CheckProblem } from "../worker/client";
import { fill, problem } from "./texts";

/** The sentence for whatever was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof CheckProblem) return fill(problem[error.problem.kind], { ...error.problem });
  if (error instanceof DOMException) return cameraProblem(error.name);
  console.error(error);
  return problem.network;
}

function cameraProblem(name: string): string {
  if (name === "NotAllowedError") return problem.cameraDenied;
  if (name === "SecurityError") return problem.cameraInsecure;
  if (name === "NotFoundError" || name === "OverconstrainedError") return problem.cameraNone;
  return problem.cameraBusy;
}

/** Whether this browser has what the networks need. */
export function browserSuffices(): boolean {
  // A function that adds two vectors of bytes: valid only where there is SIMD.
  const simd = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253,
    15, 253, 98, 11,
  ]);
  return (
    typeof WebAssembly === "object" &&
    WebAssembly.validate(simd) &&
    typeof OffscreenCanvas === "function" &&
    typeof createImageBitmap === "function"
  );
}
