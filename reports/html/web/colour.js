// Colours of the diagram. The page's style sheet holds the palette; what is
// drawn reads it from there, so that light, dark and forced colours are one
// decision.

const NAMES = ["paper", "ink", "soft", "line", "lane", "hatch", "band", "violation", "past", "ordering", "focus", "card", "first", "second", "bad"];

// theme reads the palette that is in force for an element.
export function theme(node) {
  const style = getComputedStyle(node);
  const out = { dark: style.getPropertyValue("--scheme").trim() === "dark" };
  for (const name of NAMES) {
    out[name] = style.getPropertyValue(`--${name}`).trim() || "#000";
  }
  return out;
}

// Cividis (Nuñez, Anderton and Renslow, PLoS ONE 13(7), 2018), ten stops.
const CIVIDIS = ["#00224e", "#083370", "#35456c", "#4f576c", "#666970", "#7d7c78", "#948f78", "#aea371", "#c8b866", "#fee838"];

export const BINS = 12;

// ramp are the colours of the bins: a cut of cividis that stands out from the
// paper.
export function ramp(dark) {
  const from = dark ? 0.42 : 0;
  const to = dark ? 1 : 0.78;
  return Array.from({ length: BINS }, (_, i) => stop(from + (to - from) * (i / (BINS - 1))));
}

function stop(x) {
  const place = x * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(place), CIVIDIS.length - 2);
  const a = rgb(CIVIDIS[low]);
  const b = rgb(CIVIDIS[low + 1]);
  const mixed = a.map((v, i) => Math.round(v + (b[i] - v) * (place - low)));
  return `rgb(${mixed.join(",")})`;
}

export function rgb(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

export const COLOURINGS = ["position", "sender", "cause", "latency"];

export const COLOURING_NAMES = {
  position: "place in the log: dark early, light late",
  sender: "sender",
  cause: "why messages are swapped",
  latency: "latency: dark short, light long",
};

// The mechanisms, in the order in which the bins show them.
export const MECHANISMS = ["missing", "late", "skew", "tie", "fifo", "relay", "race"];

// binner returns a function from packets to bins, 0..BINS-1. It is told first
// which packets are in view.
export function binner(run, colouring) {
  if (colouring === "position") {
    return byPosition(run);
  }
  const bin = fixed(run, colouring);
  return () => bin;
}

function fixed(run, colouring) {
  if (colouring === "sender") {
    const scale = run.peers > BINS ? BINS / run.peers : (BINS - 1) / Math.max(run.peers - 1, 1);
    return (i) => Math.min(Math.floor(run.from[i] * scale), BINS - 1);
  }
  if (colouring === "latency") {
    const known = run.came.map((t, i) => t - run.sent[i]).filter((v) => v >= 0).sort();
    return (i) => {
      const v = run.came[i] - run.sent[i];
      return Number.isNaN(v) ? BINS - 1 : Math.min(Math.floor((rank(known, v) / Math.max(known.length, 1)) * BINS), BINS - 1);
    };
  }
  const bins = Int8Array.from({ length: run.messages }, (_, m) => {
    const findings = run.causesOf.get(m);
    return findings ? Math.round((MECHANISMS.indexOf(run.findings[findings[0]].why) * (BINS - 2)) / 6) : BINS - 1;
  });
  return (i) => (run.message[i] < 0 ? BINS - 1 : bins[run.message[i]]);
}

// byPosition colours by the place of the message in the log of the peer that
// the packet goes to, within the places in view: an order that is right sweeps
// from dark to light, and a swap is a colour out of place.
function byPosition(run) {
  const place = (i) => (run.message[i] < 0 ? 0 : run.position[run.message[i] * run.peers + run.to[i]]);
  return (shown) => {
    const places = Float64Array.from(shown, place).filter((at) => at > 0).sort();
    const low = places.length > 0 ? places[Math.floor(places.length * 0.02)] : 0;
    const high = places.length > 0 ? places[Math.floor((places.length - 1) * 0.98)] : 1;
    const scale = BINS / Math.max(high - low + 1, 1);
    return (i) => {
      const at = place(i);
      return at > 0 ? Math.min(Math.max(Math.floor((at - low) * scale), 0), BINS - 1) : BINS - 1;
    };
  };
}

function rank(sorted, v) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < v) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
