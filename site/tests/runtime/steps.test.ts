/** Small cases, computed by hand. */

import { describe, expect, it } from "vitest";
import { coarseCrop, crop, cutTo, squareAround } from "../../src/runtime/crop";
import { atCrop, enlarge, gridOf, regionShares } from "../../src/runtime/evidence";
import { fillPolygon } from "../../src/runtime/fill";
import { canvasOf, levelsOf, quarterTurn } from "../../src/runtime/finder";
import { suppress } from "../../src/runtime/nms";
import { meanPoints, outlineOutside, regionsOf } from "../../src/runtime/regions";
import { halve, resize, roundHalfEven } from "../../src/runtime/resize";
import { type Picture, REGIONS } from "../../src/runtime/types";

/** A grey picture of these levels, row by row. */
function grey(...rows: number[][]): Picture {
  const rgb = Uint8Array.from(rows.flat().flatMap((level) => [level, level, level]));
  return { width: rows[0].length, height: rows.length, rgb };
}

/** The levels of a grey picture. */
function levels(rgb: Uint8Array): number[] {
  return Array.from(rgb).filter((_, i) => i % 3 === 0);
}

describe("resize", () => {
  it("rounds halves to the even neighbour", () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6].map(roundHalfEven)).toEqual([
      0, 2, 2, 0, -2, 2, 3,
    ]);
  });

  it("takes the mean of four", () => {
    const made = resize(grey([1, 2, 10, 10], [3, 4, 10, 11]), 2, 1, "area");
    expect(levels(made.rgb)).toEqual([3, 10]); // 10 / 4 goes up, 41 / 4 down
  });

  it("halves some of a picture; what is over of an odd side counts twice", () => {
    const photo = grey([9, 9, 9, 9], [9, 1, 2, 10], [9, 3, 4, 11], [9, 5, 6, 20]);
    const made = halve(photo, { left: 1, top: 1, width: 3, height: 3 });
    expect([made.width, made.height]).toEqual([2, 2]);
    expect(levels(made.rgb)).toEqual([3, 11, 6, 20]); // 10 / 4, 42 / 4, 22 / 4 go up
    expect(levels(halve(grey([7])).rgb)).toEqual([7]);
  });

  it("takes the mean of blocks", () => {
    const made = resize(grey([0, 30, 60, 9, 9, 9]), 2, 1, "area");
    expect(levels(made.rgb)).toEqual([30, 9]);
  });

  it("weighs what is covered in part", () => {
    const made = resize(grey([0, 100, 200]), 2, 1, "area");
    expect(levels(made.rgb)).toEqual([33, 167]); // (0 + 100 / 2) / 1.5 and (50 + 200) / 1.5
  });

  it("enlarges between the nearest", () => {
    const made = resize(grey([0, 100]), 4, 1, "linear");
    expect(levels(made.rgb)).toEqual([0, 25, 75, 100]);
  });
});

describe("crop", () => {
  it("frames a box", () => {
    expect(squareAround([10, 20, 30, 40], 1.5)).toEqual({ x: -5, y: 10, side: 60, turn: 0 });
  });

  it("cuts a box to the photo", () => {
    const photo = { width: 50, height: 40, rgb: new Uint8Array(0) };
    expect(cutTo(photo, [-5, 10, 60, 60])).toEqual([0, 10, 50, 30]);
    expect(cutTo(photo, [60, 0, 5, 5])[2]).toBeLessThan(0);
  });

  it("gives pixels back as they are", () => {
    const photo = grey([1, 2], [3, 4]);
    expect(levels(crop(photo, { x: 0, y: 0, side: 2, turn: 0 }, 2))).toEqual([1, 2, 3, 4]);
  });

  it("sets upright what lies turned, by moving pixels", () => {
    const photo = grey([1, 2], [3, 4]);
    const seen = (turn: number) => levels(crop(photo, { x: 0, y: 0, side: 2, turn }, 2));
    expect(seen(1)).toEqual([2, 4, 1, 3]);
    expect(seen(2)).toEqual([4, 3, 2, 1]);
    expect(seen(3)).toEqual([3, 1, 4, 2]);
  });

  it("repeats the border", () => {
    const photo = grey([10, 20], [10, 20]);
    const seen = crop(photo, { x: -2, y: 0, side: 6, turn: 0 }, 6);
    expect(levels(seen).slice(0, 6)).toEqual([10, 10, 10, 20, 20, 20]);
  });

  it("reduces with a triangle as wide as the reduction", () => {
    // Centre 2, reach 2: pixels 0 to 3 weigh 1, 3, 3 and 1 of 8.
    const photo = grey(...new Array(4).fill([0, 80, 160, 240]));
    expect(levels(crop(photo, { x: 0, y: 0, side: 4, turn: 0 }, 2))[0]).toBe(
      // Centre 1, reach 2, and the border repeats: 0, 0, 80 and 160 weigh 1, 3, 3 and 1.
      Math.floor((3 * 80 + 160) / 8 + 0.5),
    );
  });
});

