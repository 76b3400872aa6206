/** The page Results: charts of the figures of the project's documents. */

import "../style/main.css";
import results from "../../generated/results.json";
import { type Cell, chart, type Row } from "../parts/chart";
import { chart as texts } from "../parts/texts";
import { keepOffline } from "../ui/offline";

/** A row for each label, with one column of a table. */
function rowsOf<Name extends string, Column extends string>(
  labels: Readonly<Record<Name, string>>,
  table: Readonly<Record<Name, Readonly<Record<Column, Cell>>>>,
  column: Column,
): Row[] {
  const names = Object.keys(labels) as Name[];
  return names.map((name) => ({ label: labels[name], cell: table[name][column] }));
}

const { rows } = texts;
const transfer: Readonly<Record<string, { readonly balanced: Cell }>> = results.transfer;

chart("real", rowsOf(rows.real, results.real, "recall"));
chart("framings", rowsOf(rows.framings, results.framings, "balanced"));
chart("others", rowsOf(rows.others, results.others, "accuracy"));
chart(
  "transfer",
  Object.entries(rows.transferTrained).flatMap(([row, group]) =>
    Object.entries(rows.transferTested).map(([tested, label]) => ({
      group,
      label,
      cell: transfer[`${row}_${tested}`].balanced,
      other: tested !== "real",
    })),
  ),
);
chart(
  "finding",
  rowsOf(rows.finder, results.finder, "from48").map((row, i) => ({ ...row, other: i % 2 === 1 })),
);
const speed = rowsOf(rows.maps, results.maps, "ms");
chart(
  "maps",
  speed.map((row, i) => ({ ...row, other: i < 2 })),
  { max: 260, ticks: [0, 130, 260], unit: "{value} ms" },
);
keepOffline();
