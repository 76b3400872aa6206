/** The pages: each entry is wrapped into the layout, and its texts are put in. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Plugin } from "vite";

const ROOT = resolve(import.meta.dirname, "..");
const TEXTS = resolve(ROOT, "texts");
const LAYOUT = resolve(ROOT, "layout.html");
const GENERATED = resolve(ROOT, "generated");

/** In the order of the navigation. */
const ORDER = [
  "index",
  "live",
  "why",
  "how-to",
  "how-it-decides",
  "data",
  "results",
  "limits",
  "studies",
] as const;

/** What a page may load and do: nothing but its own files. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Texts and figures by name, nested: `texts.layout.nav.index`. */
export interface Texts {
  readonly [name: string]: string | number | Texts;
}

/**
 * A Vite plugin that makes whole pages of the entries.
 *
 * An entry's first line names its texts, `<!-- page: how-to -->` for `pages.how-to`, or with
 * dots for a path of its own, `<!-- page: app.check -->`; the rest is the content of `<main>`.
 */
export function pages(): Plugin {
  let policy = true;
  return {
    name: "glassmask-pages",
    configResolved({ command }) {
      policy = command !== "serve"; // the development server puts code and styles inside pages
    },
    configureServer({ watcher }) {
      watcher.add([TEXTS, LAYOUT]);
    },
    transformIndexHtml: {
      order: "pre",
      handler: (entry, { filename }) =>
        page(entry, basename(filename), readFileSync(LAYOUT, "utf8"), readTexts(), policy),
    },
  };
}

/** Files of figures that texts can name: `{{results.said.leaks.text}}`. */
const FIGURES = ["results", "maps"] as const;

/** All of `texts/*.json`, merged, and the figures that were read from the project's documents. */
export function readTexts(folder = TEXTS): Texts {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const texts = files.map((name) => read(resolve(folder, name))).reduce(merged, {});
  const known = FIGURES.filter((name) => existsSync(`${GENERATED}/${name}.json`));
  const figures = known.map((name) => [name, read(`${GENERATED}/${name}.json`)]);
  return { ...texts, ...Object.fromEntries(figures) };
}

/**
 * One whole page.
 *
 * @param entry - the entry's HTML.
 * @param file - its file's name, for the navigation and for errors.
 * @param layout - the HTML around it.
 * @param texts - all texts.
 * @param policy - whether the page says what it may load.
 * @throws Error where the entry has no marker or a text is missing; it names page and text.
 */
export function page(
  entry: string,
  file: string,
  layout: string,
  texts: Texts,
  policy: boolean,
): string {
  const marker = /^<!-- page: ([\w.-]+) -->\n/.exec(entry);
  if (!marker) throw new Error(`${file}: the first line must be <!-- page: NAME -->`);
  const path = marker[1].includes(".") ? marker[1] : `pages.${marker[1]}`;
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const whole = layout
    .replace("<!-- policy -->", () => (policy ? meta : ""))
    .replaceAll("<!-- links -->", () => links(file))
    .replace("<!-- content -->", () => entry.slice(marker[0].length).trim())
    .replaceAll("{{page.", `{{${path}.`);
  return filled(whole, file, texts);
}

function read(file: string): Texts {
  return JSON.parse(readFileSync(file, "utf8"));
}

function links(file: string): string {
  return ORDER.map((name) => {
    const here = file === `${name}.html` ? ' aria-current="page"' : "";
    return `<li><a href="${name}.html"${here}>{{layout.nav.${name}}}</a></li>`;
  }).join("");
}

/** Each `{{path}}` replaced by its text, those in texts too; in attributes quotes are escaped. */
function filled(html: string, file: string, texts: Texts): string {
  return html.replace(
    /(=")?\{\{([\w.-]+)\}\}/g,
    (_, attribute: string | undefined, path: string) => {
      let found: string | number | Texts | undefined = texts;
      for (const name of path.split(".")) {
        found = typeof found === "object" ? found[name] : undefined;
      }
      if (typeof found !== "string" && typeof found !== "number") {
        throw new Error(`${file}: no text ${path}`);
      }
      const text = filled(String(found), file, texts);
      return attribute ? attribute + text.replaceAll('"', "&quot;") : text;
    },
  );
}

function merged(one: Texts, other: Texts): Texts {
  const both: Record<string, Texts[string]> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const had = both[name];
    both[name] = isGroup(had) && isGroup(value) ? merged(had, value) : value;
  }
  return both;
}

function isGroup(value: Texts[string] | undefined): value is Texts {
  return typeof value === "object";
}
