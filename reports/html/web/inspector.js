// The inspector: everything about the message or the finding that is selected,
// beginning with the sentence that says why.

import { el, refill } from "./dom.js";
import { keyText } from "./messages.js";
import { count, ms, short, token } from "./words.js";

const MOST_PEERS = 12;

export function inspector(page) {
  const body = el("div", { class: "inspected" });
  const node = el("aside", { class: "inspector", "aria-label": "Inspector" }, body);
  page.store.listen(["o", "message", "finding", "hover", "pinned", "peer", "loaded"], () => refill(body, contents(page)));
  return node;
}

function contents(page) {
  const { run, store } = page;
  if (!run) {
    return [];
  }
  const { hover, pinned } = store.state;
  const finding = page.finding();
  const m = hover && hover.message >= 0 && !pinned ? hover.message : page.chosen()[0];
  const parts = [];
  if (finding) {
    parts.push(...findingParts(page, finding));
  } else if (m < 0) {
    return overview(page);
  }
  if (m >= 0) {
    parts.push(...messageParts(page, m));
  }
  return parts;
}

function overview(page) {
  const { run } = page;
  const summary = page.summary();
  return [
    el("h2", {}, summary.label),
    el("p", {}, run.differing > 0 ? `${count(run.differing, "position")} of ${run.longest} differ.` : summary.complete ? "All logs agree." : "All logs agree, but they are incomplete."),
    el("p", { class: "soft" }, run.findings.length > 0 ? "n shows the first difference." : "Select an arrow, or a cell of the logs."),
  ];
}

function findingParts(page, f) {
  const { run, store } = page;
  const { finding } = store.state;
  const title = titleOf(f);
  const logged = [[f.p, f.at_p], [f.q, f.at_q]].filter(([p], i) => i === 0 || p !== f.p);
  return [
    el("h2", {}, page.chosen().map((m, rank) => el("span", { class: rank === 0 ? "tile first" : "tile second" }, run.name(m))), el("span", { class: "cross" }, ` ✗ ${title}`)),
    el("p", { class: "sentence" }, el("strong", {}, `${f.why.toUpperCase()}: `), f.text),
    el("table", { class: "facts" }, el("tbody", {}, logged.map(([p, at]) => el("tr", {}, el("th", { scope: "row" }, `in p${p}'s log`),
      el("td", {}, `${run.name(f.a)} ${place(at[0])}${f.b >= 0 ? `, ${run.name(f.b)} ${place(at[1])}` : ""}`))))),
    el("p", { class: "tools" },
      el("button", { type: "button", onclick: () => page.step(-1) }, "✗ previous"),
      el("span", { class: "soft" }, `${finding + 1} of ${run.findings.length}`),
      el("button", { type: "button", onclick: () => page.step(1) }, "next ✗")),
    copyLine(page, f.token),
  ];
}

// titleOf says in a word or two what a finding is.
export function titleOf(f) {
  if (f.why === "missing") {
    return f.kind === "acausal" ? "effect without its cause" : "missing";
  }
  return f.kind === "acausal" ? "effect before its cause" : "swapped";
}

function place(at) {
  return at > 0 ? `at ${at}` : "never";
}

function messageParts(page, m) {
  const { run } = page;
  const fact = (name, value) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value));
  const rows = [
    fact("sent", `${ms(run.at[m])} by p${run.sender[m]}`),
    fact("its clock", ms(run.local[m])),
    fact("key", `${keyText(run, m)}${run.head.key_clock && run.head.keys ? " ms" : ""}`),
    fact("Lamport", String(run.lamport[m])),
  ];
  if (run.cause[m] >= 0) {
    rows.push(fact("answers", run.name(run.cause[m])));
  }
  return [
    el("h3", {}, run.name(m)),
    el("table", { class: "facts" }, el("tbody", {}, rows)),
    vector(run, m),
    receptions(page, run, m),
    page.finding() ? null : copyLine(page, token(page.file.seed, run.at[m], page.summary().label)),
  ];
}

// vector is the vector clock as bars with their numbers.
function vector(run, m) {
  const table = run.vectors();
  const values = [...table.subarray(m * run.peers, (m + 1) * run.peers)];
  const most = Math.max(...values, 1);
  const shown = values.slice(0, MOST_PEERS);
  return el("div", { class: "vector", role: "img", "aria-label": `vector clock ${values.join(" ")}` },
    shown.map((v, p) => {
      const bar = el("i", {});
      bar.style.height = `${Math.round((v / most) * 22) + 1}px`;
      return el("span", { title: `p${p}: ${v}` }, bar, el("b", {}, String(v)));
    }), values.length > MOST_PEERS && el("em", {}, `+${values.length - MOST_PEERS}`));
}

// mostWanted are the peers that the inspector lists: of too many those of the
// finding and the one selected before the others, in order.
function mostWanted(page) {
  const f = page.finding();
  const wanted = [...(f ? [f.p, f.q] : []), page.store.state.peer].filter((p) => p >= 0);
  return [...new Set([...wanted, ...Array(page.run.peers).keys()])].slice(0, MOST_PEERS).sort((a, b) => a - b);
}

function receptions(page, run, m) {
  const peers = mostWanted(page);
  const rows = peers.map((p) => {
    const cell = m * run.peers + p;
    const own = p === run.sender[m];
    return el("tr", { class: page.store.state.peer === p ? "here" : null }, el("th", { scope: "row" }, `p${p}`),
      el("td", {}, own ? "own" : short(run.arrived[cell] - run.at[m])),
      el("td", {}, run.held(m, p) > 0 ? short(run.held(m, p)) : "–"),
      el("td", {}, run.position[cell] > 0 ? String(run.position[cell]) : "–"));
  });
  return el("table", { class: "receptions" }, el("thead", {}, el("tr", {}, ["peer", "way, ms", "held, ms", "place"].map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, rows), run.peers > MOST_PEERS && el("tfoot", {}, el("tr", {}, el("td", { colspan: 4 }, `${run.peers - MOST_PEERS} more in the logs below`))));
}

function copyLine(page, text) {
  return el("p", { class: "token" }, el("code", {}, text), el("button", { type: "button", onclick: () => page.copy(text) }, "copy token"));
}