describe("a coarse crop", () => {
  /** Levels by column and row; no two neighbours are alike. */
  const photo = grey(
    ...Array.from({ length: 61 }, (_, y) =>
      Array.from({ length: 83 }, (_, x) => (37 * x + 91 * y + x * y) % 256),
    ),
  );

  it("is the crop where no half would leave its resolution", () => {
    const square = { x: 3.5, y: -4, side: 31.9, turn: 1 };
    expect(coarseCrop(photo, square, 16)).toEqual(crop(photo, square, 16));
  });

  it.each([
    [32, 1],
    [63.9, 1],
    [64, 2],
    [200, 3],
  ])("of a square of %d is the crop of the photo halved", (side, times) => {
    let halved: Picture = photo;
    for (let i = 0; i < times; i++) halved = halve(halved);
    const by = 2 ** times;
    for (const [x, y] of [
      [7, 9],
      [-20.5, -13.25],
      [50.3, 41.8],
    ]) {
      const there = { x: x / by, y: y / by, side: side / by, turn: 3 };
      const made = coarseCrop(photo, { x, y, side, turn: 3 }, 16);
      expect(made).toEqual(crop(halved, there, 16));
    }
  });

  it("takes a square without measure", () => {
    const made = coarseCrop(photo, { x: -1e300, y: 0, side: 1e300, turn: 0 }, 4);
    expect(made.length).toBe(48);
  });
});

describe("how a face lies", () => {
  /** Five points of a face that leans by so many degrees clockwise. */
  const leaning = (degrees: number) => {
    const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
    return [-10, -8, 10, -8, 0, 2, -7, 10, 7, 10].map((_, i, all) => {
      const [x, y] = [all[i - (i % 2)], all[i - (i % 2) + 1]];
      return 50 + (i % 2 ? sin * x + cos * y : cos * x - sin * y);
    });
  };

  it.each([
    [0, 0],
    [49, 0],
    [-49, 0],
    [51, 1],
    [90, 1],
    [134, 1],
    [136, 2],
    [180, 2],
    [-136, 2],
    [-134, 3],
    [-90, 3],
    [-51, 3],
  ])("is told by its points: %d degrees", (degrees, turn) => {
    expect(quarterTurn(leaning(degrees))).toBe(turn);
  });

  it("is upright where they say nothing", () => {
    expect(quarterTurn(new Float32Array(10))).toBe(0);
    for (const wild of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(quarterTurn(leaning(90).map((value, i) => (i === 3 ? wild : value)))).toBe(0);
    }
  });
});

describe("the finder's levels", () => {
  it("halves until no face can be too large", () => {
    const photo = { width: 1280, height: 720, rgb: new Uint8Array(3 * 1280 * 720) };
    const sizes = [...levelsOf(photo, { side: 640, largest: 64, reduction: 2 })].map(
      ([{ width, height }, last]) => [width, height, last],
    );
    expect(sizes).toEqual([
      [640, 360, false],
      [320, 180, false],
      [160, 90, false],
      [80, 45, true],
    ]);
  });

  it("enlarges a small photo no more than twice", () => {
    const photo = { width: 40, height: 20, rgb: new Uint8Array(3 * 40 * 20) };
    expect(
      [...levelsOf(photo, { side: 640, largest: 64, reduction: 2 })].map(([level]) => level.width),
    ).toEqual([80]);
  });

  it("adds black to the right and below", () => {
    const canvas = canvasOf(grey([9, 9, 9]));
    expect([canvas.width, canvas.height]).toEqual([32, 32]);
    expect(levels(canvas.rgb).slice(0, 5)).toEqual([9, 9, 9, 0, 0]);
    expect(levels(canvas.rgb).reduce((sum, level) => sum + level)).toBe(27);
  });
});

