/** Where a photo's file says how it is turned, and the file without it. */

import { exifOrientation, MAX_XMP, type Orientation, xmpOrientation } from "./orientation";
import { type Format, jpegSegments } from "./photo_header";

/** A piece of a file that can be left out: metadata, from `start` to `end`. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly kind: "exif" | "xmp" | "text" | "other";
  /** What it holds, after its own header. */
  readonly from: number;
  readonly to: number;
}

const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const XMP_KEY = "XML:com.adobe.xmp";
const EXIF_KEY = "Raw profile type exif"; // ImageMagick's, before PNG had EXIF
const LONGEST_KEY = 79;

const WEBP_EXIF = 0x08; // flags of its header
const WEBP_XMP = 0x04;

/**
 * How the picture in a file is to be turned.
 *
 * What decoders do by themselves is not part of it: in AVIF, the boxes `irot` and `imir`.
 *
 * @param bytes - all of the file. Nothing is thrown, whatever they are.
 */
export async function readOrientation(bytes: Uint8Array, format: Format): Promise<Orientation> {
  const { exif, xmp } = format === "png" ? await inPng(bytes) : inChunks(bytes, format);
  return (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp)) ?? 1;
}

/**
 * A file without the metadata that could make a browser turn its picture.
 *
 * Browsers differ in what they read, and in what they make of `imageOrientation`: where nothing
 * is left to read, all of them decode the picture as it is stored.
 *
 * @returns the same bytes where there is none.
 */
export function withoutOrientation(
  bytes: Uint8Array<ArrayBuffer>,
  format: Format,
): Uint8Array<ArrayBuffer> {
  const left = new Uint8Array(bytes.length);
  let read = 0;
  let written = 0;
  const keep = (end: number) => {
    left.set(bytes.subarray(read, end), written);
    written += end - read;
  };
  for (const { start, end } of pieces(bytes, format)) {
    keep(start);
    read = end;
  }
  if (!read) return bytes;
  keep(bytes.length);
  if (format === "webp") {
    left[20] &= ~(WEBP_EXIF | WEBP_XMP);
    new DataView(left.buffer).setUint32(4, written - 8, true);
  }
  return left.subarray(0, written);
}

interface Metadata {
  readonly exif: Uint8Array | null;
  readonly xmp: Uint8Array | null;
}

/** Of JPEG and WebP. Pillow joins a JPEG's EXIF, takes its last XMP, and a WebP's first of both. */
function inChunks(bytes: Uint8Array, format: Format): Metadata {
  const exif: Piece[] = [];
  let xmp: Piece | null = null;
  for (const piece of pieces(bytes, format)) {
    if (piece.kind === "exif" && (format === "jpeg" || !exif.length)) exif.push(piece);
    if (piece.kind === "xmp" && (format === "jpeg" || !xmp)) xmp = piece;
  }
  return { exif: joined(bytes, exif), xmp: xmp && bytes.subarray(xmp.from, xmp.to) };
}

function joined(bytes: Uint8Array, found: readonly Piece[]): Uint8Array | null {
  if (!found.length) return null;
  const all = new Uint8Array(found.reduce((sum, { from, to }) => sum + to - from, 0));
  let at = 0;
  for (const { from, to } of found) {
    all.set(bytes.subarray(from, to), at);
    at += to - from;
  }
  return all;
}

/** Of PNG, where the last counts. */
async function inPng(bytes: Uint8Array): Promise<Metadata> {
  const last = new Map<string, Piece>();
  for (const piece of pieces(bytes, "png")) {
    const type = text(bytes, piece.start + 4, 4);
    const key = piece.kind === "text" ? keyOf(bytes, piece) : "";
    if (piece.kind === "exif") last.set(EXIF, piece);
    if (key === EXIF_KEY) last.set(EXIF_KEY, piece);
    if (key === XMP_KEY) last.set(type === "iTXt" ? XMP : XMP_KEY, piece);
  }
  const exif = last.get(EXIF);
  const profile = last.get(EXIF_KEY);
  const xmp = last.get(XMP) ?? last.get(XMP_KEY);
  return {
    exif: exif
      ? bytes.subarray(exif.from, exif.to)
      : profile
        ? fromHex(await textOf(bytes, profile))
        : null,
    xmp: xmp ? await textOf(bytes, xmp) : null,
  };
}

/** All pieces of metadata of a file, up to where it breaks. */
function pieces(bytes: Uint8Array, format: Format): Iterable<Piece> {
  if (format === "jpeg") return jpegPieces(bytes);
  if (format === "png") return pngPieces(bytes);
  return format === "webp" ? webpPieces(bytes) : [];
}

