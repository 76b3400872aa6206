/** Evidence: the maps a verdict was computed from, at crop resolution and added up by region. */

import {
  CLASSES,
  type ClassName,
  type Evidence,
  REGIONS,
  type Shares,
  WEAR_OF_CLASS,
} from "./types";

/** The class with the largest logit whose wear is not that of `className`. */
export function rivalOf(logits: Float32Array, className: ClassName): ClassName {
  const others = CLASSES.filter((name) => WEAR_OF_CLASS[name] !== WEAR_OF_CLASS[className]);
  const logit = (name: ClassName) => logits[CLASSES.indexOf(name)];
  return others.reduce((best, name) => (logit(name) > logit(best) ? name : best));
}

/**
 * Evidence for a class rather than another, or by itself, at crop resolution.
 *
 * @param other - null: the class's own map.
 * @returns cropSize * cropSize, signed.
 */
export function contrastAtCrop(
  { maps, rows, columns, cropSize }: Pick<Evidence, "maps" | "rows" | "columns" | "cropSize">,
  of: ClassName,
  other: ClassName | null,
): Float32Array {
  const cells = rows * columns;
  const mapOf = (name: ClassName) =>
    maps.subarray(CLASSES.indexOf(name) * cells).subarray(0, cells);
  const difference = Float32Array.from(mapOf(of));
  const less = other ? mapOf(other) : new Float32Array(cells);
  for (let i = 0; i < cells; i++) difference[i] -= less[i];
  return enlarge(difference, rows, columns, cropSize);
}

/** Bring a map to size * size: bilinear, half-pixel centres. */
export function enlarge(
  grid: Float32Array,
  rows: number,
  columns: number,
  size: number,
): Float32Array {
  const across = betweenOf(columns, size);
  const wide = new Float32Array(rows * size);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < size; x++, to++) {
      const low = grid[y * columns + across.low[x]];
      wide[to] = low + (grid[y * columns + across.high[x]] - low) * across.part[x];
    }
  }
  const down = betweenOf(rows, size);
  const out = new Float32Array(size * size);
  for (let y = 0, to = 0; y < size; y++) {
    const part = down.part[y];
    let upper = down.low[y] * size;
    let lower = down.high[y] * size;
    for (const end = to + size; to < end; to++, upper++, lower++) {
      out[to] = wide[upper] + (wide[lower] - wide[upper]) * part;
    }
  }
  return out;
}

/** For each pixel of an axis the two cells it lies between, and how far on the way to the second. */
interface Between {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly part: Float64Array;
}

function betweenOf(cells: number, size: number): Between {
  const places = Float64Array.from({ length: size }, (_, i) => ((i + 0.5) * cells) / size - 0.5);
  const inside = (cell: number) => Math.min(Math.max(cell, 0), cells - 1);
  return {
    low: Int32Array.from(places, (place) => inside(Math.floor(place))),
    high: Int32Array.from(places, (place) => inside(Math.floor(place) + 1)),
    part: places.map((place) => place - Math.floor(place)),
  };
}

/**
 * Share of each region in the positive part of a map.
 *
 * @param difference - at crop resolution, signed.
 * @param regions - positions in REGIONS, as many.
 * @returns shares that sum to 1, or are all 0 where nothing is positive.
 */
export function regionShares(difference: Float32Array, regions: Uint8Array): Shares {
  const sums = new Float64Array(REGIONS.length);
  for (let i = 0; i < difference.length; i++) sums[regions[i]] += Math.max(difference[i], 0);
  const total = sums.reduce((sum, value) => sum + value, 0);
  const shares = REGIONS.map((name, i) => [name, total > 0 ? sums[i] / total : 0]);
  return Object.fromEntries(shares) as Shares;
}
