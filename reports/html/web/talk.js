// What the page says to its reader, and asks.

import { el, setText } from "./dom.js";
import { helpDialog } from "./keys.js";

// Talk is the part of a page that speaks.
export class Talk {
  constructor() {
    this.spoken = el("p", { id: "spoken", class: "hidden", role: "status", "aria-live": "polite" });
    this.told = el("p", { class: "told", role: "status" });
  }

  copy(text) {
    const done = () => this.tell(`copied ${text}`);
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(done, () => this.tell(text));
    } else {
      this.tell(text);
    }
  }

  tell(text) {
    setText(this.told, text);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => setText(this.told, ""), 4000);
  }

  // speak tells what reads the page aloud what happens, once it has settled.
  speak(words) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => setText(this.spoken, words()), 250);
  }

  help() {
    if (!this.dialog) {
      this.dialog = helpDialog(this);
      this.dialog.addEventListener("close", () => this.focusDiagram());
      document.body.append(this.dialog);
    }
    this.dialog.showModal();
  }

  // askTime goes to a time that the reader names.
  askTime() {
    const dialog = el("dialog", { class: "ask" }, el("form", { method: "dialog" }, el("label", {}, "go to, ms ", el("input", { name: "t", inputmode: "decimal", autofocus: true, required: true })), el("button", {}, "go")));
    dialog.addEventListener("close", () => {
      const text = dialog.querySelector("input").value.trim();
      const t = Number(text);
      dialog.remove();
      if (text !== "" && t >= 0 && Number.isFinite(t)) {
        this.store.set({ t: Math.min(t, this.run.end) });
        this.keepInView(t);
      }
      this.focusDiagram();
    });
    document.body.append(dialog);
    dialog.showModal();
  }
}
