/** Headers by hand, whole, cut off and hostile. */

import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/runtime/photo_header";

/** Bytes of text, whole numbers and other bytes; a dot in a text is a zero. */
function bytes(...parts: (string | number | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part !== "string") return part;
      return [...part].map((letter) => (letter === "." ? 0 : letter.charCodeAt(0)));
    }),
  );
}

const two = (value: number) => [value & 255, value >> 8];
const four = (value: number) => [0, 8, 16, 24].map((shift) => (value >> shift) & 255);
const big = (value: number) => four(value).reverse();

const png = (width: number, height: number) =>
  bytes([0x89], "PNG\r\n\x1a\n", big(13), "IHDR", big(width), big(height), [8, 2, 0, 0, 0]);
const frame = (width: number, height: number) => [
  [0xff, 0xc2, 0, 17, 8],
  two(height).reverse(),
  two(width).reverse(),
];
const jpeg = (width: number, height: number, ...before: number[][]) =>
  bytes([0xff, 0xd8], ...before, ...frame(width, height));
const webp = (kind: string, ...rest: number[][]) => bytes("RIFF....WEBP", kind, "....", ...rest);
const bmp = (header: number, ...sides: number[][]) =>
  bytes("BM", new Array(12).fill(0), four(header), ...sides);
const box = (type: string, ...body: (string | number | readonly number[])[]) => {
  const held = bytes(...body);
  return [...bytes(big(8 + held.length), type), ...held];
};
const avif = (...sizes: [number, number][]) => {
  const properties = sizes.map((size) => box("ispe", big(0), ...size.map(big)));
  const meta = box("meta", big(0), box("iprp", box("ipco", ...properties)));
  return bytes(box("ftyp", "avif....miafMA1B"), box("free"), meta);
};

const APP1 = [0xff, 0xe1, 0, 6, 0xff, 0xc0, 0, 0]; // what looks like a frame is inside

const WHOLE: [string, Uint8Array][] = [
  ["png", png(640, 480)],
  ["jpeg", jpeg(640, 480, APP1)],
  ["jpeg", jpeg(640, 480, [0xff, 0xff, 0xff, 0xe0, 0, 2], [0x12, 0x34])], // padding, and junk
  ["gif", bytes("GIF89a", two(640), two(480))],
  ["gif", bytes("GIF87a", two(640), two(480))],
  ["bmp", bmp(40, four(640), four(480))],
  ["bmp", bmp(124, four(640), four(-480))],
  ["bmp", bmp(12, two(640), two(480))],
  ["webp", webp("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a], two(640), two(480 | 0x4000))],
  ["webp", webp("VP8L", [0x2f], four(639 | (479 << 14)))],
  ["webp", webp("VP8X", four(0), four(639).slice(0, 3), four(479).slice(0, 3))],
  ["avif", avif([640, 480])],
  ["avif", avif([64, 48], [640, 480], [640, 480])], // a thumbnail, and transparency
];

describe("a photo's header", () => {
  it.each(WHOLE)("%s", (format, file) => {
    expect(readHeader(file)).toEqual({ kind: "photo", format, width: 640, height: 480 });
    // A part of a larger buffer is read from its own beginning.
    const shifted = new Uint8Array(file.length + 7);
    shifted.set(file, 5);
    expect(readHeader(shifted.subarray(5))).toEqual(readHeader(file));
  });

  it.each(WHOLE)("%s, cut off anywhere", (format, file) => {
    const needed = Array.from({ length: file.length - 2 }, (_, i) =>
      readHeader(file.subarray(0, i + 2)),
    );
    for (const header of needed.slice(format === "avif" ? 3 : 0)) {
      // Of an AVIF the first four bytes are a length.
      if (header.kind === "photo") expect(header).toMatchObject({ width: 640, height: 480 });
      else expect(header.problem).toEqual({ kind: "broken" });
    }
    expect(needed[0].kind).toBe("problem");
  });

  it.each<[string, Uint8Array]>([
    ["empty", bytes()],
    ["svg", bytes("<svg xmlns=")],
    ["heic", bytes("....ftypheic")],
    ["film", bytes("....ftypmp42")],
    ["unknown", bytes("abc")],
    ["unknown", bytes([0xff])],
    ["unknown", bytes("GIF88b", two(640), two(480))],
    ["tiff", bytes("II*.", four(8))],
    ["tiff", bytes("MM.*", big(8))],
    ["broken", png(0, 480)],
    ["broken", jpeg(640, 0)],
    ["broken", bytes([0xff, 0xd8, 0xff, 0xd9])],
    ["broken", bytes([0xff, 0xd8, 0xff, 0xda, 0, 2], ...frame(640, 480))],
    ["broken", bytes([0xff, 0xd8], new Array(5000).fill(0xff))],
    ["broken", bytes([0xff, 0xd8], [0xff, 0xe0, 0xff, 0xff])],
    ["broken", bytes([0xff, 0xd8], new Array(4000).fill([0xff, 0xe0, 0, 0]).flat())],
    ["broken", webp("VP8 ", [0, 0, 0, 1, 2, 3], two(640), two(480))],
    ["broken", webp("VP8L", [0], four(639 | (479 << 14)))],
    ["broken", webp("ALPH", four(0), four(0), four(0), four(0))],
    ["broken", bmp(7, four(640), four(480))],
    ["broken", avif()],
    ["broken", avif([0, 480])],
  ])("%s", (kind, file) => {
    expect(readHeader(file)).toEqual({ kind: "problem", problem: { kind } });
  });

  it.each([
    ["tiff", "a.tif"],
    ["tiff", "a.mov"],
    ["raw", "a.NEF"],
  ])("%s: %s", (kind, name) => {
    const file = bytes("II*.", four(8));
    expect(readHeader(file, name)).toEqual({ kind: "problem", problem: { kind } });
    expect(readHeader(png(640, 480), name).kind).toBe("photo");
  });

  it.each<[string, Uint8Array, number, number]>([
    ["large", png(10_000, 5_001), 10_000, 5_001],
    ["large", bmp(40, four(-(2 ** 31)), four(-(2 ** 31))), 2 ** 31, 2 ** 31],
    ["large", png(0xffffffff, 0xffffffff), 0xffffffff, 0xffffffff],
    ["small", png(7, 480), 7, 480],
  ])("%s", (kind, file, width, height) => {
    const problem = { kind, width, height };
    expect(readHeader(file)).toEqual({ kind: "problem", problem });
  });

  it("takes the very limits", () => {
    expect(readHeader(png(10_000, 5_000)).kind).toBe("photo");
    expect(readHeader(png(8, 8)).kind).toBe("photo");
  });

  it("throws at nothing", () => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    };
    for (let i = 0; i < 3000; i++) {
      const file = WHOLE[i % WHOLE.length][1].slice();
      for (let change = 0; change < 1 + (i % 5); change++) {
        file[random() % file.length] = random();
      }
      expect(["photo", "problem"]).toContain(readHeader(file).kind);
    }
  });
});
