/** Fill a polygon pixel by pixel as OpenCV's `fillPoly` does, with its outline. */

import { roundHalfEven } from "./resize";

/** A map of small whole numbers, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** From one pixel to another; both belong to it. */
interface Line {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Where a side of the polygon crosses the rows `top` to `bottom - 1`. */
interface Edge {
  readonly top: number;
  readonly bottom: number;
  /** In row `top`, in 65536ths of a pixel. */
  readonly x: number;
  /** From row to row, a whole number too. */
  readonly slope: number;
}

const SHARES = 256; // points come in such parts of a pixel
const FINE = 65536;

/**
 * Fill the inside of a polygon and its sides with a value; even-odd where it crosses itself.
 *
 * @param grid - is changed.
 * @param points - x, y one after the other; pixel i has its centre at i + 0.5.
 */
export function fillPolygon(grid: Grid, points: ArrayLike<number>, value: number): void {
  const pixels = Int32Array.from(points, (place) => {
    const parts = roundHalfEven((place - 0.5) * SHARES);
    return Math.floor((parts + SHARES / 2) / SHARES);
  });
  const edges: Edge[] = [];
  const end = pixels.length - 2;
  for (let i = 0, before = end; i <= end; before = i, i += 2) {
    const [x0, y0, x1, y1] = [pixels[before], pixels[before + 1], pixels[i], pixels[i + 1]];
    const line: Line = { x0, y0, x1, y1 };
    if (clip(line, grid.width - 1, grid.height - 1)) drawLine(grid, line, value);
    if (y0 !== y1) edges.push(edgeOf(line, y0, y1));
  }
  fillBetween(grid, edges, value);
}

/** The edge of a side that went from row y0 to row y1 before it was clipped. */
function edgeOf(line: Line, y0: number, y1: number): Edge {
  // What was clipped to a single row keeps the rows it had.
  const [from, to] = line.y0 === line.y1 ? [y0, y1] : [line.y0, line.y1];
  const slope = Math.trunc(((line.x1 - line.x0) * FINE) / (to - from));
  const down = y0 < y1;
  const top = down ? y0 : y1;
  const x = (down ? line.x0 : line.x1) * FINE + (top - (down ? from : to)) * slope;
  return { top, bottom: down ? y1 : y0, x, slope };
}

/** Fill each row between its first and second crossing, its third and fourth, and so on. */
function fillBetween(grid: Grid, edges: readonly Edge[], value: number): void {
  const crossings = new Float64Array(edges.length);
  for (let y = 0; y < grid.height; y++) {
    let count = 0;
    for (const { top, bottom, x, slope } of edges) {
      if (top <= y && y < bottom) crossings[count++] = x + (y - top) * slope;
    }
    const sorted = crossings.subarray(0, count).sort();
    for (let i = 0; i + 1 < count; i += 2) {
      const left = Math.max(0, Math.ceil(sorted[i] / FINE));
      const right = Math.min(grid.width - 1, Math.floor(sorted[i + 1] / FINE));
      if (left <= right) {
        grid.values.fill(value, y * grid.width + left, y * grid.width + right + 1);
      }
    }
  }
}

/** Bresenham's line, from left to right. */
function drawLine(grid: Grid, line: Line, value: number): void {
  const forward = line.x0 <= line.x1;
  const wide = Math.abs(line.x1 - line.x0);
  const high = Math.abs(line.y1 - line.y0);
  const down = line.y0 <= line.y1 === forward ? grid.width : -grid.width;
  let at = forward ? line.y0 * grid.width + line.x0 : line.y1 * grid.width + line.x1;
  const [long, short] = wide >= high ? [wide, high] : [high, wide];
  const [always, aside] = wide >= high ? [1, down] : [down, 1];
  let error = long - 2 * short;
  for (let i = 0; i <= long; i++) {
    grid.values[at] = value;
    at += always;
    if (error < 0) {
      error += 2 * long;
      at += aside;
    }
    error -= 2 * short;
  }
}

/**
 * Cut a line to the pixels 0 to `right` and 0 to `bottom`, to whole pixels as OpenCV does.
 *
 * @param line - is changed, maybe in part only where nothing of it is left.
 * @returns whether any of it is left.
 */
function clip(line: Line, right: number, bottom: number): boolean {
  const beside = (x: number) => (x < 0 ? 1 : x > right ? 2 : 0);
  const beyond = (x: number, y: number) => beside(x) | (y < 0 ? 4 : y > bottom ? 8 : 0);
  let start = beyond(line.x0, line.y0);
  let end = beyond(line.x1, line.y1);
  if ((start & end) === 0 && (start | end) !== 0) {
    if (start & 12) {
      const y = start < 8 ? 0 : bottom;
      line.x0 += Math.trunc(((y - line.y0) * (line.x1 - line.x0)) / (line.y1 - line.y0));
      line.y0 = y;
      start = beside(line.x0);
    }
    if (end & 12) {
      const y = end < 8 ? 0 : bottom;
      line.x1 += Math.trunc(((y - line.y1) * (line.x1 - line.x0)) / (line.y1 - line.y0));
      line.y1 = y;
      end = beside(line.x1);
    }
    if ((start & end) === 0 && (start | end) !== 0) {
      if (start) {
        const x = start === 1 ? 0 : right;
        line.y0 += Math.trunc(((x - line.x0) * (line.y1 - line.y0)) / (line.x1 - line.x0));
        line.x0 = x;
        start = 0;
      }
      if (end) {
        const x = end === 1 ? 0 : right;
        line.y1 += Math.trunc(((x - line.x1) * (line.y1 - line.y0)) / (line.x1 - line.x0));
        line.x1 = x;
        end = 0;
      }
    }
  }
  return (start | end) === 0;
}
