// Every request in both directions, without secrets: the newest in memory, all of them in a file that is written by stream.
import fs from 'node:fs';
import path from 'node:path';

const secretMembers = new Set(['passApp', 'idApp', 'accessToken', 'clientSecret']);
const bodyLimit = 2000;

const withoutSecrets = (name, value) => (secretMembers.has(name) ? 'REDACTED' : value);

/** A body as the journal keeps it. */
export function journalBody(bytes) {
  const text = bytes.toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), withoutSecrets).slice(0, bodyLimit);
  } catch {
    return [...secretMembers].some((name) => text.includes(name)) ? 'REDACTED' : text.slice(0, bodyLimit);
  }
}

export class Journal {
  #path;
  #stream;
  #written = 0;
  #sequence = 0;
  #newest = [];
  #start = 0;
  #kept;
  #fileLimit;
  dropped = 0;

  constructor(folder, { kept = 5000, fileLimit = 128 << 20 } = {}) {
    this.#path = path.join(folder, 'journal.ndjson');
    this.#kept = kept;
    this.#fileLimit = fileLimit;
    this.#open();
  }

  #open() {
    const fd = fs.openSync(this.#path, 'a', 0o600);
    this.#written = fs.fstatSync(fd).size;
    this.#stream = fs.createWriteStream(null, { fd });
  }

  add(entry) {
    const one = { seq: ++this.#sequence, ...entry };
    if (this.#newest.length < this.#kept) this.#newest.push(one);
    else this.#newest[this.#start++ % this.#kept] = one;
    if (this.#stream.writableLength > 16 << 20) return void ++this.dropped;
    const line = `${JSON.stringify(one)}\n`;
    this.#stream.write(line);
    this.#written += line.length;
    if (this.#written > this.#fileLimit) this.#rotate();
  }

  #rotate() {
    this.#stream.end();
    fs.renameSync(this.#path, `${this.#path}.1`);
    this.#open();
  }

  /** Entries after a number, oldest first. */
  list({ after = 0, limit = 200, match = () => true }) {
    const from = this.#start % this.#kept;
    const ordered = this.#newest.length < this.#kept ? this.#newest : [...this.#newest.slice(from), ...this.#newest.slice(0, from)];
    const found = ordered.filter((one) => one.seq > after && match(one));
    return after > 0 ? found.slice(0, limit) : found.slice(-limit);
  }

  clear() {
    this.#newest = [];
    this.#start = 0;
  }

  close() {
    return new Promise((done) => this.#stream.end(done));
  }
}
