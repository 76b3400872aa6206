/** Check photos: the path from a picture to its verdicts. Only this file knows the order. */

import {
  answerProbabilities,
  combinationProbabilities,
  likeliest,
  wearOf,
  wearProbabilities,
} from "./combinations";
import { BATCH, CROP_MARGIN, MAX_OUTSIDE } from "./constants";
import { crop, squareAround } from "./crop";
import { type EngineOptions, openEngine } from "./engine";
import { atCrop, regionShares } from "./evidence";
import { FaceDetector, type Known } from "./find";
import { Finder } from "./finder";
import { type Part, PARTS, type Question, QUESTIONS, WEARS, type Wear } from "./labels";
import { Landmarker } from "./landmarks";
import type { FinderManifest, LandmarksManifest, WearManifest } from "./manifest";
import { type Judged, Network } from "./network";
import { meanPoints, outlineOutside, regionsOf } from "./regions";
import type { Answer, Evidence, Face, Picture, Square, Verdict } from "./types";
import { predictionSet, replies, signOf, unsureReason } from "./verdict";

/** A manifest and the bytes of its network. */
export type NetworkBytes<Manifest> = readonly [Manifest, Uint8Array<ArrayBuffer>];

/** What the network sees of one face, and what is known of where its parts are. */
interface FramedFace {
  readonly face: Face;
  readonly square: Square;
  readonly crop: Uint8Array;
  /** The parts of the face that lie outside the photo. */
  readonly outside: readonly Part[];
}

/** Says how masks are worn in photos. */
export class Checker {
  private readonly faces: FaceDetector;

  constructor(
    private readonly wear: Network,
    finder: Finder,
    landmarks: Landmarker,
  ) {
    this.faces = new FaceDetector(finder, landmarks);
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

  /**
   * The faces of a photo, from left to right; `judge` says how their masks are worn.
   *
   * @param tiles - as for `FaceDetector.find`: film has no time for them.
   */
  find(photo: Picture, tiles = true): Promise<Face[]> {
    return this.faces.find(photo, tiles);
  }

  /** Look again for faces near where they were: see `FaceDetector.follow`. */
  follow(photo: Picture, faces: readonly Known[]): Promise<(Face | null)[]> {
    return this.faces.follow(photo, faces);
  }

  /** Say how the masks of known faces are worn: one verdict per face, in the order given. */
  async judge(photo: Picture, faces: readonly Face[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (let first = 0; first < faces.length; first += BATCH) {
      verdicts.push(...(await this.judgeSome(photo, faces.slice(first, first + BATCH))));
    }
    return verdicts;
  }

  private async judgeSome(photo: Picture, faces: readonly Face[]): Promise<Verdict[]> {
    const size = this.wear.manifest.input_size;
    const framed = faces.map((face) => frame(photo, face, size));
    const judged = await this.wear.run(framed.map((one) => one.crop));
    return framed.map((one, i) => this.judgeOne(one, judged[i]));
  }

  /** The verdict on one face, of the four questions' logits and maps. */
  private judgeOne(framed: FramedFace, { logits, maps, rows, columns }: Judged): Verdict {
    const { combinations: known, temperature, confidence, bias } = this.wear.manifest;
    const size = this.wear.manifest.input_size;
    const { face, square } = framed;
    const probabilities = combinationProbabilities(logits, known, temperature);
    const wears = wearProbabilities(probabilities, known);
    const likely = predictionSet(wears, confidence);
    const decided = likeliest(probabilities, known);
    const chances = answerProbabilities(probabilities, known);
    const said = replies(decided, chances, framed.outside);
    const wear = wearOf(decided);
    const evidence: Evidence = {
      maps,
      rows,
      columns,
      signs: QUESTIONS.map((question) => signOf(said[question])),
      square,
      cropSize: size,
    };
    const regions = regionsOf(pointsOf(face), square, size);
    const answers = QUESTIONS.map((question, i): [Question, Answer] => [
      question,
      {
        answer: said[question],
        probability: chances[i],
        logit: logits[i],
        bias: Math.fround(bias[i]),
        shares: regionShares(atCrop(evidence, question), regions),
      },
    ]);
    return {
      face,
      wear,
      uncovered: wear === "incorrect" ? PARTS.filter((part) => said[part] === "yes") : [],
      answers: Object.fromEntries(answers) as Record<Question, Answer>,
      probabilities: Object.fromEntries(WEARS.map((one, i) => [one, wears[i]])) as Record<
        Wear,
        number
      >,
      unsure: unsureReason(
        framed.crop,
        size,
        Math.max(face.box[2], face.box[3]),
        likely,
        framed.outside,
        face.turn > 0 && face.points === null,
      ),
      likely,
      shares: regionShares(atCrop(evidence, null), regions),
      evidence,
    };
  }
}

/** What the network sees of a face in a photo: a crop of `size` pixels. */
function frame(photo: Picture, face: Face, size: number): FramedFace {
  const square = squareAround(face.box, CROP_MARGIN, face.turn);
  const points = pointsOf(face);
  const outside = PARTS.filter((part) => outlineOutside(points, part, photo) > MAX_OUTSIDE);
  return { face, square, crop: crop(photo, square, size), outside };
}

/** The face's landmarks, or those of an average face in its uncut box. */
function pointsOf(face: Face): Float64Array {
  return face.points ?? meanPoints(face.extent, face.turn);
}
