// The simulator as a process with a folder of its own, for tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./briSimulator.mjs', import.meta.url));

/** Asks again until the answer is true, at most for the time. */
export async function until(what, ask, ms = 5000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

export class SimulatorProcess {
  #child;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bri-'));
  data = path.join(this.folder, 'data');
  partner = generateKeyPairSync('rsa', { modulusLength: 2048 });
  errors = '';

  constructor(config, flags) {
    fs.writeFileSync(path.join(this.folder, 'partner.pub'), this.partner.publicKey.export({ type: 'spki', format: 'pem' }));
    this.config = { partnerPublicKey: path.join(this.folder, 'partner.pub'), ...config };
    this.flags = flags;
  }

  get pid() {
    return this.#child.pid;
  }

  async start() {
    const file = path.join(this.folder, 'config.json');
    fs.writeFileSync(file, JSON.stringify(this.config));
    this.#child = spawn(process.execPath, [program, '--data', this.data, '--config', file, ...this.flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stderr.on('data', (text) => (this.errors += text));
    const first = await Promise.race([
      once(readline.createInterface({ input: this.#child.stdout }), 'line').then(([line]) => line),
      once(this.#child, 'exit').then(([code]) => Promise.reject(new Error(`the simulator ended with ${code}: ${this.errors}`))),
    ]);
    this.url = JSON.parse(first).url;
  }

  /** Ends it and answers its exit code or signal. */
  async stop(signal = 'SIGTERM') {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    this.#child.kill(signal);
    const [code, by] = await once(this.#child, 'exit');
    return code ?? by;
  }

  async down() {
    await this.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async control(method, name, body, headers = {}) {
    const answer = await fetch(`${this.url}/sim/${name}`, {
      method,
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: await answer.json() };
  }

  async get(name) {
    return (await this.control('GET', name)).json;
  }

  async post(name, body = {}) {
    return (await this.control('POST', name, body)).json;
  }

  bankPublicKey() {
    return fs.readFileSync(path.join(this.data, 'bank.pub'), 'utf8');
  }
}

export async function startSimulator(config = {}, ...flags) {
  const simulator = new SimulatorProcess(config, flags);
  await simulator.start();
  return simulator;
}
