/** Make a picture smaller or larger as OpenCV does: the finder was trained on that. */

import type { Picture } from "./types";

/** `area`: the mean of what each new pixel covers; `linear`: between the four nearest. */
export type Way = "area" | "linear";

/** Some whole pixels of a picture. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resize a picture.
 *
 * @param picture - RGB.
 * @param width - of the result, in pixels.
 * @param height - of the result, in pixels.
 * @param way - `area` is for making smaller; where a side grows, it only draws the pixels' edges
 *   softer. Both are the mean of four where both sides are halved.
 */
export function resize(picture: Picture, width: number, height: number, way: Way): Picture {
  const across = picture.width / width;
  const down = picture.height / height;
  if (across === 2 && down === 2) return halve(picture);
  const made: Picture = { width, height, rgb: new Uint8Array(3 * width * height) };
  if (way === "linear" || across < 1 || down < 1) linear(picture, made, way);
  else if (Number.isInteger(across) && Number.isInteger(down)) blocks(picture, made);
  else area(picture, made);
  return made;
}

/** Some of a picture, as a picture. */
export function cutOut(picture: Picture, { left, top, width, height }: Rectangle): Picture {
  if (width === picture.width && height === picture.height) return picture;
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * picture.width + left);
    rgb.set(picture.rgb.subarray(from, from + 3 * width), 3 * y * width);
  }
  return { width, height, rgb };
}

/** Halves go to the even neighbour, as in C and Python; for values under 2 ** 51. */
export function roundHalfEven(value: number): number {
  // Where numbers lie 1 apart, the sum itself is rounded so.
  return value + 6755399441055744 - 6755399441055744;
}

/**
 * Some of a picture at half its size, rounded up.
 *
 * A pixel is the mean of four; here halves go up. The last row or column of an odd side counts
 * twice.
 *
 * @param picture - RGB.
 * @param some - what of it, at least a pixel; all of it where it is left out.
 */
export function halve(
  { rgb: from, width: wide, height: high }: Picture,
  { left, top, width, height }: Rectangle = { left: 0, top: 0, width: wide, height: high },
): Picture {
  const across = Math.ceil(width / 2);
  const down = Math.ceil(height / 2);
  const out = new Uint8Array(3 * across * down);
  for (let y = 0, to = 0; y < height; y += 2) {
    let upper = 3 * ((top + y) * wide + left);
    let lower = y + 1 < height ? upper + 3 * wide : upper;
    for (const end = to + 3 * Math.floor(width / 2); to < end; to += 3, upper += 6, lower += 6) {
      out[to] = (from[upper] + from[upper + 3] + from[lower] + from[lower + 3] + 2) >> 2;
      out[to + 1] =
        (from[upper + 1] + from[upper + 4] + from[lower + 1] + from[lower + 4] + 2) >> 2;
      out[to + 2] =
        (from[upper + 2] + from[upper + 5] + from[lower + 2] + from[lower + 5] + 2) >> 2;
    }
    for (const end = 3 * across * (y / 2 + 1); to < end; to++, upper++, lower++) {
      out[to] = (2 * from[upper] + 2 * from[lower] + 2) >> 2;
    }
  }
  return { width: across, height: down, rgb: out };
}

/** The mean of blocks: a whole number of pixels goes into each new one. */
function blocks(picture: Picture, { rgb: out, width, height }: Picture): void {
  const across = picture.width / width;
  const down = picture.height / height;
  const share = fround(1 / (across * down));
  const sums = new Int32Array(3 * width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    const end = 3 * (y + 1) * down * picture.width;
    for (let row = 3 * y * down * picture.width; row < end; row += 3 * picture.width) {
      addBlocks(picture.rgb, row, across, sums);
    }
    for (let i = 0; i < sums.length; i++) {
      out[3 * width * y + i] = roundHalfEven(fround(sums[i] * share));
    }
  }
}

function addBlocks(rgb: Uint8Array, row: number, across: number, sums: Int32Array): void {
  for (let to = 0, from = row; to < sums.length; to += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = from + 3 * across; from < end; from += 3) {
      red += rgb[from];
      green += rgb[from + 1];
      blue += rgb[from + 2];
    }
    sums[to] += red;
    sums[to + 1] += green;
    sums[to + 2] += blue;
  }
}

/** What each new pixel of an axis covers: from `starts[i]` on, as many as there are weights. */
interface Covers {
  readonly starts: Int32Array;
  /** Where each new pixel's weights begin; one more than there are pixels. */
  readonly ends: Int32Array;
  readonly weights: Float32Array;
}

