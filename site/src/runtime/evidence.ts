/** Evidence: the maps a verdict was computed from, at crop resolution and added up by region. */

import { type Question, QUESTIONS } from "./labels";
import { type Evidence, REGIONS, type Shares } from "./types";

/** The maps of some evidence, and what they are signed by. */
type Maps = Pick<Evidence, "maps" | "rows" | "columns" | "signs">;

/**
 * What speaks for an answer, or (null) for all answers together.
 *
 * An answer's map is signed by the answer: above 0 speaks for it, whether yes or no; where it
 * can't be seen, above 0 speaks for yes. The evidence for the verdict is the sum of its answers'
 * maps, those that can't be seen left out.
 *
 * @returns rows * columns, signed.
 */
export function gridOf(
  { maps, rows, columns, signs }: Maps,
  question: Question | null,
): Float32Array {
  const cells = rows * columns;
  const grid = new Float32Array(cells);
  QUESTIONS.forEach((one, place) => {
    if (question !== null && question !== one) return;
    const sign = question === null ? signs[place] : signs[place] || 1;
    for (let i = 0; i < cells; i++) grid[i] += sign * maps[place * cells + i];
  });
  return grid;
}

/** The same at crop resolution: cropSize * cropSize, signed; shares are sums over it. */
export function atCrop(
  evidence: Maps & Pick<Evidence, "cropSize">,
  question: Question | null,
): Float32Array {
  const { rows, columns, cropSize } = evidence;
  return enlarge(gridOf(evidence, question), rows, columns, cropSize);
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
 * @param cropMap - at crop resolution, signed.
 * @param regions - positions in REGIONS, as many.
 * @returns shares that sum to 1, or are all 0 where nothing is positive.
 */
export function regionShares(cropMap: Float32Array, regions: Uint8Array): Shares {
  const sums = new Float64Array(REGIONS.length);
  for (let i = 0; i < cropMap.length; i++) sums[regions[i]] += Math.max(cropMap[i], 0);
  const total = sums.reduce((sum, value) => sum + value, 0);
  const shares = REGIONS.map((name, i) => [name, total > 0 ? sums[i] / total : 0]);
  return Object.fromEntries(shares) as Shares;
}
