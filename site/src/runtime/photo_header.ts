/** What a photo's first bytes say: its format and size, before anything is decoded. */

import { MAX_PIXELS, MIN_SIDE } from "./constants";

/** The formats that browsers decode, of those that the Python package reads. */
export type Format = "jpeg" | "png" | "webp" | "gif" | "bmp";

/** A photo that can be decoded, or why it can't. */
export type Header =
  | {
      readonly kind: "photo";
      readonly format: Format;
      /** In pixels as stored: EXIF may turn the picture later. */
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: "problem"; readonly problem: HeaderProblem };

export type HeaderProblem =
  | { readonly kind: "empty" | "unknown" | "tiff" | "broken" }
  | { readonly kind: "large" | "small"; readonly width: number; readonly height: number };

/** Width and height in pixels; null where the header is none. */
type Size = readonly [number, number] | null;

/** What files begin with, a dot for any byte, and what reads the size. */
const FORMATS: readonly (readonly [Format, string, (view: DataView) => Size])[] = [
  ["jpeg", "\xff\xd8\xff", jpegSize],
  ["png", "\x89PNG\r\n\x1a\n....IHDR", (view) => [view.getUint32(16), view.getUint32(20)]],
  ["webp", "RIFF....WEBP", webpSize],
  ["gif", "GIF8.a", (view) => [view.getUint16(6, true), view.getUint16(8, true)]],
  ["bmp", "BM", bmpSize],
];

/** Browsers have no decoder for these. */
const TIFF = ["II*\0", "MM\0*", "II+\0", "MM\0+"];

/**
 * Read a photo's header.
 *
 * @param bytes - the beginning of a file, or all of it; a JPEG's size may stand behind large
 *   profiles. Nothing is thrown, whatever they are.
 * @returns format and size, within the limits, or a problem.
 */
export function readHeader(bytes: Uint8Array): Header {
  if (!bytes.length) return problem({ kind: "empty" });
  if (TIFF.some((magic) => begins(bytes, magic))) return problem({ kind: "tiff" });
  const found = FORMATS.find(([, magic]) => begins(bytes, magic));
  if (!found) return problem({ kind: "unknown" });
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
  const letters = [...magic].slice(0, bytes.length);
  return (
    letters.length > 1 &&
    letters.every((letter, i) => letter === "." || bytes[i] === letter.charCodeAt(0))
  );
}

function sizeOf(bytes: Uint8Array, read: (view: DataView) => Size): Size {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    return null; // it reads past the end of what is there
  }
}

/** From segment to segment to the frame's header. */
function jpegSize(view: DataView): Size {
  for (let at = 2; ;) {
    // Decoders skip what stands between segments; more of 0xff before a marker is padding.
    if (view.getUint8(at) !== 0xff || view.getUint8(at + 1) === 0xff) {
      at += 1;
      continue;
    }
    const marker = view.getUint8(at + 1);
    if (marker === 0xd9 || marker === 0xda) return null; // the picture ends or begins before
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    const alone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += 2 + (alone ? 0 : view.getUint16(at + 2));
  }
}

function bmpSize(view: DataView): Size {
  const header = view.getUint32(14, true);
  if (header === 12) return [view.getUint16(18, true), view.getUint16(20, true)];
  if (header < 40 || header > 124) return null;
  return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))]; // top-down: < 0
}

function webpSize(view: DataView): Size {
  const kind = String.fromCharCode(...[12, 13, 14, 15].map((at) => view.getUint8(at)));
  const three = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (kind === "VP8X") return [three(24) + 1, three(27) + 1];
  if (kind === "VP8 " && three(23) === 0x2a019d) {
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  }
  if (kind !== "VP8L" || view.getUint8(20) !== 0x2f) return null;
  const bits = view.getUint32(21, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}
