// What the page does when it is there: a run or a sweep, by what it holds.

import { showRun } from "./main.js";
import { showSweep } from "./sweep.js";

const file = JSON.parse(document.getElementById("file").textContent);
const root = document.getElementById("app");
(file.sweep ? showSweep : showRun)(file, root).catch((error) => {
  // The plain page above tells the truth without this one.
  root.append(`The interactive part could not start: ${error.message}`);
  throw error;
});
