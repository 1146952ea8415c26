// A private installation of all five processes, and what tests do to its processes and read from its data.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { enrol, showCode } from './authenticator.mjs';
import { Client } from './client.mjs';

const run = promisify(execFile);
const script = fileURLToPath(new URL('installation.sh', import.meta.url));
const base = process.env.K_TEST_TMP ?? fs.mkdtempSync(path.join(os.tmpdir(), 'k-integration-'));

export const buildDir = process.env.K_BUILD_DIR ?? fileURLToPath(new URL('../../build/release', import.meta.url));
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats `condition` until it gives something true; a thrown error counts as "not yet". */
export async function until(what, condition, timeoutMs = 10_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let cause;
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
    await sleep(50);
  }
}

/** Runs a program to its end: {status, signal, stdout, stderr}. */
export function runProgram(command, words, { env, timeoutMs = 20_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.stdout.on('data', (part) => (stdout += part));
    child.stderr.on('data', (part) => (stderr += part));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, stdout, stderr });
    });
  });
}

export async function startInstallation(name, settings = {}) {
  const directory = path.join(base, name);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const words = Object.entries({ K_RATE_LIMITS: 'off', ...settings }).map(([key, value]) => `${key}=${value}`);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('K_') || key === 'K_CACHE_DIR'),
  );
  const start = await runProgram(script, ['up', directory, ...words], {
    env: { ...inherited, K_BUILD_DIR: buildDir },
    timeoutMs: 120_000,
  });
  if (start.status !== 0) throw new Error(`the installation does not start:\n${start.stderr}`);
  const env = { ...inherited };
  for (const line of start.stdout.split('\n').filter(Boolean)) {
    const at = line.indexOf('=');
    env[line.slice(0, at)] = line.slice(at + 1);
  }
  return new Installation(env);
}

class Installation {
  constructor(env) {
    this.env = env;
    this.origin = `http://127.0.0.1:${env.K_GATEWAY_PORT}`;
    this.client = new Client(this.origin);
  }

  file(...parts) {
    return path.join(this.env.K_RUN_DIR, ...parts);
  }

  log(name) {
    return path.join(this.env.K_LOG_DIR, name);
  }

