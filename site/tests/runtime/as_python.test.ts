/** Every step gives the numbers of the Python package. */

import { describe, expect, it } from "vitest";
import { crop } from "../../src/runtime/crop";
import { enlarge, regionShares } from "../../src/runtime/evidence";
import { suppress } from "../../src/runtime/nms";
import { regionsOf } from "../../src/runtime/regions";
import { resize } from "../../src/runtime/resize";
import { type Box, CLASSES, REGIONS, WEAR_OF_CLASS, WEARS } from "../../src/runtime/types";
import { detail, predictionSet } from "../../src/runtime/verdict";
import texts from "../../texts/app.json";
import { apart, bytesOf, floatsOf, pictureOf, readGolden } from "./golden";

const golden = readGolden();

describe.skipIf(!golden)("as Python", () => {
  if (!golden) return;

  it("lists the same classes, wears and regions", () => {
    const { classes, wears, wearOfClass, regions } = golden.lists;
    expect([...CLASSES]).toEqual(classes);
    expect([...WEARS]).toEqual(wears);
    expect(WEAR_OF_CLASS).toEqual(wearOfClass);
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

  it.each(golden.crop)("crop to $size", ({ of, square: [x, y, side], size, made }) => {
    const found = crop(pictureOf(of), { x, y, side }, size);
    expect(apart(found, bytesOf(made))).toEqual([0, 0]);
  });

  it.each(golden.regions)("regions", ({ points, square: [x, y, side], made, map, shares }) => {
    const found = regionsOf(Float64Array.from(points), { x, y, side }, 160);
    expect(apart(found, bytesOf(made))[1]).toBeLessThanOrEqual(found.length / 1000);
    const own = regionShares(enlarge(floatsOf(map), 10, 10, 160), found);
    for (const name of REGIONS) expect(Math.abs(own[name] - shares[name])).toBeLessThan(0.001);
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
