// The ground of the diagram: phases, faults, lanes, the axis.

import { hatch } from "./frame.js";
import { offset, tickText, ticks, AXIS_NAMES } from "./axis.js";
import { signed } from "./words.js";

// drawGround draws everything that lies under the arrows.
export function drawGround(pen, frame, run, axis, colours, cursor) {
  const { x, y, w, h } = frame.area();
  pen.clip(x, y, w, h, () => {
    phases(pen, frame, run, axis, colours);
    faults(pen, frame, run, axis, colours);
  });
  grid(pen, frame, axis, colours);
  lanes(pen, frame, run, axis, colours, cursor);
}

function phases(pen, frame, run, axis, colours) {
  run.head.hosts.forEach((host, p) => {
    host.phases.forEach((phase) => {
      if (phase.name !== "data") {
        const box = frame.box(p, axis.point(p, phase.from), axis.point(p, phase.until), 1);
        pen.rect(box.x, box.y, box.w, box.h, colours.band);
      }
    });
  });
  const place = new Map();
  for (const phase of run.head.hosts[0].phases) {
    const from = Math.max(frame.axis(axis.point(0, phase.from)), frame.axis(frame.a));
    const until = Math.min(frame.axis(axis.point(0, phase.until)), frame.axis(frame.b));
    if (!frame.vertical && until - from > 8 * phase.name.length) {
      place.set(phase.name, (from + until) / 2);
    }
  }
  frame.headings = place;
}

// faults draws down peers as hatched bars in place of their lane, cuts as a
// hatch over the lanes they part.
function faults(pen, frame, run, axis, colours) {
  for (const band of run.head.bands) {
    const whole = band.peers.length > 0 ? band.peers : [...Array(run.peers).keys()];
    for (const p of whole) {
      const down = band.kind === "crash" || band.kind === "leave" || band.kind === "join";
      const box = frame.box(p, axis.point(p, band.from), axis.point(p, band.until), down ? 0.36 : 0.94);
      if (box.w <= 0 || box.h <= 0) {
        continue;
      }
      if (down) {
        pen.rect(box.x, box.y, box.w, box.h, colours.paper);
      }
      const step = band.kind === "pause" || band.kind === "slow" ? 12 : down ? 5 : 9;
      pen.lines(hatch(box, step), colours.hatch, { alpha: down ? 0.9 : 0.45 });
    }
    label(pen, frame, axis, colours, band, whole[0]);
  }
}

function label(pen, frame, axis, colours, band, p) {
  const box = frame.box(p, axis.point(p, band.from), axis.point(p, band.until), 0.94);
  if (box.w > 40 && box.h > 12) {
    pen.text(box.x + 5, box.y + 8, band.text, colours.ink, { size: 11, halo: colours.paper });
  }
}

function grid(pen, frame, axis, colours) {
  const { values, step } = ticks(frame.a, frame.b, frame.along / 110);
  const marks = [];
  const { x, y, w, h } = frame.area();
  for (const v of values) {
    const at = frame.axis(v);
    if (frame.vertical) {
      marks.push(x, at, x + w, at);
      pen.text(x - 6, at, tickText(v, step), colours.soft, { size: 11, anchor: "end" });
    } else {
      marks.push(at, y, at, y + h);
      if (at > x + 16) { // else it would lie over the name of the axis
        pen.text(at, y + h + 14, tickText(v, step), colours.soft, { size: 11, anchor: "middle" });
      }
    }
  }
  pen.lines(marks, colours.line);
  if (frame.vertical) {
    pen.text(4, 10, AXIS_NAMES[axis.kind], colours.soft, { size: 11 });
  } else {
    pen.text(8, y + h + 14, AXIS_NAMES[axis.kind], colours.soft, { size: 11 });
    for (const [name, at] of frame.headings || []) {
      pen.text(at, 10, name, colours.soft, { size: 11, anchor: "middle" });
    }
  }
}

function lanes(pen, frame, run, axis, colours, cursor) {
  const lines = [];
  const notches = [];
  const every = Math.max(1, Math.ceil(15 / frame.gap));
  for (let p = 0; p < frame.lanes; p++) {
    frame.point(lines, p, frame.a);
    frame.point(lines, p, frame.b);
    jumps(run, p, (t) => {
      const at = axis.point(p, t);
      if (at >= frame.a && at <= frame.b) {
        const box = frame.box(p, at, at, 0.4);
        notches.push(box.x, box.y, box.x + box.w, box.y + (frame.vertical ? 0 : box.h));
      }
    });
    if (p % every === 0) {
      name(pen, frame, run, colours, p, cursor);
    }
  }
  pen.lines(lines, colours.lane, { width: frame.gap < 8 ? 0.5 : 1.2 });
  pen.lines(notches, colours.ink, { width: 2 });
}

function name(pen, frame, run, colours, p, cursor) {
  const ahead = offset(run, p, cursor === null ? run.end : cursor);
  const clock = run.head.clocks ? signed(ahead) : "";
  if (frame.vertical) {
    pen.text(frame.lane(p), 24, `p${p}`, colours.ink, { bold: true, anchor: "middle", size: 13 });
    if (frame.gap > 44 && clock) {
      pen.text(frame.lane(p), 36, clock, colours.soft, { size: 10, anchor: "middle" });
    }
    return;
  }
  pen.text(8, frame.lane(p), `p${p}`, colours.ink, { bold: true, size: frame.gap < 20 ? 11 : 13 });
  if (clock) {
    pen.text(GUTTER_TEXT, frame.lane(p), clock, colours.soft, { size: 11, anchor: "end" });
  }
}

const GUTTER_TEXT = 84;

// jumps calls back with the times at which a peer's clock is set anew.
export function jumps(run, p, callback) {
  const pieces = run.head.hosts[p].clock;
  for (let i = 1; i < pieces.length; i++) {
    if (Math.abs(pieces[i][1] - pieces[i - 1][2]) > 1e-3) {
      callback(pieces[i][0]);
    }
  }
}
