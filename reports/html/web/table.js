// The logs side by side, as a real table of which only the rows in sight exist.

import { el, refill, setText } from "./dom.js";
import { grouped } from "./words.js";
import { positionRows } from "./positions.js";
import { messageRows } from "./messages.js";

const ROW = 24;
const SPARE = 20;

export class LogTable {
  constructor(page) {
    this.page = page;
    this.head = el("thead");
    this.body = el("tbody");
    this.table = el("table", { class: "logs" }, this.head, this.body);
    this.scroller = el("div", { class: "rows", tabindex: "-1" }, this.table);
    this.scroller.addEventListener("scroll", () => this.window());
    this.body.addEventListener("click", (event) => this.click(event.target.closest("td")));
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.active = { row: 0, column: 1 };
    page.store.listen(["o", "f", "rows", "loaded"], () => this.rebuild());
    page.store.listen(["message", "finding"], () => this.follow());
    page.store.listen(["size", "theme"], () => this.window(true));
  }

  rebuild() {
    const { run, store } = this.page;
    if (!run) {
      return;
    }
    this.rows = (store.state.rows === "message" ? messageRows : positionRows)(this.page);
    refill(this.head, el("tr", { "aria-rowindex": 1 }, this.rows.columns.map((c) => el("th", { scope: "col" }, c))));
    this.table.setAttribute("aria-rowcount", this.rows.count + 1);
    this.table.setAttribute("aria-label", this.rows.label);
    this.active = { row: Math.min(this.active.row, Math.max(this.rows.count - 1, 0)), column: 1 };
    this.follow();
  }

  // window makes the rows in sight, and some above and below them.
  window(force) {
    if (!this.rows) {
      return;
    }
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
    const last = Math.min(this.rows.count, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / ROW) + SPARE);
    if (!force && first === this.first && last === this.last) {
      return;
    }
    this.first = first;
    this.last = last;
    const focused = this.body.contains(document.activeElement);
    const made = [spacer(first)];
    for (let i = first; i < last; i++) {
      made.push(this.row(i));
    }
    made.push(spacer(this.rows.count - last));
    if (this.rows.count === 0) {
      made.push(el("tr", {}, el("td", { class: "none", colspan: this.rows.columns.length }, this.page.filter.empty ? "no message is in any log" : "nothing passes the filter")));
    }
    refill(this.body, made);
    if (focused) {
      this.focus();
    }
  }

  row(i) {
    const row = this.rows.row(i);
    const cells = row.cells.map((cell, k) => el(k === 0 ? "th" : "td", {
      class: cell.class || null, "data-row": i, "data-column": k, scope: k === 0 ? "row" : null, title: cell.title || null,
      tabindex: k > 0 && i === this.active.row && k === this.active.column ? "0" : k > 0 ? "-1" : null,
    }, cell.text));
    return el("tr", { class: row.class || null, "aria-rowindex": i + 2 }, cells);
  }

  click(cell) {
    if (cell && cell.dataset.row !== undefined) {
      this.active = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
      this.rows.choose(this.active.row, this.active.column);
    }
  }

  key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0], Home: [-1e9, 0], End: [1e9, 0] }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.rows.choose(this.active.row, this.active.column);
    } else if (step) {
      event.preventDefault();
      this.active.row = Math.min(Math.max(this.active.row + step[0], 0), Math.max(this.rows.count - 1, 0));
      this.active.column = Math.min(Math.max(this.active.column + step[1], 1), this.rows.columns.length - 1);
      this.reveal(this.active.row);
      this.window(true);
      this.focus();
    }
  }

  focus() {
    const cell = this.body.querySelector("[tabindex='0']");
    if (cell) {
      cell.focus({ preventScroll: true });
    }
  }

  reveal(row) {
    const top = row * ROW;
    const height = this.scroller.clientHeight - ROW;
    if (top < this.scroller.scrollTop || top > this.scroller.scrollTop + height - ROW) {
      this.scroller.scrollTop = Math.max(0, top - height / 2);
    }
  }

  // follow scrolls to the row of what is selected in the diagram.
  follow() {
    if (!this.rows) {
      return;
    }
    const row = this.rows.selected();
    if (row >= 0) {
      this.active.row = row;
      this.reveal(row);
    }
    this.window(true);
  }
}

function spacer(rows) {
  const node = el("tr", { class: "spacer", "aria-hidden": "true" });
  node.style.height = `${rows * ROW}px`;
  return node;
}

// logSection is the table with its switch, the filter and the count.
export function logSection(page) {
  const table = new LogTable(page);
  const tally = el("output", { class: "tally", for: "filter" });
  const chips = el("div", { class: "chips" });
  const problem = el("p", { class: "problem", role: "alert" });
  const box = el("input", {
    id: "filter", type: "search", spellcheck: "false", autocomplete: "off", placeholder: "is:swapped from:p2 cause:race t:200-300 -to:p1", "aria-describedby": "filter-help",
    oninput: () => page.store.set({ f: box.value.trim() }),
    onkeydown: (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        box.value = "";
        page.store.set({ f: "" });
        page.focusDiagram();
      } else if (event.key === "Enter") {
        page.focusDiagram();
      }
    },
  });
  const views = ["position", "message"].map((name) => el("button", { type: "button", "aria-pressed": "false", onclick: () => page.store.set({ rows: name }) }, `by ${name}`));
  page.store.listen(["f", "o", "loaded"], (state) => {
    if (document.activeElement !== box) {
      box.value = state.f;
    }
    const { filter, run } = page;
    setText(tally, `${grouped(filter.matching)} of ${grouped(run.messages)} messages`);
    setText(problem, filter.errors.join("; "));
    refill(chips, filter.terms.map(({ word }) => el("button", { type: "button", class: "chip", "aria-label": `remove ${word}`, onclick: () => page.removeTerm(word) }, word, el("span", { "aria-hidden": "true" }, "×"))));
  });
  page.store.listen(["rows", "loaded"], (state) => views.forEach((b, i) => b.setAttribute("aria-pressed", String((state.rows === "message") === (i === 1)))));
  return el("section", { class: "logs-section", "aria-label": "Logs" },
    el("div", { class: "bar" }, el("h2", {}, "Logs"), el("div", { class: "switch", role: "group", "aria-label": "rows" }, views),
      el("label", { class: "filter" }, el("span", {}, "filter"), box), tally),
    el("p", { id: "filter-help", class: "hidden" }, "Words with a space between them must all hold; a minus turns one round. from: to: peer: msg: is: cause: t: pos: wait:"),
    chips, problem, table.scroller);
}
