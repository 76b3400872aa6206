/** Find the faces of a photo: one network proposes, another looks closer, twice. */

import { EVEN, GRID, LEAST, LOOKS, MIN_FACE, OVERLAP, WITHIN } from "./constants";
import { cutTo } from "./crop";
import type { Finder } from "./finder";
import type { Landmarker } from "./landmarks";
import { suppress } from "./nms";
import type { Box, Face, Picture } from "./types";

/** A box, the logits of all who looked whether it is a face, and its landmarks. */
interface Seen {
  readonly box: Box;
  readonly logits: readonly number[];
  readonly points: Float64Array | null;
}

/** Finds faces and their landmarks; a face is what both networks believe. */
export class FaceFinder {
  constructor(
    private readonly finder: Finder,
    private readonly landmarker: Landmarker,
  ) {}

  /** The faces of a photo, from left to right by the middle of their boxes. */
  async find(photo: Picture): Promise<Face[]> {
    const proposed = await this.finder.propose(photo);
    proposed.sort((one, other) => order(one.box, other.box));
    const seen = proposed.map(({ box, score }) => ({
      box: onGrid(box),
      logits: [logit(score)],
      points: null,
    }));
    return this.look(photo, seen, LOOKS);
  }

  /**
   * The faces where some were a moment ago: the landmark network alone looks, once.
   *
   * It moves a box to where the face is now, as long as that is still in its crop.
   */
  async follow(photo: Picture, boxes: readonly Box[]): Promise<Face[]> {
    const seen = boxes.map((box) => ({ box, logits: [], points: null }));
    return this.look(photo, seen, 1);
  }

  private async look(photo: Picture, from: readonly Seen[], times: number): Promise<Face[]> {
    let seen = from;
    for (let i = 0; i < times; i++) seen = distinct(await this.closer(photo, seen));
    return seen
      .map((one) => ({ box: one.box, score: scoreOf(one), points: one.points }))
      .filter(({ score }) => score >= this.landmarker.manifest.score)
      .sort((one, other) => order(one.box, other.box));
  }

  /** Look closer at boxes; what is likely to be no face goes. */
  private async closer(photo: Picture, seen: readonly Seen[]): Promise<Seen[]> {
    const boxes = seen.map(({ box }) => box);
    const places = boxes.length ? await this.landmarker.place(photo, boxes) : [];
    return places
      .map(({ box, face, points }, i) => ({
        box: onGrid(cutTo(photo, box)),
        logits: [...seen[i].logits, logit(face)],
        points,
      }))
      .filter((one) => scoreOf(one) >= EVEN && Math.min(one.box[2], one.box[3]) >= MIN_FACE);
  }
}

/** The box with its edges on sixteenths of a pixel: another machine's last digit is not seen. */
function onGrid([x, y, w, h]: Box): Box {
  const [left, top, right, bottom] = [x, y, x + w, y + h].map(
    (value) => Math.floor(value * GRID + 0.5) / GRID,
  );
  return [left, top, right - left, bottom - top];
}

/** Of two that are one face, the surer. */
function distinct(seen: readonly Seen[]): Seen[] {
  const boxes = seen.map(({ box }) => box);
  return suppress(boxes, seen.map(scoreOf), OVERLAP, WITHIN).map((i) => seen[i]);
}

/** The joint score: the logistic of the mean of the logits. */
function scoreOf({ logits }: Seen): number {
  const mean = logits.reduce((sum, one) => sum + one, 0) / logits.length;
  return 1 / (1 + Math.exp(-mean));
}

/** A chance of 0 or 1 says no more than LEAST. */
function logit(chance: number): number {
  const kept = Math.min(Math.max(chance, LEAST), 1 - LEAST);
  return Math.log(kept / (1 - kept));
}

/** From left to right by the middle of the box, and of equals from top to bottom. */
function order(one: Box, other: Box): number {
  return (
    one[0] + one[2] / 2 - other[0] - other[2] / 2 || one[1] + one[3] / 2 - other[1] - other[3] / 2
  );
}
