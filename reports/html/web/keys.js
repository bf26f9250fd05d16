// The keys of the diagram. They act while it has the focus and can be switched
// off; ? lists them.

import { el } from "./dom.js";
import { AXES } from "./axis.js";
import { COLOURINGS } from "./colour.js";

const KEYS = [
  ["1 … 9", "ordering"], ["space", "play, pause"], ["← →", "one event back, on"], ["shift ← →", "ten events"], ["n N", "next, previous difference"],
  ["w s", "zoom in, out"], ["a d", "move the window"], ["f", "everything in view"], ["z", "zoom to the difference"], ["/", "filter"], ["g", "go to a time"],
  ["x", "axis: true time, local clocks, Lamport"], ["k", "what colours mean"], ["o", "turn the diagram"], ["tab", "through the peers"],
  ["enter", "pin the selection: its causes in view, all else faded"], ["y", "copy the token of this moment"], ["e", "save the view as SVG"], ["esc", "clear"], ["?", "these keys"],
];

export function attachKeys(page) {
  page.diagram.node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "?" || page.store.state.keys) {
      if (press(page, event)) {
        event.preventDefault();
      }
    }
  });
}

function press(page, event) {
  const { store } = page;
  const { key } = event;
  if (key >= "1" && key <= "9") {
    page.choose(Number(key) - 1);
    return true;
  }
  if (key === "Tab") {
    return page.nextPeer(event.shiftKey ? -1 : 1);
  }
  const span = store.state.b - store.state.a;
  const actions = {
    " ": () => page.player.toggle(),
    ArrowLeft: () => page.stepEvent(event.shiftKey ? -10 : -1),
    ArrowRight: () => page.stepEvent(event.shiftKey ? 10 : 1),
    n: () => page.step(1),
    N: () => page.step(-1),
    w: () => page.zoom(1 / 1.5),
    s: () => page.zoom(1.5),
    a: () => page.view(store.state.a - span / 5, store.state.b - span / 5),
    d: () => page.view(store.state.a + span / 5, store.state.b + span / 5),
    f: () => page.fit(),
    z: () => page.zoomToFinding(),
    "/": () => document.getElementById("filter").focus(),
    g: () => page.askTime(),
    x: () => page.setAxis(after(AXES, store.state.x)),
    k: () => store.set({ k: after(COLOURINGS, store.state.k) }),
    o: () => store.set({ vertical: !store.state.vertical }),
    Enter: () => store.set({ pinned: !store.state.pinned }),
    y: () => page.copy(page.token()),
    e: () => page.exportSvg(),
    Escape: () => page.clear(),
    "?": () => page.help(),
  };
  if (!actions[key]) {
    return false;
  }
  actions[key]();
  return true;
}

function after(list, value) {
  return list[(list.indexOf(value) + 1) % list.length];
}

// helpDialog lists the keys and lets them be switched off.
export function helpDialog(page) {
  const on = el("input", { type: "checkbox", checked: true, onchange: () => page.store.set({ keys: on.checked }) });
  return el("dialog", { class: "help", "aria-labelledby": "help-title" },
    el("h2", { id: "help-title" }, "Keys"),
    el("p", { class: "soft" }, "They act while the diagram has the focus."),
    el("dl", {}, KEYS.map(([key, does]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, does)))),
    el("p", {}, el("label", {}, on, " single keys are on")),
    el("p", { class: "soft" }, "Wheel: zoom while the diagram has the focus; with shift: move. Drag: move. Filters: from:p2 to:p3 peer:p1 msg:p2#1 is:swapped cause:race t:200-300 pos:1-40 wait:>50ms, a minus turns a word round."),
    el("form", { method: "dialog" }, el("button", {}, "close")));
}
