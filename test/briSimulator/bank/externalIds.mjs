// X-EXTERNAL-ID is unique in a Jakarta day, also over a restart: one file a day, a line each.
import fs from 'node:fs';
import path from 'node:path';

const daysKept = 3;

export class ExternalIds {
  #folder;
  #days = new Map();

  constructor(folder) {
    this.#folder = folder;
  }

  #open(day) {
    const name = path.join(this.#folder, `externalIds-${day}.txt`);
    const ids = new Set(fs.existsSync(name) ? fs.readFileSync(name, 'utf8').split('\n').slice(0, -1) : []);
    const opened = { ids, file: fs.openSync(name, 'a', 0o600) };
    this.#days.set(day, opened);
    if (this.#days.size > daysKept) {
      const oldest = [...this.#days.keys()].sort()[0];
      fs.closeSync(this.#days.get(oldest).file);
      this.#days.delete(oldest);
    }
    return opened;
  }

  /** False when the day has it. */
  add(day, id) {
    const { ids, file } = this.#days.get(day) ?? this.#open(day);
    if (ids.has(id)) return false;
    ids.add(id);
    fs.writeSync(file, `${id}\n`);
    return true;
  }

  clear() {
    this.close();
    for (const name of fs.readdirSync(this.#folder)) {
      if (name.startsWith('externalIds-')) fs.rmSync(path.join(this.#folder, name));
    }
  }

  close() {
    for (const { file } of this.#days.values()) fs.closeSync(file);
    this.#days.clear();
  }
}
