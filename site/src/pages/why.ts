/** The page Why it matters. */

import "../style/main.css";
import { keepOffline } from "../ui/offline";

keepOffline();
