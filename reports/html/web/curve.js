// A curve over one axis of a sweep's grid, as SVG, with the same numbers as a
// table below it.

import { el, svgEl } from "./dom.js";
import { ticks, tickText } from "./axis.js";

const WIDTH = 960;
const HEIGHT = 380;
const LEFT = 64;
const RIGHT = 170;
const TOP = 30;
const BOTTOM = 46;
const APART = 6; // between the marks of two orderings at one value
const DASHES = { "hue-naive": null, "hue-timestamp": "7 4", "hue-logical": null, "hue-other": "2 3", "hue-reference": "1 3" };

export function drawCurve({ data, metrics, state }, series) {
  const axis = data.axes[state.x] || { path: "", values: [""], numbers: [0] };
  const metric = metrics[state.y];
  const across = xScale(axis, state.log);
  const up = yScale(series, metric);
  const svg = svgEl("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${metric.name} over ${axis.path || "orderings"}; the table below has the numbers` });
  svg.append(...frameParts(axis, metric, across, up));
  const labels = spread(series.filter((s) => s.points.length > 0).map((s) => ({ series: s, y: up.place(s.points[s.points.length - 1].value) })));
  series.forEach((s, i) => svg.append(curveOf(s, (at) => across(at) + (i - (series.length - 1) / 2) * APART, up)));
  for (const { series: s, y } of labels) {
    const last = s.points[s.points.length - 1];
    svg.append(svgEl("text", { class: `end ${s.hue}`, x: across(last.at) + 12, y, "dominant-baseline": "central" }, s.label));
  }
  const note = `Bars are 95 % intervals${data.per_run ? "; where runs are known, thin lines reach from their 5th to their 95th percentile" : ""}; ${data.runs}.`;
  return [svg, el("p", { class: "soft" }, note), numbersTable(axis, metric, series)];
}

// xScale places the values of an axis: by their numbers where all have one,
// else at equal distances.
export function xScale(axis, log) {
  const known = axis.numbers.every((v) => v !== null) && axis.numbers.length > 1;
  const value = (i) => (known ? (log ? Math.log(axis.numbers[i]) : axis.numbers[i]) : i);
  const all = axis.values.map((_, i) => value(i));
  const low = Math.min(...all);
  const high = Math.max(...all);
  const room = WIDTH - LEFT - RIGHT - 40;
  return (i) => LEFT + 20 + (high > low ? (value(i) - low) / (high - low) : 0.5) * room;
}

// yScale begins at 0, for nothing drawn here is below it but differences.
export function yScale(series, metric) {
  const all = series.flatMap((s) => s.points.flatMap((p) => [p.value, p.low, p.high, p.p5, p.p95])).filter((v) => v !== null && v !== undefined);
  const low = Math.min(0, ...all);
  const top = metric.share ? 1 : Math.max(...all, low + 1e-9);
  const { values, step } = ticks(low, top * 1.0001, 6);
  const high = metric.share ? 1 : Math.max(top, Math.ceil(top / step) * step);
  const place = (v) => HEIGHT - BOTTOM - ((v - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  return { place, values: high > values[values.length - 1] + step / 2 ? [...values, values[values.length - 1] + step] : values, step, share: metric.share };
}

function frameParts(axis, metric, across, up) {
  const parts = [svgEl("text", { class: "axis", x: 2, y: 12 }, metric.name)];
  for (const v of up.values) {
    const y = up.place(v);
    parts.push(svgEl("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }));
    parts.push(svgEl("text", { class: "axis", x: LEFT - 8, y, "text-anchor": "end", "dominant-baseline": "central" }, up.share ? `${Math.round(v * 100)} %` : tickText(v, up.step)));
  }
  let right = -Infinity;
  axis.values.map((text, i) => ({ text, x: across(i) })).sort((a, b) => a.x - b.x).forEach(({ text, x }) => {
    parts.push(svgEl("line", { class: "tick", x1: x, x2: x, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 5 }));
    if (x - text.length * 3.5 > right) {
      parts.push(svgEl("text", { class: "axis", x, y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, text));
      right = x + text.length * 3.5 + 6;
    }
  });
  parts.push(svgEl("line", { class: "tick", x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }));
  parts.push(svgEl("text", { class: "axis", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, axis.path));
  return parts;
}

function curveOf(series, across, up) {
  const group = svgEl("g", { class: `series ${series.hue}` });
  const line = series.points.map((p) => `${across(p.at).toFixed(1)},${up.place(p.value).toFixed(1)}`).join(" ");
  group.append(svgEl("polyline", { points: line, "stroke-dasharray": DASHES[series.hue] }));
  for (const p of series.points) {
    const x = across(p.at);
    if (p.p5 !== null && p.p5 !== undefined) {
      group.append(svgEl("line", { class: "runs", x1: x, x2: x, y1: up.place(p.p5), y2: up.place(p.p95) }));
    }
    if (p.low !== null && p.low !== undefined) {
      group.append(svgEl("line", { class: "interval", x1: x, x2: x, y1: up.place(p.low), y2: up.place(p.high) }));
    }
    group.append(mark(series.hue, x, up.place(p.value)));
  }
  return group;
}

// mark is a shape of its own for each family of orderings.
function mark(hue, x, y) {
  switch (hue) {
    case "hue-timestamp":
      return svgEl("rect", { class: "mark", x: x - 4, y: y - 4, width: 8, height: 8 });
    case "hue-logical":
      return svgEl("path", { class: "mark", d: `M${x} ${y - 5}L${x + 5} ${y + 4}L${x - 5} ${y + 4}Z` });
    case "hue-other":
      return svgEl("path", { class: "mark", d: `M${x} ${y - 5.5}L${x + 5.5} ${y}L${x} ${y + 5.5}L${x - 5.5} ${y}Z` });
    default:
      return svgEl("circle", { class: "mark", cx: x, cy: y, r: 4.5 });
  }
}

// spread pushes labels apart that would lie over each other.
export function spread(labels) {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) {
    sorted[i].y = Math.max(sorted[i].y, sorted[i - 1].y + 15);
  }
  for (let i = sorted.length - 1; i >= 0; i--) {
    const below = i + 1 < sorted.length ? sorted[i + 1].y - 15 : HEIGHT - BOTTOM + 4;
    sorted[i].y = Math.min(sorted[i].y, below);
  }
  return sorted;
}

function numbersTable(axis, metric, series) {
  const text = (v) => (v === null || v === undefined ? "–" : metric.share ? `${(v * 100).toFixed(1)} %` : String(Number(v.toPrecision(4))));
  const cell = (s, i) => {
    const p = s.points.find((x) => x.at === i);
    return el("td", { class: "number" }, p ? `${text(p.value)}${p.low !== null && p.low !== undefined ? ` (${text(p.low)} to ${text(p.high)})` : ""}` : "–");
  };
  return el("details", {}, el("summary", {}, "the numbers"), el("div", { class: "scroll plain-table" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, axis.path), series.map((s) => el("th", { scope: "col", class: "number" }, s.label)))),
    el("tbody", {}, axis.values.map((v, i) => el("tr", {}, el("th", { scope: "row" }, v), series.map((s) => cell(s, i))))))));
}
