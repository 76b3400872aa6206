/** Place the landmarks of faces whose boxes are known. */

import { BATCH } from "./constants";
import { coarseCrop, setUpright, squareAround, turnPoint } from "./crop";
import type { LandmarksManifest } from "./manifest";
import { batchOf, type Run } from "./network";
import type { Box, Picture, Square } from "./types";

/** A box, and by how many quarter turns clockwise what is in it lies in the photo. */
export interface Lying {
  readonly box: Box;
  readonly turn: number;
}

/** What a closer look at a box gave. */
export interface LandmarkedBox {
  /** 109 points x, y in photo pixels; null where they can't be trusted. */
  readonly points: Float64Array | null;
  /** How far they can be trusted, in [0, 1]. */
  readonly confidence: number;
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

  /** Look closer at boxes, and at how what is in each lies; one for each. */
  async place(photo: Picture, boxes: readonly Lying[]): Promise<LandmarkedBox[]> {
    const placed: LandmarkedBox[] = [];
    for (let first = 0; first < boxes.length; first += BATCH) {
      placed.push(...(await this.placeSome(photo, boxes.slice(first, first + BATCH))));
    }
    return placed;
  }

  private async placeSome(photo: Picture, boxes: readonly Lying[]): Promise<LandmarkedBox[]> {
    const { fround } = Math; // as fine as what the network says
    const { input_size: size, margin, confidence: least } = this.manifest;
    const squares = boxes.map((one) => squareAround(one.box, margin, one.turn));
    const crops = uprightCrops(photo, squares, size);
    const { points, confidence, face, box } = await this.run(batchOf(crops, size));
    const values = points.data.length / boxes.length;
    return squares.map((square, i) => {
      const there = inPhoto(points.data.subarray(i * values, (i + 1) * values), square, size);
      const trusted = there.every(Number.isFinite) && confidence.data[i] >= fround(least);
      const own = [...box.data.subarray(4 * i, 4 * i + 4)];
      return {
        points: trusted ? there : null,
        confidence: chance(confidence.data[i]),
        face: chance(face.data[i]),
        box: boxIn(square, size, own) ?? boxes[i].box,
      };
    });
  }
}

/** The coarse crops of squares; what differs in the quarter turn alone is cut once. */
function uprightCrops(photo: Picture, squares: readonly Square[], size: number): Uint8Array[] {
  const cut = new Map<string, Uint8Array>();
  return squares.map(({ turn, ...square }) => {
    const place = `${square.x} ${square.y} ${square.side}`;
    const lying = cut.get(place) ?? coarseCrop(photo, { ...square, turn: 0 }, size);
    cut.set(place, lying);
    return turn ? setUpright(lying, turn, size) : lying;
  });
}

function chance(value: number): number {
  return Math.min(Math.max(value || 0, 0), 1);
}

/** Points x, y of a crop in photo pixels. */
function inPhoto(points: ArrayLike<number>, square: Square, size: number): Float64Array {
  const scale = square.side / size;
  const there = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = turnPoint(points[i], points[i + 1], 4 - square.turn, size);
    there[i] = x * scale + square.x;
    there[i + 1] = y * scale + square.y;
  }
  return there;
}

/** A box of a crop in photo pixels; null where it is none. */
function boxIn(square: Square, size: number, [x, y, w, h]: readonly number[]): Box | null {
  const { fround } = Math; // the sides are float32 in Python
  const scale = fround(square.side / size);
  const [wide, high] = [fround(w * scale), fround(h * scale)];
  const corners = inPhoto([x, y, fround(x + w), fround(y + h)], square, size);
  const [left, top] = [Math.min(corners[0], corners[2]), Math.min(corners[1], corners[3])];
  const sides = square.turn % 2 ? [high, wide] : [wide, high];
  const framed: Box = [left, top, sides[0], sides[1]];
  return framed.every(Number.isFinite) && Math.min(wide, high) > 0 ? framed : null;
}
