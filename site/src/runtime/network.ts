/** The wear network: crops in, logits and evidence out. And what every network looks like. */

import { NetworkError, requireQuestions, type WearManifest } from "./manifest";

/** What goes into a network: a uint8 tensor and its name. */
export interface Input {
  readonly name: string;
  readonly data: Uint8Array;
  readonly dims: readonly number[];
}

/** What comes out of a network: a float32 tensor, row by row. */
export interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Runs a network; gives its outputs by their names. Whatever can do this is an engine. */
export type Run = (input: Input) => Promise<Readonly<Record<string, Output>>>;

/** What the wear network says of one crop. */
export interface Judged {
  /** One per question; each is the mean of its map plus its bias. */
  readonly logits: Float32Array;
  /** One map per question: 4 * rows * columns, signed. */
  readonly maps: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The wear network, ready to run. */
export class Network {
  private constructor(
    private readonly engine: Run,
    readonly manifest: WearManifest,
  ) {}

  /**
   * Take a network into use.
   *
   * @throws NetworkError where network and manifest do not belong together.
   */
  static async open(engine: Run, manifest: WearManifest): Promise<Network> {
    requireQuestions(manifest);
    const network = new Network(engine, manifest);
    await network.verify();
    return network;
  }

  /**
   * Run a batch of crops.
   *
   * @param crops - each RGB, 3 * S * S, with S as in the manifest; at least one.
   * @returns one for each.
   */
  async run(crops: readonly Uint8Array[]): Promise<Judged[]> {
    const { logits, evidence } = await this.engine(batchOf(crops, this.manifest.input_size));
    const [, questions, rows, columns] = evidence.dims;
    const cells = questions * rows * columns;
    return crops.map((_, i) => ({
      logits: logits.data.slice(i * questions, (i + 1) * questions),
      maps: evidence.data.slice(i * cells, (i + 1) * cells),
      rows,
      columns,
    }));
  }

  /** See that a logit is the mean of its map plus the manifest's bias. */
  private async verify(): Promise<void> {
    const { input_size: size, bias } = this.manifest;
    const [{ logits, maps, rows, columns }] = await this.run([
      new Uint8Array(3 * size * size).fill(128),
    ]);
    const cells = rows * columns;
    const right = bias.every((own, i) => {
      const map = maps.subarray(i * cells, (i + 1) * cells);
      const mean = map.reduce((sum, value) => sum + value, 0) / cells;
      return Math.abs(mean + own - logits[i]) <= 1e-3;
    });
    if (!right || logits.length !== bias.length) {
      throw new NetworkError("a logit is not the mean of its evidence plus the manifest's bias");
    }
  }
}

/** Crops, each RGB of size * size, as the one input that landmark and wear network take. */
export function batchOf(crops: readonly Uint8Array[], size: number): Input {
  const data = new Uint8Array(crops.length * 3 * size * size);
  crops.forEach((crop, i) => {
    data.set(crop, i * 3 * size * size);
  });
  return { name: "crops", data, dims: [crops.length, size, size, 3] };
}
