/** The page How to. */

import "../style/main.css";
import { keepOffline } from "../ui/offline";

keepOffline();
