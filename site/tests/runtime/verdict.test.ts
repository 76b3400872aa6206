/** From logits to verdicts, by hand. */

import { describe, expect, it } from "vitest";
import {
  answerProbabilities,
  combinationProbabilities,
  likeliest,
  wearProbabilities,
} from "../../src/runtime/combinations";
import { detail, predictionSet, replies, signOf, unsureReason } from "../../src/runtime/verdict";

const SIZE = 20;

/** A crop of one grey level, or of a level for each pixel. */
function crop(level: number | ((x: number, y: number) => number)): Uint8Array {
  return Uint8Array.from({ length: 3 * SIZE * SIZE }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
    return typeof level === "number" ? level : level(x, y);
  });
}

const sharp = crop((x, y) => (Math.floor(x / 2) + Math.floor(y / 2)) % 2 && 200);

/** Bare, correct, nose, chin, nose and mouth. */
const FIVE = [
  [0, 1, 1, 1],
  [1, 0, 0, 0],
  [1, 1, 0, 0],
  [1, 0, 0, 1],
  [1, 1, 1, 0],
];

describe("probabilities", () => {
  it("share out 1, softer by the temperature", () => {
    const two = [
      [1, 0, 0, 0],
      [0, 0, 0, 0],
    ];
    const [one, other] = combinationProbabilities([Math.log(3), 5, 5, 5], two, 1);
    expect(one).toBeCloseTo(0.75, 12);
    expect(other).toBeCloseTo(0.25, 12);
    expect(combinationProbabilities([Math.log(9), 0, 0, 0], two, 2)[0]).toBeCloseTo(0.75, 12);
    expect(combinationProbabilities([1000, 0, 0, 0], two, 1)[0]).toBe(1);
  });

  it("fold into wears", () => {
    const [correct, incorrect, none] = wearProbabilities([0.1, 0.2, 0.3, 0.15, 0.25], FIVE);
    expect([correct, none]).toEqual([0.2, 0.1]);
    expect(incorrect).toBeCloseTo(0.7, 12);
  });

  it("of the answers are marginals", () => {
    const [mask, nose, mouth, chin] = answerProbabilities([0.1, 0.2, 0.3, 0.15, 0.25], FIVE);
    expect(mask).toBeCloseTo(0.9, 12); // all but none
    expect(nose).toBeCloseTo(0.65, 12); // none, nose, nose and mouth
    expect(mouth).toBeCloseTo(0.35, 12); // none, nose and mouth
    expect(chin).toBeCloseTo(0.25, 12); // none, chin
  });
});

describe("a verdict", () => {
  it("is the likeliest wear, though another combination is the likeliest", () => {
    expect(likeliest([0.05, 0.4, 0.2, 0.15, 0.2], FIVE)).toBe(FIVE[2]);
    expect(likeliest([0.9, 0.1, 0, 0, 0], FIVE)).toBe(FIVE[0]);
  });

  it("names as many wears as reach the confidence", () => {
    expect(predictionSet([0.8, 0.15, 0.05], 0.8)).toEqual(["correct"]);
    expect(predictionSet([0.1, 0.2, 0.7], 0.8)).toEqual(["none", "incorrect"]);
    expect(predictionSet([0.4, 0.4, 0.2], 0.95)).toEqual(["correct", "incorrect", "none"]);
    expect(predictionSet([0.4, 0.4, 0.2], 0.3)).toEqual(["correct"]); // of equals the first
  });
});

describe("the answers", () => {
  it("are those of the combination, whatever is likely", () => {
    const wanted = { mask: "yes", nose: "yes", mouth: "yes", chin: "no" };
    expect(replies(FIVE[4], [0.9, 0.4, 0.4, 0.6])).toEqual(wanted);
    expect(replies(FIVE[1], [0.9, 0, 0, 0]).nose).toBe("no");
  });

  it("can't be seen outside the photo, or behind what is no mask", () => {
    const cut = replies(FIVE[3], [1, 0, 0, 1], ["chin"]);
    expect(cut).toEqual({ mask: "yes", nose: "no", mouth: "no", chin: "cant_see" });
    const held = replies(FIVE[0], [0.1, 0.9, 0.4, 0.5]);
    expect(held).toEqual({ mask: "no", nose: "yes", mouth: "cant_see", chin: "yes" });
  });

  it("have signs", () => {
    expect((["yes", "no", "cant_see"] as const).map(signOf)).toEqual([1, -1, 0]);
  });
});

describe("doubt", () => {
  it("is none in a sharp, bright crop with one likely wear", () => {
    expect(unsureReason(sharp, SIZE, 32, ["correct"])).toBeNull();
  });

  it("names the photo's faults before the network's", () => {
    const two = ["correct", "none"] as const;
    expect(unsureReason(sharp, SIZE, 31.9, two)).toBe("small");
    expect(unsureReason(crop(15), SIZE, 99, two)).toBe("dark");
    expect(unsureReason(crop(100), SIZE, 99, two)).toBe("blurred");
    expect(unsureReason(sharp, SIZE, 99, two)).toBe("ambiguous");
    expect(unsureReason(sharp, SIZE, 99, two, ["chin"])).toBe("cut");
    expect(unsureReason(sharp, SIZE, 99, two, ["chin"], true)).toBe("turned");
    expect(unsureReason(crop(15), SIZE, 99, two, ["chin"])).toBe("dark");
  });

  it("is dark where all but one in twenty are", () => {
    // The 95th percentile of 400 values lies 0.05 of the way from the 380th to the 381st.
    const bright = (count: number) => crop((x, y) => (y * SIZE + x < count ? 200 : 0));
    expect(unsureReason(bright(19), SIZE, 99, ["none"])).toBe("dark");
    expect(unsureReason(bright(20), SIZE, 99, ["none"])).toBe("dark"); // 10 of 200
    expect(unsureReason(bright(21), SIZE, 99, ["none"])).toBeNull();
  });

  it("measures detail", () => {
    const stripes = Float64Array.from({ length: 160 * 160 }, (_, i) => (i % 4 < 2 ? 0 : 2));
    // Along: all steps over two pixels are 2; down: all are 0. The variance is 1.
    expect(detail(stripes, 160)).toBeCloseTo(2, 11);
    expect(detail(new Float64Array(16).fill(7), 4)).toBe(0);
  });
});
