/** The page Limits and mistakes. */

import "../style/main.css";
import { gallery } from "../parts/gallery";
import { keepOffline } from "../ui/offline";

gallery();
keepOffline();
