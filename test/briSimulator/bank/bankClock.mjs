// The bank's time: the machine's plus an offset that a test sets. What is due waits by this time, not by the machine's.
export class BankClock {
  #offsetMs = 0;
  #waiting = new Set();
  #timer = null;
  #next = Infinity;

  now() {
    return Date.now() + this.#offsetMs;
  }

  get offsetS() {
    return this.#offsetMs / 1000;
  }

  setOffset(seconds) {
    this.#offsetMs = Math.round(seconds * 1000);
    this.#arm();
  }

  /** Runs the task once the bank's time reaches due. */
  at(due, task) {
    this.#waiting.add({ due, task });
    if (due < this.#next) this.#arm(due);
  }

  get waiting() {
    return this.#waiting.size;
  }

  clear() {
    this.#waiting.clear();
    this.#arm();
  }

  #arm(next = this.#earliest()) {
    clearTimeout(this.#timer);
    this.#next = next;
    if (next !== Infinity) this.#timer = setTimeout(() => this.#run(), Math.min(Math.max(next - this.now(), 0), 2 ** 30));
  }

  #earliest() {
    let earliest = Infinity;
    for (const { due } of this.#waiting) earliest = Math.min(earliest, due);
    return earliest;
  }

  #run() {
    const now = this.now();
    for (const one of [...this.#waiting]) {
      if (one.due > now) continue;
      this.#waiting.delete(one);
      one.task();
    }
    this.#arm();
  }
}
