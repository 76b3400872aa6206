/** Faces and networks, with engines that answer what a test says. */

import { describe, expect, it } from "vitest";
import { FaceDetector } from "../../src/runtime/find";
import { Finder } from "../../src/runtime/finder";
import { Landmarker } from "../../src/runtime/landmarks";
import type { WearManifest } from "../../src/runtime/manifest";
import { Network, type Output, type Run } from "../../src/runtime/network";
import type { Picture } from "../../src/runtime/types";

const PHOTO: Picture = { width: 80, height: 60, rgb: new Uint8Array(3 * 80 * 60) };
const SIZE = 8;

function output(data: readonly number[], ...dims: number[]): Output {
  return { data: Float32Array.from(data), dims };
}

/** x, y of the eyes, the nose's tip and the corners of the mouth. */
const UPRIGHT = [0, 0, 8, 0, 4, 4, 1, 8, 7, 8];

/** The same where the head's top points right. */
const LYING = [8, 0, 8, 8, 4, 4, 0, 1, 0, 7];

/**
 * A finder that sees these boxes, in pixels of the first level: twice the photo's.
 *
 * @param points - of each; those of the upright where they are left out.
 */
function finderOf(boxes: number[][], scores: number[], points: number[] = UPRIGHT): Finder {
  let level = 0;
  const run: Run = async () => {
    const seen = level++ ? 0 : boxes.length;
    return {
      boxes: output(boxes.slice(0, seen).flat(), seen, 4),
      scores: output(scores.slice(0, seen), seen),
      points: output(new Array(seen).fill(points).flat(), seen, 5, 2),
    };
  };
  return new Finder(run, {
    sha256: "",
    score: 0.4,
    overlap: 0.45,
    side: 640,
    largest: 64,
    reduction: 2,
  });
}

/** A landmark network that says this of every crop; its box in pixels of the crop. */
function landmarkerOf(face: number, box: number[], points = 4, confidence = 1): Landmarker {
  const run: Run = async ({ dims: [n] }) => {
    const each = (values: number[]) => Array.from({ length: n }, () => values).flat();
    return {
      points: output(each(new Array(218).fill(points)), n, 109, 2),
      confidence: output(each([confidence]), n),
      face: output(each([face]), n),
      box: output(each(box), n, 4),
    };
  };
  const manifest = { sha256: "", input_size: SIZE, margin: 2, confidence: 0.5, score: 0.6 };
  return new Landmarker(run, manifest);
}

