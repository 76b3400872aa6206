/** Check photos: the path from a picture to its verdicts. Only this file knows the order. */

import { BATCH, CROP_MARGIN } from "./constants";
import { crop, squareAround } from "./crop";
import { type EngineOptions, openEngine } from "./engine";
import { contrastAtCrop, regionShares, rivalOf } from "./evidence";
import { FaceFinder } from "./find";
import { Finder } from "./finder";
import { Landmarker } from "./landmarks";
import type { FinderManifest, LandmarksManifest, WearManifest } from "./manifest";
import { type Judged, Network } from "./network";
import { meanPoints, regionsOf } from "./regions";
import type { Box, Face, Picture, Square, Verdict } from "./types";
import { decide, foldWears, predictionSet, probabilitiesOf, unsureReason } from "./verdict";

/** A manifest and the bytes of its network. */
export type NetworkBytes<Manifest> = readonly [Manifest, Uint8Array<ArrayBuffer>];

/** What the network sees of one face. */
interface Seen {
  readonly face: Face;
  readonly square: Square;
  readonly crop: Uint8Array;
}

/** Says how masks are worn in photos. */
export class Checker {
  private readonly faces: FaceFinder;

  constructor(
    private readonly wear: Network,
    finder: Finder,
    landmarks: Landmarker,
  ) {
    this.faces = new FaceFinder(finder, landmarks);
  }

  /**
   * Open the networks in ONNX Runtime.
   *
   * @throws NetworkError, or whatever the engine throws at a broken file.
   */
  static async load(
    files: {
      readonly finder: NetworkBytes<FinderManifest>;
      readonly landmarks: NetworkBytes<LandmarksManifest>;
      readonly wear: NetworkBytes<WearManifest>;
    },
    options: EngineOptions,
  ): Promise<Checker> {
    const open = <M extends { sha256: string }>([manifest, bytes]: NetworkBytes<M>) =>
      openEngine(bytes, manifest.sha256, options);
    // One after the other: the engine starts once.
    const finder = new Finder(await open(files.finder), files.finder[0]);
    const landmarks = new Landmarker(await open(files.landmarks), files.landmarks[0]);
    const wear = await Network.open(await open(files.wear), files.wear[0]);
    return new Checker(wear, finder, landmarks);
  }

  /** One verdict a face, from left to right; none where no face was found. */
  async check(photo: Picture): Promise<Verdict[]> {
    return this.judgeAll(photo, await this.faces.find(photo));
  }

  /** The same for faces that were in these boxes a moment ago: see `FaceFinder.follow`. */
  async follow(photo: Picture, boxes: readonly Box[]): Promise<Verdict[]> {
    return this.judgeAll(photo, await this.faces.follow(photo, boxes));
  }

  private async judgeAll(photo: Picture, faces: readonly Face[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (let first = 0; first < faces.length; first += BATCH) {
      verdicts.push(...(await this.judgeSome(photo, faces.slice(first, first + BATCH))));
    }
    return verdicts;
  }

  private async judgeSome(photo: Picture, faces: readonly Face[]): Promise<Verdict[]> {
    const size = this.wear.manifest.input_size;
    const seen = faces.map((face) => {
      const square = squareAround(face.box, CROP_MARGIN);
      return { face, square, crop: crop(photo, square, size) };
    });
    const judged = await this.wear.run(seen.map((one) => one.crop));
    return seen.map((one, i) => this.judge(one, judged[i]));
  }

  private judge({ face, square, crop: shown }: Seen, { logits, ...maps }: Judged): Verdict {
    const { temperature, confidence, bias, input_size: size } = this.wear.manifest;
    const probabilities = probabilitiesOf(logits, temperature);
    const { wear, className, uncovered } = decide(probabilities);
    const likely = predictionSet(foldWears(probabilities), confidence);
    const rival = rivalOf(logits, className);
    const regions = regionsOf(face.points ?? meanPoints(face.box), square, size);
    const difference = contrastAtCrop({ ...maps, cropSize: size }, className, rival);
    return {
      face,
      wear,
      uncovered,
      probabilities,
      unsure: unsureReason(shown, size, Math.max(face.box[2], face.box[3]), likely),
      likely,
      evidence: {
        ...maps,
        logits,
        biases: Float32Array.from(bias),
        className,
        rival,
        shares: regionShares(difference, regions),
        square,
        cropSize: size,
        regions,
      },
    };
  }
}
