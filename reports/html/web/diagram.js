// The space-time diagram: two canvases, one above the other. The lower one is
// the scene and is drawn when the view changes; the upper one has the cursor
// and what the pointer is over.

import { el, setText } from "./dom.js";
import { Frame } from "./frame.js";
import { drawGround } from "./ground.js";
import { drawArrows, drawMarks, select, MOST_ARROWS } from "./arrows.js";
import { drawChosen } from "./chosen.js";
import { drawPast } from "./past.js";
import { CanvasPen } from "./pens.js";
import { grouped } from "./words.js";
import { attachPointer } from "./pointer.js";

export class Diagram {
  constructor(page) {
    this.page = page;
    this.scene = el("canvas", { "aria-hidden": "true" });
    this.overlay = el("canvas", { "aria-hidden": "true" });
    this.notice = el("p", { class: "left-out", role: "status" });
    this.node = el("div", { class: "diagram", id: "diagram", tabindex: "0", role: "application", "aria-describedby": "spoken" }, this.scene, this.overlay);
    this.frame = null;
    attachPointer(this);
    page.store.listen(["o", "a", "b", "t", "f", "x", "k", "vertical", "message", "finding", "pinned", "protocol", "theme", "size", "loaded"], () => this.draw());
    page.store.listen(["hover", "a", "b", "t", "o", "x", "vertical", "lane", "theme", "size", "loaded"], () => this.drawOver());
  }

  // size fits the canvases to the lanes; many lanes scroll.
  size() {
    const { run, store } = this.page;
    const width = this.node.clientWidth;
    const lane = Math.min(96, Math.max(10, 440 / run.peers));
    const height = store.state.vertical ? 640 : Math.round(Math.max(run.peers * lane, 120)) + 48;
    const ratio = Math.min(window.devicePixelRatio || 1, 8192 / Math.max(height, width, 1));
    for (const canvas of [this.scene, this.overlay]) {
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
      }
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.node.style.height = `${Math.min(height, 760)}px`;
    return { width, height };
  }

  frameOf({ width, height }) {
    const { run, store } = this.page;
    const { a, b, vertical } = store.state;
    return new Frame({ width, height, lanes: run.peers, a, b, vertical });
  }

  draw() {
    if (!this.page.run || this.node.clientWidth === 0) {
      return;
    }
    const began = performance.now();
    const size = this.size();
    this.frame = this.frameOf(size);
    const context = this.scene.getContext("2d");
    context.globalAlpha = 1;
    context.fillStyle = this.page.colours.paper;
    context.fillRect(0, 0, size.width, size.height);
    this.drawn = drawScene(new CanvasPen(context), this.page, this.frame);
    const { count, level } = this.drawn;
    setText(this.notice, leftOut(count, level, this.page.run.head.left_out));
    this.page.frameMs = performance.now() - began;
    this.drawOver();
  }

  drawOver() {
    const { page, frame } = this;
    if (!frame || !page.run) {
      return;
    }
    const context = this.overlay.getContext("2d");
    context.clearRect(0, 0, frame.width, frame.height);
    const pen = new CanvasPen(context);
    const { t, hover, lane } = page.store.state;
    const { x, y, w, h } = frame.area();
    if (lane >= 0) {
      const box = frame.box(lane, frame.a, frame.b, 0.96);
      context.globalAlpha = 1;
      context.strokeStyle = page.colours.focus;
      context.lineWidth = 2;
      context.strokeRect(box.x, box.y, box.w, box.h);
    }
    pen.clip(x, y, w, h, () => {
      if (t !== null) {
        drawCursor(pen, page, frame, t);
      }
      if (hover !== null && hover.message >= 0) {
        drawChosen(pen, { ...sceneView(page, frame), chosen: [hover.message], finding: null });
      }
    });
  }
}

// drawScene draws a whole view with any pen.
export function drawScene(pen, page, frame) {
  const view = sceneView(page, frame);
  view.scene = select(page.run, page.axis, frame, view.passes);
  view.bin = page.bin(view.scene.shown);
  drawGround(pen, frame, page.run, page.axis, page.colours, view.cursor);
  const { x, y, w, h } = frame.area();
  pen.clip(x, y - 14, w, h + 18, () => {
    if (page.store.state.pinned && view.chosen[0] >= 0) {
      drawPast(pen, view);
    }
    drawArrows(pen, view);
    drawMarks(pen, view);
    drawChosen(pen, view);
  });
  return view.scene;
}

function sceneView(page, frame) {
  const { run, axis, colours, store } = page;
  const { t, pinned, protocol } = store.state;
  const { filter } = page;
  return {
    run, axis, frame, colours, cursor: t, ramp: page.ramp, chosen: page.chosen(), finding: page.finding(),
    passes: passing(filter, protocol),
    filter, packetsOf: (m) => page.packetsOf(m), fade: pinned ? 0.3 : page.finding() ? 0.75 : 1,
  };
}

// passing says what a view draws: of bodies what passes the filter, and other
// packets while nothing is filtered. A sender stands for all its receivers.
function passing(filter, protocol) {
  if (filter.empty) {
    return (m, p, from, body = true) => body || protocol;
  }
  return (m, p, from, body = true) => body && (filter.passes(m, p) || (p === from && filter.passes(m, -1)));
}

function drawCursor(pen, page, frame, t) {
  const line = [];
  for (let p = 0; p < page.run.peers; p++) {
    const v = page.axis.point(p, t);
    const box = frame.box(p, v, v, 1);
    if (v >= frame.a && v <= frame.b) {
      line.push(box.x, box.y, frame.vertical ? box.x + box.w : box.x, frame.vertical ? box.y : box.y + box.h);
    }
  }
  pen.lines(line, page.colours.bad, { width: 1.5 });
}

// leftOut says what a view does not draw.
export function leftOut(arrows, level, always) {
  const parts = [];
  if (level === 0) {
    parts.push(`${grouped(arrows)} arrows not drawn: zoom in or filter. The strips show how many messages arrive, up to ${grouped(MOST_ARROWS)} arrows are drawn.`);
  } else if (level === 1) {
    parts.push(`${grouped(arrows)} arrows, without marks: zoom in for sends, arrivals and waits.`);
  }
  if (always) {
    parts.push(always);
  }
  return parts.join(" ");
}
