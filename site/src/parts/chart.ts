/** Bar charts in SVG, with their intervals, and the same as a table. */

import { element, make } from "../ui/dom";
import { fill } from "../ui/texts";
import { chart as texts } from "./texts";

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 720;
const ROW = 46;
const GROUP = 34;
const BAR = 14;
const NARROW = 520; // there, a label and an interval have no room on one line

/** A figure, as the documents have it. */
export interface Cell {
  readonly text: string;
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
}

/** One bar. */
export interface Row {
  readonly label: string;
  readonly cell: Cell;
  /** Rows of one group follow each other; its name stands above the first. */
  readonly group?: string;
  /** Shown paler: for comparison. */
  readonly other?: boolean;
}

/** How a chart is scaled and read. */
export interface Scale {
  readonly max: number;
  readonly ticks: readonly number[];
  /** What a value is called, with `{value}`. */
  readonly unit: string;
}

export const SHARES: Scale = { max: 1, ticks: [0, 0.25, 0.5, 0.75, 1], unit: "{value}" };
export const PERCENT: Scale = { max: 100, ticks: [0, 25, 50, 75, 100], unit: "{value}%" };

/**
 * Draw a chart into a figure's `.plot`, and again when its width changes; the same goes as a
 * table into its `.as-table`. Both are there before, so that nothing jumps.
 *
 * @param id - of the figure.
 */
export function chart(id: string, rows: readonly Row[], scale: Scale = SHARES): void {
  const figure = element(id, HTMLElement);
  const place = figure.querySelector<HTMLElement>(".plot");
  if (!place) throw new Error(`no place for a chart in #${id}`);
  figure.querySelector(".as-table")?.append(table(rows, scale));
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.min(WIDEST, place.clientWidth);
    if (now === width || now === 0) return;
    width = now;
    place.replaceChildren(drawn(rows, scale, width));
  }).observe(place);
}

function drawn(rows: readonly Row[], scale: Scale, width: number): SVGElement {
  const svg = shape("svg", { width, "aria-hidden": "true" }); // the table says it
  const at = (value: number) => 1 + ((width - 2) * value) / scale.max;
  const marks: SVGElement[] = [];
  let y = 0;
  let group: string | undefined;
  for (const row of rows) {
    if (row.group && row.group !== group) {
      y += group ? 10 : 0;
      marks.push(text(row.group, 0, y + 22, "group"));
      y += GROUP;
    }
    group = row.group;
    marks.push(...bar(row, scale, y, width, at));
    y += ROW;
  }
  const ticks = scale.ticks.flatMap((tick) => [
    shape("line", { x1: at(tick), x2: at(tick), y1: 0, y2: y, class: "grid" }),
    text(String(tick), at(tick), y + 16, "tick", tick === 0 ? "start" : anchor(tick, scale)),
  ]);
  svg.setAttribute("height", String(y + 22));
  svg.append(...ticks, ...marks);
  return svg;
}

function anchor(tick: number, scale: Scale): string {
  return tick === scale.max ? "end" : "middle";
}

function bar(
  { label, cell, other }: Row,
  scale: Scale,
  y: number,
  width: number,
  at: (value: number) => number,
): SVGElement[] {
  const { value = 0, low, high } = cell;
  const top = y + 22;
  const middle = top + BAR / 2;
  const marks = [
    text(label, 0, y + 16, "label"),
    text(width < NARROW ? figureOf(cell, scale) : told(cell, scale), width, y + 16, "value", "end"),
    shape("rect", { x: 1, y: top, width: width - 2, height: BAR, class: "track" }),
    shape("rect", {
      x: 1,
      y: top,
      width: Math.max(1, at(value) - 1),
      height: BAR,
      class: other ? "bar other" : "bar",
    }),
  ];
  if (low === undefined || high === undefined) return marks;
  const [from, to] = [at(low), at(high)];
  const whisker = `M${from} ${middle}H${to}M${from} ${top - 1}v${BAR + 2}M${to} ${top - 1}v${BAR + 2}`;
  return [...marks, shape("path", { d: whisker, class: "whisker" })];
}

/** The value without its counts, as it was written. */
function figureOf({ text: whole, value }: Cell, scale: Scale): string {
  return fill(scale.unit, { value: /^[\d,]*\d(?:\.\d+)?/.exec(whole)?.[0] ?? String(value) });
}

/** The interval, with as many digits as the value. */
function interval({ text: whole, low, high }: Cell): string {
  const digits = /^\d+\.(\d+)/.exec(whole)?.[1].length ?? 0;
  return low === undefined ? "" : `${low.toFixed(digits)}, ${high?.toFixed(digits)}`;
}

/** The value and its interval. */
function told(cell: Cell, scale: Scale): string {
  const range = interval(cell);
  return figureOf(cell, scale) + (range && ` [${range}]`);
}

function table(rows: readonly Row[], scale: Scale): HTMLElement {
  const grouped = rows.some((row) => row.group);
  const ranged = rows.some((row) => row.cell.low !== undefined);
  const heads = [texts.row, texts.value, ...(ranged ? [texts.interval] : [])];
  const head = make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name)));
  const body = rows.map(({ group, label, cell }) => {
    const name = grouped && group ? `${group}: ${label}` : label;
    const cells = [figureOf(cell, scale), ...(ranged ? [interval(cell)] : [])].map((one) =>
      make("td", {}, one),
    );
    return make("tr", {}, make("th", { scope: "row" }, name), ...cells);
  });
  const grid = make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { className: "scroll" }, grid);
}

function text(words: string, x: number, y: number, name: string, anchored = "start"): SVGElement {
  const made = shape("text", { x, y, class: name, "text-anchor": anchored });
  made.textContent = words;
  return made;
}

function shape(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
