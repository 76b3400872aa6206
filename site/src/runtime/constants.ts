/** Numbers that the Python package lists: build/constants.py takes them from there. */

import listed from "../../generated/constants.json";

export const CROP_MARGIN = listed.cropMargin;
export const MAX_OUTSIDE = listed.maxOutside;
export const CROP_WEIGHT_SUM = listed.cropWeightSum;
export const CROP_FILTER_STEPS = listed.cropFilterSteps;
export const BATCH = listed.batch;
export const OVERLAP = listed.overlap;
export const WITHIN = listed.within;
export const LOOKS = listed.looks;
export const SLACK = listed.slack;
export const STANDING = listed.standing;
export const STAYS = listed.stays;
export const TURNED = listed.turned;
export const WORTH_TURNING = listed.worthTurning;
export const GRID = listed.grid;
export const EVEN = listed.even;
export const MIN_CHANCE = listed.minChance;
export const MIN_FACE = listed.minFace;
export const MOST_ENLARGED = listed.mostEnlarged;
export const STEP = listed.step;
export const SPARE = listed.spare;
export const UPRIGHT = listed.upright;
export const FAINT = listed.tiles.faint;
export const SMALL = listed.tiles.small;
export const TILE = listed.tiles.side;
export const SHARED = listed.tiles.shared;
export const MAX_TILES = listed.tiles.most;
export const FINEST = listed.tiles.finest;
export const LEAST_GAIN = listed.tiles.leastGain;
export const SMALL_PX = listed.smallPx;
export const DARK_LEVEL = listed.darkLevel;
export const BLURRED_DETAIL = listed.blurredDetail;
export const MAX_PIXELS = listed.maxPixels;
export const MIN_SIDE = listed.minSide;

/** Endings of files that are no photos -> what such a file is, in Python's words. */
export const FOREIGN_SUFFIXES: Readonly<Record<string, string>> = listed.foreignSuffixes;

export const HEAT_OPACITY = listed.heatOpacity;
export const HAIRLINE = listed.hairline;
export const JAW = listed.jaw;
export const NECK = listed.neck;

/** 256 colours, R, G, B in [0, 255] one after the other. */
export const INFERNO = Uint8ClampedArray.from(listed.inferno);

/** The average face: 109 points in units of the crop's side. */
export const MEAN_FACE: readonly (readonly number[])[] = listed.meanFace;

/** FaceMesh index -> position among the 109 points. */
export const PLACES: Readonly<Record<string, number>> = listed.places;

/** FaceMesh index -> from, to, share of the way: points that are not among the 109. */
export const MIXES: Readonly<Record<string, readonly number[]>> = listed.mixes;

/** Region and the FaceMesh indices of its outline, in the order of drawing. */
export const OUTLINES = listed.outlines as unknown as readonly (readonly [
  string,
  readonly number[],
])[];
