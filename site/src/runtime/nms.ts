/** Non-maximum suppression: of boxes that overlap much, keep the one with the best score. */

import type { Box } from "./types";

/**
 * Which boxes stay, greedily from the best score down; equal scores go by the boxes' numbers.
 *
 * @param overlap - a box goes if its IoU with one that stays is above this.
 * @param within - it also goes if, with one that stays, it shares more than this part of the
 *   smaller of the two; null: it stays.
 * @returns positions of the boxes that stay, best score first.
 */
export function suppress(
  boxes: readonly Box[],
  scores: readonly number[],
  overlap: number,
  within: number | null = null,
): number[] {
  const order = boxes
    .map((_, i) => i)
    .sort((i, j) => scores[j] - scores[i] || compare(boxes[i], boxes[j]));
  const kept: number[] = [];
  for (const i of order) {
    if (kept.every((j) => apart(boxes[i], boxes[j], overlap, within))) kept.push(i);
  }
  return kept;
}

function compare(one: Box, other: Box): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || one[3] - other[3];
}

function apart(one: Box, other: Box, overlap: number, within: number | null): boolean {
  const w = Math.min(one[0] + one[2], other[0] + other[2]) - Math.max(one[0], other[0]);
  const h = Math.min(one[1] + one[3], other[1] + other[3]) - Math.max(one[1], other[1]);
  const shared = Math.max(w, 0) * Math.max(h, 0);
  const areas = [one[2] * one[3], other[2] * other[3]];
  if (shared > overlap * (areas[0] + areas[1] - shared)) return false;
  return within === null || shared <= within * Math.min(...areas);
}