function* jpegPieces(bytes: Uint8Array): Generator<Piece> {
  for (const { marker, start, end } of jpegSegments(viewOf(bytes))) {
    if (marker !== 0xe1 || end > bytes.length) continue;
    const from = start + 4;
    const of = (magic: string) => text(bytes, from, Math.min(magic.length, end - from)) === magic;
    const [kind, magic] = of(EXIF)
      ? (["exif", EXIF] as const)
      : of(XMP)
        ? (["xmp", XMP] as const)
        : (["other", ""] as const);
    yield { start, end, kind, from: from + magic.length, to: end };
  }
}

function* pngPieces(bytes: Uint8Array): Generator<Piece> {
  const view = viewOf(bytes);
  for (let start = 8; start + 12 <= bytes.length;) {
    const to = start + 8 + view.getUint32(start);
    const end = to + 4; // a checksum
    if (end > bytes.length) return;
    const type = text(bytes, start + 4, 4);
    const kind = type === "eXIf" ? "exif" : ["tEXt", "zTXt", "iTXt"].includes(type) ? "text" : null;
    if (kind) yield { start, end, kind, from: start + 8, to };
    if (type === "IEND") return;
    start = end;
  }
}

function* webpPieces(bytes: Uint8Array): Generator<Piece> {
  if (bytes.length < 30 || text(bytes, 12, 4) !== "VP8X") return;
  const view = viewOf(bytes);
  for (let start = 12; start + 8 <= bytes.length;) {
    const from = start + 8;
    const to = from + view.getUint32(start + 4, true);
    const end = Math.min(to + (to & 1), bytes.length);
    if (to > bytes.length) return;
    const type = text(bytes, start, 4);
    // A chunk that the header does not announce is not read.
    if (type === "EXIF") {
      yield { start, end, kind: bytes[20] & WEBP_EXIF ? "exif" : "other", from, to };
    } else if (type === "XMP ") {
      yield { start, end, kind: bytes[20] & WEBP_XMP ? "xmp" : "other", from, to };
    }
    start = end;
  }
}

/** The keyword of a PNG's text. */
function keyOf(bytes: Uint8Array, { from, to }: Piece): string {
  const start = text(bytes, from, Math.min(LONGEST_KEY + 1, to - from));
  return start.split("\0", 1)[0];
}

/** What a PNG's text says, unpacked where it is packed; empty where it can't be. */
async function textOf(bytes: Uint8Array, piece: Piece): Promise<Uint8Array> {
  const type = text(bytes, piece.start + 4, 4);
  let from = Math.min(piece.from + keyOf(bytes, piece).length + 1, piece.to);
  if (type === "tEXt") return bytes.subarray(from, piece.to);
  const packed = type === "zTXt" || bytes[from++] !== 0;
  const method = bytes[from++];
  if (type === "iTXt") {
    // Past the language and the translated keyword.
    for (let fields = 0; fields < 2; fields++) {
      const end = bytes.indexOf(0, from);
      if (end < 0 || end >= piece.to) return new Uint8Array();
      from = end + 1;
    }
  }
  const held = bytes.subarray(from, piece.to);
  if (!packed) return held;
  return method === 0 ? unpacked(held) : new Uint8Array();
}

/** Up to `MAX_XMP` bytes that were packed with zlib; none where there are more. */
async function unpacked(packed: Uint8Array): Promise<Uint8Array> {
  try {
    const stream = new Blob([packed.slice()]).stream();
    const reader = stream.pipeThrough(new DecompressionStream("deflate")).getReader();
    const all: Uint8Array<ArrayBuffer>[] = [];
    for (let size = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return new Uint8Array(await new Blob(all).arrayBuffer());
      size += value.length;
      if (size > MAX_XMP) {
        await reader.cancel();
        return new Uint8Array();
      }
      all.push(value);
    }
  } catch {
    return new Uint8Array(); // no zlib, or cut off
  }
}

/** Bytes as ImageMagick writes them: three lines, then digits. */
function fromHex(profile: Uint8Array): Uint8Array {
  const lines = new TextDecoder("latin1").decode(profile).split("\n");
  const digits = lines.slice(3).join("").replace(/\s+/g, "");
  if (digits.length % 2 || /[^0-9a-f]/i.test(digits)) return new Uint8Array();
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

function text(bytes: Uint8Array, from: number, count: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + count));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
