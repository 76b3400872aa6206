/** Propose what may be faces in a photo. */

import {
  FAINT,
  MAX_TILES,
  MIN_FACE,
  MOST_ENLARGED,
  SHARED,
  SMALL,
  SPARE,
  STEP,
  UPRIGHT,
} from "./constants";
import { cutTo } from "./crop";
import type { FinderManifest } from "./manifest";
import type { Run } from "./network";
import { suppress } from "./nms";
import { cutOut, type Rectangle, resize, roundHalfEven } from "./resize";
import { chooseTiles, cuts, finerScales } from "./tiles";
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

  /**
   * The candidates of a photo, best first.
   *
   * @param minFace - those with a shorter side under this are left out.
   * @param tiles - look again, in tiles, where faces are small.
   */
  async propose(photo: Picture, minFace = MIN_FACE, tiles = true): Promise<Candidate[]> {
    const { overlap, score: least } = this.manifest;
    const all = await this.searchLevels(photo);
    if (tiles) all.push(...(await this.searchTiles(photo, all)));
    const found = all.filter(({ score }) => score >= fround(least)); // as fine as the scores
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

  /** What may be faces, or faintly so, in the whole photo at each of its levels. */
  private async searchLevels(photo: Picture): Promise<Candidate[]> {
    const found: Candidate[] = [];
    for (const [level, last] of levelsOf(photo, this.manifest)) {
      const largest = last ? Number.POSITIVE_INFINITY : this.manifest.largest;
      const whole = { left: 0, top: 0, width: photo.width, height: photo.height };
      found.push(...placed(await this.search(level, largest), level, whole));
    }
    return found;
  }

  /** What may be small faces, in the tiles of the photo where faint ones lie. */
  private async searchTiles(photo: Picture, all: readonly Candidate[]): Promise<Candidate[]> {
    const found: Candidate[] = [];
    let faint = all;
    let left = MAX_TILES;
    let scale = firstScale(photo, this.manifest);
    for (const finer of finerScales(scale)) {
      const small = faint.filter(
        ({ box, score }) => longer(box) * scale <= SMALL && score >= fround(FAINT),
      );
      const tiles = chooseTiles(photo, finer, small, left);
      left -= tiles.length;
      scale = finer;
      const seen: Candidate[] = [];
      for (const tile of tiles) {
        const picture = scaled(cutOut(photo, tile), tile, finer);
        const own = placed(await this.search(picture, SHARED), picture, tile);
        seen.push(...own.filter(({ box }) => !cuts(tile, box, photo)));
      }
      if (tiles.length === 0) break;
      found.push(...seen);
      faint = seen;
    }
    return found;
  }

  /**
   * What may be faces, or faintly so, in a picture, in its pixels.
   *
   * @param largest - those with a longer side above this are left out.
   */
  private async search(picture: Picture, largest: number): Promise<Candidate[]> {
    const canvas = canvasOf(picture);
    const dims = [1, canvas.height, canvas.width, 3];
    const { boxes, scores, points } = await this.run({ name: "photo", data: canvas.rgb, dims });
    const least = fround(Math.min(this.manifest.score, FAINT)); // as fine as the scores
    const found: Candidate[] = [];
    for (let i = 0; i < scores.data.length; i++) {
      const score = scores.data[i];
      if (!(score >= least)) continue;
      const [x, y, w, h] = boxes.data.subarray(4 * i, 4 * i + 4);
      if (!(Number.isFinite(x + y + w + h) && w > 0 && h > 0)) continue;
      const turn = quarterTurn(points.data.subarray(10 * i, 10 * i + 10));
      if (Math.max(w, h) <= largest) found.push({ box: [x, y, w, h], score, turn });
    }
    return found;
  }
}

const { fround } = Math;

function longer(box: Box): number {
  return Math.max(box[2], box[3]);
}

/** What was found in a picture, in pixels of the photo of which it shows a part. */
function placed(found: readonly Candidate[], picture: Picture, part: Rectangle): Candidate[] {
  const across = part.width / picture.width; // apart: both sides were rounded
  const down = part.height / picture.height;
  return found.map(({ box: [x, y, w, h], ...told }) => ({
    ...told,
    box: [x * across + part.left, y * down + part.top, w * across, h * down],
  }));
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

/** Pixels to one of a photo at which the whole of it is searched. */
function firstScale({ width, height }: Picture, { side }: Pick<FinderManifest, "side">): number {
  return Math.min(side / Math.max(width, height), MOST_ENLARGED);
}

/** The photo at every size that it is searched at, and whether it is the last. */
export function* levelsOf(
  photo: Picture,
  manifest: Pick<FinderManifest, "side" | "largest" | "reduction">,
): Generator<readonly [Picture, boolean]> {
  const { largest, reduction } = manifest;
  let scale = firstScale(photo, manifest);
  let level = photo;
  for (let last = false; !last; scale /= reduction) {
    level = scaled(level, photo, scale); // from the level before: a photo is read once
    last = Math.max(level.width, level.height) <= SPARE * largest;
    yield [level, last];
  }
}

/** A picture at the size that sides have at a scale: by area where it is reduced. */
function scaled(
  picture: Picture,
  sides: Pick<Picture, "width" | "height">,
  scale: number,
): Picture {
  const width = Math.max(1, roundHalfEven(sides.width * scale));
  const height = Math.max(1, roundHalfEven(sides.height * scale));
  if (width === picture.width && height === picture.height) return picture;
  const smaller = width * height < picture.width * picture.height;
  return resize(picture, width, height, smaller ? "area" : "linear");
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
