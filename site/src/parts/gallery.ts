/** Painted examples with the verdicts that they really get, sorted by how right those are. */

import examples from "../../generated/examples.json";
import { element, make } from "../ui/dom";
import type { Part, Wear } from "../runtime/labels";
import type { UnsureReason } from "../runtime/types";
import { fill, reason } from "../ui/texts";
import { headline, percent } from "../ui/wording";
import { gallery as texts } from "./texts";

const PICTURES: Record<string, string> = import.meta.glob("../../generated/examples/*.webp", {
  eager: true,
  query: "?url",
  import: "default",
});

/** What the checker said of an example. */
interface Example {
  readonly truth: string;
  readonly width: number;
  readonly height: number;
  readonly heat: boolean;
  readonly outcome: string;
  readonly wear?: Wear;
  readonly uncovered?: readonly Part[];
  readonly unsure?: UnsureReason | null;
  readonly confidence?: number;
}

type Named = Readonly<Record<string, string>>;

/** Where each outcome is shown. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  wrong: ["wrong", "partly"],
  unsure: ["unsure", "noface"],
  right: ["right"],
};

/** Fill `#wrong`, `#unsure` and `#right`; `#show-maps` lays the maps over all pictures. */
export function gallery(): void {
  const all = Object.entries(examples as unknown as Readonly<Record<string, Example>>);
  for (const [group, outcomes] of Object.entries(GROUPS)) {
    const cards = all.filter(([, { outcome }]) => outcomes.includes(outcome));
    const place = element(group, HTMLElement);
    place.append(...cards.map(([name, example]) => card(name, example)));
  }
  const button = element("show-maps", HTMLButtonElement);
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    document.body.classList.toggle("maps", shown);
  });
}

function card(name: string, example: Example): HTMLElement {
  const { width, height } = example;
  const what = (texts.examples as Named)[name] ?? "";
  const size = { width, height, loading: "lazy" as const };
  const photo = make("img", { ...size, src: picture(name), alt: what });
  const pictures = make("div", { className: "pictures" }, photo);
  if (example.heat) {
    const map = { ...size, src: picture(`${name}-heat`), alt: "", className: "map" };
    pictures.append(make("img", map));
  }
  const kind = example.wear && !example.unsure ? example.wear : "unsure";
  const verdict = make("p", { className: `said ${kind}` }, said(example));
  return make("li", {}, pictures, make("p", { className: "what" }, what), verdict);
}

function picture(name: string): string {
  return PICTURES[`../../generated/examples/${name}.webp`];
}

/** The verdict in words. */
function said({ wear, uncovered = [], unsure = null, confidence = 0 }: Example): string {
  if (!wear) return texts.noFace;
  const verdict = headline({ wear, uncovered, unsure: null });
  if (!unsure) return fill(texts.said, { verdict, percent: percent(confidence) });
  return fill(texts.unsure, { verdict, reason: reason[unsure] });
}
