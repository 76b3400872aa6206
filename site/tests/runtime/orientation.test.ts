/** How photos are turned: Python's answers, hostile files, and what is left without metadata. */

import { describe, expect, it } from "vitest";
import { FOREIGN_SUFFIXES } from "../../src/runtime/constants";
import { FOREIGN_KINDS, foreignKind } from "../../src/runtime/formats";
import {
  exifOrientation,
  type Orientation,
  uprightTransform,
  xmpOrientation,
} from "../../src/runtime/orientation";
import { type Format, readHeader } from "../../src/runtime/photo_header";
import { readOrientation, withoutOrientation } from "../../src/runtime/photo_metadata";
import texts from "../../texts/app.json";
import { bytesOf, readGolden } from "./golden";

const golden = readGolden();

function formatOf(bytes: Uint8Array): Format {
  const header = readHeader(bytes);
  if (header.kind === "problem") throw new Error(header.problem.kind);
  return header.format;
}

/** Numbers from 0 to 1, the same in every run. */
function randoms(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.skipIf(!golden)("as Python", () => {
  if (!golden) return;
  const { files, metadata } = golden.turned;

  it.each(files)("$name is turned by $orientation", async ({ of, orientation }) => {
    const bytes = bytesOf(of);
    const format = formatOf(bytes);
    const before = bytes.slice();
    expect(await readOrientation(bytes, format)).toBe(orientation);
    const bare = withoutOrientation(bytes, format);
    expect(bytes).toEqual(before);
    expect(readHeader(bare)).toEqual(readHeader(bytes));
    expect(await readOrientation(bare, format)).toBe(1);
    expect(withoutOrientation(bare, format)).toBe(bare);
  });

  it("reads changed EXIF and XMP alike", () => {
    for (const { kind, of, orientation } of metadata) {
      const read = kind === "exif" ? exifOrientation : xmpOrientation;
      expect(read(bytesOf(of)), of).toBe(orientation);
    }
    expect(new Set(metadata.map(({ orientation }) => orientation)).size).toBe(9);
  });

  it.each(golden.foreign)("$kind", ({ of, kind }) => {
    expect(foreignKind(bytesOf(of))).toBe(kind && FOREIGN_KINDS[kind]);
  });

  it.each(Object.entries(FOREIGN_SUFFIXES))("photo%s is %s", (suffix, kind) => {
    const header = readHeader(Uint8Array.of(1, 2, 3), `a.b${suffix.toUpperCase()}`);
    expect(header).toEqual({ kind: "problem", problem: { kind: FOREIGN_KINDS[kind] } });
    expect(texts.app.problem).toHaveProperty(FOREIGN_KINDS[kind]);
  });

  it("throws at no changed file", async () => {
    const random = randoms();
    for (const { of } of [...files, ...files, ...files]) {
      const bytes = bytesOf(of);
      const format = formatOf(bytes);
      const end = Math.ceil(random() * bytes.length);
      // Most that matters stands in front.
      for (let change = 0; change < 6; change++) {
        bytes[Math.floor(random() ** 2 * bytes.length)] = Math.floor(256 * random());
      }
      const cut = bytes.subarray(0, random() < 0.3 ? end : bytes.length);
      readHeader(cut);
      const orientation = await readOrientation(cut, format);
      expect(orientation).toBeGreaterThanOrEqual(1);
      expect(orientation).toBeLessThanOrEqual(8);
      expect(withoutOrientation(cut, format).length).toBeLessThanOrEqual(cut.length);
    }
  });
});

describe("a hostile file is read once", () => {
  const SIZE = 1 << 20;
  const begun = (...start: number[]) => {
    const bytes = new Uint8Array(SIZE);
    bytes.set(start);
    return bytes;
  };
  const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

  const repeated = (start: number[], piece: number[]) => {
    const bytes = begun(...start);
    for (let at = start.length; at + piece.length < SIZE; at += piece.length) bytes.set(piece, at);
    return bytes;
  };

  const RIFF = [...letters("RIFF...."), ...letters("WEBPVP8X"), 10, 0, 0, 0, 0x0c];
  it.each<[string, Format, Uint8Array<ArrayBuffer>]>([
    ["junk between segments", "jpeg", begun(0xff, 0xd8, 0xff, 0xe0, 0, 2)],
    ["padding", "jpeg", begun(0xff, 0xd8).fill(0xff, 2)],
    ["segments", "jpeg", repeated([0xff, 0xd8], [0xff, 0xe1, 0, 8, ...letters("Exif"), 0, 0])],
    ["chunks", "png", repeated(new Array(8).fill(0), [0, 0, 0, 0, ...letters("eXIf"), 0, 0, 0, 0])],
    [
      "texts",
      "png",
      repeated(new Array(8).fill(0), [0, 0, 0, 1, ...letters("iTXt"), 65, 0, 0, 0, 0]),
    ],
    [
      "webp's chunks",
      "webp",
      repeated(
        [...RIFF, ...new Array(9).fill(0)],
        letters("EXIF....").map((c) => (c === 46 ? 0 : c)),
      ),
    ],
    [
      "boxes",
      "avif",
      repeated([0, 0, 0, 16, ...letters("ftypavif....")], [0, 0, 0, 8, ...letters("meta")]),
    ],
    [
      "open boxes",
      "avif",
      repeated([0, 0, 0, 16, ...letters("ftypavif....")], [0, 0, 0, 0, ...letters("meta")]),
    ],
  ])("%s", { timeout: 10_000 }, async (_, format, bytes) => {
    expect(readHeader(bytes).kind).toBe("problem");
    expect(await readOrientation(bytes, format)).toBe(1);
    expect(withoutOrientation(bytes, format).length).toBeLessThanOrEqual(SIZE);
  });

  it("does not unpack more than XMP may hold", async () => {
    const bomb = new Blob([new Uint8Array(8 << 20)]).stream();
    const packed = await new Response(
      bomb.pipeThrough(new CompressionStream("deflate")),
    ).arrayBuffer();
    const text = [...letters("XML:com.adobe.xmp"), 0, 1, 0, 0, 0];
    const length = text.length + packed.byteLength;
    const png = new Uint8Array(8 + 12 + length);
    new DataView(png.buffer).setUint32(8, length);
    png.set([...letters("iTXt"), ...text], 12);
    png.set(new Uint8Array(packed), 16 + text.length);
    expect(await readOrientation(png, "png")).toBe(1);
  });

  it("reads XMP and EXIF of any size", () => {
    const prefixes = repeated([], [...letters("Exif"), 0, 0]);
    expect(exifOrientation(prefixes)).toBe(null);
    const xmp = (text: string) => xmpOrientation(repeated([], letters(text)));
    expect(xmp("tiff:Orientation=")).toBe(null);
    expect(xmp("tiff:Orientation        ")).toBe(null);
  });
});

it("turns by the transform that its name says", () => {
  // Where the stored picture's top left and top right pixels come to lie, of 3 x 2.
  const corners: Record<Orientation, string> = {
    1: "0,0 2,0",
    2: "2,0 0,0",
    3: "2,1 0,1",
    4: "0,1 2,1",
    5: "0,0 0,2",
    6: "1,0 1,2",
    7: "1,2 1,0",
    8: "0,2 0,0",
  };
  for (const [orientation, wanted] of Object.entries(corners)) {
    const [a, b, c, d, e, f] = uprightTransform(Number(orientation) as Orientation, 3, 2);
    const at = (x: number, y: number) => [a * x + c * y + e, b * x + d * y + f].map(Math.floor);
    const found = [at(0.5, 0.5), at(2.5, 0.5)].join(" ");
    expect(found, orientation).toBe(wanted);
  }
});
