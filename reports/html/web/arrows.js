// Arrows and marks of the diagram, by levels of detail. What is not drawn is
// counted, and the caller says so.

import { arrivalsOf, below } from "./axis.js";
import { BINS } from "./colour.js";

export const MOST_ARROWS = 8000;
export const MOST_SOLID = 1500;
export const MOST_LABELS = 150;

// select counts the packets of a view, and lists them if they are not too many.
export function select(run, axis, frame, passes) {
  const shown = [];
  const { bodies } = run.head;
  let count = 0;
  axis.inView(frame.a, frame.b, (i) => {
    if (passes(run.message[i], run.to[i], run.from[i], bodies[run.kind[i]])) {
      count++;
      if (count <= MOST_ARROWS) {
        shown.push(i);
      }
    }
  });
  const level = count > MOST_ARROWS ? 0 : count > MOST_SOLID ? 1 : count > MOST_LABELS ? 2 : 3;
  return { shown: level === 0 ? [] : shown, count, level };
}

// drawArrows draws all packets of a view but those of the chosen messages.
export function drawArrows(pen, view) {
  const { run, axis, frame, colours, scene, cursor } = view;
  if (scene.level === 0) {
    drawDensity(pen, view);
    return;
  }
  const batches = new Map();
  for (const i of scene.shown) {
    const body = run.head.bodies[run.kind[i]];
    if (body && view.chosen.includes(run.message[i])) {
      continue;
    }
    const later = cursor !== null && run.sent[i] > cursor;
    const style = !body ? "thin" : run.fate[i] !== 0 ? "lost" : run.copy[i] > 0 ? "copy" : "solid";
    const key = `${style}:${later ? 1 : 0}:${style === "thin" ? 0 : view.bin(i)}`;
    if (!batches.has(key)) {
      batches.set(key, []);
    }
    segment(batches.get(key), run, axis, frame, i);
  }
  const fade = view.fade || 1;
  for (const [key, points] of batches) {
    const [style, later, bin] = key.split(":");
    drawBatch(pen, points, style, view.ramp[bin], colours, (later === "1" ? 0.2 : 1) * fade, scene.level);
  }
}

function drawBatch(pen, points, style, colour, colours, alpha, level) {
  const faint = level === 1 ? 0.3 : 0.85;
  if (style === "thin") {
    if (level > 1) {
      pen.lines(points, colours.soft, { alpha: alpha * 0.5, width: 0.8, dash: [2, 3] });
    }
    return;
  }
  pen.lines(points, colour, { alpha: alpha * faint, width: level === 1 ? 1 : 1.3, dash: style === "copy" ? [2, 3] : [] });
  if (style === "lost") {
    crosses(pen, points, colours.ink, { alpha: alpha * faint, width: 1.5 });
  } else if (level > 1) {
    pen.heads(points, colour, { alpha: alpha * faint, size: 6 });
  }
}

// segment appends the line of packet i; that of a lost one ends half way.
export function segment(out, run, axis, frame, i) {
  const begin = axis.begin[i];
  const finish = Number.isNaN(axis.finish[i]) ? begin + Math.max(axis.reach, (frame.b - frame.a) * 0.03) : axis.finish[i];
  frame.point(out, run.from[i], begin);
  if (run.fate[i] === 0) {
    frame.point(out, run.to[i], finish);
    return;
  }
  const half = [];
  frame.point(half, run.from[i], begin);
  frame.point(half, run.to[i], finish);
  out.push((half[0] + half[2]) / 2, (half[1] + half[3]) / 2);
}

// crosses marks the ends of segments that end there.
export function crosses(pen, points, colour, style) {
  const marks = [];
  for (let i = 0; i < points.length; i += 4) {
    cross(marks, points[i + 2], points[i + 3], 4);
  }
  pen.lines(marks, colour, style);
}

function cross(out, x, y, size) {
  out.push(x - size, y - size, x + size, y + size, x - size, y + size, x + size, y - size);
}

