/** The regions of a face in a crop: forehead, eyes, nose, mouth, chin, cheeks, neck, background. */

import { HAIRLINE, JAW, MEAN_FACE, MIXES, NECK, OUTLINES, PLACES } from "./constants";
import { turnPoint } from "./crop";
import { fillPolygon, type Grid } from "./fill";
import type { Part } from "./labels";
import { type Box, type Picture, REGIONS, type Region, type Square } from "./types";

type Point = readonly [number, number];

const CHIN = 152; // FaceMesh indices
const FOREHEAD = 10;

/**
 * The region map of a crop by the face's landmarks.
 *
 * @param points - 109 points x, y in photo pixels.
 * @param square - what of the photo the crop shows.
 * @param size - side of the crop in pixels.
 * @returns size * size positions in REGIONS; every pixel has exactly one.
 */
export function regionsOf(points: Float64Array, square: Square, size: number): Uint8Array {
  const near = inCrop(points, square, size);
  const grid: Grid = { width: size, height: size, values: new Uint8Array(size * size) };
  grid.values.fill(REGIONS.indexOf("background"));
  fillPolygon(grid, neckOf(near), REGIONS.indexOf("neck"));
  // The hull: in a profile the far side of the outline folds back over the near one.
  fillPolygon(grid, hullOf(near), REGIONS.indexOf("cheeks"));
  for (const [name, outline] of OUTLINES) {
    const shape = outline.flatMap((index) => pointOf(near, index));
    fillPolygon(grid, shape, REGIONS.indexOf(name as Region));
  }
  return grid.values;
}

/** Points of the photo in pixels of the crop, kept near it. */
function inCrop(points: Float64Array, square: Square, size: number): Float64Array {
  const scale = size / square.side;
  const near = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [(points[i] - square.x) * scale, (points[i + 1] - square.y) * scale];
    // Wild points could leave the range of the drawing's whole numbers.
    const kept = turnPoint(x, y, square.turn, size).map((value) =>
      Math.min(Math.max(value, -4 * size), 5 * size),
    );
    near.set(kept, i);
  }
  return near;
}

/** Below the jaw, as wide as from one of its ends to the other, along the face's own axis. */
function neckOf(near: Float64Array): number[] {
  const [right, left, chin, forehead] = [...JAW, CHIN, FOREHEAD].map((i) => pointOf(near, i));
  const down = [0, 1].map((axis) => (chin[axis] - forehead[axis]) * NECK);
  const below = ([x, y]: Point) => [x + down[0], y + down[1]];
  return [...right, ...below(right), ...below(left), ...left];
}

/**
 * The share of a part's outline that lies outside a photo.
 *
 * @param points - 109 points x, y in photo pixels.
 * @returns in [0, 1]: points of the outline that lie outside, of all of them.
 */
export function outlineOutside(
  points: Float64Array,
  part: Part,
  { width, height }: Pick<Picture, "width" | "height">,
): number {
  const outline = OUTLINES.find(([name]) => name === part)?.[1] ?? [];
  const outside = outline.filter((index) => {
    const [x, y] = pointOf(points, index);
    return !(x >= 0 && x <= width && y >= 0 && y <= height);
  });
  return outside.length / outline.length;
}

/** The points of the average face, put into the box in photo pixels of a face that lies turned. */
export function meanPoints([x, y, w, h]: Box, turn = 0): Float64Array {
  const low = [0, 1].map((axis) => Math.min(...MEAN_FACE.map((point) => point[axis])));
  const high = [0, 1].map((axis) => Math.max(...MEAN_FACE.map((point) => point[axis])));
  return Float64Array.from(
    MEAN_FACE.flatMap((point) => {
      const [across, down] = point.map(
        (value, axis) => (value - low[axis]) / (high[axis] - low[axis]),
      );
      const lying = turnPoint(across, down * (1 - HAIRLINE) + HAIRLINE, 4 - turn, 1);
      return [x + lying[0] * w, y + lying[1] * h];
    }),
  );
}

/** A FaceMesh point: one of the 109, or a mix of two of them. */
function pointOf(near: Float64Array, index: number): Point {
  const mix = MIXES[index];
  if (!mix) return [near[2 * PLACES[index]], near[2 * PLACES[index] + 1]];
  const [from, to, share] = mix;
  const at = (axis: number) =>
    near[2 * PLACES[from] + axis] * (1 - share) + near[2 * PLACES[to] + axis] * share;
  return [at(0), at(1)];
}

/** The convex hull, by Andrew's monotone chain. */
function hullOf(points: Float64Array): number[] {
  const sorted: Point[] = [];
  for (let i = 0; i < points.length; i += 2) {
    sorted.push([Math.fround(points[i]), Math.fround(points[i + 1])]);
  }
  sorted.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  const lower = chain(sorted);
  const upper = chain(sorted.reverse());
  return [...lower.slice(0, -1), ...upper.slice(0, -1)].flat();
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    while (kept.length > 1 && !turnsLeft(kept[kept.length - 2], kept[kept.length - 1], point)) {
      kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

function turnsLeft(a: Point, b: Point, c: Point): boolean {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0;
}
