// Modules, readings, quizzes and the page of what is on this phone: saving a module and removing it, and what waits to be sent.
import { startWaiting } from "./parts/waiting.js";
import { startSaving } from "./parts/saving.js";
import { startShelf } from "./parts/shelf.js";

startWaiting();
startSaving();
startShelf();
