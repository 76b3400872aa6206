/** The page About the two studies. */

import "../style/main.css";
import results from "../../generated/results.json";
import { type Cell, chart, PERCENT } from "../parts/chart";
import { chart as texts } from "../parts/texts";
import { keepOffline } from "../ui/offline";

type Table = Readonly<Record<string, Readonly<Record<string, Cell>>>>;

const table: Table = results.reproduction;
const { reproductionNetwork, reproductionTested } = texts.rows;

chart(
  "reproduction",
  Object.entries(reproductionNetwork).flatMap(([network, group]) =>
    Object.entries(reproductionTested).map(([column, label]) => ({
      group,
      label,
      cell: table[network][column],
      other: column === "published",
    })),
  ),
  PERCENT,
);
keepOffline();
