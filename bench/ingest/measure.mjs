// The measuring of ./k bench ingest; see bench/ingest.sh.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '../../test/integration/client.mjs';
import { buildDir, sleep, startInstallation } from '../../test/integration/installation.mjs';
import { Psql } from '../../test/torture/psql.mjs';
import { machine, median } from '../reportPage.mjs';
import { report } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const work = process.env.K_BENCH_WORK;
const lines = Number(process.env.K_BENCH_LINES ?? 2_000_000);
const rounds = Number(process.env.K_BENCH_ROUNDS ?? 3);
const seconds = Number(process.env.K_BENCH_SECONDS ?? 20);
const sideLines = Math.ceil(lines / 4); // of the comparisons of k-admin with itself
const linesPerS = 2000;
const dashboards = { clients: 10, every_s: 5 };
const monitoring = '/api/admin/monitoring';
const say = (text) => console.log(text);

const bench = (name) => path.join(buildDir, 'bench', name);
function makeLog(name, count, seed, rubbish = 0) {
  const file = path.join(work, name);
  const out = fs.openSync(file, 'w');
  const done = spawnSync(bench('generateLog'), [count, seed, rubbish].map(String), { stdio: ['ignore', out, 'inherit'] });
  fs.closeSync(out);
  if (done.status !== 0) throw new Error('generateLog failed');
  return file;
}

const it = await startInstallation('ingest');
const psql = new Psql(it.superuserUrl);
const number = async (query) => Number((await psql.rows(query))[0][0]);
const resident = (pid) => Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;

/** A k-admin that knows no log file, in an empty database. */
async function fresh() {
  await it.stop('k-admin');
  for (const name of fs.readdirSync(it.env.K_LOG_DIR)) {
    if (/^(access|dos_attempts)\.log/.test(name)) fs.rmSync(it.log(name));
  }
  await psql.rows('truncate log_file, log_bad_line, metric_snapshot, metric_rollup_minute, metric_rollup_hour');
  await psql.rows('drop table if exists bench_rows');
  await psql.rows('checkpoint');
  await it.start('k-admin');
  await sleep(1500);
}

/** From the file's appearance to the commit of its last line. Looked at every 50 ms. */
async function ours(file, expected, meanwhile = () => {}) {
  await fresh();
  meanwhile();
  const pid = it.pid('k-admin');
  const idle = resident(pid);
  let most = idle;
  const begin = performance.now();
  fs.linkSync(file, it.log('access.log'));
  for (let stored = 0; stored < expected.good + expected.bad; ) {
    await sleep(50);
    most = Math.max(most, resident(pid));
    stored = await number('select coalesce(sum(lines + bad_lines), 0) from log_file');
    if (performance.now() - begin > 900_000) throw new Error('k-admin does not read the log');
  }
  const elapsed = (performance.now() - begin) / 1000;
  const rows = await number('select count(*) from metric_snapshot');
  const rolled = await number("select sum(total) from metric_rollup_minute where service = 'all' and route = ''");
  if (rows !== expected.good || rolled !== expected.good) throw new Error(`${rows} rows and ${rolled} in rollups, not ${expected.good}`);
  return { lines_per_s: expected.good / elapsed, seconds: elapsed, memory_above_idle_mb: (most - idle) / 2 ** 20 };
}

async function bare(file, expected) {
  await fresh();
  await it.stop('k-admin');
  await psql.rows('create table bench_rows (like metric_snapshot including all)');
  const [stored, elapsed] = execFileSync(bench('bareIngest'), [file, it.superuserUrl, 'bench_rows'], { encoding: 'utf8' }).split(' ').map(Number);
  if (stored !== expected.good || (await number('select count(*) from bench_rows')) !== stored) throw new Error('bareIngest lost lines');
  await psql.rows('drop table bench_rows');
  return { lines_per_s: stored / elapsed, seconds: elapsed };
}

function goAccess(file, expected) {
  const format = '{"timestamp":"%dT%t+%^","request_id":"%^","remote_ip":"%h","method":"%m","url":"%U","status":"%s","user_agent":"%u","nginx_latency_s":"%T","bytes_sent":"%b"}';
  const out = path.join(work, 'goaccess.json');
  const begin = performance.now();
  const done = spawnSync(
    'goaccess',
    [file, `--log-format=${format}`, '--date-format=%Y-%m-%d', '--time-format=%H:%M:%S', '--no-global-config', '--no-progress', '-o', out],
    { encoding: 'utf8' },
  );
  const elapsed = (performance.now() - begin) / 1000;
  if (done.status !== 0) throw new Error(`goaccess: ${done.stderr}`);
  const { general } = JSON.parse(fs.readFileSync(out, 'utf8'));
  if (general.valid_requests !== expected.good) throw new Error(`GoAccess took ${general.valid_requests} lines for valid, not ${expected.good}`);
  return { lines_per_s: expected.good / elapsed, seconds: elapsed };
}

