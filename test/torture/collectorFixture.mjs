// One scenario: a database, a log directory, the collector as a real process, and an exact account of every line that
// was written. Times are short in collectorProcess (see there), everything else is what k-admin runs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import zlib from 'node:zlib';
import { CommitProxy } from './commitProxy.mjs';
import { Psql } from './psql.mjs';

const program = path.join(process.env.K_BUILD_DIR, 'test', 'collectorProcess');
const base = process.env.K_TEST_TMP;
const sockets = process.env.K_TORTURE_SOCKETS;
const urlOf = (database, directory = sockets) => `postgresql:///${database}?host=${directory}&user=k`;
const urls = ['/api/auth/me', '/api/payment/transactions/17', '/api/admin/monitoring/collector', '/wp-login.php'];
const services = ['auth', 'payment', 'admin', 'gateway'];
const statuses = [200, 200, 201, 302, 404, 429, 500];

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Longer than anything that the collector still plans to look at: copies settle in 2 s, directories are read each second. */
const quietMs = 3600;
let made = 0;

export class Scenario {
  static async make(name, { source = 'access' } = {}) {
    const it = new Scenario();
    const id = `t${process.pid}_${++made}`;
    it.database = id;
    it.directory = path.join(base, `${id} ${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}`);
    it.logs = path.join(it.directory, 'logs');
    it.name = source === 'access' ? 'access.log' : 'dos_attempts.log';
    fs.mkdirSync(it.logs, { recursive: true });
    const server = new Psql(urlOf('postgres'));
    // Copying is refused while anybody is connected to the template, which another copy is for a moment.
    for (let tries = 0; ; ++tries) {
      try {
        await server.rows(`create database ${id} template torture_template`);
        break;
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(100);
      }
    }
    await server.end();
    it.psql = new Psql(urlOf(id));
    await it.psql.rows('select 1');
    return it;
  }

  constructor() {
    this.numbers = 0;
    this.written = new Map(); // number -> what the line says
    this.maybe = new Set(); // of those, the ones that nobody can be sure to reach
    this.bad = 0;
    this.maybeBad = 0;
    this.oversized = 0;
    this.processes = [];
    this.start0 = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000;
  }

  file(name = this.name) {
    return path.join(this.logs, name);
  }

  exists(name = this.name) {
    return fs.existsSync(this.file(name));
  }

  // --- writing ---

  /** A log line, counted as written. `fields` replace or add. */
  line(fields = {}) {
    const number = this.numbers++;
    const status = statuses[number % 7];
    const at = this.start0 + ((number * 7919) % 7200) * 1000 + (number % 1000);
    const entry = {
      timestamp: new Date(at).toISOString(),
      category: 'system',
      type: 'http_access',
      service: 'nginx_gateway',
      request_id: `r${number}`,
      remote_ip: number % 9 ? `10.0.${Math.floor(number / 250) % 250}.${number % 250}` : `2001:db8::${(number % 65535).toString(16)}`,
      method: 'GET',
      url: urls[number % 4],
      status,
      rate_limited: status === 429,
      user_agent: 'torture',
      nginx_latency_s: (100 + (number % 900)) / 1000,
      backend_latency_s: ['0.010, 0.002', '', '0.1 : 0.2', '0.012'][number % 4],
      user_id: '',
      timestamp_ms: at,
      bytes_sent: 100 + (number % 50),
      ...fields,
    };
    this.written.set(number, {
      at: entry.timestamp_ms,
      service: services[urls.indexOf(entry.url)] ?? 'gateway',
      limited: entry.rate_limited,
      gatewayUs: Math.round(entry.nginx_latency_s * 1e6),
      bytes: entry.bytes_sent,
    });
    this.lastNumber = number;
    return `${JSON.stringify(entry)}\n`;
  }

  append(text, name = this.name) {
    fs.appendFileSync(this.file(name), text);
  }

  write(count = 10, { name = this.name, fields = {} } = {}) {
    let text = '';
    for (let i = 0; i < count; ++i) text += this.line(fields);
    this.append(text, name);
  }

  /** Lines that somebody is about to destroy: they may be stored or not. */
  writeDoomed(count) {
    const first = this.numbers;
    this.write(count);
    for (let number = first; number < this.numbers; ++number) this.maybe.add(number);
  }

  /** The first half of a line; what is given back ends it. */
  writeTorn(name = this.name) {
    const whole = this.line();
    const half = whole.length >> 1;
    this.append(whole.slice(0, half), name);
    return whole.slice(half);
  }

  /** A line that is no entry. */
  writeBad(text, name = this.name) {
    this.bad += 1;
    this.append(Buffer.concat([Buffer.from(text), Buffer.from('\n')]), name);
  }

