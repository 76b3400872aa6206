/** What the page and its worker say to each other. */

import type { HeaderProblem } from "../runtime/photo_header";
import type { Face, Verdict } from "../runtime/types";
import type { EngineFiles, Networks } from "./files";

/** Why a photo can't be used; the texts have a sentence for each. */
export type Problem = HeaderProblem | { readonly kind: "avif" | "network" | "memory" | "fault" };

export type Ask =
  | { readonly kind: "load"; readonly networks: Networks; readonly engine: EngineFiles }
  | { readonly kind: "check"; readonly photo: Blob | ImageBitmap }
  | { readonly kind: "frame"; readonly photo: ImageBitmap; readonly last: readonly Face[] };

/** A request; every one gets exactly one `done` or `failed`. */
export interface Request {
  readonly id: number;
  readonly ask: Ask;
}

/** A face of a photo, as large as the network saw it and clearer. */
export interface CloseUp {
  readonly size: number;
  /** RGBA, size * size * 4. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface Checked {
  readonly width: number;
  readonly height: number;
  /** One per face, from left to right; none where no face was found. */
  readonly verdicts: readonly Verdict[];
  /** The photo, made smaller where it was larger than a screen; null for a camera's frame. */
  readonly picture: ImageBitmap | null;
  /** One per verdict; empty for a camera's frame. */
  readonly closeUps: readonly CloseUp[];
  /** From the photo's bytes to the verdicts. */
  readonly milliseconds: number;
  /** Of them, finding the faces. */
  readonly finding: number;
}

export type Answer =
  | {
      readonly id: number;
      readonly kind: "progress";
      readonly loaded: number;
      readonly total: number;
    }
  | { readonly id: number; readonly kind: "done"; readonly checked: Checked | null }
  | { readonly id: number; readonly kind: "failed"; readonly problem: Problem };
