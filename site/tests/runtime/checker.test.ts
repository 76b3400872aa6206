/** From a picture to its verdicts, by the shipped networks: the numbers of the Python package. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Checker } from "../../src/runtime/checker";
import { openEngine } from "../../src/runtime/engine";
import { NetworkError } from "../../src/runtime/manifest";
import { REGIONS } from "../../src/runtime/types";
import { apart, floatsOf, pictureOf, readGolden } from "./golden";

const golden = readGolden();
const weights = fileURLToPath(new URL("../../../src/glassmask/weights", import.meta.url));

function network<Manifest>(name: string): readonly [Manifest, Uint8Array<ArrayBuffer>] {
  const manifest = JSON.parse(readFileSync(`${weights}/${name}.json`, "utf8"));
  return [manifest, new Uint8Array(readFileSync(`${weights}/${name}.onnx`))];
}

describe.skipIf(!golden)("the demo photos", { timeout: 60_000 }, () => {
  if (!golden) return;
  let checker: Checker;

  beforeAll(async () => {
    const files = {
      finder: network<never>("finder"),
      landmarks: network<never>("landmarks"),
      wear: network<never>("wear"),
    };
    checker = await Checker.load(files, {});
  }, 60_000);

  it.each(golden.photos)("$name", async ({ of, verdicts: wanted }) => {
    const found = await checker.check(pictureOf(of));
    expect(found.length).toBe(wanted.length);
    found.forEach((verdict, i) => {
      const python = wanted[i];
      const { evidence, face, probabilities, ...told } = verdict;
      expect(told).toEqual({
        wear: python.wear,
        uncovered: python.uncovered,
        unsure: python.unsure,
        likely: python.likely,
      });
      expect(evidence.rival).toBe(python.rival);
      expect(apart(probabilities, python.probabilities)[0]).toBeLessThan(1e-3);
      const top = Math.max(...floatsOf(python.maps).map(Math.abs));
      expect(apart(evidence.maps, floatsOf(python.maps))[0]).toBeLessThan(0.01 * top);
      expect(apart(face.box, python.box)[0]).toBeLessThan(0.1);
      expect(face.points === null).toBe(python.points === null);
      expect(apart(face.points ?? [], python.points ?? [])[0]).toBeLessThan(0.1);
      for (const name of REGIONS) {
        expect(Math.abs(evidence.shares[name] - python.shares[name])).toBeLessThan(0.01);
      }
    });
  });

  it("follows a face that has moved a little", async () => {
    const photo = pictureOf(golden.photos[0].of);
    const [{ face }] = await checker.check(photo);
    const [x, y, w, h] = face.box;
    const [again] = await checker.follow(photo, [[x + 0.1 * w, y - 0.1 * h, w, h]]);
    expect(apart(again.face.box, face.box)[0]).toBeLessThan(0.1 * w);
  });

  it("follows nobody", async () => {
    expect(await checker.follow(pictureOf(golden.photos[0].of), [])).toEqual([]);
  });

  it("does not follow what is no face", async () => {
    const rgb = new Uint8Array(3 * 200 * 100).fill(128);
    expect(await checker.follow({ width: 200, height: 100, rgb }, [[10, 10, 50, 50]])).toEqual([]);
  });

  it("refuses a network that is not the one of its manifest", async () => {
    const { sha256 } = network<{ sha256: string }>("landmarks")[0];
    const [, bytes] = network("finder");
    await expect(openEngine(bytes, sha256, {})).rejects.toThrow(NetworkError);
  });

  it("finds nobody in a grey picture", async () => {
    const rgb = new Uint8Array(3 * 200 * 100).fill(128);
    expect(await checker.check({ width: 200, height: 100, rgb })).toEqual([]);
  });
});
