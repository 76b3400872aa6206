/** What goes from step to step: the words of the Python package, in its units. */

import type { Part, Question, Wear } from "./labels";

/** A picture: RGB, 8 bits, row by row from the top left. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3 * width * height values in [0, 255]. */
  readonly rgb: Uint8Array;
}

/** x, y, width, height in photo pixels; pixel j spans [j, j + 1). */
export type Box = readonly [number, number, number, number];

/** The square of the photo that a crop shows, in photo pixels; it may reach outside. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Quarter turns clockwise by which what it shows lies in the photo; the crop sets it upright. */
  readonly turn: number;
}

export interface Face {
  readonly box: Box;
  /** How likely it is a face, in [0, 1]. */
  readonly score: number;
  /** 109 landmarks x, y in photo pixels, one after the other; null where they can't be trusted. */
  readonly points: Float64Array | null;
  /** The box of the whole face, of which `box` is the part inside the photo. */
  readonly extent: Box;
  /** Quarter turns clockwise by which its head lies in the photo, 0 to 3. */
  readonly turn: number;
}

export const REGIONS = [
  "forehead",
  "eyes",
  "nose",
  "mouth",
  "chin",
  "cheeks",
  "neck",
  "background",
] as const;
export type Region = (typeof REGIONS)[number];
export type Shares = Readonly<Record<Region, number>>;

export type UnsureReason = "ambiguous" | "small" | "dark" | "blurred" | "turned" | "cut" | "hidden";

/** What the answer to a question is. */
export type Reply = "yes" | "no" | "cant_see";

/** The answer to one question about one face. */
export interface Answer {
  /** It follows from the verdict's wear and never contradicts it. */
  readonly answer: Reply;
  /** How likely yes is, calibrated, in [0, 1]. */
  readonly probability: number;
  /** The mean of the question's evidence map plus `bias`. */
  readonly logit: number;
  readonly bias: number;
  /** Region -> its share of what speaks for the answer. */
  readonly shares: Shares;
}

/** What a verdict was computed from: one map per question. */
export interface Evidence {
  /** Signed, in the order of QUESTIONS: above 0 speaks for yes. 4 * rows * columns. */
  readonly maps: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** One per question: 1 where the answer is yes, -1 where it is no, 0 where it can't be seen. */
  readonly signs: readonly number[];
  /** What of the photo the maps cover. */
  readonly square: Square;
  /** Side S of the crop that the network saw, in pixels. */
  readonly cropSize: number;
}

/** How one face wears its mask. */
export interface Verdict {
  readonly face: Face;
  readonly wear: Wear;
  /** The parts that an incorrectly worn mask leaves uncovered; none for another wear. */
  readonly uncovered: readonly Part[];
  readonly answers: Readonly<Record<Question, Answer>>;
  /** Calibrated; they sum to 1. */
  readonly probabilities: Readonly<Record<Wear, number>>;
  /** Why the photo does not suffice to say; null when sure. */
  readonly unsure: UnsureReason | null;
  /** The likeliest wears that together reach the network's confidence, likeliest first. */
  readonly likely: readonly Wear[];
  /** Region -> its share of what speaks for the verdict: for all of its answers together. */
  readonly shares: Shares;
  readonly evidence: Evidence;
}
