// The head of the page: the orderings with their verdicts, the axis, what
// colours mean, light and dark.

import { el, setText } from "./dom.js";
import { AXES } from "./axis.js";
import { COLOURINGS, COLOURING_NAMES } from "./colour.js";
import { grouped, stateAt } from "./words.js";

export function header(page) {
  const { store, file } = page;
  const tabs = file.orderings.map((o, i) => tab(page, o, i));
  store.listen(["o", "t", "loaded"], (s) => tabs.forEach(({ button, state }, i) => {
    button.setAttribute("aria-pressed", String(s.o === i));
    setText(state, s.t === null ? "" : stateAt(file.orderings[i], s.t));
  }));
  const axis = choices(page, "axis", AXES, "x", (name) => name);
  const colour = el("select", { id: "colour", onchange: () => store.set({ k: colour.value }) }, COLOURINGS.map((k) => el("option", { value: k }, COLOURING_NAMES[k])));
  store.listen(["k", "loaded"], (s) => (colour.value = s.k));
  return el("div", { class: "controls" },
    el("div", { class: "orderings", role: "group", "aria-label": "Ordering" }, tabs.map((t) => t.button)),
    el("div", { class: "options" }, axis, el("label", { class: "colouring" }, "colour ", colour),
      protocolSwitch(page),
      el("button", { type: "button", title: "turn the diagram (o)", onclick: () => store.set({ vertical: !store.state.vertical }) }, "turn"),
      el("button", { type: "button", title: "zoom to everything (f)", onclick: () => page.fit() }, "fit"),
      el("button", { type: "button", title: "save this view as SVG (e)", onclick: () => page.exportSvg() }, "SVG"),
      el("button", { type: "button", title: "light or dark", "aria-label": "light or dark", onclick: () => page.toggleTheme() }, "☾"),
      el("button", { type: "button", title: "keys (?)", "aria-label": "keys", onclick: () => page.help() }, "?")));
}

function tab(page, o, i) {
  const state = el("span", { class: "state" });
  const good = o.positions_differing === 0 && o.complete;
  const verdict = o.positions_differing > 0 ? `✗ ${grouped(o.positions_differing)}` : o.complete ? "✓ 0" : "✗ incomplete";
  const words = `${o.label}: ${o.positions_differing} of ${o.positions} positions differ${o.complete ? "" : ", the logs are incomplete"}${o.causal === "violated" ? ", cause does not come first" : ""}`;
  const button = el("button", { type: "button", class: `ordering ${o.hue}`, "aria-label": words, title: words, onclick: () => page.choose(i) },
    el("kbd", { "aria-hidden": "true" }, i < 9 ? String(i + 1) : ""), el("span", { class: "label" }, o.label),
    el("span", { class: good ? "verdict good" : "verdict bad" }, verdict),
    o.causal === "violated" && el("span", { class: "verdict bad" }, "✗ cause"), state);
  return { button, state };
}

// protocolSwitch shows or hides packets that carry no message, where there are
// any.
function protocolSwitch(page) {
  const { store } = page;
  const button = el("button", { type: "button", title: "packets without a message: acknowledgements, READY, STOP and the like", onclick: () => store.set({ protocol: !store.state.protocol }) }, "protocol");
  store.listen(["o", "protocol", "loaded"], (s) => {
    button.hidden = page.run.head.bodies.every((body) => body);
    button.setAttribute("aria-pressed", String(s.protocol));
  });
  return button;
}

function choices(page, label, values, key, text) {
  const buttons = values.map((v) => el("button", { type: "button", onclick: () => page.setAxis(v) }, text(v)));
  page.store.listen([key, "loaded"], (s) => buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(s[key] === values[i]))));
  return el("div", { class: "switch", role: "group", "aria-label": label }, el("span", { class: "soft" }, label), buttons);
}