  writeOversized(length = 300_000, name = this.name) {
    this.oversized += 1;
    this.writeBad(`${this.bad}${'x'.repeat(length)}`, name);
  }

  // --- what logrotate does ---

  /** .1 becomes .2 and so on; compressed ones too. */
  shift() {
    for (let i = 40; i >= 1; --i) {
      for (const suffix of ['', '.gz']) {
        if (this.exists(`${this.name}.${i}${suffix}`)) {
          fs.renameSync(this.file(`${this.name}.${i}${suffix}`), this.file(`${this.name}.${i + 1}${suffix}`));
        }
      }
    }
  }

  rotate() {
    this.shift();
    fs.renameSync(this.file(), this.file(`${this.name}.1`));
  }

  copyTruncate() {
    this.shift();
    fs.copyFileSync(this.file(), this.file(`${this.name}.1`));
    fs.truncateSync(this.file(), 0);
  }

  /** Packs a rotated file as gzip(1) does: the new file beside the old one, which then goes. */
  compress(name) {
    const packed = zlib.gzipSync(fs.readFileSync(this.file(name)));
    fs.writeFileSync(this.file(`${name}.gz`), packed);
    fs.rmSync(this.file(name));
  }

  // --- the collector ---

  start({ proxy = false, powerless = false } = {}) {
    const url = urlOf(this.database, proxy ? this.proxy.directory : sockets);
    const log = fs.openSync(path.join(this.directory, 'collector.log'), 'a');
    // Without capabilities a file's mode counts for root too.
    const words = [...(powerless ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []), program, 'collect', url, this.logs];
    const child = spawn(words[0], words.slice(1), { stdio: ['ignore', log, log] });
    fs.closeSync(log);
    child.ended = new Promise((resolve) => child.on('exit', (status, signal) => resolve({ status, signal })));
    this.processes.push(child);
    return child;
  }

  /** A collector that has read so many lines. */
  async startAndRead(count) {
    this.write(count);
    const child = this.start();
    await this.read();
    return child;
  }

  async startProxy() {
    this.proxy = new CommitProxy(path.join(base, `p${this.database}`), path.join(sockets, '.s.PGSQL.5432'));
    await this.proxy.listen();
    return this.proxy;
  }

  async kill(child = this.processes.at(-1), signal = 'SIGKILL') {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    this.processes = this.processes.filter((one) => one !== child);
    return child.ended;
  }

  /** The retention run of the last start is over. */
  retained() {
    return this.until('retention', () => fs.readFileSync(path.join(this.directory, 'collector.log'), 'utf8').includes('collector.retention'));
  }

  async stop(child) {
    // It holds signals back before it has threads; until then one would end it as it ends any program.
    await this.until('it hears signals', () => child.exitCode !== null || child.signalCode !== null || fs.readdirSync(`/proc/${child.pid}/task`).length > 1);
    const { status } = await this.kill(child, 'SIGTERM');
    assert.equal(status, 0, 'the collector ends by itself and without complaint');
  }

  /** Ends the collectors' connections, whatever they are doing. */
  async cutConnections() {
    await this.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'collectorProcess'");
  }

  async refuseConnections(refused) {
    const server = new Psql(urlOf('postgres'));
    await server.rows(`alter database ${this.database} allow_connections ${!refused}`);
    await server.end();
    if (refused) await this.cutConnections();
  }

  // --- the account ---

  sql(query) {
    return this.psql.rows(query);
  }

  async number(query) {
    return Number((await this.sql(query))[0][0]);
  }

  rows() {
    return this.number('select count(*) from metric_snapshot');
  }

  badLines() {
    return this.number('select coalesce(sum(bad_lines), 0) from log_file');
  }

