/**
 * How a stored picture is to be turned to stand upright: EXIF's word, or else XMP's.
 *
 * The rule is the Python package's, in `orientation.py`.
 */

/** As EXIF counts them: 1 is upright; from 5 on, width and height change places. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** So many bytes of XMP are searched; in PNG, that many after they were unpacked. */
export const MAX_XMP = 1 << 20;

const TAG = 0x0112;
const BYTE = 1;
const SHORT = 3;
const LONG = 4;

const IN_XMP =
  /tiff:Orientation(?:[ \t\r\n]{0,9}=[ \t\r\n]{0,9}["']|>)[ \t\r\n]{0,9}([1-8])[ \t\r\n"'<]/;

/** The orientation in EXIF; null where it says none. Nothing is thrown, whatever it holds. */
export function exifOrientation(exif: Uint8Array): Orientation | null {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  try {
    return inFirstDirectory(view);
  } catch {
    return null; // it reads past the end of what is there
  }
}

function inFirstDirectory(view: DataView): Orientation | null {
  let start = 0;
  while (view.getUint32(start) === 0x45786966 && view.getUint16(start + 4) === 0) start += 6; // Exif
  const order = view.getUint32(start);
  const little = order === 0x49492a00; // II
  if (!little && order !== 0x4d4d002a) return null; // MM
  const directory = start + view.getUint32(start + 4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    const kind = view.getUint16(at + 2, little);
    const count = view.getUint32(at + 4, little);
    if (view.getUint16(at, little) !== TAG || !count) continue;
    if (kind === BYTE) return valid(view.getUint8(at + 8));
    if (kind === SHORT) return valid(view.getUint16(at + 8, little));
    if (kind === LONG) return valid(view.getUint32(at + 8, little));
  }
  return null;
}

function valid(value: number): Orientation | null {
  return value >= 1 && value <= 8 ? (value as Orientation) : null;
}

/** The orientation in XMP (UTF-8, -16 or -32); null where it says none. */
export function xmpOrientation(xmp: Uint8Array): Orientation | null {
  const text = new TextDecoder("latin1").decode(xmp.subarray(0, MAX_XMP));
  const found = IN_XMP.exec(text.replaceAll("\0", ""));
  return found && valid(Number(found[1]));
}

/** The transform of a canvas that draws a picture of this size upright: a, b, c, d, e, f. */
export function uprightTransform(
  orientation: Orientation,
  width: number,
  height: number,
): [number, number, number, number, number, number] {
  switch (orientation) {
    case 1:
      return [1, 0, 0, 1, 0, 0];
    case 2:
      return [-1, 0, 0, 1, width, 0];
    case 3:
      return [-1, 0, 0, -1, width, height];
    case 4:
      return [1, 0, 0, -1, 0, height];
    case 5:
      return [0, 1, 1, 0, 0, 0];
    case 6:
      return [0, 1, -1, 0, height, 0];
    case 7:
      return [0, -1, -1, 0, height, width];
    case 8:
      return [0, -1, 1, 0, 0, width];
  }
}
