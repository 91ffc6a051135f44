// What every page has: the live stream, forms that lose nothing, and small manners of the interface.
import { startLive } from "./parts/live.js";
import { startForms } from "./parts/forms.js";
import { startManners } from "./parts/manners.js";

startManners();
startForms();
startLive();
