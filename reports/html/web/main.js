// The page of a run begins here.

import { el, setText } from "./dom.js";
import { Page } from "./page.js";
import { Barcode } from "./barcode.js";
import { Diagram } from "./diagram.js";
import { Filter } from "./filter.js";
import { binner } from "./colour.js";
import { header } from "./header.js";
import { inspector } from "./inspector.js";
import { attachKeys } from "./keys.js";
import { attachPaper } from "./paper.js";
import { logSection } from "./table.js";
import { transport } from "./transport.js";

// showRun builds the page around the plain one and opens what its address says.
export async function showRun(file, root) {
  const page = new Page(file, [...document.querySelectorAll("script.columns")]);
  const barcode = new Barcode(page);
  const diagram = new Diagram(page);
  page.diagram = diagram;
  page.store.listen(["f"], (s) => (page.filter = new Filter(page.run, s.f)));
  page.store.listen(["k"], (s) => (page.bin = binner(page.run, s.k)));
  describe(page);
  root.append(
    header(page), barcode.node, transport(page),
    el("div", { class: "stage" }, el("div", { class: "picture" }, diagram.node, diagram.notice), inspector(page)),
    logSection(page), attachPaper(page), page.spoken, page.told);
  // What listens last is told last: the parts are up to date by then.
  page.store.listen(["o", "t", "a", "b", "message", "finding", "f", "x", "k", "rows", "vertical"], () => remember(page));
  attachKeys(page);
  attachWindow(page);
  window.mpcomm = page; // for the console
  page.store.listen(["loaded"], () => ready());
  await page.open(location.hash);
  page.focusDiagram();
}

// ready says, once all parts have been drawn, how long that took.
function ready() {
  const { dataset } = document.documentElement;
  dataset.ready = dataset.ready || String(Math.round(performance.now()));
}

function describe(page) {
  page.store.listen(["o", "loaded", "message", "finding", "t"], () => {
    page.diagram.node.setAttribute("aria-label", page.description());
    const f = page.finding();
    setText(page.spoken, page.spoken.textContent || (f ? f.text : ""));
  });
}

// remember writes the view into the address. Changes replace it; selections go
// into the history, so that back returns to them.
function remember(page) {
  const address = page.address();
  const go = page.pushing;
  page.pushing = false;
  clearTimeout(page.remembering);
  const write = () => {
    if (go && address !== location.hash) {
      history.pushState(null, "", address);
    } else {
      history.replaceState(null, "", address);
    }
  };
  if (go) {
    write();
  } else {
    page.remembering = setTimeout(write, 150); // browsers limit how often
  }
}

function attachWindow(page) {
  const { store } = page;
  window.addEventListener("popstate", () => {
    clearTimeout(page.remembering);
    page.open(location.hash);
  });
  const observer = new ResizeObserver(() => store.set({ size: window.innerWidth + window.devicePixelRatio / 100 + page.diagram.node.clientWidth / 1e5 }));
  observer.observe(page.diagram.node);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    window.matchMedia(query).addEventListener("change", () => page.recolour());
  }
}
