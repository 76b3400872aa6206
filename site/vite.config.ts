import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { networks } from "./build/networks.ts";
import { offline } from "./build/offline.ts";
import { pages } from "./build/pages.ts";

/** Every HTML file beside this one is a page, but for what is around all of them. */
const entries = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".html") && name !== "layout.html")
  .map((name) => resolve(import.meta.dirname, name));

export default defineConfig({
  base: "./", // any folder of any host
  plugins: [pages(), networks(), offline()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy of the pages allows no code or style inside them
    modulePreload: { polyfill: false },
    rollupOptions: { input: entries },
  },
  worker: { format: "es" },
});