/** Ten clients, each of which loads a whole dashboard every few seconds, until `ended`. */
async function loadDashboards(state) {
  const { headers } = await it.adminAgain(new Client(`http://127.0.0.1:${it.env.K_PUBLIC_PORT}`));
  const parts = ['dashboard/summary', 'metrics/timeseries?metric=requests', 'metrics/timeseries?metric=latency', 'metrics/timeseries?metric=errors', 'metrics/timeseries?metric=unique_ips', 'metrics/hourly', 'collector'];
  await Promise.all(
    Array.from({ length: dashboards.clients }, async (_, index) => {
      const client = new Client(`http://127.0.0.1:${it.env.K_ADMIN_PORT}`, { headers });
      await sleep((index * dashboards.every_s * 1000) / dashboards.clients);
      while (!state.ended) {
        for (const part of parts) {
          const begin = performance.now();
          const answer = await client.get(`${monitoring}/${part}`);
          state.times.push(performance.now() - begin);
          if (answer.status !== 200) state.failed += 1;
        }
        for (let slept = 0; slept < dashboards.every_s * 1000 && !state.ended; slept += 100) await sleep(100);
      }
      client.close();
    }),
  );
}

async function oursWithDashboards(file, expected) {
  const state = { ended: false, times: [], failed: 0 };
  let loading;
  const result = await ours(file, expected, () => (loading = loadDashboards(state))).finally(() => (state.ended = true));
  await loading;
  return { ...result, requests: state.times.length, failed: state.failed, request_p50_ms: state.times.length ? median(state.times) : 0 };
}

/** Milliseconds from a line's end being written to its being counted in the rollups that the dashboard reads. */
async function latency() {
  await fresh();
  const all = fs.readFileSync(makeLog('latency.log', linesPerS * seconds, 77), 'utf8').split('\n');
  const file = fs.openSync(it.log('access.log'), 'a');
  const written = [];
  const seen = [];
  let writing = true;
  const writer = (async () => {
    const begin = performance.now();
    while (written.length < linesPerS * seconds) {
      const due = Math.min(Math.floor(((performance.now() - begin) / 1000) * linesPerS), linesPerS * seconds);
      if (due > written.length) {
        fs.writeSync(file, `${all.slice(written.length, due).join('\n')}\n`);
        const now = performance.now();
        while (written.length < due) written.push(now);
      }
      await sleep(10);
    }
    writing = false;
  })();
  const deadline = performance.now() + seconds * 1000 + 30_000;
  while (writing || seen.length < written.length) {
    const count = await number("select coalesce(sum(total), 0) from metric_rollup_minute where service = 'all' and route = ''");
    const now = performance.now();
    while (seen.length < Math.min(count, written.length)) seen.push(now);
    if (now > deadline) throw new Error(`only ${seen.length} of ${written.length} lines were seen`);
    await sleep(10);
  }
  await writer;
  fs.closeSync(file);
  const delays = written.map((at, index) => seen[index] - at).sort((a, b) => a - b);
  const at = (share) => Math.round(delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]);
  return { lines_per_s: linesPerS, seconds, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
}

try {
  const client = it.client;
  await client.get('/health');
  await it.adminLogin();
  await it.stop('nginx');
  say('writing logs');
  const full = { file: makeLog('full.log', lines, 1), good: lines, bad: 0 };
  const clean = { file: makeLog('clean.log', sideLines, 2), good: sideLines, bad: 0 };
  const rubbishLines = Math.floor(sideLines / 100);
  const rubbish = { file: makeLog('rubbish.log', sideLines, 3, 100), good: sideLines - rubbishLines, bad: rubbishLines };
  const load = process.env.K_BENCH_LOAD;
  const runs = { ours: [], bare: [], goaccess: [], clean: [], rubbish: [], dashboards: [] };
  const keep = (name, result) => {
    runs[name].push(result);
    say(`  ${name}: ${Math.round(result.lines_per_s)} lines/s, ${result.seconds.toFixed(1)} s${result.memory_above_idle_mb ? `, ${result.memory_above_idle_mb.toFixed(1)} MB above idle` : ''}`);
  };
  for (let round = 1; round <= rounds; ++round) {
    say(`round ${round} of ${rounds}`);
    keep('bare', await bare(full.file, full));
    keep('ours', await ours(full.file, full));
    if (!process.env.K_BENCH_NO_GOACCESS) keep('goaccess', goAccess(full.file, full));
    keep('clean', await ours(clean.file, clean));
    keep('rubbish', await ours(rubbish.file, rubbish));
    keep('dashboards', await oursWithDashboards(clean.file, clean));
  }
  say('from written to visible');
  const seen = await latency();
  say(`  p50 ${seen.p50_ms} ms, p99 ${seen.p99_ms} ms, longest ${seen.max_ms} ms`);
  report({ root, lines, side_lines: sideLines, bytes: fs.statSync(full.file).size, rounds, load, machine: machine(load), dashboards, runs, latency: seen });
} finally {
  await psql.end();
  await it.down();
}
