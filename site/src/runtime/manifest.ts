/** What the manifests beside the network files say. */

import type { Combination } from "./combinations";
import { QUESTIONS } from "./labels";

/** A network that can't be used: not the one of its manifest, or not of this version. */
export class NetworkError extends Error {}

export interface FinderManifest {
  readonly sha256: string;
  /** What has a lower score is not proposed. */
  readonly score: number;
  /** Of two with an IoU above this, the weaker is dropped. */
  readonly overlap: number;
  /** The longer side, in pixels, that a photo is scaled to, for its smallest faces. */
  readonly side: number;
  /** The longer side of the largest face that the network sees. */
  readonly largest: number;
  /** How far the photo is reduced for larger ones, each time. */
  readonly reduction: number;
}

export interface LandmarksManifest {
  readonly sha256: string;
  readonly input_size: number;
  /** The crop's side in longer sides of the face's box. */
  readonly margin: number;
  /** Points with less are not trusted. */
  readonly confidence: number;
  /** A candidate with a lower joint score is no face. */
  readonly score: number;
}

export interface WearManifest {
  readonly sha256: string;
  readonly input_size: number;
  /** Of answers, that it tells apart. */
  readonly combinations: readonly Combination[];
  readonly bias: readonly number[];
  readonly temperature: number;
  /** Summed probability that a prediction set must reach. */
  readonly confidence: number;
}

/**
 * See that the manifest is of a network that answers the four questions.
 *
 * @throws NetworkError where it is not.
 */
export function requireQuestions({ combinations, bias }: Partial<WearManifest>): void {
  const count = QUESTIONS.length;
  const known = combinations?.length && combinations.every((one) => one.length === count);
  if (bias?.length !== count || !known) {
    throw new NetworkError(`the network does not answer ${count} questions`);
  }
}
