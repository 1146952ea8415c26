// The truth: one file of lines, appended before anything is answered, read again at start. A line survives a kill of the
// process because it is in the kernel by then; a line that the kill cut off was never answered and is removed.
import fs from 'node:fs';
import path from 'node:path';
import { jakartaTimestamp } from '../snap/jakartaTime.mjs';

export class Ledger {
  #file;
  #clock;
  #apply;
  #sequence = 0;

  /** apply is called with every line, at start with those that the file has. */
  constructor(folder, clock, apply) {
    this.#clock = clock;
    this.#apply = apply;
    const name = path.join(folder, 'ledger.ndjson');
    this.#file = fs.openSync(name, 'a+', 0o600);
    this.#read(name);
  }

  #read(name) {
    const bytes = fs.readFileSync(name);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = JSON.parse(bytes.toString('utf8', start, end));
      this.#sequence = line.seq;
      this.#apply(line);
      start = end + 1;
    }
    if (start < bytes.length) fs.ftruncateSync(this.#file, start);
  }

  append(entry) {
    return this.appendAll([entry])[0];
  }

  /** In one write, so that a kill leaves all or none. An entry of the past has ms, its own time. */
  appendAll(entries) {
    const now = this.#clock.now();
    const lines = entries.map(({ ms = now, ...entry }, index) => ({ seq: this.#sequence + 1 + index, at: jakartaTimestamp(ms), ms, ...entry }));
    fs.writeSync(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    for (const line of lines) {
      this.#sequence = line.seq;
      this.#apply(line);
    }
    return lines;
  }

  get sequence() {
    return this.#sequence;
  }

  close() {
    fs.closeSync(this.#file);
  }
}
