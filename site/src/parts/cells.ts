/** A question's map, cell by cell, and the sum that makes its logit. */

import grids from "../../generated/grids.json";
import { type Question, QUESTIONS } from "../runtime/labels";
import type { Reply } from "../runtime/types";
import { answerBar } from "../ui/bars";
import { element, make } from "../ui/dom";
import { fill, question as questionText } from "../ui/texts";
import { cells as texts } from "./texts";

const PHOTOS: Record<string, string> = import.meta.glob("../../generated/crop-*.webp", {
  eager: true,
  query: "?url",
  import: "default",
});

/** How the demo photos wear their mask. */
const WORN = ["none", "correct", "nose", "chin", "nose_and_mouth"] as const;

const STRONG = 10; // evidence of a cell that is drawn at full strength

/** Show the maps of the demo photos in `#cells`, `#cell-photos`, `#cell-questions`. */
export function cells(): void {
  const grid = element("cells", HTMLElement);
  const photo = element("cells-photo", HTMLImageElement);
  const told = element("cell-told", HTMLElement);
  const sum = element("cell-sum", HTMLElement);
  const chances = element("cell-chances", HTMLElement);
  let worn: (typeof WORN)[number] = "nose";
  let shown: Question = "nose";

  const photos = chips("cell-photos", WORN, texts.photos, (name) => {
    worn = name;
    draw();
  });
  const questions = chips("cell-questions", QUESTIONS, questionText, (name) => {
    shown = name;
    draw();
  });

  const { side } = grids.nose;
  const buttons = Array.from({ length: side * side }, (_, place) => {
    const button = make("button", { type: "button", tabIndex: place ? -1 : 0 });
    button.addEventListener("pointerenter", () => tell(place));
    button.addEventListener("focus", () => tell(place));
    button.addEventListener("keydown", (event) => {
      const next = moved(place, event.key, side);
      if (next === null) return;
      event.preventDefault();
      button.tabIndex = -1;
      buttons[next].tabIndex = 0;
      buttons[next].focus();
    });
    return button;
  });
  grid.append(...buttons);

  function tell(place: number): void {
    told.textContent = sentence(place);
    buttons.forEach((button, i) => {
      button.classList.toggle("told", i === place);
    });
  }

  function sentence(place: number): string {
    const value = grids[worn].questions[shown].cells[place];
    return fill(value < 0 ? texts.against : texts.speaks, {
      row: Math.floor(place / side) + 1,
      column: (place % side) + 1,
      value: signed(value, 2),
      of: questionText[shown],
    });
  }

  function draw(): void {
    photo.src = PHOTOS[`../../generated/crop-${worn}.webp`];
    const { cells: values, mean, bias, logit } = grids[worn].questions[shown];
    buttons.forEach((button, place) => {
      const value = values[place];
      const strength = Math.min(1, Math.abs(value) / STRONG);
      button.className = value < 0 ? "against" : "for";
      button.style.setProperty("--strength", String(Math.round(15 + 75 * strength)));
      button.dataset.value = signed(value, 0); // shown; its label says it more exactly
      button.setAttribute("aria-label", sentence(place));
    });
    told.textContent = texts.hint;
    sum.textContent = fill(texts.sum, {
      of: questionText[shown],
      mean: signed(mean, 3),
      bias: signed(bias, 3),
      logit: signed(logit, 3),
    });
    press(photos, worn);
    press(questions, shown);
    chances.replaceChildren(...QUESTIONS.map(chance));
  }

  function chance(name: Question): HTMLElement {
    const { answer, probability } = grids[worn].questions[name];
    return make("li", {}, ...answerBar(name, { answer: answer as Reply, probability }));
  }

  draw();
}

type Chips<Name> = ReadonlyMap<Name, HTMLButtonElement>;

function chips<Name extends string>(
  id: string,
  names: readonly Name[],
  labels: Readonly<Record<Name, string>>,
  choose: (name: Name) => void,
): Chips<Name> {
  const buttons = new Map(
    names.map((name) => {
      const button = make("button", { type: "button", className: "chip" }, labels[name]);
      button.addEventListener("click", () => choose(name));
      return [name, button];
    }),
  );
  element(id, HTMLElement).append(...[...buttons.values()].map((one) => make("li", {}, one)));
  return buttons;
}

function press<Name>(buttons: Chips<Name>, pressed: Name): void {
  for (const [name, button] of buttons) {
    button.setAttribute("aria-pressed", String(name === pressed));
  }
}

/** The cell that a key leads to, or null. */
function moved(place: number, key: string, side: number): number | null {
  const column = place % side;
  if (key === "ArrowLeft" && column > 0) return place - 1;
  if (key === "ArrowRight" && column < side - 1) return place + 1;
  if (key === "ArrowUp" && place >= side) return place - side;
  if (key === "ArrowDown" && place < side * (side - 1)) return place + side;
  return null;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  const sign = Number(text) === 0 ? "" : value < 0 ? "\u2212" : "+";
  return sign + text;
}
