/** Fetch the networks and their engine, telling how far that is. */

/** A file: where, and how large. */
export interface SizedFile {
  readonly url: string;
  readonly bytes: number;
}

/** A network's file, and what its manifest says. */
export interface NetworkFile extends SizedFile {
  readonly manifest: Readonly<Record<string, unknown>> & { readonly sha256: string };
}

export type Networks = Readonly<Record<"finder" | "landmarks" | "wear", NetworkFile>>;

/** The engine's two files. */
export interface EngineFiles {
  readonly wasm: SizedFile;
  /** Its address. */
  readonly mjs: string;
}

/**
 * Fetch files together.
 *
 * @param files - what to fetch.
 * @param tell - is told the bytes loaded so far, of all together.
 * @returns their bytes, in the same order.
 * @throws TypeError or Error where one can't be had.
 */
export async function fetchAll(
  files: readonly SizedFile[],
  tell: (loaded: number, total: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let loaded = 0;
  return Promise.all(
    files.map(async (file) => {
      const answer = await fetch(file.url);
      if (!answer.ok || !answer.body) throw new Error(`${file.url}: ${answer.status}`);
      const bytes = new Uint8Array(file.bytes);
      let at = 0;
      const reader = answer.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        bytes.set(value, at); // a RangeError where the file is longer than it should be
        at += value.length;
        loaded += value.length;
        tell(loaded, total);
      }
      if (at !== file.bytes) throw new Error(`${file.url}: cut off`);
      return bytes;
    }),
  );
}