  async until(what, condition, timeoutMs = 30_000) {
    const deadline = Date.now() + timeoutMs;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}; ${await this.describe()}`);
      await sleep(60);
    }
  }

  async describe() {
    const files = await this.sql('select path, state, read_offset, size, lines, bad_lines, last_error from log_file order by created_at');
    const log = fs.readFileSync(path.join(this.directory, 'collector.log'), 'utf8').trim().split('\n').slice(-12).join('\n');
    const listed = fs.existsSync(this.logs) ? fs.readdirSync(this.logs).map((name) => `${name} ${fs.lstatSync(this.file(name)).size}`) : ['no directory'];
    return `${await this.rows()} rows of ${this.written.size}, ${await this.badLines()} bad of ${this.bad}\n${files.map((row) => row.join(' | ')).join('\n')}\n${listed.join(', ')}\n${log}`;
  }

  /** Everything that was written and can be reached is stored. A busy machine may be slow, but not stand still. */
  async read(stillMs = 30_000) {
    let last = -1;
    let moved = Date.now();
    for (;;) {
      const [rows, bad] = [await this.rows(), await this.badLines()];
      if (rows >= this.written.size - this.maybe.size && bad >= this.bad - this.maybeBad) return;
      if (rows + bad !== last) {
        last = rows + bad;
        moved = Date.now();
      } else if (Date.now() - moved > stillMs) {
        throw new Error(`nothing new for ${stillMs} ms, and not every line is stored; ${await this.describe()}`);
      }
      await sleep(60);
    }
  }

  /** Stored, nothing more comes, and lines written = rows = rollup totals. Stops the collector. */
  async equal({ quiet = quietMs } = {}) {
    await this.read();
    await sleep(quiet);
    await this.compare();
    for (const child of [...this.processes]) await this.stop(child);
    await this.compare();
  }

  async compare() {
    const context = async () => `\n${await this.describe()}`;
    const ids = (await this.sql('select request_id, count(*) from metric_snapshot group by 1')).map(([id, count]) => [Number(id.slice(1)), Number(count)]);
    const doubled = ids.filter(([, count]) => count !== 1);
    const stored = new Set(ids.map(([number]) => number));
    const missing = [...this.written.keys()].filter((number) => !stored.has(number) && !this.maybe.has(number));
    const foreign = [...stored].filter((number) => !this.written.has(number));
    if (doubled.length || missing.length || foreign.length) {
      assert.fail(`doubled: ${doubled.slice(0, 10)} (${doubled.length}); missing: ${missing.slice(0, 10)} (${missing.length}); never written: ${foreign.slice(0, 10)} (${foreign.length})${await context()}`);
    }
    const rows = await this.rows();
    assert.equal(await this.number('select count(distinct id) from metric_snapshot'), rows);
    assert.equal(await this.number('select coalesce(sum(lines), 0) from log_file'), rows, `lines of the files${await context()}`);
    const bad = await this.badLines();
    assert.ok(bad <= this.bad && bad >= this.bad - this.maybeBad, `bad lines: ${bad} and not ${this.bad}${await context()}`);
    if (this.maybeBad === 0) {
      assert.equal(await this.number('select coalesce(sum(oversized_lines), 0) from log_file'), this.oversized, 'oversized lines');
    }
    await this.compareRollups([...stored].map((number) => this.written.get(number)));
  }

  /** Both rollups, for every service and for all together, against what the lines said. */
  async compareRollups(lines) {
    for (const [table, start, total, width] of [
      ['metric_rollup_minute', 'bucket_start', 'total', 60_000],
      ['metric_rollup_hour', 'hour_start', 'total_requests', 3_600_000],
    ]) {
      const expected = new Map();
      for (const line of lines) {
        for (const service of ['all', line.service]) {
          const key = `${Math.floor(line.at / width) * width} ${service}`;
          const sums = expected.get(key) ?? [0, 0, 0, 0];
          [1, line.limited ? 1 : 0, line.gatewayUs, line.bytes].forEach((value, index) => (sums[index] += value));
          expected.set(key, sums);
        }
      }
      const limited = table === 'metric_rollup_minute' ? 'rate_limited' : 'rate_limited_requests';
      const stored = await this.sql(
        `select extract(epoch from ${start})::bigint * 1000, service, ${total}, ${limited}, gateway_sum_us, bytes_sent from ${table} where route = ''`,
      );
      const found = Object.fromEntries(stored.map(([at, service, ...sums]) => [`${at} ${service}`, sums.map(Number)]));
      assert.deepEqual(found, Object.fromEntries([...expected].sort()), `${table} ${await this.describe()}`);
      const routes = await this.number(`select coalesce(sum(${total}), 0) from ${table} where route <> ''`);
      assert.equal(routes, lines.length, `${table}: the routes' totals`);
    }
  }

  async end() {
    for (const child of [...this.processes]) await this.kill(child);
    await this.proxy?.close();
    await this.psql.end();
    const server = new Psql(urlOf('postgres'));
    await server.rows(`drop database if exists ${this.database} with (force)`);
    await server.end();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A test with a scenario of its own; what it left running is killed. */
export function scenario(name, body, options) {
  return test(name, async () => {
    const it = await Scenario.make(name, options);
    try {
      await body(it);
    } finally {
      await it.end();
    }
  });
}

/** Scenarios side by side: they mostly wait. */
export function scenarios(title, fill) {
  describe(title, { concurrency: 8 }, fill);
}
