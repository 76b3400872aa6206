/** The worker: loads the networks, reads photos, judges faces. */

import { Checker } from "../runtime/checker";
import { crop } from "../runtime/crop";
import type { FinderManifest, LandmarksManifest, WearManifest } from "../runtime/manifest";
import type { Picture, Verdict } from "../runtime/types";
import { type EngineFiles, fetchAll, type Networks } from "./files";
import { decode, PhotoProblem, pixelsOf, reduced } from "./photo";
import type { Answer, Ask, Checked, CloseUp, Request } from "./protocol";

const SHOWN = 1600; // longer side of the picture that the page shows, in pixels
const CLOSE_UP = 400;
const MOST_CLOSE_UPS = 30; // of a crowd: the page shows no more faces in detail

let checker: Checker | null = null;

self.addEventListener("message", async ({ data }: MessageEvent<Request>) => {
  try {
    const checked = await answer(data.id, data.ask);
    const handed = checked ? checked.closeUps.map((closeUp) => closeUp.pixels.buffer) : [];
    const picture = checked?.picture ? [checked.picture] : [];
    send({ id: data.id, kind: "done", checked }, [...handed, ...picture]);
  } catch (error) {
    if (!(error instanceof PhotoProblem)) console.error(error);
    const kind = data.ask.kind === "load" ? "network" : "fault";
    const problem = error instanceof PhotoProblem ? error.problem : ({ kind } as const);
    send({ id: data.id, kind: "failed", problem });
  }
});

async function answer(id: number, ask: Ask): Promise<Checked | null> {
  if (ask.kind === "load") {
    await load(id, ask.networks, ask.engine);
    return null;
  }
  if (!checker) throw new Error("not loaded");
  const start = performance.now();
  const photo = ask.photo instanceof ImageBitmap ? ask.photo : await decode(ask.photo);
  try {
    return await look(checker, photo, ask, start);
  } catch (error) {
    photo.close();
    throw error;
  }
}

async function look(
  by: Checker,
  photo: ImageBitmap,
  ask: Exclude<Ask, { kind: "load" }>,
  start: number,
): Promise<Checked> {
  const picture = pixelsOf(photo);
  if (ask.kind === "frame") {
    photo.close();
    const { last } = ask;
    const begun = performance.now();
    const faces = last.length ? await by.follow(picture, last) : await by.find(picture, false);
    const finding = performance.now() - begun;
    const verdicts = await by.judge(
      picture,
      faces.filter((face) => face !== null),
    );
    return checkedOf(picture, verdicts, null, [], { start, finding });
  }
  const begun = performance.now();
  const faces = await by.find(picture);
  const finding = performance.now() - begun;
  const verdicts = await by.judge(picture, faces);
  const closeUps = verdicts.slice(0, MOST_CLOSE_UPS).map((verdict) => closeUpOf(picture, verdict));
  const checked = checkedOf(picture, verdicts, photo, closeUps, { start, finding });
  const scale = SHOWN / Math.max(photo.width, photo.height);
  return { ...checked, picture: await reduced(photo, scale) };
}

function checkedOf(
  { width, height }: Picture,
  verdicts: readonly Verdict[],
  picture: ImageBitmap | null,
  closeUps: readonly CloseUp[],
  { start, finding }: { readonly start: number; readonly finding: number },
): Checked {
  const milliseconds = performance.now() - start;
  return { width, height, verdicts, picture, closeUps, milliseconds, finding };
}

async function load(id: number, networks: Networks, engine: EngineFiles): Promise<void> {
  const { finder, landmarks, wear } = networks;
  // The engine's own code is asked for to be counted: the engine then takes it from the browser's
  // cache by itself, as browsers keep what they compile of a file that streams in.
  const contents = await fetchAll([finder, landmarks, wear, engine.wasm], (loaded, total) =>
    send({ id, kind: "progress", loaded, total }),
  );
  const files = {
    finder: [finder.manifest as unknown as FinderManifest, contents[0]],
    landmarks: [landmarks.manifest as unknown as LandmarksManifest, contents[1]],
    wear: [wear.manifest as unknown as WearManifest, contents[2]],
  } as const;
  checker = await Checker.load(files, { wasm: { wasm: engine.wasm.url, mjs: engine.mjs } });
}

/** The very square that the network saw. */
function closeUpOf(picture: Picture, verdict: Verdict): CloseUp {
  const rgb = crop(picture, verdict.evidence.square, CLOSE_UP);
  const pixels = new Uint8ClampedArray(4 * CLOSE_UP * CLOSE_UP);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    pixels[to] = rgb[from];
    pixels[to + 1] = rgb[from + 1];
    pixels[to + 2] = rgb[from + 2];
    pixels[to + 3] = 255;
  }
  return { size: CLOSE_UP, pixels };
}

function send(message: Answer, handed: Transferable[] = []): void {
  self.postMessage(message, { transfer: handed });
}
