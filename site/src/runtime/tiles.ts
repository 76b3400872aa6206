/** Where in a large photo to look closer for small faces: in tiles, at finer scales. */

import { FINEST, LEAST_GAIN, SHARED, TILE } from "./constants";
import type { Rectangle } from "./resize";
import type { Box } from "./types";

/** Twice a scale, four times, and so on, up to the most. */
export function* finerScales(scale: number, most = FINEST): Generator<number> {
  while (scale * LEAST_GAIN <= most) {
    scale = Math.min(2 * scale, most);
    yield scale;
  }
}

/**
 * The tiles of a photo in which candidates lie, those of the surest first.
 *
 * @param photo - its sides.
 * @param scale - pixels that are searched to one of the photo.
 * @param candidates - their boxes in photo pixels, and their scores.
 * @param count - of the tiles, at most.
 */
export function chooseTiles(
  { width, height }: Pick<Rectangle, "width" | "height">,
  scale: number,
  candidates: readonly { readonly box: Box; readonly score: number }[],
  count: number,
): Rectangle[] {
  const columns = spansOf(width, scale);
  return spansOf(height, scale)
    .flatMap(([top, high]) =>
      columns.map(([left, wide]) => ({ left, top, width: wide, height: high })),
    )
    .map((tile) => ({ tile, surest: surestIn(tile, candidates) }))
    .filter(({ surest }) => surest > 0)
    .sort((one, other) => other.surest - one.surest) // of equals the first stays first
    .slice(0, count)
    .map(({ tile }) => tile);
}

/** Whether a box reaches an inner edge of a tile: one that is not the photo's. */
export function cuts(
  { left, top, width, height }: Rectangle,
  [x, y, w, h]: Box,
  photo: Pick<Rectangle, "width" | "height">,
): boolean {
  const right = left + width;
  const bottom = top + height;
  return (
    (x <= left && left > 0) ||
    (y <= top && top > 0) ||
    (x + w >= right && right < photo.width) ||
    (y + h >= bottom && bottom < photo.height)
  );
}

function surestIn(
  { left, top, width, height }: Rectangle,
  candidates: readonly { readonly box: Box; readonly score: number }[],
): number {
  let surest = 0;
  for (const { box, score } of candidates) {
    const x = box[0] + box[2] / 2;
    const y = box[1] + box[3] / 2;
    const inside = x >= left && y >= top && x < left + width && y < top + height;
    if (inside && score > surest) surest = score;
  }
  return surest;
}

/** Starts and lengths of the tiles along a side of a photo. */
function spansOf(length: number, scale: number): [number, number][] {
  const span = Math.floor(TILE / scale);
  if (length <= span) return [[0, length]];
  const steps = Math.ceil((length - span) / (span - Math.floor(SHARED / scale)));
  const step = (length - span) / steps;
  return Array.from({ length: steps + 1 }, (_, i) => [
    i === steps ? length - span : Math.floor(i * step + 0.5),
    span,
  ]);
}