describe("suppression", () => {
  it("keeps the best of those that overlap", () => {
    const boxes = [
      [0, 0, 10, 10],
      [1, 0, 10, 10],
      [20, 0, 10, 10],
    ] as const;
    expect(suppress(boxes, [0.5, 0.9, 0.1], 0.5)).toEqual([1, 2]);
  });

  it("drops what lies within another only where asked to", () => {
    const boxes = [
      [0, 0, 100, 100],
      [10, 10, 10, 10],
    ] as const;
    expect(suppress(boxes, [0.5, 0.9], 0.5)).toEqual([1, 0]);
    expect(suppress(boxes, [0.5, 0.9], 0.5, 0.7)).toEqual([1]);
  });

  it("settles equal scores by the boxes", () => {
    const boxes = [
      [1, 0, 10, 10],
      [0, 0, 10, 10],
    ] as const;
    expect(suppress(boxes, [0.5, 0.5], 0.5)).toEqual([1]);
  });
});

describe("filling", () => {
  const filled = (points: number[]) => {
    const values = new Uint8Array(25);
    fillPolygon({ width: 5, height: 5, values }, points, 1);
    return Array.from({ length: 5 }, (_, y) => values.subarray(5 * y, 5 * y + 5).join(""));
  };

  it("fills a square with its sides", () => {
    expect(filled([1.5, 1.5, 3.5, 1.5, 3.5, 3.5, 1.5, 3.5])).toEqual([
      "00000",
      "01110",
      "01110",
      "01110",
      "00000",
    ]);
  });

  it("cuts what reaches outside", () => {
    expect(filled([-9, 2.5, 9, 2.5, 9, 30, -9, 30])).toEqual([
      "00000",
      "00000",
      "11111",
      "11111",
      "11111",
    ]);
  });

  it("leaves all as it is where nothing is inside", () => {
    expect(filled([10, 10, 20, 10, 20, 20]).join("")).toBe("0".repeat(25));
  });
});

describe("regions", () => {
  it("gives the average face all its parts, a neck and a background", () => {
    const regions = regionsOf(
      meanPoints([20, 10, 90, 120]),
      { x: 0, y: 0, side: 150, turn: 0 },
      160,
    );
    expect(new Set(regions).size).toBe(REGIONS.length);
    expect(REGIONS[regions[0]]).toBe("background");
    expect(REGIONS[regions[160 * 150 + 60]]).toBe("neck"); // right below the chin
  });

  it("tells how much of a part lies outside the photo", () => {
    const points = meanPoints([0, 0, 100, 100]);
    expect(outlineOutside(points, "chin", { width: 100, height: 100 })).toBe(0);
    expect(outlineOutside(points, "chin", { width: 100, height: 60 })).toBe(1);
    expect(outlineOutside(points, "nose", { width: 50, height: 100 })).toBeCloseTo(0.5, 1);
  });

  it("draws no wild points", () => {
    const wild = Float64Array.from({ length: 218 }, (_, i) => (i % 3 ? 1e12 : -1e12));
    expect(regionsOf(wild, { x: 0, y: 0, side: 1, turn: 0 }, 16).length).toBe(256);
  });
});

describe("evidence", () => {
  it("enlarges between centres", () => {
    const made = enlarge(Float32Array.from([0, 4]), 1, 2, 4);
    expect([...made.subarray(0, 4)]).toEqual([0, 1, 3, 4]);
  });

  it("speaks for each answer, and for all of them together", () => {
    const maps = Float32Array.from([1, 10, 100, 1000]);
    const evidence = { maps, rows: 1, columns: 1, signs: [1, 1, -1, 0], cropSize: 2 };
    expect([...gridOf(evidence, null)]).toEqual([-89]); // what can't be seen is left out
    expect([...gridOf(evidence, "mouth")]).toEqual([-100]); // for no
    expect([...gridOf(evidence, "chin")]).toEqual([1000]); // for yes
    expect([...atCrop(evidence, "nose")]).toEqual([10, 10, 10, 10]);
  });

  it("adds up what is positive", () => {
    const shares = regionShares(Float32Array.from([3, -5, 1, 0]), Uint8Array.from([2, 2, 3, 0]));
    expect(shares).toMatchObject({ nose: 0.75, mouth: 0.25, forehead: 0, neck: 0 });
    const none = regionShares(Float32Array.from([-1]), Uint8Array.from([0]));
    expect(Object.values(none)).toEqual(new Array(REGIONS.length).fill(0));
  });
});
