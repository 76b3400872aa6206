/** From a file or a camera's frame to a picture, inside the worker. */

import { readHeader } from "../runtime/photo_header";
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

/**
 * Decode a file, after its header was checked.
 *
 * EXIF rotation is applied, colour profiles are not, as in the Python package.
 *
 * @throws PhotoProblem where it is no photo, or one that can't be used.
 */
export async function decode(file: Blob): Promise<ImageBitmap> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const header = readHeader(head);
  if (header.kind === "problem") throw new PhotoProblem(header.problem);
  const { width, height } = header;
  const scale = Math.sqrt(MOST_PIXELS / (width * height));
  const how: ImageBitmapOptions = {
    colorSpaceConversion: "none",
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
  };
  try {
    const photo = await createImageBitmap(file, how);
    return await reduced(photo, scale);
  } catch {
    throw new PhotoProblem({ kind: "broken" });
  }
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
