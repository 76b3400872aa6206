/** What a photo's first bytes say: its format and size, before anything is decoded. */

import { MAX_PIXELS, MIN_SIDE } from "./constants";
import { type ForeignKind, foreignKind, kindOfName } from "./formats";

/** The formats that browsers decode, of those that the Python package reads. */
export type Format = "jpeg" | "png" | "webp" | "avif" | "gif" | "bmp";

/** A photo that can be decoded, or why it can't. */
export type Header =
  | {
      readonly kind: "photo";
      readonly format: Format;
      /** In pixels as stored: the picture may be turned later. */
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: "problem"; readonly problem: HeaderProblem };

export type HeaderProblem =
  | { readonly kind: "empty" | "unknown" | "broken" | ForeignKind }
  | { readonly kind: "large" | "small"; readonly width: number; readonly height: number };

/** Width and height in pixels; null where the header is none. */
type Size = readonly [number, number] | null;

/** What files begin with, a dot for any byte, and what reads the size. */
const FORMATS: readonly (readonly [Format, string, (view: DataView) => Size])[] = [
  ["jpeg", "\xff\xd8\xff", jpegSize],
  ["png", "\x89PNG\r\n\x1a\n....IHDR", (view) => [view.getUint32(16), view.getUint32(20)]],
  ["webp", "RIFF....WEBP", webpSize],
  ["avif", "....ftyp", avifSize],
  ["gif", "GIF8.a", (view) => [view.getUint16(6, true), view.getUint16(8, true)]],
  ["bmp", "BM", bmpSize],
];

/**
 * Read a photo's header.
 *
 * @param bytes - the beginning of a file, or all of it; a JPEG's size may stand behind large
 *   profiles. Nothing is thrown, whatever they are.
 * @param name - the file's, which is looked at where its bytes say nothing.
 * @returns format and size, within the limits, or a problem.
 */
export function readHeader(bytes: Uint8Array, name = ""): Header {
  if (!bytes.length) return problem({ kind: "empty" });
  const foreign = foreignKind(bytes);
  const named = kindOfName(name);
  if (foreign === "tiff" && named === "raw") return problem({ kind: named }); // most are TIFF files
  if (foreign) return problem({ kind: foreign });
  const found = FORMATS.find(([, magic]) => begins(bytes, magic));
  if (!found) return problem({ kind: named ?? "unknown" });
  const [format, , read] = found;
  const size = sizeOf(bytes, read);
  if (!size || Math.min(...size) < 1) return problem({ kind: "broken" });
  const [width, height] = size;
  if (width * height > MAX_PIXELS) return problem({ kind: "large", width, height });
  if (Math.min(width, height) < MIN_SIDE) return problem({ kind: "small", width, height });
  return { kind: "photo", format, width, height };
}

function problem(what: HeaderProblem): Header {
  return { kind: "problem", problem: what };
}

/** Whether bytes begin so, as far as they go: a file of a few bytes was cut off. */
function begins(bytes: Uint8Array, magic: string): boolean {
  const wanted = [...magic].slice(0, bytes.length);
  return (
    wanted.length > 1 &&
    wanted.some((letter) => letter !== ".") &&
    wanted.every((letter, i) => letter === "." || bytes[i] === letter.charCodeAt(0))
  );
}

function sizeOf(bytes: Uint8Array, read: (view: DataView) => Size): Size {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    return null; // it reads past the end of what is there
  }
}

/** A segment of a JPEG, from its marker on. */
interface Segment {
  readonly marker: number;
  readonly start: number;
  /** Behind it; it may lie beyond what is there. */
  readonly end: number;
}

/** The segments of a JPEG in front of its picture. */
export function* jpegSegments(view: DataView): Generator<Segment> {
  for (let start = 2; start + 2 <= view.byteLength;) {
    // Decoders skip what stands between segments; more of 0xff before a marker is padding.
    if (view.getUint8(start) !== 0xff || view.getUint8(start + 1) === 0xff) {
      start += 1;
      continue;
    }
    const marker = view.getUint8(start + 1);
    if (marker === 0xd9 || marker === 0xda) return; // the picture ends or begins
    const alone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (!alone && start + 4 > view.byteLength) return;
    const end = start + 2 + (alone ? 0 : view.getUint16(start + 2));
    yield { marker, start, end };
    start = end;
  }
}

function jpegSize(view: DataView): Size {
  for (const { marker, start } of jpegSegments(view)) {
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(start + 7), view.getUint16(start + 5)];
  }
  return null;
}

/** The largest picture that an AVIF describes: its own, or one that is larger than it. */
function avifSize(view: DataView): Size {
  const file = { body: 0, end: view.byteLength };
  const [meta] = inside(view, [file], "meta");
  if (!meta || meta.end > file.end) return null; // a larger picture may stand in what is not here
  const lists = inside(view, [{ body: meta.body + 4, end: meta.end }], "iprp");
  const properties = inside(view, lists, "ipco");
  let largest: Size = null;
  for (const { body } of inside(view, properties, "ispe")) {
    const size = [view.getUint32(body + 4), view.getUint32(body + 8)] as const;
    if (!largest || size[0] * size[1] > largest[0] * largest[1]) largest = size;
  }
  return largest;
}

interface Box {
  readonly body: number;
  readonly end: number;
}

function* inside(view: DataView, outer: Iterable<Box>, type: string): Generator<Box> {
  for (const { body, end } of outer) {
    for (const box of boxes(view, body, end)) if (box.type === type) yield box;
  }
}

/** The boxes of the ISO base media format; the last may end beyond what is there. */
function* boxes(
  view: DataView,
  from: number,
  to: number,
): Generator<Box & { readonly type: string }> {
  for (let start = from; start + 8 <= Math.min(to, view.byteLength);) {
    const long = view.getUint32(start) === 1; // its length has 64 bits
    const size = long ? Number(view.getBigUint64(start + 8)) : view.getUint32(start) || to - start;
    const body = start + (long ? 16 : 8);
    const end = start + size;
    if (end < body) return;
    yield { type: letters(view, start + 4), body, end };
    start = end;
  }
}

function letters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((place) => view.getUint8(at + place)));
}

function bmpSize(view: DataView): Size {
  const header = view.getUint32(14, true);
  if (header === 12) return [view.getUint16(18, true), view.getUint16(20, true)];
  if (header < 40 || header > 124) return null;
  return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))]; // top-down: < 0
}

function webpSize(view: DataView): Size {
  const kind = letters(view, 12);
  const three = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (kind === "VP8X") return [three(24) + 1, three(27) + 1];
  if (kind === "VP8 " && three(23) === 0x2a019d) {
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  }
  if (kind !== "VP8L" || view.getUint8(20) !== 0x2f) return null;
  const bits = view.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
