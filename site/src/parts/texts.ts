/** What the moving parts of the text pages say: texts/parts.json. */

import texts from "../../texts/parts.json";

export const { chart, cells, compare, gallery } = texts.parts;
