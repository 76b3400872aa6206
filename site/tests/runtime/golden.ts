/** What Python made of the same inputs: generated/golden.json, by build/golden.py. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Rectangle } from "../../src/runtime/resize";
import type { Picture, Square } from "../../src/runtime/types";

const FILE = fileURLToPath(new URL("../../generated/golden.json", import.meta.url));

interface Packed {
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
}

/** What Python answers to a question. */
interface Told {
  readonly answer: string;
  readonly probability: number;
  readonly logit: number;
  readonly bias: number;
  readonly shares: Record<string, number>;
}

export interface Golden {
  readonly lists: {
    questions: string[];
    parts: string[];
    wears: string[];
    regions: string[];
    texts: Record<string, Record<string, string>>;
  };
  readonly resize: { of: Packed; how: "area" | "linear"; made: Packed }[];
  readonly crop: { of: Packed; square: Square; size: number; made: string }[];
  readonly coarse: { of: Packed; square: Square; size: number; made: string }[];
  readonly lying: { points: string; turns: number[] };
  readonly tiles: {
    width: number;
    height: number;
    scale: number;
    count: number;
    boxes: number[][];
    scores: number[];
    chosen: { scale: number; tiles: (Rectangle & { cuts: boolean[] })[] }[];
  }[];
  readonly regions: {
    points: number[];
    square: Square;
    made: string;
    outside: Record<"nose" | "mouth" | "chin", number>;
    map: string;
    shares: Record<string, number>;
  }[];
  readonly nms: { boxes: number[][]; scores: number[]; kept: number[]; keptWithin: number[] }[];
  readonly enlarge: { grid: string; made: string };
  readonly answers: {
    values: string;
    combinations: number[][];
    probabilities: number[];
    chances: number[];
    wears: number[];
    decided: number[];
    wear: string;
    outside: string[];
    replies: Record<"mask" | "nose" | "mouth" | "chin", "yes" | "no" | "cant_see">;
    grid: string;
    grids: Record<string, string>;
  }[];
  readonly likely: { folded: number[]; likely: string[] }[];
  readonly detail: { luma: number[]; detail: number };
  readonly photos: {
    name: string;
    of: Packed;
    verdicts: {
      box: number[];
      extent: number[];
      turn: number;
      points: number[] | null;
      wear: string;
      uncovered: string[];
      answers: Record<"mask" | "nose" | "mouth" | "chin", Told>;
      probabilities: Record<string, number>;
      unsure: string | null;
      likely: string[];
      shares: Record<string, number>;
      maps: string;
      grid: string;
    }[];
  }[];
  readonly turned: {
    files: { name: string; of: string; orientation: number }[];
    metadata: { kind: "exif" | "xmp"; of: string; orientation: number | null }[];
  };
  readonly foreign: { of: string; kind: string | null }[];
}

/** Null, and said loudly, where the file was not made. */
export function readGolden(): Golden | null {
  if (existsSync(FILE)) return JSON.parse(readFileSync(FILE, "utf8"));
  console.warn("SKIPPED: no generated/golden.json; site/build/golden.py makes it");
  return null;
}

export function bytesOf(packed: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(packed, "base64"));
}

export function floatsOf(packed: string): Float32Array {
  return new Float32Array(bytesOf(packed).buffer);
}

export function pictureOf({ width, height, rgb }: Packed): Picture {
  return { width, height, rgb: bytesOf(rgb) };
}

/** The largest difference, and how many values differ. */
export function apart(one: ArrayLike<number>, other: ArrayLike<number>): [number, number] {
  if (one.length !== other.length) throw new Error(`${one.length} and ${other.length} values`);
  let largest = 0;
  let count = 0;
  for (let i = 0; i < one.length; i++) {
    const by = Math.abs(one[i] - other[i]);
    largest = Math.max(largest, by);
    if (by > 0) count++;
  }
  return [largest, count];
}
