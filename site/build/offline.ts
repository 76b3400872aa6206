/** The service worker: what it keeps, so that the site works without a network. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

/**
 * Writes `sw.js`: `src/sw.js` with the list of every file of the site, and a version that
 * changes when any of them does.
 */
export function offline(): Plugin {
  return {
    name: "glassmask-offline",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const hash = createHash("sha256");
      const names = Object.keys(bundle).sort();
      for (const name of names) {
        const item = bundle[name];
        hash.update(name).update(item.type === "asset" ? item.source : item.code);
      }
      const template = readFileSync(resolve(import.meta.dirname, "../src/sw.js"), "utf8");
      const source = template
        .replace('"__VERSION__"', JSON.stringify(hash.digest("hex").slice(0, 12)))
        .replace('["__FILES__"]', JSON.stringify(names));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}