// drawMarks draws sends, receptions and holds of a view.
export function drawMarks(pen, view) {
  const { run, axis, frame, colours, scene, cursor } = view;
  if (scene.level < 2) {
    return;
  }
  const sends = [[], []];
  const receipts = [[], []];
  const holds = [[], []];
  const logged = [[], []];
  const late = (t) => (cursor !== null && t > cursor ? 1 : 0);
  eachCell(view, (m, p, cell) => {
    if (p === run.sender[m]) {
      if (axis.send[m] >= frame.a && axis.send[m] <= frame.b) {
        frame.point(sends[late(run.at[m])], p, axis.send[m]);
      }
    } else if (!Number.isNaN(axis.arrive[cell])) {
      frame.point(receipts[late(run.arrived[cell])], p, axis.arrive[cell]);
    }
    if (axis.deliver[cell] > axis.arrive[cell]) {
      frame.point(holds[late(run.arrived[cell])], p, axis.arrive[cell]);
      frame.point(holds[late(run.arrived[cell])], p, axis.deliver[cell]);
      frame.point(logged[late(run.delivered[cell])], p, axis.deliver[cell]);
    }
  });
  const size = Math.min(4.5, Math.max(2, frame.gap * 0.1));
  [1, 0].forEach((k) => {
    const alpha = (k === 1 ? 0.2 : 1) * (view.fade ? 0.5 : 1);
    pen.lines(holds[k], colours.ordering, { alpha: alpha * 0.35, width: size * 1.5, cap: "round" });
    pen.dots(logged[k], colours.ordering, { alpha, radius: size * 0.7 });
    pen.dots(receipts[k], colours.ink, { alpha, radius: size * 0.8, width: 1.2, hollow: colours.paper });
    pen.dots(sends[k], colours.ink, { alpha, radius: size });
  });
  if (scene.level === 3) {
    labels(pen, view);
  }
}

// eachCell calls back with the receptions that touch a view and pass its filter.
function eachCell(view, callback) {
  const { run, axis, frame } = view;
  const n = run.peers;
  for (let m = 0, cell = 0; m < run.messages; m++) {
    for (let p = 0; p < n; p++, cell++) {
      const from = p === run.sender[m] ? axis.send[m] : axis.arrive[cell];
      const until = axis.deliver[cell] > from ? axis.deliver[cell] : from;
      if (from <= frame.b && until >= frame.a && view.passes(m, p, run.sender[m])) {
        callback(m, p, cell);
      }
    }
  }
}

// labels names messages at the end that sends them, where there is room.
function labels(pen, view) {
  const { run, axis, frame, colours } = view;
  const last = new Float64Array(run.peers).fill(-Infinity);
  for (let m = 0; m < run.messages; m++) {
    const v = axis.send[m];
    if (v < frame.a || v > frame.b || !view.passes(m, -1, run.sender[m])) {
      continue;
    }
    const at = frame.axis(v);
    const p = run.sender[m];
    const text = run.name(m);
    const room = frame.vertical ? 16 : text.length * 7 + 6;
    if (at - last[p] < room || frame.gap < 22) {
      continue;
    }
    last[p] = at;
    const place = [];
    frame.point(place, p, v);
    const dx = frame.vertical ? -8 : Math.max(-2, frame.left + text.length * 3.5 - place[0]);
    const dy = frame.vertical ? 0 : p === run.peers - 1 ? 13 : -13;
    const strong = view.chosen.includes(m);
    pen.text(place[0] + dx, place[1] + dy, text, strong ? colours.ink : colours.soft, {
      size: 11, bold: strong, anchor: frame.vertical ? "end" : "middle", halo: colours.paper,
    });
  }
}

// drawDensity draws how many receptions there are along each lane.
function drawDensity(pen, view) {
  const { run, axis, frame, colours } = view;
  const columns = Math.ceil(frame.along / 2);
  const width = (frame.b - frame.a) / columns;
  const counts = arrivalsOf(axis, view.filter).map((values) => {
    const edges = Array.from({ length: columns + 1 }, (_, i) => below(values, frame.a + i * width));
    return edges.slice(1).map((edge, i) => edge - edges[i]);
  });
  const most = Math.max(1, ...counts.map((lane) => Math.max(...lane)));
  const levels = Array.from({ length: BINS }, () => []);
  const half = Math.min(frame.gap * 0.36, 20);
  for (let p = 0; p < run.peers; p++) {
    const y = frame.lane(p);
    counts[p].forEach((k, i) => {
      if (k > 0) {
        const share = Math.log1p(k) / Math.log1p(most);
        const at = (frame.vertical ? frame.top : frame.left) + i * 2 + 1;
        const reach = half * share;
        const level = levels[Math.min(Math.floor(share * BINS), BINS - 1)];
        frame.vertical ? level.push(y - reach, at, y + reach, at) : level.push(at, y - reach, at, y + reach);
      }
    });
  }
  levels.forEach((points, i) => pen.lines(points, colours.ordering, { width: 2, alpha: 0.25 + (0.5 * i) / BINS }));
}
