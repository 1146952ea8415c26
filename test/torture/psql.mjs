// A psql that stays: one connection, one query after the other.
import { spawn } from 'node:child_process';

export class Psql {
  constructor(url) {
    this.child = spawn('psql', ['-XAtqF', '\t', '-d', url], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.out = '';
    this.err = '';
    this.count = 0;
    this.waiting = [];
    this.child.stdout.on('data', (part) => {
      this.out += part;
      this.answer();
    });
    this.child.stderr.on('data', (part) => (this.err += part));
    this.child.on('exit', () => this.waiting.splice(0).forEach(({ reject }) => reject(new Error(`psql ended: ${this.err}`))));
    this.child.stdin.on('error', () => {});
  }

  answer() {
    while (this.waiting.length > 0) {
      const { mark, resolve, reject } = this.waiting[0];
      const at = this.out.indexOf(`${mark}\n`);
      if (at < 0) return;
      const text = this.out.slice(0, at);
      this.out = this.out.slice(at + mark.length + 1);
      this.waiting.shift();
      const [, failed] = /\n?failed:(true|false)\n$/.exec(text);
      if (failed === 'true') setTimeout(() => reject(new Error(this.err.split('\n').slice(-4).join('\n'))), 20);
      else resolve(text.replace(/failed:false\n$/, '').split('\n').filter(Boolean).map((line) => line.split('\t')));
    }
  }

  /** Rows of texts. */
  rows(query) {
    const mark = `-- end ${++this.count} --`;
    return new Promise((resolve, reject) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return reject(new Error(`psql ended: ${this.err}`));
      this.waiting.push({ mark, resolve, reject });
      this.child.stdin.write(`${query};\n\\echo failed::ERROR\n\\echo '${mark}'\n`);
    });
  }

  end() {
    return new Promise((resolve) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return resolve();
      this.child.on('exit', resolve);
      this.child.stdin.end();
    });
  }
}