function covers(from: number, to: number): Covers {
  const scale = 1 / (to / from); // its last digit is OpenCV's
  const starts = new Int32Array(to);
  const ends = new Int32Array(to + 1);
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    const start = i * scale;
    const end = start + scale;
    const cell = Math.min(scale, from - start);
    const last = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(start), last);
    starts[i] = first;
    if (first - start > 1e-3) {
      starts[i] = first - 1;
      weights.push((first - start) / cell);
    }
    for (let pixel = first; pixel < last; pixel++) weights.push(1 / cell);
    if (end - last > 1e-3) weights.push(Math.min(end - last, 1, cell) / cell);
    ends[i + 1] = weights.length;
  }
  return { starts, ends, weights: Float32Array.from(weights) };
}

/** The mean of what each new pixel covers, in part or whole. */
function area(picture: Picture, { rgb: out, width, height }: Picture): void {
  const across = covers(picture.width, width);
  const down = covers(picture.height, height);
  const sums = new Float32Array(3 * width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let tap = down.ends[y], row = down.starts[y]; tap < down.ends[y + 1]; tap++, row++) {
      addRow(picture.rgb, 3 * row * picture.width, across, sums, width, down.weights[tap]);
    }
    for (let i = 0; i < sums.length; i++) out[3 * width * y + i] = roundHalfEven(sums[i]);
  }
}

const { fround } = Math; // OpenCV sums in float32: so a half is a half here too

function addRow(
  rgb: Uint8Array,
  row: number,
  { starts, ends, weights }: Covers,
  sums: Float32Array,
  width: number,
  share: number,
): void {
  for (let x = 0; x < width; x++) {
    let red = fround(0);
    let green = fround(0);
    let blue = fround(0);
    const end = ends[x + 1];
    for (let tap = ends[x], from = row + 3 * starts[x]; tap < end; tap++, from += 3) {
      const weight = weights[tap];
      red = fround(red + fround(weight * rgb[from]));
      green = fround(green + fround(weight * rgb[from + 1]));
      blue = fround(blue + fround(weight * rgb[from + 2]));
    }
    sums[3 * x] += fround(share * red);
    sums[3 * x + 1] += fround(share * green);
    sums[3 * x + 2] += fround(share * blue);
  }
}

/** Two neighbours of an axis, and their weights in 2048ths. */
interface Between {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly lowWeight: Int32Array;
  readonly highWeight: Int32Array;
}

function between(from: number, to: number, way: Way): Between {
  const scale = 1 / (to / from); // its last digit is OpenCV's
  const table: Between = {
    low: new Int32Array(to),
    high: new Int32Array(to),
    lowWeight: new Int32Array(to),
    highWeight: new Int32Array(to),
  };
  for (let i = 0; i < to; i++) {
    const place = fround((i + 0.5) * scale - 0.5);
    let low = Math.floor(place);
    let part = fround(place - low);
    if (way === "area") {
      // The new pixel lies in one, but for what of it reaches into the next.
      low = Math.floor(i * scale);
      const beyond = fround(i + 1 - (low + 1) * (to / from));
      part = beyond <= 0 ? 0 : fround(beyond - Math.floor(beyond));
    }
    table.low[i] = Math.min(Math.max(low, 0), from - 1);
    table.high[i] = Math.min(Math.max(low + 1, 0), from - 1);
    table.lowWeight[i] = roundHalfEven(fround(fround(1 - part) * 2048));
    table.highWeight[i] = roundHalfEven(fround(part * 2048));
  }
  return table;
}

function linear(picture: Picture, { rgb: out, width, height }: Picture, way: Way): void {
  const across = between(picture.width, width, way);
  const down = between(picture.height, height, way);
  // Each row of the picture is read once: its place is by whether its number is odd.
  const rows = [new Int32Array(3 * width), new Int32Array(3 * width)];
  const held = [-1, -1];
  const rowOf = (y: number): Int32Array => {
    if (held[y % 2] !== y) linearRow(picture, y, across, rows[y % 2]);
    held[y % 2] = y;
    return rows[y % 2];
  };
  for (let y = 0, to = 0; y < height; y++) {
    const upper = rowOf(down.low[y]);
    const lower = rowOf(down.high[y]);
    const one = down.lowWeight[y];
    const other = down.highWeight[y];
    for (let i = 0; i < 3 * width; i++, to++) {
      // As OpenCV rounds: each part is cut to 16 bits before the sum.
      const sum = ((one * (upper[i] >> 4)) >> 16) + ((other * (lower[i] >> 4)) >> 16);
      out[to] = Math.min(255, (sum + 2) >> 2);
    }
  }
}

function linearRow(picture: Picture, y: number, table: Between, out: Int32Array): void {
  const { rgb } = picture;
  const start = 3 * y * picture.width;
  for (let to = 0, x = 0; to < out.length; to += 3, x++) {
    const low = start + 3 * table.low[x];
    const high = start + 3 * table.high[x];
    const one = table.lowWeight[x];
    const other = table.highWeight[x];
    out[to] = rgb[low] * one + rgb[high] * other;
    out[to + 1] = rgb[low + 1] * one + rgb[high + 1] * other;
    out[to + 2] = rgb[low + 2] * one + rgb[high + 2] * other;
  }
}
