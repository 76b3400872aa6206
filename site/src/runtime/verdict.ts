/** From logits to a verdict: how the mask is worn, how sure that is, or why it can't be said. */

import { BLURRED_DETAIL, DARK_LEVEL, SMALL_PX } from "./constants";
import { type Combination, uncoveredParts, wearOf } from "./combinations";
import { type Part, PARTS, type Question, QUESTIONS, WEARS, type Wear } from "./labels";
import type { Reply, UnsureReason } from "./types";
import { roundHalfEven } from "./resize";

/**
 * The answers to be told.
 *
 * @param decided - the combination that was decided for.
 * @param probabilities - how likely yes is, in the order of QUESTIONS.
 * @param outside - the parts outside the photo: nobody can say whether they are uncovered.
 */
export function replies(
  decided: Combination,
  probabilities: readonly number[],
  outside: readonly Part[] = [],
): Record<Question, Reply> {
  const bare = wearOf(decided) === "none";
  const uncovered = uncoveredParts(decided);
  const reply = (part: Part): Reply => {
    if (outside.includes(part)) return "cant_see";
    // Without a mask, what is not uncovered is hidden by something else.
    if (bare) return probabilities[QUESTIONS.indexOf(part)] >= 0.5 ? "yes" : "cant_see";
    return uncovered.includes(part) ? "yes" : "no";
  };
  const parts = PARTS.map((part) => [part, reply(part)]);
  return Object.fromEntries([["mask", bare ? "no" : "yes"], ...parts]);
}

/** 1 for yes, -1 for no, 0 where it can't be seen. */
export function signOf(answer: Reply): number {
  return { yes: 1, no: -1, cant_see: 0 }[answer];
}

/** The likeliest wears whose probabilities together reach `confidence`, likeliest first. */
export function predictionSet(folded: readonly number[], confidence: number): Wear[] {
  const order = WEARS.map((_, i) => i).sort((i, j) => folded[j] - folded[i] || i - j);
  const likely: Wear[] = [];
  let sum = 0;
  for (const i of order) {
    likely.push(WEARS[i]);
    sum += folded[i];
    if (sum >= confidence - 1e-12) break;
  }
  return likely;
}

/**
 * Why a face can't be judged, or null: the photo's faults come before the network's doubt.
 *
 * @param crop - RGB, 3 * size * size.
 * @param facePx - longer side of the face's box in photo pixels.
 * @param likely - the prediction set.
 * @param outside - the parts of the face that lie outside the photo: nobody can judge those.
 */
export function unsureReason(
  crop: Uint8Array,
  size: number,
  facePx: number,
  likely: readonly Wear[],
  outside: readonly Part[] = [],
  lost = false,
): UnsureReason | null {
  if (facePx < SMALL_PX) return "small";
  const luma = new Float64Array(size * size);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * crop[3 * i] + 0.587 * crop[3 * i + 1] + 0.114 * crop[3 * i + 2];
  }
  if (isDark(luma)) return "dark";
  if (detail(luma, size) < BLURRED_DETAIL) return "blurred";
  if (lost) return "turned";
  if (outside.length) return "cut";
  return likely.length > 1 ? "ambiguous" : null;
}

/** Whether 95% of a crop's luma are under DARK_LEVEL, or would be between two of its values. */
function isDark(luma: Float64Array): boolean {
  const place = 0.95 * (luma.length - 1);
  const low = Math.floor(place);
  let dark = 0;
  for (const value of luma) if (value < DARK_LEVEL) dark++;
  // Of nearly every crop this is known without sorting it.
  return dark > low && between(luma.slice().sort(), place) < DARK_LEVEL;
}

/** The value at a place in sorted values that may lie between two of them. */
function between(sorted: Float64Array, place: number): number {
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/**
 * How much of a crop's contrast is fine: spread of small steps to spread of levels.
 *
 * A step goes over an eightieth of the crop, whatever its size.
 *
 * @param luma - size * size, in [0, 255].
 * @returns 0 for a crop without any contrast.
 */
export function detail(luma: Float64Array, size: number): number {
  let mean = 0;
  for (const value of luma) mean += value / luma.length;
  let spread = 0;
  for (const value of luma) spread += (value - mean) ** 2 / luma.length;
  if (spread < 1e-18) return 0;
  const step = Math.max(1, roundHalfEven(size / 80));
  const steps = stepsOver(luma, step * size, size, size) + stepsOver(luma, step, size, size - step);
  return steps / (2 * size * (size - step)) / spread;
}

/** The sum of squared steps to the value `ahead`, from the first `columns` of each row. */
function stepsOver(luma: Float64Array, ahead: number, size: number, columns: number): number {
  let sum = 0;
  for (let row = 0; row + ahead < luma.length; row += size) {
    for (let at = row; at < row + columns; at++) sum += (luma[at + ahead] - luma[at]) ** 2;
  }
  return sum;
}
