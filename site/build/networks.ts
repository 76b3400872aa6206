/** The networks of the Python package, their very files, beside the pages, and the engine's size. */

import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const NAMES = ["finder", "landmarks", "wear"] as const;
const WEIGHTS = resolve(import.meta.dirname, "../../src/glassmask/weights");
const ENGINE = "onnxruntime-web/ort-wasm-simd-threaded.wasm";
const VIRTUAL = "virtual:networks";

/** What of a manifest the pages need; the rest says how it was trained. */
const KEPT: Readonly<Record<(typeof NAMES)[number], readonly string[]>> = {
  finder: ["score", "overlap", "side", "largest", "reduction"],
  landmarks: ["input_size", "margin", "confidence", "score"],
  wear: ["input_size", "combinations", "bias", "temperature", "confidence"],
};

/**
 * Serves `import networks from "virtual:networks"`: for each its manifest, its file's URL
 * relative to the page, and its size in bytes; and the engine's size. A file's name holds its
 * hash: a new one is never mistaken for the old one in some cache.
 */
export function networks(): Plugin {
  let serving = false;
  const files = NAMES.map((name) => {
    const manifest = JSON.parse(readFileSync(`${WEIGHTS}/${name}.json`, "utf8"));
    const fields = ["name", "version", "sha256", ...KEPT[name]];
    return {
      name,
      source: `${WEIGHTS}/${name}.onnx`,
      fileName: `networks/${name}-${manifest.sha256.slice(0, 12)}.onnx`,
      manifest: Object.fromEntries(fields.map((field) => [field, manifest[field]])),
    };
  });
  return {
    name: "glassmask-networks",
    configResolved(config) {
      serving = config.command === "serve";
    },
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : null),
    load(id) {
      if (id !== `\0${VIRTUAL}`) return null;
      const told = files.map(({ name, source, fileName, manifest }) => {
        const bytes = readFileSync(source).length;
        return [name, { url: serving ? `/@fs${source}` : fileName, bytes, manifest }];
      });
      const engineBytes = statSync(createRequire(import.meta.url).resolve(ENGINE)).size;
      return `export default ${JSON.stringify({ ...Object.fromEntries(told), engineBytes })};`;
    },
    generateBundle() {
      for (const { source, fileName } of files) {
        this.emitFile({ type: "asset", fileName, source: readFileSync(source) });
      }
    },
  };
}
