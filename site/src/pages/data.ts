/** The page Data. */

import "../style/main.css";
import results from "../../generated/results.json";
import { chart, type Row } from "../parts/chart";
import { chart as texts } from "../parts/texts";
import { keepOffline } from "../ui/offline";

type Counts = Readonly<Record<string, number>>;

const { trainedDataset, trainedClass } = texts.rows;
const trained: Readonly<Record<string, Counts>> = results.networks.wear.trained;

const rows = Object.entries(trainedDataset).flatMap(([dataset, group]) =>
  Object.entries(trainedClass)
    .map(([name, label]) => ({ group, label, count: trained[dataset]?.[name] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ count, ...row }): Row => ({ ...row, cell: { text: String(count), value: count } })),
);
const most = Math.max(...rows.map(({ cell }) => cell.value ?? 0));
const max = 1000 * Math.ceil(most / 1000);

chart("trained", rows, { max, ticks: [0, max / 2, max], unit: "{value}" });
keepOffline();
