/** Find the faces of a photo: one network proposes, another looks closer, twice. */

import {
  EVEN,
  GRID,
  MIN_CHANCE,
  LOOKS,
  MIN_FACE,
  OVERLAP,
  SLACK,
  STANDING,
  STAYS,
  TURNED,
  WITHIN,
  WORTH_TURNING,
} from "./constants";
import { cutTo } from "./crop";
import type { Finder } from "./finder";
import type { Landmarker } from "./landmarks";
import { suppress } from "./nms";
import type { Box, Face, Picture } from "./types";

/** A box that may frame a face: the logits of all who looked, and what they saw there. */
interface Candidate {
  readonly box: Box;
  readonly logits: readonly number[];
  readonly points: Float64Array | null;
  readonly extent: Box;
  /** Quarter turns clockwise by which it lies in the photo. */
  readonly turn: number;
  /** Of the landmarks, in [0, 1]. */
  readonly confidence: number;
}

/** A face that was found: where, how it lies, and how sure everyone was of it, if that is known. */
export type Known = Pick<Face, "box" | "turn"> & Partial<Pick<Face, "score">>;

/** Finds faces and their landmarks; a face is what both networks believe. */
export class FaceDetector {
  constructor(
    private readonly finder: Finder,
    private readonly landmarker: Landmarker,
  ) {}

  /**
   * The faces of a photo, from left to right by the middle of their boxes.
   *
   * @param tiles - look again, in tiles, where faces are small.
   */
  async find(photo: Picture, tiles = true): Promise<Face[]> {
    const proposed = await this.finder.propose(photo, SLACK * MIN_FACE, tiles);
    let candidates = proposed
      .map(({ box, score, turn }) => candidateAt(onGrid(box), [logit(score)], turn))
      .filter((one) => Math.min(...sidesOf(one)) > 0); // the grid leaves none of a hair
    for (let look = 0; look < LOOKS; look++) {
      const smallest = look === LOOKS - 1 ? MIN_FACE : SLACK * MIN_FACE;
      let seen = await this.lookCloser(photo, candidates);
      if (look === 0) seen = await this.setUpright(photo, candidates, seen);
      candidates = distinct(seen.filter((one) => mayBeFace(one, smallest)));
    }
    return candidates
      .filter((one) => this.isFace(one))
      .map(faceOf)
      .sort((one, other) => order(one.box, other.box));
  }

  /**
   * Look again for faces near where they were, by the landmark network alone, once.
   *
   * It moves a box to where the face is now, as long as the face is still in its crop. That costs
   * a small part of `find`, and finds nobody new. A face's score is the mean, in logits, of what it
   * was and of what this look gives: a doubtful look alone does not lose a face, one that says no
   * does.
   *
   * @returns one per face, in the order given; null where it is lost, and for the less sure of
   *   two that are now one.
   */
  async follow(photo: Picture, faces: readonly Known[]): Promise<(Face | null)[]> {
    const start = faces.map(({ box, turn, score }) =>
      candidateAt(onGrid(cutTo(photo, box)), score === undefined ? [] : [logit(score)], turn),
    );
    const inside = start.map((_, i) => i).filter((i) => Math.min(...sidesOf(start[i])) > 0);
    const closer = await this.lookCloser(
      photo,
      inside.map((i) => start[i]),
    );
    const kept = inside
      .map((number, i) => ({ number, one: closer[i] }))
      .filter(({ one }) => mayBeFace(one, MIN_FACE) && this.isFace(one))
      .filter(({ one }) => one.logits[one.logits.length - 1] >= logit(STAYS));
    const followed = new Array<Face | null>(faces.length).fill(null);
    for (const place of distinctPlaces(kept.map(({ one }) => one))) {
      followed[kept[place].number] = faceOf(kept[place].one);
    }
    return followed;
  }

