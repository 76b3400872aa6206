/** What goes from step to step: the words of the Python package, in its units. */

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
}

export interface Face {
  readonly box: Box;
  /** How likely it is a face, in [0, 1]. */
  readonly score: number;
  /** 109 landmarks x, y in photo pixels, one after the other; null where they can't be trusted. */
  readonly points: Float64Array | null;
}

export const CLASSES = ["none", "correct", "nose", "chin", "nose_and_mouth"] as const;
export type ClassName = (typeof CLASSES)[number];

export const WEARS = ["correct", "incorrect", "none"] as const;
export type Wear = (typeof WEARS)[number];

export type Uncovered = "nose" | "chin" | "nose_and_mouth";

export const WEAR_OF_CLASS: Readonly<Record<ClassName, Wear>> = {
  none: "none",
  correct: "correct",
  nose: "incorrect",
  chin: "incorrect",
  nose_and_mouth: "incorrect",
};

export const REGIONS = ["forehead", "eyes", "nose", "mouth", "chin", "cheeks", "outside"] as const;
export type Region = (typeof REGIONS)[number];
export type Shares = Readonly<Record<Region, number>>;

export type UnsureReason = "ambiguous" | "small" | "dark" | "blurred";

/** What a verdict was computed from. */
export interface Evidence {
  /** One signed map a class, in the order of CLASSES: 5 * rows * columns. */
  readonly maps: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** One a class; each is the mean of its map plus its bias. */
  readonly logits: Float32Array;
  readonly biases: Float32Array;
  /** The class of the verdict, and the strongest class of another wear. */
  readonly className: ClassName;
  readonly rival: ClassName;
  /** Region -> share of the positive evidence for the class rather than its rival. */
  readonly shares: Shares;
  readonly square: Square;
  /** Side S of the crop that the network saw, in pixels. */
  readonly cropSize: number;
  /** S * S positions in REGIONS. */
  readonly regions: Uint8Array;
}

export interface Verdict {
  readonly face: Face;
  readonly wear: Wear;
  readonly uncovered: Uncovered | null;
  /** Calibrated, in the order of CLASSES. */
  readonly probabilities: readonly number[];
  /** Why the photo does not suffice to say; null when sure. */
  readonly unsure: UnsureReason | null;
  /** The likeliest wears that together reach the network's confidence, likeliest first. */
  readonly likely: readonly Wear[];
  readonly evidence: Evidence;
}
