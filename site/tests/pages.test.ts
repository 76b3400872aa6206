/** The pages: whole, filled, and without a word of their own. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { page, readTexts, type Texts } from "../build/pages";

const SITE = resolve(import.meta.dirname, "..");
const LAYOUT = read("layout.html");
const TEXTS = readTexts();
const ENTRIES = readdirSync(SITE).filter(
  (name) => name.endsWith(".html") && name !== "layout.html",
);

function read(name: string): string {
  return readFileSync(resolve(SITE, name), "utf8");
}

function built(name: string): string {
  return page(read(name), name, LAYOUT, TEXTS, true);
}

/** How often a tag opens. */
function count(html: string, tag: string): number {
  return html.match(new RegExp(`<${tag}[ >]`, "g"))?.length ?? 0;
}

describe("an entry", () => {
  const texts: Texts = {
    pages: { here: { title: "T", description: 'a "b"', x: "{{pages.here.y}}", y: "Y" } },
  };
  const layout =
    '<!-- policy --><title>{{page.title}}</title><meta content="{{page.description}}"><!-- content -->';

  test("is filled, texts in texts too, and quotes escaped in attributes", () => {
    const html = page(
      "<!-- page: here -->\n<p>{{pages.here.x}}</p>",
      "here.html",
      layout,
      texts,
      false,
    );
    expect(html).toBe('<title>T</title><meta content="a &quot;b&quot;"><p>Y</p>');
  });

  test("that lacks a text is an error with the page's and the text's name", () => {
    const entry = "<!-- page: here -->\n{{pages.here.gone}}";
    expect(() => page(entry, "here.html", layout, texts, false)).toThrow(
      "here.html: no text pages.here.gone",
    );
  });

  test("may name its texts by a path", () => {
    const app: Texts = { app: { check: { title: "C", description: "D" } } };
    const html = page("<!-- page: app.check -->\n", "index.html", layout, app, false);
    expect(html).toContain("<title>C</title>");
  });

  test("without a marker is an error", () => {
    expect(() => page("<p></p>", "here.html", layout, texts, false)).toThrow("here.html");
  });

  test("says what it may load, but not to the development server", () => {
    const entry = "<!-- page: here -->\n";
    expect(page(entry, "here.html", layout, texts, true)).toContain("default-src 'none'");
    expect(page(entry, "here.html", layout, texts, false)).not.toContain("default-src");
  });
});

describe.each(ENTRIES)("%s", (name) => {
  test("has a language, a title, a description and one h1", () => {
    const html = built(name);
    expect(html).toMatch(/<html lang="[a-z]{2}/);
    expect(html).toMatch(/<title>[^<{]{5,}<\/title>/);
    expect(html).toMatch(/<meta name="description" content="[^"{]{20,}">/);
    expect(count(html, "h1")).toBe(1);
    expect(count(html, "main")).toBe(1);
  });

  test("marks itself in the navigation", () => {
    expect(built(name)).toContain(`<a href="${name}" aria-current="page">`);
  });

  test("leads only to what there is, and elsewhere only to sources", () => {
    const elsewhere = /^https:\/\/(?:doi\.org|arxiv\.org|www\.who\.int)\//;
    const links = [...built(name).matchAll(/ href="([^"#]*)(?:#([\w-]+))?"/g)].filter(
      ([, file]) => !elsewhere.test(file),
    );
    for (const [, file, id] of links) {
      if (file) expect(existsSync(resolve(SITE, file.replace(/^\//, ""))), file).toBe(true);
      if (id) expect(file ? built(file) : built(name)).toContain(`id="${id}"`);
    }
  });

  test("has no style and no script inside", () => {
    const html = built(name);
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/);
    for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script).toContain("src=");
  });

  test("says nothing by itself: every word is in the texts", () => {
    const entry = read(name).replace(/<!--.*?-->/g, "");
    const words = entry.replace(/<[^>]*>/g, " ").replace(/\{\{[\w.-]+\}\}/g, " ");
    expect(words.trim().replace(/[\s·×]+/g, "")).toBe("");
    for (const [, text] of entry.matchAll(/ (?:alt|title|aria-label|placeholder)="([^"]*)"/g)) {
      expect(text).toMatch(/^(\{\{[\w.-]+\}\})?$/);
    }
  });

  test("gives every picture its size and a text", () => {
    for (const [image] of read(name).matchAll(/<img[^>]*>/g)) {
      expect(image).toContain("alt=");
      if (!image.includes("hidden")) expect(image).toMatch(/ width="\d+" height="\d+"/);
    }
  });
});
