// The words of the page: times, names, and what happens at an event.

// ms words a time or a duration: to a microsecond, without trailing zeros.
export function ms(value) {
  if (!Number.isFinite(value)) {
    return "never";
  }
  const text = value.toFixed(3).replace(/\.?0+$/, "");
  return `${text === "-0" ? "0" : text} ms`;
}

// short is ms to a tenth from ten milliseconds on, for tables and labels.
export function short(value) {
  if (!Number.isFinite(value)) {
    return "–";
  }
  const digits = Math.abs(value) >= 10 ? 1 : 3;
  return value.toFixed(digits).replace(/\.?0+$/, "");
}

// signed is a distance from true time, to a tenth of a millisecond.
export function signed(value) {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(1).replace(/\.0$/, "");
}

export function count(n, singular, plural = `${singular}s`) {
  return `${grouped(n)} ${n === 1 ? singular : plural}`;
}

export function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

// oneWord is a label as tokens and folders have it: _ for everything but letters,
// digits, - . and =, so that no shell takes it apart.
export function oneWord(label) {
  return label.replace(/[^a-zA-Z0-9.=-]/gu, "_");
}

// token names a moment of a run, for the command line and for this page.
export function token(seed, at, ordering) {
  return `${seed}@${ms(at).replace(" ", "")}/${oneWord(ordering)}`;
}

// sentence says what happens at event e of a run.
export function sentence(run, e) {
  const peer = `p${e.peer}`;
  const name = e.message < 0 ? "" : run.name(e.message);
  const cell = e.message * run.peers + e.peer;
  switch (e.kind) {
    case "send":
      return `${peer} sends ${name}`;
    case "arrive":
      return `${peer} gets ${name} from p${e.from}, ${short(e.time - run.at[e.message])} ms after it was sent`;
    case "deliver": {
      const held = run.held(e.message, e.peer);
      const wait = held > 0 ? `, after holding it for ${short(held)} ms` : "";
      return `${peer} logs ${name} at position ${run.position[cell]}${wait}`;
    }
    case "lose":
      return `${name || "a packet"} from p${e.from} to ${peer}: ${run.head.fates[e.fate]}`;
  }
  return "";
}

// stateAt says whether the logs agree up to a time. The position at which they
// part first in time may be a higher one than that of the first difference, which
// is the lowest in the end; then both are named.
export function stateAt(summary, t) {
  if (summary.diverged_ms !== null && summary.diverged_ms <= t) {
    const { diverged_position: at, first_difference: lowest } = summary;
    return at === lowest
      ? `diverged since position ${at} (${short(summary.diverged_ms)} ms)`
      : `diverged since ${short(summary.diverged_ms)} ms, at position ${at} (lowest in the end: ${lowest})`;
  }
  return "agree so far";
}
