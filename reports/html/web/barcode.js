// The barcode: where the logs disagree, a row for each peer, a column for each
// position. It is the map of the report; the frame on it is what the diagram
// shows.

import { el } from "./dom.js";
import { count } from "./words.js";

const MOST_ROWS = 16;

export class Barcode {
  constructor(page) {
    this.page = page;
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.shade = el("div", { class: "window", "aria-hidden": "true" });
    this.node = el("div", { class: "barcode", title: "where the logs disagree: yellow = peers differ; bar up: logged too early, down: too late" }, this.canvas, this.shade);
    this.node.addEventListener("pointerdown", (event) => this.grab(event));
    page.store.listen(["o", "theme", "size", "loaded"], () => this.draw());
    page.store.listen(["o", "a", "b", "x", "size", "loaded"], () => this.place());
  }

  draw() {
    const { run, colours } = this.page;
    const width = this.node.clientWidth;
    if (!run || width === 0) {
      return;
    }
    const rows = Math.min(run.peers, MOST_ROWS);
    const height = Math.max(28, Math.min(rows * 16, 96));
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
    const c = this.canvas.getContext("2d");
    const image = c.createImageData(this.canvas.width, this.canvas.height);
    paint(image, run, rows, { paper: channels(c, colours.card), yellow: channels(c, colours.violation), ink: channels(c, colours.ink), line: channels(c, colours.line) });
    c.putImageData(image, 0, 0);
    this.node.setAttribute("aria-label", `Barcode: ${count(run.differing, "position")} of ${run.longest} differ`);
  }

  // place puts the frame over the positions that are delivered in the window.
  place() {
    const { run, store } = this.page;
    if (!run) {
      return;
    }
    const { a, b } = store.state;
    const [from, until] = [this.positionAt(a), this.positionAt(b)];
    const share = 100 / Math.max(run.longest, 1);
    this.shade.style.left = `${from * share}%`;
    this.shade.style.width = `${Math.max((until - from) * share, 0.3)}%`;
  }

  // positionAt is how many entries the longest log has up to a value of the axis.
  positionAt(v) {
    const { times } = this.axisTimes();
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] < v) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  axisTimes() {
    const { run, axis } = this.page;
    if (!this.cache || this.cache.axis !== axis) {
      const p = run.logs.reduce((best, log, i) => (log.refs.length > run.logs[best].refs.length ? i : best), 0);
      this.cache = { axis, times: run.logs[p].times.map((t) => axis.point(p, t)) };
    }
    return this.cache;
  }

  grab(event) {
    const { run, store } = this.page;
    const box = this.node.getBoundingClientRect();
    const move = (e) => {
      const share = Math.min(Math.max((e.clientX - box.left) / box.width, 0), 1);
      const { times } = this.axisTimes();
      const v = times[Math.min(Math.floor(share * run.longest), times.length - 1)];
      if (v !== undefined) {
        const half = (store.state.b - store.state.a) / 2;
        this.page.view(v - half, v + half);
      }
    };
    const stop = () => window.removeEventListener("pointermove", move);
    move(event);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop, { once: true });
  }
}

// channels lets the canvas read a colour of the style sheet.
function channels(c, colour) {
  c.fillStyle = colour;
  const text = c.fillStyle;
  return text.startsWith("#") ? [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16)) : text.match(/\d+/g).slice(0, 3).map(Number);
}

// paint fills the pixels: of all positions that fall on a column the one that
// is farthest off decides.
function paint(image, run, rows, { paper, yellow, ink, line }) {
  const { width, height, data } = image;
  const perRow = run.peers / rows;
  const rowHeight = height / rows;
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x * run.longest) / width);
    const until = Math.max(from + 1, Math.floor(((x + 1) * run.longest) / width));
    let differs = false;
    for (let i = from; i < until; i++) {
      differs = differs || run.differs[i] === 1;
    }
    const ground = differs ? yellow : paper;
    for (let row = 0; row < rows; row++) {
      const off = farthest(run, Math.floor(row * perRow), Math.floor((row + 1) * perRow), from, until);
      const top = Math.floor(row * rowHeight);
      const bottom = Math.floor((row + 1) * rowHeight);
      const middle = Math.floor((top + bottom) / 2);
      const reach = off === 0 ? 0 : Math.sign(off) * Math.max(2, Math.round((Math.min(Math.abs(off), 8) / 8) * (rowHeight / 2 - 1)));
      for (let y = top; y < bottom; y++) {
        const inBar = reach > 0 ? y >= middle && y < middle + reach : y < middle && y >= middle + reach;
        const colour = inBar ? ink : y === middle ? line : ground;
        const at = (y * width + x) * 4;
        data[at] = colour[0];
        data[at + 1] = colour[1];
        data[at + 2] = colour[2];
        data[at + 3] = 255;
      }
    }
  }
}

// farthest is the largest distance of a message from its place in the true
// order of sending; above 0 = logged too late.
function farthest(run, p0, p1, from, until) {
  let most = 0;
  for (let p = p0; p < p1; p++) {
    const { refs } = run.logs[p];
    for (let i = from; i < Math.min(until, refs.length); i++) {
      const off = refs[i] < 0 ? 0 : i - refs[i];
      if (Math.abs(off) > Math.abs(most)) {
        most = off;
      }
    }
  }
  return most;
}
