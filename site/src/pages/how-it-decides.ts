/** The page How it decides: maps that the reader can move and read cell by cell. */

import "../style/main.css";
import { cells } from "../parts/cells";
import { compare } from "../parts/compare";
import { element } from "../ui/dom";
import { keepOffline } from "../ui/offline";
import { browserSuffices } from "../ui/problems";
import { mountHiding } from "./hiding";

compare();
cells();
if (browserSuffices()) {
  mountHiding();
  element("try-hiding", HTMLElement).hidden = false;
}
keepOffline();
