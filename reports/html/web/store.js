// The state of the page: one flat object, its listeners, and nothing else. A
// listener is told once a frame which keys have changed.

export class Store {
  constructor(state) {
    this.state = state;
    this.listeners = [];
    this.changed = new Set();
    this.pending = false;
    this.live = false; // nobody is told anything before there is something to show
  }

  listen(keys, callback) {
    this.listeners.push({ keys, callback });
  }

  set(patch) {
    for (const [key, value] of Object.entries(patch)) {
      if (!Object.is(this.state[key], value)) {
        this.state[key] = value;
        this.changed.add(key);
      }
    }
    if (this.live && this.changed.size > 0 && !this.pending) {
      this.pending = true;
      schedule(() => this.flush());
    }
  }

  flush() {
    this.pending = false;
    const changed = this.changed;
    this.changed = new Set();
    for (const { keys, callback } of this.listeners) {
      if (keys.some((key) => changed.has(key))) {
        callback(this.state, changed);
      }
    }
  }
}

function schedule(callback) {
  if (typeof requestAnimationFrame === "function" && !document.hidden) {
    requestAnimationFrame(callback);
  } else {
    setTimeout(callback, 0);
  }
}
