/** What a file is that is no photo for a browser: as `formats.py` says, by bytes or by ending. */

import { FOREIGN_SUFFIXES } from "./constants";

/** The problem's name; each has its sentence. */
export type ForeignKind =
  | "tiff"
  | "heic"
  | "jpegXl"
  | "jpeg2000"
  | "raw"
  | "film"
  | "photoshop"
  | "sound"
  | "otherPicture"
  | "svg"
  | "zip"
  | "pdf";

/** Python's words for them. */
export const FOREIGN_KINDS: Readonly<Record<string, ForeignKind>> = {
  "a HEIC photo, whose decoder is not installed": "heic",
  "a JPEG XL photo": "jpegXl",
  "a JPEG 2000 photo": "jpeg2000",
  "a camera's raw file": "raw",
  "a film, not a photo": "film",
  "a sound recording, not a photo": "sound",
  "a Photoshop file": "photoshop",
  "a picture of a format that is not read": "otherPicture",
  "a drawing (SVG), not a photo": "svg",
  "a ZIP archive, not a photo": "zip",
  "a PDF, not a photo": "pdf",
};

/** What files begin with, and what they are; browsers have no decoder for TIFF. */
const BEGINNINGS: readonly (readonly [string, ForeignKind])[] = [
  ["II*\0", "tiff"],
  ["MM\0*", "tiff"],
  ["II+\0", "tiff"],
  ["MM\0+", "tiff"],
  ["\xff\x0a", "jpegXl"],
  ["\0\0\0\x0cJXL \r\n\x87\n", "jpegXl"],
  ["\0\0\0\x0cjP  \r\n\x87\n", "jpeg2000"],
  ["\xff\x4f\xff\x51", "jpeg2000"],
  ["FUJIFILMCCD-RAW", "raw"],
  ["8BPS", "photoshop"],
  ["\x1a\x45\xdf\xa3", "film"],
  ["\0\0\x01\xba", "film"],
  ["FLV\x01", "film"],
  ["OggS", "sound"],
  ["ID3", "sound"],
  ["<svg", "svg"],
  ["PK\x03\x04", "zip"],
  ["%PDF", "pdf"],
];

/** The kinds of RIFF files that are no photos. */
const RIFF: Readonly<Record<string, ForeignKind>> = { "AVI ": "film", WAVE: "sound" };

const HEIC = ["heic", "heix", "hevc", "heim", "heis"];
const ANY_CODEC = ["mif1", "msf1"];
const AVIF = ["avif", "avis"];

/** So many first bytes tell what a file is. */
const HEAD = 512;

/** What a file is by its first bytes, where it can't be read as a photo; null where nothing is known against it. */
export function foreignKind(bytes: Uint8Array): ForeignKind | null {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD));
  if (head.length >= 12) {
    if (head.slice(4, 8) === "ftyp") return kindOfBrands(head);
    if (head.startsWith("RIFF")) return RIFF[head.slice(8, 12)] ?? null;
    if (head.startsWith("OggS") && /theora|\x01video/.test(head)) return "film";
  }
  return BEGINNINGS.find(([magic]) => head.startsWith(magic))?.[1] ?? null;
}

/** What a file is by its name's ending, where its bytes say nothing. */
export function kindOfName(name: string): ForeignKind | null {
  const suffix = /[^.](\.[^.]+)$/.exec(name)?.[1].toLowerCase();
  return (suffix && FOREIGN_KINDS[FOREIGN_SUFFIXES[suffix]]) || null;
}

/** By the brands of the ISO base media format: the first, and those that it is compatible with. */
function kindOfBrands(head: string): ForeignKind | null {
  const brand = head.slice(8, 12);
  if (AVIF.includes(brand)) return null;
  if (ANY_CODEC.includes(brand)) {
    const size = [...head.slice(0, 4)].reduce((sum, byte) => 256 * sum + byte.charCodeAt(0), 0);
    for (let at = 16; at < Math.min(size, HEAD); at += 4) {
      if (AVIF.includes(head.slice(at, at + 4))) return null;
    }
  }
  if (HEIC.includes(brand) || ANY_CODEC.includes(brand)) return "heic";
  return brand === "crx " ? "raw" : "film";
}
