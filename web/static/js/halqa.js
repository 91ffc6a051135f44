// What every page has: the live stream, forms that lose nothing, small manners of the interface, and pages without network.
import { startLive } from "./parts/live.js";
import { startForms } from "./parts/forms.js";
import { startManners } from "./parts/manners.js";
import { startWorker } from "./parts/install.js";

startManners();
startForms();
startLive();
startWorker();