describe("finding faces", () => {
  const middle = [2, 2, 4, 4]; // of the crop: the box that was looked at

  it("keeps what both networks believe", async () => {
    const finder = finderOf([[40, 40, 40, 40]], [0.7]);
    const [face] = await new FaceDetector(finder, landmarkerOf(0.9, middle)).find(PHOTO);
    expect(face.box).toEqual([20, 20, 20, 20]);
    const mean = (Math.log(0.7 / 0.3) + 2 * Math.log(9)) / 3;
    expect(face.score).toBeCloseTo(1 / (1 + Math.exp(-mean)), 6);
    expect(face.points?.slice(0, 2)).toEqual(Float64Array.from([30, 30]));
  });

  it("drops what the second does not believe", async () => {
    const finder = () => finderOf([[40, 40, 40, 40]], [0.7]);
    expect(await new FaceDetector(finder(), landmarkerOf(0.1, middle)).find(PHOTO)).toEqual([]);
    // Looked at again, but under the manifest's score.
    expect(await new FaceDetector(finder(), landmarkerOf(0.5, middle)).find(PHOTO)).toEqual([]);
  });

  it("gives faces from left to right, and one of two that are one", async () => {
    const boxes = [
      [100, 40, 40, 40],
      [20, 40, 40, 40],
      [24, 42, 40, 40],
    ];
    const finder = finderOf(boxes, [0.9, 0.6, 0.5]);
    const faces = await new FaceDetector(finder, landmarkerOf(0.9, middle)).find(PHOTO);
    expect(faces.map(({ box }) => box[0])).toEqual([10, 50]);
  });

  it("leaves out broken and tiny boxes", async () => {
    const boxes = [
      [Number.NaN, 0, 40, 40],
      [0, 0, -40, 40],
      [0, 0, 12, 12], // 6 pixels of the photo
    ];
    const finder = finderOf(boxes, [0.9, 0.9, 0.9]);
    expect(await finder.propose(PHOTO)).toEqual([]);
  });

  it("does not trust points without confidence", async () => {
    const points = async (landmarker: Landmarker) => {
      const faces = new FaceDetector(finderOf([], []), landmarker);
      const [face] = await faces.follow(PHOTO, [{ box: [20, 20, 20, 20], turn: 0 }]);
      return face?.points;
    };
    expect(await points(landmarkerOf(0.9, middle))).toBeInstanceOf(Float64Array);
    expect(await points(landmarkerOf(0.9, middle, 4, 0.4))).toBeNull();
    expect(await points(landmarkerOf(0.9, middle, Number.NaN))).toBeNull();
  });

  it("sets a face upright where the landmarks are surer of it so", async () => {
    // Surer of it turned by two quarters than as it is, and then sure of what it sees.
    const manifest = { sha256: "", input_size: SIZE, margin: 2, confidence: 0.5, score: 0.6 };
    const landmarker = (sure: number) => {
      let looks = 0;
      const run: Run = async ({ dims: [n] }) => ({
        points: output(new Array(218 * n).fill(1), n, 109, 2),
        confidence: output(n === 3 ? [0.02, sure, 0.03] : [looks++ ? 0.9 : 0.1], n),
        face: output(new Array(n).fill(0.9), n),
        box: output(Array.from({ length: n }, () => [2, 2, 3, 4]).flat(), n, 4),
      });
      return new Landmarker(run, manifest);
    };
    const find = async (sure: number) => {
      const finder = finderOf([[40, 40, 40, 40]], [0.7]);
      const [face] = await new FaceDetector(finder, landmarker(sure)).find(PHOTO);
      return face;
    };
    const face = await find(0.4); // odds of 0.67 beside 0.11
    expect(face.turn).toBe(2);
    // In the crop left and up of its middle, so in the photo right and down of it, twice.
    expect(face.box[0]).toBeGreaterThan(20);
    expect((await find(0.2)).turn).toBe(0);
  });

  it("looks again in tiles where something small is faint", async () => {
    const photo: Picture = { width: 1280, height: 64, rgb: new Uint8Array(3 * 1280 * 64) };
    const searched: number[][] = [];
    // Faint in the photo at half its size, and sure in every tile: there at its left.
    const run: Run = async ({ dims: [, height, width] }) => {
      searched.push([width, height]);
      const box = searched.length === 1 ? [400, 10, 10, 10] : [64, 20, 30, 30];
      return {
        boxes: output(box, 1, 4),
        scores: output([searched.length === 1 ? 0.35 : 0.9], 1),
        points: output(UPRIGHT, 1, 5, 2),
      };
    };
    const manifest = {
      sha256: "",
      score: 0.4,
      overlap: 0.45,
      side: 640,
      largest: 640,
      reduction: 2,
    };
    const finder = new Finder(run, manifest);
    const [face, ...others] = await finder.propose(photo);
    // The tile of 704 x 64 pixels of the photo that ends at its right; 30 pixels are not small.
    expect(searched).toEqual([
      [640, 32],
      [704, 64],
    ]);
    expect(others).toEqual([]);
    expect(face.box).toEqual([576 + 64, 20, 30, 30]);
    searched.length = 0;
    expect(await finder.propose(photo, 12, false)).toEqual([]);
    expect(searched.length).toBe(1);
  });

  /** A landmark network that is asked for these many crops at a time, and says the same of all. */
  function counted(face: number, confidence: number): [number[], Landmarker] {
    const asked: number[] = [];
    const landmarker = landmarkerOf(face, middle, 4, confidence);
    const place = landmarker.place.bind(landmarker);
    landmarker.place = (photo, boxes) => {
      asked.push(...boxes.map(({ turn }) => turn));
      return place(photo, boxes);
    };
    return [asked, landmarker];
  }

  it("looks at a face as the finder takes it to lie", async () => {
    const [asked, landmarker] = counted(0.9, 1);
    const finder = finderOf([[40, 40, 40, 40]], [0.7], LYING);
    const [face] = await new FaceDetector(finder, landmarker).find(PHOTO);
    expect(asked).toEqual([1, 1]);
    expect(face.turn).toBe(1);
  });

  it("looks at a doubtful one by every other quarter, at the first look", async () => {
    const [asked, landmarker] = counted(0.9, 0.1);
    const finder = finderOf([[40, 40, 40, 40]], [0.7], LYING);
    const [face] = await new FaceDetector(finder, landmarker).find(PHOTO);
    expect(asked).toEqual([1, 2, 3, 0, 1]);
    expect(face.turn).toBe(1);
  });

  it("looks by no other quarter where the points are half sure", async () => {
    const [asked, landmarker] = counted(0.9, 0.3);
    const finder = finderOf([[40, 40, 40, 40]], [0.7]);
    const [face] = await new FaceDetector(finder, landmarker).find(PHOTO);
    expect([face.points, asked]).toEqual([null, [0, 0]]);
  });

  it.each([
    { face: 0.1, turns: [0, 1, 2, 3] }, // 0.34 of both: less than even
    { face: 0.001, turns: [0] }, // 0.05 of both
  ])("looks by every quarter, once, at what may be a face: $face", async ({ face, turns }) => {
    const [asked, landmarker] = counted(face, 0.1);
    const finder = finderOf([[40, 40, 40, 40]], [0.7]);
    expect(await new FaceDetector(finder, landmarker).find(PHOTO)).toEqual([]);
    expect(asked).toEqual(turns);
  });

  it("stays at a box where the network gives none", async () => {
    const [placed] = await landmarkerOf(0.9, [2, 2, -1, 4]).place(PHOTO, [
      { box: [20, 20, 20, 20], turn: 0 },
    ]);
    expect(placed.box).toEqual([20, 20, 20, 20]);
  });

  it("follows a face to where it is now", async () => {
    const faces = new FaceDetector(finderOf([], []), landmarkerOf(0.9, [3, 1, 4, 4]));
    const [face] = await faces.follow(PHOTO, [{ box: [20, 20, 20, 20], turn: 0 }]);
    expect(face?.box).toEqual([25, 15, 20, 20]);
    expect(face?.score).toBeCloseTo(0.9, 6);
  });

  it("follows each in its place: null for the lost and for the less sure of two that are one", async () => {
    const faces = new FaceDetector(finderOf([], []), landmarkerOf(0.9, middle));
    const boxes = [
      { box: [90, 0, 20, 20], turn: 0 }, // outside the photo
      { box: [40, 20, 20, 20], turn: 0 },
      { box: [20, 20, 20, 20], turn: 0 },
      { box: [41, 20, 20, 20], turn: 0 },
    ] as const;
    const found = await faces.follow(PHOTO, boxes);
    expect(found.map((face) => face?.box[0] ?? null)).toEqual([null, 40, 20, null]);
    const nobody = new FaceDetector(finderOf([], []), landmarkerOf(0.1, middle));
    expect(await nobody.follow(PHOTO, boxes)).toEqual([null, null, null, null]);
  });

  it("loses a face by a look that says no, and not by one that doubts", async () => {
    const follow = async (look: number, score: number) => {
      const faces = new FaceDetector(finderOf([], []), landmarkerOf(look, middle));
      const [face] = await faces.follow(PHOTO, [{ box: [20, 20, 20, 20], turn: 0, score }]);
      return face?.score;
    };
    expect(await follow(0.5, 0.9)).toBeCloseTo(0.75, 6); // the mean of log 9 and 0 is log 3
    expect(await follow(0.29, 0.999)).toBeUndefined();
    expect(await follow(0.31, 0.999)).toBeGreaterThan(0.9);
  });

  it("remembers how far a face reaches outside the photo", async () => {
    const faces = new FaceDetector(finderOf([], []), landmarkerOf(0.9, middle));
    const [face] = await faces.follow(PHOTO, [{ box: [60, 40, 20, 20], turn: 0 }]);
    expect([face?.box, face?.extent]).toEqual([
      [60, 40, 20, 20],
      [60, 40, 20, 20],
    ]);
    const below = new FaceDetector(finderOf([], []), landmarkerOf(0.9, [2, 3.5, 4, 4]));
    const [cut] = await below.follow(PHOTO, [{ box: [60, 40, 20, 20], turn: 0 }]);
    expect(cut?.extent).toEqual([60, 47.5, 20, 20]);
    expect(cut?.box).toEqual([60, 47.5, 20, 12.5]);
  });
});

