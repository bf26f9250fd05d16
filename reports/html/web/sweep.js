// The page of a sweep: any column of the table over any axis of the grid.

import { el, refill } from "./dom.js";
import { unpack } from "./columns.js";
import { drawCurve } from "./curve.js";

// What readers ask for first, and how it is made of the table's columns.
const NAMED = [
  { name: "runs whose logs differ, share", from: "divergence.identical", other: true, share: true },
  { name: "overtakings per message", from: "divergence.inversions_per_message" },
  { name: "positions that differ", from: "divergence.positions_differing" },
  { name: "runs in which a cause comes after its effect, share", from: "properties.causal", other: true, share: true },
  { name: "causes after their effects", from: "quality.causal_violations" },
  { name: "wait, mean, ms", from: "cost.hold_ms.mean" },
  { name: "wait, 99th percentile, ms", from: "cost.hold_ms.p99" },
  { name: "latency, mean, ms", from: "cost.latency_ms.mean" },
  { name: "packets per broadcast", from: "cost.packets_per_broadcast" },
];

// metricsOf lists what can be drawn: the named ones, then every column.
export function metricsOf(data) {
  const named = NAMED.filter((n) => data.metrics.includes(n.from));
  return [...named, ...data.metrics.map((path) => ({ name: path, from: path }))];
}

// showSweep builds the interactive curve above the plain tables.
export async function showSweep(file, root) {
  const { head } = await unpack(document.querySelector("script.columns").textContent, null);
  const page = { data: head, metrics: metricsOf(head), state: startOf(head), picture: el("div", { class: "curve" }) };
  readAddress(page);
  const controls = el("div", { class: "controls" });
  root.append(el("section", { class: "sweep", "aria-label": "Curve" }, controls, page.picture));
  const draw = () => {
    refill(controls, selects(page, draw));
    refill(page.picture, drawCurve(page, seriesOf(page)));
    history.replaceState(null, "", addressOf(page));
  };
  draw();
  window.addEventListener("popstate", () => {
    readAddress(page);
    draw();
  });
  window.mpcomm = page; // for the console
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

function startOf(data) {
  const longest = data.axes.reduce((best, a, i) => (a.values.length > data.axes[best].values.length ? i : best), 0);
  return { y: 0, x: longest, log: data.axes.length > 0 && isLog(data.axes[longest]), fixed: data.axes.map(() => 0) };
}

// isLog reports whether an axis is better read by factors than by differences.
function isLog(axis) {
  const known = axis && axis.numbers.every((v) => v !== null && v > 0);
  return Boolean(known) && Math.max(...axis.numbers) / Math.min(...axis.numbers) > 20;
}

// seriesOf are the points of each ordering, in order along the axis.
export function seriesOf({ data, metrics, state }) {
  const metric = metrics[state.y];
  const column = data.metrics.indexOf(metric.from);
  const lines = data.lines.filter((line) => line.cell.every((at, i) => i === state.x || at < 0 || at === state.fixed[i]));
  return data.orderings.map((ordering, o) => {
    const points = lines.filter((line) => line.ordering === o).map((line) => {
      const [value, low, high, p5, p95] = line.points[column].map((v) => (v !== null && metric.other ? 1 - v : v));
      const turned = metric.other ? { low: high, high: low, p5: null, p95: null } : { low, high, p5, p95 };
      return { at: data.axes.length > 0 ? line.cell[state.x] : 0, value, runs: line.runs, ...turned };
    });
    return { ...ordering, points: points.filter((p) => p.value !== null).sort((a, b) => a.at - b.at) };
  });
}

function selects(page, draw) {
  const { data, metrics, state } = page;
  const choose = (label, options, value, set) => {
    const node = el("select", { onchange: () => { set(Number(node.value)); draw(); } }, options.map((text, i) => el("option", { value: i, selected: i === value }, text)));
    return el("label", {}, `${label} `, node);
  };
  const parts = [choose("y", metrics.map((m) => m.name), state.y, (v) => (state.y = v))];
  if (data.axes.length > 0) {
    parts.push(choose("x", data.axes.map((a) => a.path), state.x, (v) => {
      state.x = v;
      state.log = isLog(data.axes[v]);
    }));
    const known = data.axes[state.x].numbers.every((v) => v !== null && v > 0);
    parts.push(el("button", { type: "button", hidden: !known, "aria-pressed": String(state.log), onclick: () => { state.log = !state.log; draw(); } }, "by factors"));
    data.axes.forEach((axis, i) => {
      if (i !== state.x && axis.values.length > 1) {
        parts.push(choose(axis.path, axis.values, state.fixed[i], (v) => (state.fixed[i] = v)));
      }
    });
  }
  return parts;
}

function addressOf({ data, metrics, state }) {
  const parts = [`y=${metrics[state.y].name}`];
  if (data.axes.length > 0) {
    parts.push(`x=${data.axes[state.x].path}`, `log=${state.log ? 1 : 0}`);
    data.axes.forEach((axis, i) => axis.values.length > 1 && i !== state.x && parts.push(`${axis.path}=${axis.values[state.fixed[i]]}`));
  }
  return `#${parts.map((p) => encodeURIComponent(p).replace(/%3D/, "=")).join("&")}`;
}

function readAddress({ data, metrics, state }) {
  for (const pair of location.hash.replace(/^#/, "").split("&")) {
    const at = pair.indexOf("=");
    const key = at < 0 ? pair : safe(pair.slice(0, at));
    const value = at < 0 ? "" : safe(pair.slice(at + 1));
    const axis = data.axes.findIndex((a) => a.path === key);
    if (key === "y") {
      const own = metrics.findIndex((m) => m.name === value);
      state.y = own >= 0 ? own : state.y;
    } else if (key === "x" && data.axes.some((a) => a.path === value)) {
      state.x = data.axes.findIndex((a) => a.path === value);
    } else if (key === "log") {
      state.log = value === "1";
    } else if (axis >= 0 && data.axes[axis].values.includes(value)) {
      state.fixed[axis] = data.axes[axis].values.indexOf(value);
    }
  }
}

function safe(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
