// The inspector: everything about the message or the finding that is selected,
// beginning with the sentence that says why.

import { el, refill } from "./dom.js";
import { keyText } from "./messages.js";
import { entriesShown } from "./vector.js";
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
    vector(page, m),
    receptions(page, run, m),
    page.finding() ? null : copyLine(page, token(page.file.seed, run.at[m], page.summary().label)),
  ];
}

// vector is the vector clock as bars with their numbers. Of many peers it has
// those that matter: who sent the message and the one it is compared with, whose
// logs differ, and where the two clocks do.
function vector(page, m) {
  const { run } = page;
  const table = run.vectors();
  const of = (message) => [...table.subarray(message * run.peers, (message + 1) * run.peers)];
  const values = of(m);
  const f = page.finding();
  const rival = f ? page.chosen().find((other) => other !== m) : undefined;
  const wanted = [run.sender[m], ...(rival === undefined ? [] : [run.sender[rival]]), ...(f ? [f.p, f.q] : []), page.store.state.peer];
  const { shown, left, differ } = entriesShown(values, rival === undefined ? null : of(rival), wanted, MOST_PEERS);
  const most = Math.max(...values, 1);
  const rest = left === 0 ? "" : `${left} left out${rival === undefined ? "" : `, ${differ === 0 ? "all" : `${differ} not`} as in ${run.name(rival)}'s`}`;
  const told = shown.map((p) => `p${p} ${values[p]}`).join(", ");
  return el("div", { class: "vector", role: "img", "aria-label": `vector clock: ${told}${rest && `; ${rest}`}` },
    shown.map((p) => {
      const bar = el("i", {});
      bar.style.height = `${Math.round((values[p] / most) * 22) + 1}px`;
      return el("span", { title: `p${p}: ${values[p]}` }, bar, el("b", {}, String(values[p])), left > 0 && el("small", {}, `p${p}`));
    }), left > 0 && el("em", {}, rest));
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
