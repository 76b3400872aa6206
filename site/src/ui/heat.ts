/** Heat maps: the colours of the Python package, laid on a canvas. */

import { HEAT_OPACITY, INFERNO } from "../runtime/constants";
import type { Square } from "../runtime/types";

/**
 * The positive part of a map as a picture that is laid over a photo; bright yellow is the most.
 *
 * @param values - size * size, signed, at crop resolution.
 * @param size - side of the map.
 * @param strength - 0 shows nothing, 1 is the usual.
 */
export function heat(values: Float32Array, size: number, strength = 1): ImageData {
  const picture = new ImageData(size, size);
  let top = 0;
  for (const value of values) top = Math.max(top, value);
  if (top <= 0) return picture;
  const shades = shadesOf(strength);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let i = 0; i < values.length; i++) {
    pixels[i] = shades[Math.floor((Math.max(0, values[i]) / top) * 255)];
  }
  return picture;
}

/** Colour and opacity of each of 256 levels: red is the lowest byte. */
function shadesOf(strength: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const [red, green, blue] = INFERNO.subarray(3 * level, 3 * level + 3);
    const opacity = Math.min(1, strength * HEAT_OPACITY * (level / 255) ** 0.7);
    return red | (green << 8) | (blue << 16) | (Math.round(255 * opacity) << 24);
  });
}

const canvas = document.createElement("canvas");

/**
 * Lay a picture of a crop over the square of a photo that it shows, smoothly.
 *
 * @param scale - canvas pixels to a photo pixel.
 */
export function lay(
  pen: CanvasRenderingContext2D,
  picture: ImageData,
  square: Square,
  scale = 1,
): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.save();
  const half = (square.side * scale) / 2;
  pen.translate(square.x * scale + half, square.y * scale + half);
  pen.rotate((square.turn * Math.PI) / 2); // the crop is upright: as it lies in the photo
  pen.drawImage(canvas, -half, -half, 2 * half, 2 * half);
  pen.restore();
}

/** The 2D pen of a canvas. */
export function penOf(of: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = of.getContext("2d");
  if (!pen) throw new Error("no canvas");
  return pen;
}
