/** Cut one square crop out of a photo: the formula of docs/crop.md. */

import { CROP_FILTER_STEPS, CROP_WEIGHT_SUM } from "./constants";
import { halve } from "./resize";
import type { Box, Picture, Square } from "./types";

/** The square with the box's centre whose side is `margin` times the longer side. */
export function squareAround([x, y, w, h]: Box, margin: number, turn = 0): Square {
  const side = Math.max(w, h) * margin;
  return { x: x + (w - side) / 2, y: y + (h - side) / 2, side, turn };
}

/** A point of a square picture after quarter turns of it counter-clockwise. */
export function turnPoint(x: number, y: number, turn: number, size: number): [number, number] {
  switch (turn % 4) {
    case 1:
      return [y, size - x];
    case 2:
      return [size - x, size - y];
    case 3:
      return [size - y, x];
    default:
      return [x, y];
  }
}

/** The part of a box that lies in a photo; w or h is 0 or less where none does. */
export function cutTo({ width, height }: Picture, [x, y, w, h]: Box): Box {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  return [left, top, Math.min(width, x + w) - left, Math.min(height, y + h) - top];
}

/** Which pixels make each pixel of an axis, and how much each counts. */
interface Taps {
  /** How many for each. */
  readonly count: number;
  /** size * count whole numbers. */
  readonly weights: Int32Array;
  /** size * count, in [0, length): the border repeats. */
  readonly pixels: Int32Array;
}

/**
 * Resample a square of the photo.
 *
 * @param photo - RGB.
 * @param square - what to show; the photo's border is repeated where it reaches outside.
 * @param size - side of the crop in pixels.
 * @returns RGB, 3 * size * size.
 */
export function crop(photo: Picture, square: Square, size: number): Uint8Array {
  const across = spanOf(square.x, square.side, size, photo.width);
  const down = spanOf(square.y, square.side, size, photo.height);
  const columns = tapsOf(square.x - across.low, square.side, size, across.length);
  const rows = tapsOf(square.y - down.low, square.side, size, down.length);
  const from: Rows = {
    values: photo.rgb,
    start: 3 * (down.low * photo.width + across.low),
    step: 3 * photo.width,
  };
  const out = new Uint8Array(3 * size * size);
  if (down.length < size) columnsFirst(from, down.length, columns, rows, out, size);
  else rowsFirst(from, 3 * across.length, columns, rows, out, size);
  return square.turn ? setUpright(out, square.turn, size) : out;
}

/**
 * The crop of the photo halved as often as leaves it the crop's resolution.
 *
 * Almost what `crop` gives, and several times as fast where the square is large: to find a face,
 * not to judge it. Halves begin at the photo's left top, whatever the square.
 *
 * @param photo - RGB.
 * @param square - as for `crop`.
 * @param size - side of the crop in pixels.
 * @returns RGB, 3 * size * size.
 */
export function coarseCrop(photo: Picture, square: Square, size: number): Uint8Array {
  const { x, y, side, turn } = square;
  let block = 1; // pixels of the photo to a side of one that is kept
  while (side >= 2 * block * size) block *= 2;
  if (block === 1) return crop(photo, square, size);
  const across = spanOf(x, side, size, photo.width, block);
  const down = spanOf(y, side, size, photo.height, block);
  const [left, top] = [across.low, down.low];
  let part = halve(photo, { left, top, width: across.length, height: down.length });
  for (let done = 2; done < block; done *= 2) part = halve(part);
  const there = { x: (x - left) / block, y: (y - top) / block, side: side / block, turn };
  return crop(part, there, size);
}

/** The pixels of a picture of size * size after quarter turns counter-clockwise. */
export function setUpright(rgb: Uint8Array, turn: number, size: number): Uint8Array {
  const upright = new Uint8Array(rgb.length);
  const last = size - 1;
  for (let y = 0, from = 0; y < size; y++) {
    for (let x = 0; x < size; x++, from += 3) {
      const [right, down] = turnPoint(x, y, turn, last);
      const to = 3 * (down * size + right);
      upright[to] = rgb[from];
      upright[to + 1] = rgb[from + 1];
      upright[to + 2] = rgb[from + 2];
    }
  }
  return upright;
}

/** Rows of pixels in a larger picture: row y begins at `start + y * step`. */
interface Rows {
  readonly values: Uint8Array | Int32Array;
  readonly start: number;
  readonly step: number;
}