  /** The JSON lines of a log file that are complete. */
  lines(name) {
    const text = fs.existsSync(this.log(name)) ? fs.readFileSync(this.log(name), 'utf8') : '';
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  pid(service) {
    return Number(fs.readFileSync(this.file('pids', `${service}.process`), 'utf8').split(' ')[0]);
  }

  kill(service, signal) {
    process.kill(this.pid(service), signal);
  }

  /** Stops a service and its children in the middle of whatever they do, until the returned function is called. */
  freeze(service) {
    const parent = this.pid(service);
    const children = fs.readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && Number(fs.readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]) === parent;
      } catch {
        return false; // it has ended meanwhile
      }
    });
    const all = [parent, ...children.map(Number)];
    const send = (signal) => all.forEach((pid) => process.kill(pid, signal));
    send('SIGSTOP');
    return () => send('SIGCONT');
  }

  async start(service) {
    const { stdout, stderr, status } = await runProgram(script, ['start', service], { env: this.env, timeoutMs: 60_000 });
    if (status !== 0) throw new Error(`${service} does not start (${status}):\n${stdout}${stderr}`);
  }

  async stop(service) {
    await runProgram(script, ['stop', service], { env: this.env, timeoutMs: 60_000 });
  }

  /** A server program with changed settings, to its end. */
  program(name, words = [], settings = {}) {
    return runProgram(path.join(buildDir, 'apps', name), words, { env: { ...this.env, ...settings } });
  }

  /** The samples without labels of a server's /metrics: {name: number}. */
  async metricsText(process) {
    const port = { public: this.env.K_PUBLIC_PORT, admin: this.env.K_ADMIN_PORT }[process];
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    if (answer.status !== 200) throw new Error(`/metrics: ${answer.status}`);
    return answer.text();
  }

  async metrics(process) {
    const samples = [...(await this.metricsText(process)).matchAll(/^([a-z_]+) (\S+)$/gm)];
    return Object.fromEntries(samples.map(([, name, value]) => [name, Number(value)]));
  }

  kctl(...words) {
    return this.program('kctl', words);
  }

  get superuserUrl() {
    return `postgresql:///k?host=${this.env.K_SOCKET_DIR}&user=k`;
  }

  /** Rows of texts; as PostgreSQL's superuser, who may do what the servers may not. */
  async sql(query, url = this.superuserUrl) {
    const { stdout } = await run('psql', ['-XAtqF', '\t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', query], {
      maxBuffer: 64 << 20,
    });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  }

  async number(query) {
    return Number((await this.sql(query))[0][0]);
  }

  masterKeys() {
    return fs.readFileSync(this.env.K_CRYPTO_MASTER_KEYS_FILE, 'utf8').trim();
  }

  /** redis-cli as the servers' user, or as the one of another URL. */
  redis(...words) {
    return this.redisAs(this.env.K_REDIS_URL, ...words);
  }

  async redisAs(url, ...words) {
    const [, user, password, socket] = /^unix:\/\/(?:(.*):(.*)@)?(.*)$/.exec(url);
    const who = user ? ['--user', user] : [];
    const env = { ...process.env, ...(password ? { REDISCLI_AUTH: password } : {}) };
    return (await runProgram('redis-cli', ['-s', socket, ...who, ...words], { env })).stdout.trim();
  }

  /** As if Redis had been started anew. */
  async emptyRedis() {
    const keys = (await this.redis('--scan')).split('\n').filter(Boolean);
    if (keys.length > 0) await this.redis('del', ...keys);
  }

  async mailToken(address) {
    const { status, stdout, stderr } = await this.kctl('mail', 'latest', '--to', address, '--token', '--wait', '10');
    if (status !== 0) throw new Error(`no mail to ${address}: ${stderr}`);
    return stdout.trim();
  }

  /** The newest mail to an address with such a subject: {subject, text, token, …}; undefined: there is none yet. */
  async mail(address, subject) {
    const { mails } = JSON.parse((await this.kctl('mail', 'list', '--json')).stdout);
    const found = mails.find((mail) => mail.to === address && subject.test(mail.subject));
    return found && JSON.parse((await this.kctl('mail', 'show', found.id, '--json')).stdout).mail;
  }

  firstAdmin() {
    const text = fs.readFileSync(this.file('firstAdmin.txt'), 'utf8');
    return { email: /^email: (.*)$/m.exec(text)[1], password: /^password: (.*)$/m.exec(text)[1] };
  }

  /** The first administrator, signed in with a new password and a new second factor. */
  async adminLogin() {
    const { email, password } = this.firstAdmin();
    const renewed = 'a-password-for-tests-only';
    const changed = await this.client.post('/api/auth/password/change', {
      identifier: email,
      current_password: password,
      new_password: renewed,
    });
    if (changed.status !== 200) throw new Error(`the password cannot be changed: ${changed.text}`);
    const first = await this.login({ email, password: renewed });
    const { authenticator, login } = await enrol(this.client.withToken(first.access_token));
    this.admin = { email, password: renewed, authenticator };
    return this.client.withToken(login.access_token);
  }

  /** The first administrator once more, after adminLogin(). */
  async adminAgain(client = this.client) {
    const { email, password, authenticator } = this.admin;
    const demand = await client.post('/api/auth/login', { identifier: email, password });
    const login = await showCode(client, demand.json, authenticator);
    return client.withToken(login.access_token);
  }

  /** A confirmed account. */
  async makeUser(email, password = 'a long enough passphrase') {
    const registered = await this.client.post('/api/auth/register', { email, password });
    if (registered.status !== 202) throw new Error(`register: ${registered.text}`);
    const verified = await this.client.post('/api/auth/verify-email', { token: await this.mailToken(email) });
    if (verified.status !== 200) throw new Error(`verify: ${verified.text}`);
    return { email, password };
  }

  async login({ email, password }, more = {}) {
    const answer = await this.client.post('/api/auth/login', { identifier: email, password, ...more });
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** Stops everything; throws when a sanitizer had something to say. */
  async down() {
    this.client.close();
    await runProgram(script, ['down'], { env: this.env, timeoutMs: 90_000 });
    for (const name of fs.readdirSync(this.env.K_LOG_DIR)) {
      const found = /^[^{\n].*(Sanitizer|runtime error:)[^]{0,3000}/m.exec(fs.readFileSync(this.log(name), 'utf8'));
      if (found) throw new Error(`${name}: ${found[0]}`);
    }
  }
}
