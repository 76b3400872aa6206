/** From a file or a camera's frame to a picture, inside the worker. */

import { type Orientation, uprightTransform } from "../runtime/orientation";
import { type Format, readHeader } from "../runtime/photo_header";
import { readOrientation, withoutOrientation } from "../runtime/photo_metadata";
import type { Picture } from "../runtime/types";
import type { Problem } from "./protocol";

/** A photo that can't be used. */
export class PhotoProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.kind);
  }
}

/** Some browsers' canvases end here; a larger photo is read smaller. */
const MOST_PIXELS = 16_000_000;

/** Enough of a file to find its size in, past colour profiles and thumbnails. */
const HEAD_BYTES = 1 << 20;

/** Formats whose metadata may say how the picture is to be turned; AVIF's decoders turn it. */
const TURNED_BY_METADATA: readonly Format[] = ["jpeg", "png", "webp"];

/**
 * Decode a file, after its header was checked.
 *
 * It is turned as EXIF or XMP says, colour profiles are not applied, as in the Python package.
 *
 * @throws PhotoProblem where it is no photo, or one that can't be used.
 */
export async function decode(file: Blob): Promise<ImageBitmap> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const header = readHeader(head, file instanceof File ? file.name : "");
  if (header.kind === "problem") throw new PhotoProblem(header.problem);
  const { format } = header;
  try {
    const { stored, orientation } = await asStored(file, format);
    const photo = await createImageBitmap(stored, {
      colorSpaceConversion: "none",
      imageOrientation: "from-image", // else some browsers would not turn AVIF
      premultiplyAlpha: "none",
    });
    const scale = Math.sqrt(MOST_PIXELS / (photo.width * photo.height));
    return turnUpright(await reduced(photo, scale), orientation);
  } catch (error) {
    if (error instanceof PhotoProblem) throw error;
    throw new PhotoProblem({ kind: format === "avif" ? "avif" : "broken" });
  }
}

/** A file that no browser turns by what stands in its metadata, and how it is to be turned. */
async function asStored(
  file: Blob,
  format: Format,
): Promise<{ stored: Blob; orientation: Orientation }> {
  if (!TURNED_BY_METADATA.includes(format)) return { stored: file, orientation: 1 };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const orientation = await readOrientation(bytes, format);
  const bare = withoutOrientation(bytes, format);
  return { stored: bare === bytes ? file : new Blob([bare], { type: file.type }), orientation };
}

/** A photo turned upright; the one as stored is given up. */
function turnUpright(photo: ImageBitmap, orientation: Orientation): ImageBitmap {
  if (orientation === 1) return photo;
  const { width, height } = photo;
  const across = orientation >= 5;
  const upright = new OffscreenCanvas(across ? height : width, across ? width : height);
  const pen = upright.getContext("2d");
  if (!pen) throw new PhotoProblem({ kind: "memory" });
  pen.imageSmoothingEnabled = false;
  pen.setTransform(...uprightTransform(orientation, width, height));
  pen.drawImage(photo, 0, 0);
  photo.close();
  return upright.transferToImageBitmap();
}

/** A photo made smaller, where `scale` is under 1; the larger one is given up. */
export async function reduced(photo: ImageBitmap, scale: number): Promise<ImageBitmap> {
  if (scale >= 1) return photo;
  const small = await createImageBitmap(photo, {
    resizeWidth: Math.max(1, Math.round(photo.width * scale)),
    resizeHeight: Math.max(1, Math.round(photo.height * scale)),
    resizeQuality: "high",
  });
  photo.close();
  return small;
}

let canvas: OffscreenCanvas | null = null;

/** The pixels of a decoded photo; transparency is laid on white. */
export function pixelsOf(photo: ImageBitmap): Picture {
  const { width, height } = photo;
  if (canvas?.width !== width || canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height);
  }
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new PhotoProblem({ kind: "memory" });
  pen.fillStyle = "white";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(photo, 0, 0);
  const rgba = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < rgba.length; from++, to += 3) {
    const value = rgba[from]; // every machine that has WebAssembly is little-endian
    rgb[to] = value;
    rgb[to + 1] = value >>> 8;
    rgb[to + 2] = value >>> 16;
  }
  return { width, height, rgb };
}