  /** What the landmark network says of boxes, one for each. */
  private async lookCloser(photo: Picture, candidates: readonly Candidate[]): Promise<Candidate[]> {
    const places = candidates.length ? await this.landmarker.place(photo, candidates) : [];
    return places.map(({ box, confidence, face, points }, i) => ({
      box: onGrid(cutTo(photo, box)),
      logits: [...candidates[i].logits, logit(face)],
      points,
      extent: box,
      turn: candidates[i].turn,
      confidence,
    }));
  }

  /**
   * What the landmark network says of doubtful ones turned, where it is surer of them so.
   *
   * @param candidates - as they were looked at.
   * @param seen - what was seen of them, as many.
   */
  private async setUpright(
    photo: Picture,
    candidates: readonly Candidate[],
    seen: readonly Candidate[],
  ): Promise<Candidate[]> {
    const doubtful = seen.map((_, i) => i).filter((i) => mayLie(seen[i]));
    const lying = doubtful.flatMap((i) =>
      [1, 2, 3].map((by) => ({ ...candidates[i], turn: (candidates[i].turn + by) % 4 })),
    );
    const turned = await this.lookCloser(photo, lying);
    const best = [...seen];
    doubtful.forEach((number, place) => {
      const surest = turned
        .slice(3 * place, 3 * place + 3)
        .reduce((one, other) => (other.confidence > one.confidence ? other : one));
      if (logit(surest.confidence) > logit(seen[number].confidence) + TURNED) {
        best[number] = surest;
      }
    });
    return best;
  }

  private isFace(candidate: Candidate): boolean {
    return scoreOf(candidate) >= this.landmarker.manifest.score;
  }
}

function candidateAt(box: Box, logits: readonly number[], turn: number): Candidate {
  return { box, logits, points: null, extent: box, turn, confidence: 0 };
}

function faceOf(candidate: Candidate): Face {
  const { box, points, extent, turn } = candidate;
  return { box, score: scoreOf(candidate), points, extent, turn };
}

function mayBeFace(candidate: Candidate, smallest: number): boolean {
  return scoreOf(candidate) >= EVEN && Math.min(...sidesOf(candidate)) >= smallest;
}

/** Whether it is worth a look by the other quarters. */
function mayLie(candidate: Candidate): boolean {
  const unsure = candidate.points === null && candidate.confidence < STANDING;
  return unsure && scoreOf(candidate) >= WORTH_TURNING;
}

function sidesOf({ box }: Candidate): [number, number] {
  return [box[2], box[3]];
}

/** The box with its edges on sixteenths of a pixel: another machine's last digit is not seen. */
function onGrid([x, y, w, h]: Box): Box {
  const [left, top, right, bottom] = [x, y, x + w, y + h].map(
    (value) => Math.floor(value * GRID + 0.5) / GRID,
  );
  return [left, top, right - left, bottom - top];
}

/** Of two that are one face, the surer. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  return distinctPlaces(candidates).map((i) => candidates[i]);
}

function distinctPlaces(candidates: readonly Candidate[]): number[] {
  const boxes = candidates.map(({ box }) => box);
  return suppress(boxes, candidates.map(scoreOf), OVERLAP, WITHIN);
}

/** The joint score: the logistic of the mean of the logits. */
function scoreOf({ logits }: Candidate): number {
  const mean = logits.reduce((sum, one) => sum + one, 0) / logits.length;
  return 1 / (1 + Math.exp(-mean));
}

/** A chance of 0 or 1 says no more than MIN_CHANCE. */
function logit(chance: number): number {
  const kept = Math.min(Math.max(chance, MIN_CHANCE), 1 - MIN_CHANCE);
  return Math.log(kept / (1 - kept));
}

/** From left to right by the middle of the box, and of equals from top to bottom. */
function order(one: Box, other: Box): number {
  return (
    one[0] + one[2] / 2 - (other[0] + other[2] / 2) ||
    one[1] + one[3] / 2 - (other[1] + other[3] / 2)
  );
}