/** Down, then along: for a part with as many rows as the crop or more. */
function rowsFirst(
  from: Rows,
  width: number,
  columns: Taps,
  rows: Taps,
  out: Uint8Array,
  size: number,
): void {
  const sums = new Int32Array(width);
  const done = new Int32Array(3 * size);
  for (let i = 0; i < size; i++) {
    sumRows(from, rows, i, sums);
    for (let j = 0; j < width; j++) sums[j] = sixteenth(sums[j]);
    sumColumns(sums, 0, columns, done, 0);
    for (let j = 0; j < done.length; j++) out[3 * size * i + j] = level(done[j]);
  }
}

/** Along, then down: a part of few rows is made smaller before it is made larger. */
function columnsFirst(
  from: Rows,
  height: number,
  columns: Taps,
  rows: Taps,
  out: Uint8Array,
  size: number,
): void {
  const narrow = new Int32Array(3 * size * height);
  for (let y = 0; y < height; y++) {
    sumColumns(from.values, from.start + y * from.step, columns, narrow, 3 * size * y);
  }
  for (let j = 0; j < narrow.length; j++) narrow[j] = sixteenth(narrow[j]);
  const sums = new Int32Array(3 * size);
  for (let i = 0; i < size; i++) {
    sumRows({ values: narrow, start: 0, step: 3 * size }, rows, i, sums);
    for (let j = 0; j < sums.length; j++) out[3 * size * i + j] = level(sums[j]);
  }
}

/** Row i of a crop: the weighed sums of the rows that make it. */
function sumRows({ values, start, step }: Rows, taps: Taps, i: number, sums: Int32Array): void {
  const { count, weights, pixels } = taps;
  sums.fill(0);
  for (let tap = i * count; tap < (i + 1) * count; tap++) {
    const weight = weights[tap];
    if (weight === 0) continue;
    for (let j = 0, at = start + pixels[tap] * step; j < sums.length; j++, at++) {
      sums[j] += weight * values[at];
    }
  }
}

/** The pixels along one row of a crop: the weighed sums of the pixels that make them. */
function sumColumns(
  values: Uint8Array | Int32Array,
  start: number,
  { count, weights, pixels }: Taps,
  sums: Int32Array,
  to: number,
): void {
  for (let tap = 0, out = to; tap < weights.length; out += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = tap + count; tap < end; tap++) {
      const weight = weights[tap];
      const at = start + 3 * pixels[tap];
      red += weight * values[at];
      green += weight * values[at + 1];
      blue += weight * values[at + 2];
    }
    sums[out] = red;
    sums[out + 1] = green;
    sums[out + 2] = blue;
  }
}

/** A sum of levels by whole weights (of 4096) in sixteenths of a level. */
function sixteenth(sum: number): number {
  return (sum + 128) >> 8;
}

/** A sum of sixteenths by whole weights (of 4096) in levels. */
function level(sum: number): number {
  return (sum + 32768) >> 16;
}

/** The part of an axis that a crop reads: a face costs its own pixels. */
interface Span {
  readonly low: number;
  readonly length: number;
}

/** Whole blocks of so many pixels, as far as the photo reaches. */
function spanOf(start: number, side: number, size: number, length: number, block = 1): Span {
  const reach = Math.max(1, side / size) + 2 * block;
  const first = Math.min(Math.max(Math.floor(start - reach), 0), length - 1);
  const low = Math.floor(first / block) * block;
  const end = Math.min(Math.max(Math.ceil(start + side + reach), low + 1), length);
  const high = Math.min(Math.ceil(end / block) * block, length);
  return { low, length: high - low };
}

/** Each weight is the step of the rounded running sum: what one rounds away, the next gets. */
function tapsOf(start: number, side: number, size: number, length: number): Taps {
  const radius = Math.max(1, side / size);
  const count = Math.floor(2 * radius) + 3;
  const weights = new Int32Array(size * count);
  const pixels = new Int32Array(size * count);
  const running = new Float64Array(count);
  for (let i = 0; i < size; i++) {
    const centre = start + (i + 0.5) * (side / size);
    const low = Math.floor(centre - radius);
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      const height = Math.max(0, 1 - Math.abs(low + tap + 0.5 - centre) / radius);
      sum += Math.floor(height * CROP_FILTER_STEPS + 0.5);
      running[tap] = sum;
      pixels[i * count + tap] = Math.min(Math.max(low + tap, 0), length - 1);
    }
    let before = 0;
    for (let tap = 0; tap < count; tap++) {
      const rounded = Math.floor((running[tap] * CROP_WEIGHT_SUM) / sum + 0.5);
      weights[i * count + tap] = rounded - before;
      before = rounded;
    }
  }
  return { count, weights, pixels };
}
