/** Place the landmarks of faces whose boxes are known. */

import { BATCH } from "./constants";
import { crop, squareAround } from "./crop";
import type { LandmarksManifest } from "./manifest";
import { batchOf, type Run } from "./network";
import type { Box, Picture, Square } from "./types";

/** What a closer look at a box gave. */
export interface Placed {
  /** 109 points x, y in photo pixels; null where they can't be trusted. */
  readonly points: Float64Array | null;
  /** How likely the box frames a face, in [0, 1]. */
  readonly face: number;
  /** Of that face, in photo pixels; the box that was looked at where the network gave none. */
  readonly box: Box;
}

/** Places landmarks. */
export class Landmarker {
  constructor(
    private readonly run: Run,
    readonly manifest: LandmarksManifest,
  ) {}

  /** Look closer at boxes; one for each. */
  async place(photo: Picture, boxes: readonly Box[]): Promise<Placed[]> {
    const placed: Placed[] = [];
    for (let first = 0; first < boxes.length; first += BATCH) {
      placed.push(...(await this.placeSome(photo, boxes.slice(first, first + BATCH))));
    }
    return placed;
  }

  private async placeSome(photo: Picture, boxes: readonly Box[]): Promise<Placed[]> {
    const { input_size: size, margin, confidence: least } = this.manifest;
    const squares = boxes.map((box) => squareAround(box, margin));
    const crops = squares.map((square) => crop(photo, square, size));
    const { points, confidence, face, box } = await this.run(batchOf(crops, size));
    const values = points.data.length / boxes.length;
    return squares.map((square, i) => {
      const scale = square.side / size;
      const there = Float64Array.from(
        points.data.subarray(i * values, (i + 1) * values),
        (value, j) => value * scale + (j % 2 ? square.y : square.x),
      );
      const trusted = there.every(Number.isFinite) && confidence.data[i] >= least;
      const own = [...box.data.subarray(4 * i, 4 * i + 4)];
      return {
        points: trusted ? there : null,
        face: Math.min(Math.max(face.data[i] || 0, 0), 1),
        box: boxIn(square, scale, own) ?? boxes[i],
      };
    });
  }
}

/** A box of a crop in photo pixels; null where it is none. */
function boxIn(square: Square, scale: number, [x, y, w, h]: readonly number[]): Box | null {
  const { fround } = Math; // the sides are float32 in Python
  const [wide, high] = [fround(w * fround(scale)), fround(h * fround(scale))];
  const framed: Box = [x * scale + square.x, y * scale + square.y, wide, high];
  return framed.every(Number.isFinite) && Math.min(wide, high) > 0 ? framed : null;
}