describe("the wear network", () => {
  const manifest: WearManifest = {
    sha256: "",
    input_size: SIZE,
    combinations: [
      [0, 1, 1, 1],
      [1, 0, 0, 0],
      [1, 1, 0, 0],
    ],
    bias: [0, 1, 2, 3],
    temperature: 1,
    confidence: 0.8,
  };
  const run: Run = async ({ dims: [n] }) => ({
    logits: output(
      Array.from({ length: 4 * n }, (_, i) => (i % 4) + 2),
      n,
      4,
    ),
    evidence: output(new Array(16 * n).fill(2), n, 4, 2, 2),
  });

  it("gives each crop its own", async () => {
    const network = await Network.open(run, manifest);
    const judged = await network.run([new Uint8Array(192), new Uint8Array(192)]);
    expect(judged.length).toBe(2);
    expect([...judged[1].logits]).toEqual([2, 3, 4, 5]);
    expect([judged[1].maps.length, judged[1].rows, judged[1].columns]).toEqual([16, 2, 2]);
  });

  it("is refused where its logits are not what its manifest says", async () => {
    const other = { ...manifest, bias: [0, 1, 2, 5] };
    await expect(Network.open(run, other)).rejects.toThrow("a logit is not the mean");
  });

  it.each([
    ["five biases", { bias: [0, 1, 2, 3, 4] }],
    ["no combinations", { combinations: [] }],
    ["combinations of five", { combinations: [[1, 0, 0, 0, 0]] }],
    ["another kind of manifest", { combinations: undefined }],
  ])("is refused where it does not answer four questions: %s", async (_, wrong) => {
    const other = { ...manifest, ...wrong } as typeof manifest;
    await expect(Network.open(run, other)).rejects.toThrow("does not answer 4 questions");
  });
});
