// The address of the page holds the whole view: what is after # can be sent to
// somebody else, who sees the same.

import { oneWord } from "./words.js";

const TOKEN = /^(\d+)@(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)(?:\/(.+))?$/;

const UNITS = { ns: 1e-6, us: 1e-3, "µs": 1e-3, ms: 1, s: 1000, m: 60000, h: 3600000 };

// read turns what is after # into changes of the state. Keys it does not know
// are ignored; what names nothing in this file comes back as a notice.
export function read(hash, file) {
  const text = decode(hash.replace(/^#/, ""));
  const found = TOKEN.exec(text);
  if (found) {
    return readToken(found, file);
  }
  const values = new Map(text.split("&").map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  }));
  const patch = {};
  if (values.has("o")) {
    const o = file.orderings.findIndex((x) => x.label === values.get("o"));
    if (o >= 0) {
      patch.o = o;
    }
  }
  readView(values, patch);
  return { patch, notice: "" };
}

function readView(values, patch) {
  if (values.has("t")) {
    patch.t = finite(values.get("t"), null);
  }
  const span = /^(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)$/.exec(values.get("w") || "");
  if (span && Number(span[1]) < Number(span[2])) {
    patch.a = Number(span[1]);
    patch.b = Number(span[2]);
  }
  if (values.has("m")) {
    patch.wanted = values.get("m");
  }
  if (values.has("d")) {
    patch.finding = finite(values.get("d"), 0) - 1;
  }
  if (values.has("f")) {
    patch.f = values.get("f");
  }
  if (["true", "local", "lamport"].includes(values.get("x"))) {
    patch.x = values.get("x");
  }
  if (["position", "sender", "cause", "latency"].includes(values.get("k"))) {
    patch.k = values.get("k");
  }
  if (values.has("r")) {
    patch.rows = values.get("r") === "message" ? "message" : "position";
  }
  if (values.has("v")) {
    patch.vertical = values.get("v") === "2";
  }
}

function readToken([, seed, at, unit, ordering], file) {
  const patch = {};
  if (seed !== file.seed) {
    const asked = `${seed}@${at}${unit}/${ordering || file.orderings[0].label}`;
    const command = file.command.replace(" report ", ` show ${quoted(asked)} `).replace(/ --seed \d+$/, "");
    return { patch, notice: `This file holds seed ${file.seed}; for the moment you asked for run: ${command}` };
  }
  const o = file.orderings.findIndex((x) => x.label === ordering || oneWord(x.label) === ordering);
  if (ordering && o < 0) {
    return { patch, notice: `This file holds no ordering “${ordering}”; it holds ${file.orderings.map((x) => x.label).join(", ")}.` };
  }
  if (o >= 0) {
    patch.o = o;
  }
  patch.t = Number(at) * UNITS[unit];
  patch.around = patch.t;
  return { patch, notice: "" };
}

// quoted makes one word of a shell of a text.
function quoted(text) {
  return /^[\w@./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function finite(text, otherwise) {
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value : otherwise;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// write is the address of a state.
export function write(state, file, selected) {
  const parts = [`o=${file.orderings[state.o].label}`];
  if (state.t !== null) {
    parts.push(`t=${round(state.t)}`);
  }
  parts.push(`w=${round(state.a)}-${round(state.b)}`);
  if (selected) {
    parts.push(`m=${selected.replace("#", ".")}`);
  }
  if (state.finding >= 0) {
    parts.push(`d=${state.finding + 1}`);
  }
  if (state.f) {
    parts.push(`f=${state.f}`);
  }
  parts.push(`x=${state.x}`, `k=${state.k}`);
  if (state.rows === "message") {
    parts.push("r=message");
  }
  parts.push(`v=${state.vertical ? 2 : 1}`);
  return `#${parts.map((p) => encodeURIComponent(p).replace(/%3D/, "=").replace(/%3A/g, ":").replace(/%20/g, "+")).join("&").replace(/\+/g, "%20")}`;
}

function round(v) {
  return Math.round(v * 1000) / 1000;
}
