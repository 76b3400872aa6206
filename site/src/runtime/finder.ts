/** Propose what may be faces in a photo. */

import { MIN_FACE, MOST_ENLARGED, SPARE, STEP, UPRIGHT } from "./constants";
import { cutTo } from "./crop";
import type { FinderManifest } from "./manifest";
import type { Run } from "./network";
import { suppress } from "./nms";
import { resize, roundHalfEven } from "./resize";
import type { Box, Picture } from "./types";

/** What may be a face: its box in photo pixels, and a score in [0, 1]. */
export interface Candidate {
  readonly box: Box;
  readonly score: number;
  /** Quarter turns clockwise by which it lies, 0 to 3: a first guess. */
  readonly turn: number;
}

/** Proposes faces: every face that it sees, and a few that are none. */
export class Finder {
  constructor(
    private readonly run: Run,
    readonly manifest: FinderManifest,
  ) {}

  /** The candidates of a photo, best first; those with a shorter side under `minFace` are left out. */
  async propose(photo: Picture, minFace = MIN_FACE): Promise<Candidate[]> {
    const { overlap } = this.manifest;
    const found: Candidate[] = [];
    for (const [level, last] of levelsOf(photo, this.manifest)) {
      found.push(...(await this.search(level, last, photo)));
    }
    const boxes = found.map(({ box }) => box);
    const scores = found.map(({ score }) => score);
    return suppress(boxes, scores, overlap)
      .map((i) => ({
        box: cutTo(photo, boxes[i]),
        score: Math.min(1, scores[i]),
        turn: found[i].turn,
      }))
      .filter(({ box }) => Math.min(box[2], box[3]) >= minFace);
  }

  private async search(level: Picture, last: boolean, photo: Picture): Promise<Candidate[]> {
    const canvas = canvasOf(level);
    const dims = [1, canvas.height, canvas.width, 3];
    const { boxes, scores, points } = await this.run({ name: "photo", data: canvas.rgb, dims });
    const across = photo.width / level.width; // apart: both sides were rounded
    const down = photo.height / level.height;
    const least = Math.fround(this.manifest.score); // as fine as the scores themselves
    const found: Candidate[] = [];
    for (let i = 0; i < scores.data.length; i++) {
      const score = scores.data[i];
      if (!(score >= least)) continue;
      const [x, y, w, h] = boxes.data.subarray(4 * i, 4 * i + 4);
      if (!(Number.isFinite(x + y + w + h) && w > 0 && h > 0)) continue;
      if (!last && Math.max(w, h) > this.manifest.largest) continue;
      const turn = quarterTurn(points.data.subarray(10 * i, 10 * i + 10));
      found.push({ box: [x * across, y * down, w * across, h * down], score, turn });
    }
    return found;
  }
}

/**
 * By how many quarter turns clockwise a face lies, 0 to 3.
 *
 * One that leans by up to UPRIGHT stands upright, and so does one whose points say nothing.
 *
 * @param points - x, y of the eyes, the tip of the nose, and the corners of the mouth.
 */
export function quarterTurn(points: ArrayLike<number>): number {
  const [ax, ay, bx, by, , , cx, cy, dx, dy] = Array.from(points);
  // Where the top of the head is, twice: from the mouth to the eyes, and across their line.
  const right = (ax + bx) / 2 - (cx + dx) / 2 + (by - ay);
  const down = (ay + by) / 2 - (cy + dy) / 2 + (ax - bx);
  if (!Number.isFinite(right + down)) return 0;
  const degrees = Math.atan2(right, 0 - down) * (180 / Math.PI); // clockwise; not -0
  return Math.abs(degrees) <= UPRIGHT ? 0 : (Math.floor(degrees / 90 + 0.5) + 4) % 4;
}

/** The photo at every size that it is searched at, and whether it is the last. */
export function* levelsOf(
  photo: Picture,
  { side, largest, reduction = 2 }: Pick<FinderManifest, "side" | "largest" | "reduction">,
): Generator<readonly [Picture, boolean]> {
  const { width, height } = photo;
  let scale = Math.min(side / Math.max(width, height), MOST_ENLARGED);
  let level = photo;
  for (let last = false; !last; scale /= reduction) {
    const w = Math.max(1, roundHalfEven(width * scale));
    const h = Math.max(1, roundHalfEven(height * scale));
    // From the level before: a photo of many pixels is read once.
    if (w !== level.width || h !== level.height) {
      level = resize(level, w, h, scale < 1 ? "area" : "linear");
    }
    last = Math.max(w, h) <= SPARE * largest;
    yield [level, last];
  }
}

/** What the network sees of a level: black right of and below it, to multiples of 32. */
export function canvasOf({ width, height, rgb }: Picture): Picture {
  const wide = Math.ceil(width / STEP) * STEP;
  const high = Math.ceil(height / STEP) * STEP;
  if (wide === width && high === height) return { width, height, rgb };
  const canvas = new Uint8Array(3 * wide * high);
  for (let y = 0; y < height; y++) {
    canvas.set(rgb.subarray(3 * y * width, 3 * (y + 1) * width), 3 * y * wide);
  }
  return { width: wide, height: high, rgb: canvas };
}
