/** From a picture to its verdicts, by the shipped networks: the numbers of the Python package. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Checker } from "../../src/runtime/checker";
import { openEngine } from "../../src/runtime/engine";
import { gridOf } from "../../src/runtime/evidence";
import { QUESTIONS, WEARS } from "../../src/runtime/labels";
import { NetworkError } from "../../src/runtime/manifest";
import { type Picture, REGIONS, type Shares } from "../../src/runtime/types";
import { apart, floatsOf, pictureOf, readGolden } from "./golden";

const golden = readGolden();
const weights = fileURLToPath(new URL("../../../src/glassmask/weights", import.meta.url));

function network<Manifest>(name: string): readonly [Manifest, Uint8Array<ArrayBuffer>] {
  const manifest = JSON.parse(readFileSync(`${weights}/${name}.json`, "utf8"));
  return [manifest, new Uint8Array(readFileSync(`${weights}/${name}.onnx`))];
}

function expectShares(own: Shares, python: Readonly<Record<string, number>>): void {
  for (const name of REGIONS) expect(Math.abs(own[name] - python[name])).toBeLessThan(0.01);
}

describe.skipIf(!golden)("the demo photos", { timeout: 60_000 }, () => {
  if (!golden) return;
  let checker: Checker;
  const check = async (photo: Picture) => checker.judge(photo, await checker.find(photo));

  beforeAll(async () => {
    const files = {
      finder: network<never>("finder"),
      landmarks: network<never>("landmarks"),
      wear: network<never>("wear"),
    };
    checker = await Checker.load(files, {});
  }, 60_000);

  it.each(golden.photos)("$name", async ({ of, verdicts: wanted }) => {
    const found = await check(pictureOf(of));
    expect(found.length).toBe(wanted.length);
    found.forEach((verdict, i) => {
      const python = wanted[i];
      const { answers, evidence, face, probabilities, shares, ...told } = verdict;
      expect(told).toEqual({
        wear: python.wear,
        uncovered: python.uncovered,
        unsure: python.unsure,
        likely: python.likely,
      });
      for (const wear of WEARS) {
        expect(Math.abs(probabilities[wear] - python.probabilities[wear])).toBeLessThan(1e-3);
      }
      const top = Math.max(...floatsOf(python.maps).map(Math.abs));
      expect(apart(evidence.maps, floatsOf(python.maps))[0]).toBeLessThan(0.01 * top);
      expect(apart(gridOf(evidence, null), floatsOf(python.grid))[0]).toBeLessThan(0.02 * top);
      expect(face.turn).toBe(python.turn);
      expect(apart(face.box, python.box)[0]).toBeLessThan(0.1);
      expect(apart(face.extent, python.extent)[0]).toBeLessThan(0.1);
      expect(face.points === null).toBe(python.points === null);
      expect(apart(face.points ?? [], python.points ?? [])[0]).toBeLessThan(0.1);
      expectShares(shares, python.shares);
      for (const question of QUESTIONS) {
        const own = answers[question];
        const its = python.answers[question];
        expect(own.answer).toBe(its.answer);
        expect(Math.abs(own.probability - its.probability)).toBeLessThan(1e-3);
        expect(Math.abs(own.logit - its.logit)).toBeLessThan(0.01 * top);
        expect(own.bias).toBe(its.bias);
        expectShares(own.shares, its.shares);
      }
    });
  });

  it("gives logits that are the mean of their map plus a bias, and wears that agree", async () => {
    const found = await check(pictureOf(golden.photos[0].of));
    expect(found.length).toBe(1);
    const [{ answers, evidence, probabilities }] = found;
    const cells = evidence.rows * evidence.columns;
    QUESTIONS.forEach((question, i) => {
      const map = evidence.maps.subarray(i * cells, (i + 1) * cells);
      const mean = map.reduce((sum, value) => sum + value, 0) / cells;
      const { bias, logit } = answers[question];
      expect(Math.abs(mean + bias - logit)).toBeLessThan(1e-5);
    });
    expect(answers.mask.probability + probabilities.none).toBeCloseTo(1, 5);
  });

  it("can't see what is outside the photo", () => {
    const said = golden.photos.flatMap(({ verdicts }) =>
      verdicts.map(({ answers }) => answers.chin.answer),
    );
    expect(said).toContain("cant_see"); // so that the photos above compare it
  });

  it("follows a face that has moved a little, and says of a far one that it is lost", async () => {
    const photo = pictureOf(golden.photos[0].of);
    const [face] = await checker.find(photo);
    const [x, y, w, h] = face.box;
    const [moved, lost, away] = await checker.follow(photo, [
      { box: [x + 0.1 * w, y - 0.1 * h, w, h], turn: 0 },
      { box: [0, 0, 20, 20], turn: 0 },
      { box: [photo.width + 10, 0, 20, 20], turn: 0 },
    ]);
    expect(apart(moved?.box ?? [0, 0, 0, 0], face.box)[0]).toBeLessThan(0.1 * w);
    expect([lost, away]).toEqual([null, null]);
  });

  it("follows nobody", async () => {
    expect(await checker.follow(pictureOf(golden.photos[0].of), [])).toEqual([]);
  });

  it("does not follow what is no face", async () => {
    const rgb = new Uint8Array(3 * 200 * 100).fill(128);
    const photo = { width: 200, height: 100, rgb };
    expect(await checker.follow(photo, [{ box: [10, 10, 50, 50], turn: 0 }])).toEqual([null]);
  });

  it("refuses a network that is not the one of its manifest", async () => {
    const { sha256 } = network<{ sha256: string }>("landmarks")[0];
    const [, bytes] = network("finder");
    await expect(openEngine(bytes, sha256, {})).rejects.toThrow(NetworkError);
  });

  it("finds nobody in a grey picture", async () => {
    const rgb = new Uint8Array(3 * 200 * 100).fill(128);
    expect(await check({ width: 200, height: 100, rgb })).toEqual([]);
  });
});
