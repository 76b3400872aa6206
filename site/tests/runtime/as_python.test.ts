/** Every step gives the numbers of the Python package. */

import {
  answerProbabilities,
  combinationProbabilities,
  likeliest,
  wearOf,
  wearProbabilities,
} from "../../src/runtime/combinations";
import { describe, expect, it } from "vitest";
import { coarseCrop, crop } from "../../src/runtime/crop";
import { enlarge, gridOf, regionShares } from "../../src/runtime/evidence";
import { quarterTurn } from "../../src/runtime/finder";
import { type Part, PARTS, QUESTIONS, WEARS } from "../../src/runtime/labels";
import { suppress } from "../../src/runtime/nms";
import { outlineOutside, regionsOf } from "../../src/runtime/regions";
import { resize } from "../../src/runtime/resize";
import { chooseTiles, cuts, finerScales } from "../../src/runtime/tiles";
import { type Box, REGIONS } from "../../src/runtime/types";
import { detail, predictionSet, replies, signOf } from "../../src/runtime/verdict";
import texts from "../../texts/app.json";
import { apart, bytesOf, floatsOf, pictureOf, readGolden } from "./golden";

const golden = readGolden();

describe.skipIf(!golden)("as Python", () => {
  if (!golden) return;

  it("lists the same questions, wears and regions", () => {
    const { questions, parts, wears, regions } = golden.lists;
    expect([...QUESTIONS]).toEqual(questions);
    expect([...PARTS]).toEqual(parts);
    expect([...WEARS]).toEqual(wears);
    expect([...REGIONS]).toEqual(regions);
  });

  it("says the same", () => {
    expect(texts.app).toMatchObject(golden.lists.texts);
  });

  it.each(golden.resize)("resize $how to $made.width x $made.height", ({ of, how, made }) => {
    const found = resize(pictureOf(of), made.width, made.height, how);
    const [largest, count] = apart(found.rgb, bytesOf(made.rgb));
    expect(largest).toBeLessThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(found.rgb.length / 1000);
  });

  it.each(golden.crop)("crop to $size", ({ of, square, size, made }) => {
    const found = crop(pictureOf(of), square, size);
    expect(apart(found, bytesOf(made))).toEqual([0, 0]);
  });

  it.each(golden.coarse)(
    "coarse crop of $of.width x $of.height to $size",
    ({ of, square, size, made }) => {
      const found = coarseCrop(pictureOf(of), square, size);
      expect(apart(found, bytesOf(made))).toEqual([0, 0]);
    },
  );

  it("takes faces to lie by their five points", () => {
    const { turns } = golden.lying;
    const points = floatsOf(golden.lying.points);
    const found = turns.map((_, i) => quarterTurn(points.subarray(10 * i, 10 * i + 10)));
    expect(found).toEqual(turns);
    expect(new Set(turns).size).toBe(4);
  });

  it.each(golden.tiles)("tiles of $width x $height", ({ scale, count, chosen, ...photo }) => {
    const boxes = photo.boxes as unknown as Box[];
    const candidates = boxes.map((box, i) => ({ box, score: photo.scores[i] }));
    const found = [...finerScales(scale)].map((finer) => ({
      scale: finer,
      tiles: chooseTiles(photo, finer, candidates, count).map((tile) => ({
        ...tile,
        cuts: boxes.map((box) => cuts(tile, box, photo)),
      })),
    }));
    expect(found).toEqual(chosen);
  });

  it.each(golden.regions)("regions", (wanted) => {
    const { points, square, made, map, shares } = wanted;
    const found = regionsOf(Float64Array.from(points), square, 160);
    expect(apart(found, bytesOf(made))[1]).toBeLessThanOrEqual(found.length / 1000);
    const own = regionShares(enlarge(floatsOf(map), 10, 10, 160), found);
    for (const name of REGIONS) expect(Math.abs(own[name] - shares[name])).toBeLessThan(0.001);
    const photo = { width: 70, height: 90 };
    for (const part of PARTS) {
      const outside = outlineOutside(Float64Array.from(points), part, photo);
      expect(outside).toBeCloseTo(wanted.outside[part], 12);
    }
  });

  it.each(golden.nms)("suppression", ({ boxes, scores, kept, keptWithin }) => {
    const all = boxes as unknown as Box[];
    expect(suppress(all, scores, 0.45)).toEqual(kept);
    expect(suppress(all, scores, 0.5, 0.7)).toEqual(keptWithin);
  });

  it("enlarges maps", () => {
    const found = enlarge(floatsOf(golden.enlarge.grid), 10, 7, 33);
    expect(apart(found, floatsOf(golden.enlarge.made))[0]).toBeLessThan(1e-5);
  });

  it("reads answers and wears from the combinations", () => {
    for (const wanted of golden.answers) {
      const { combinations, outside } = wanted;
      const maps = floatsOf(wanted.values);
      const logits = maps.filter((_, i) => i % 6 === 0);
      const probabilities = combinationProbabilities(logits, combinations, 1.5);
      expect(apart(probabilities, wanted.probabilities)[0]).toBeLessThan(1e-12);
      const chances = answerProbabilities(probabilities, combinations);
      expect(apart(chances, wanted.chances)[0]).toBeLessThan(1e-12);
      const wears = wearProbabilities(probabilities, combinations);
      expect(apart(wears, wanted.wears)[0]).toBeLessThan(1e-12);
      const decided = likeliest(probabilities, combinations);
      expect([decided, wearOf(decided)]).toEqual([wanted.decided, wanted.wear]);
      const said = replies(decided, chances, outside as Part[]);
      expect(said).toEqual(wanted.replies);
      const signs = QUESTIONS.map((question) => signOf(said[question]));
      const evidence = { maps, rows: 2, columns: 3, signs };
      expect(apart(gridOf(evidence, null), floatsOf(wanted.grid))).toEqual([0, 0]);
      for (const question of QUESTIONS) {
        const grid = gridOf(evidence, question);
        expect(apart(grid, floatsOf(wanted.grids[question]))).toEqual([0, 0]);
      }
    }
    const all = new Set(golden.answers.flatMap((one) => Object.values(one.replies)));
    expect([...all].sort()).toEqual(["cant_see", "no", "yes"]);
  });

  it("names the likely wears", () => {
    for (const { folded, likely } of golden.likely) {
      expect(predictionSet(folded, 0.8)).toEqual(likely);
    }
  });

  it("measures detail", () => {
    const { luma, detail: wanted } = golden.detail;
    expect(detail(Float64Array.from(luma), 20)).toBeCloseTo(wanted, 10);
  });
});
