// What leaves the page: the view as an SVG file, and the page on paper.

import { el, refill } from "./dom.js";
import { drawScene } from "./diagram.js";
import { Frame } from "./frame.js";
import { CanvasPen, SvgPen } from "./pens.js";
import { ramp, theme } from "./colour.js";
import { ms } from "./words.js";

const MOST_SVG_ARROWS = 500;
const MOST_DIFFERENCES = 60;

// svgOf draws the view with a pen of its own size.
export function svgOf(page, width, height) {
  const label = page.description();
  const pen = new SvgPen(width, height, label);
  pen.rect(0, 0, width, height, page.colours.paper);
  drawScene(pen, page, frameFor(page, width, height));
  return pen.root;
}

function frameFor(page, width, height) {
  const { a, b, vertical } = page.store.state;
  return new Frame({ width, height, lanes: page.run.peers, a, b, vertical });
}

// download offers a file without leaving the page.
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function exportSvg(page) {
  const height = page.store.state.vertical ? 640 : Math.max(page.run.peers * 56, 120) + 48;
  const text = new XMLSerializer().serializeToString(svgOf(page, 1200, height));
  download(`${page.file.scenario}-${page.file.seed}-${page.summary().label}.svg`.replace(/[^\w.-]+/g, "_"), "image/svg+xml", text);
  page.tell("saved the view as SVG");
}

// attachPaper fills the part of the page that only paper shows.
export function attachPaper(page) {
  const node = el("section", { class: "paper", "aria-hidden": "true" });
  window.addEventListener("beforeprint", () => {
    if (page.run) {
      fillPaper(page, node);
    }
  });
  window.addEventListener("afterprint", () => refill(node));
  return node;
}

function fillPaper(page, node) {
  const colours = page.colours;
  const shades = page.ramp;
  document.documentElement.classList.add("on-paper");
  page.colours = theme(document.documentElement);
  page.ramp = ramp(page.colours.dark);
  const width = 1040;
  const height = Math.min(page.run.peers * 56, 460) + 48;
  const picture = page.diagram.drawn && page.diagram.drawn.count <= MOST_SVG_ARROWS ? svgOf(page, width, height) : bitmap(page, width, height);
  page.colours = colours;
  page.ramp = shades;
  document.documentElement.classList.remove("on-paper");
  const { a, b, x } = page.store.state;
  const span = x === "lamport" ? `Lamport ${Math.round(a)} to ${Math.round(b)}` : `${ms(a)} to ${ms(b)}, ${x} time`;
  refill(node, el("h2", {}, `${page.summary().label}: ${span}`), picture, page.finding() && el("p", {}, page.finding().text), differences(page));
}

function bitmap(page, width, height) {
  const canvas = el("canvas", { width: width * 2, height: height * 2 });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  drawScene(new CanvasPen(context), page, frameFor(page, width, height));
  return el("img", { src: canvas.toDataURL("image/png"), alt: page.description(), width, height });
}

function differences(page) {
  const { run } = page;
  const list = run.findings.slice(0, MOST_DIFFERENCES);
  if (list.length === 0) {
    return el("p", {}, "No differences.");
  }
  return el("table", { class: "differences" },
    el("caption", {}, list.length < run.findings.length ? `The first ${list.length} of ${run.findings.length} differences listed` : "All differences"),
    el("thead", {}, el("tr", {}, ["position", "messages", "why", "in words", "moment"].map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, list.map((f) => el("tr", {}, [f.first, `${run.name(f.a)}, ${run.name(f.b)}`, f.why.toUpperCase(), f.text, f.token].map((t) => el("td", {}, t))))));
}
