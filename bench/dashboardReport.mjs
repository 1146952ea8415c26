// dashboardReport.mjs ROOT DATABASE PORT ROWS ROUNDS LOAD FILL_MS: asks k-admin and PostgreSQL the same questions, and
// writes figures, ratios and errors. The administrator's access token comes on descriptor 3.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { machine, median, printTable, table, thousands, version, writeReport } from './reportPage.mjs';

const [root, database, port, rows, rounds, load, fillMs] = process.argv.slice(2);
const token = fs.readFileSync(3, 'utf8').trim();
const agent = new http.Agent({ keepAlive: true });
const monitoring = '/api/admin/monitoring';

function ask(target) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    http
      .get({ host: '127.0.0.1', port, path: monitoring + target, agent, headers: { Authorization: `Bearer ${token}` } }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const tookMs = performance.now() - begin;
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) resolve({ tookMs, json: JSON.parse(text) });
          else reject(new Error(`${target}: ${response.statusCode} ${text}`));
        });
      })
      .on('error', reject);
  });
}

/** The rows and the time that psql names. */
function sql(text) {
  const output = execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database], { input: `\\timing on\n${text};\n`, encoding: 'utf8', maxBuffer: 64 << 20 });
  const tookMs = Number(/^Time: ([\d.]+) ms/m.exec(output)[1]);
  return { tookMs, rows: output.split('\n').filter((line) => line && !line.startsWith('Time:')).map((line) => line.split('|')) };
}

const hour = 3_600_000;
const to = Math.floor(Date.now() / hour) * hour;
const rangeOf = (hours) => {
  const [from, end] = [new Date(to - hours * hour).toISOString(), new Date(to).toISOString()];
  return { query: `from=${from}&to=${end}`, where: `timestamp >= '${from}' AND timestamp < '${end}'`, from };
};
const week = rangeOf(168);
const ofService = (service) => (service === 'all' ? '' : ` AND service = '${service}'`);

// Each request counts in one class.
const CLASSES = `count(*) FILTER (WHERE NOT rate_limited AND status < 400), count(*) FILTER (WHERE NOT rate_limited AND status BETWEEN 400 AND 499),
  count(*) FILTER (WHERE NOT rate_limited AND status >= 500), count(*) FILTER (WHERE rate_limited)`;
const FIGURES = `count(*), ${CLASSES}, avg(nginx_latency_ms), percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms)`;
const summarySql = (where) => `SELECT json_build_array(
  (SELECT row_to_json(t) FROM (SELECT ${FIGURES}, count(DISTINCT remote_ip) FROM metric_snapshot WHERE ${where}) t),
  (SELECT json_agg(t) FROM (SELECT service, route, count(*) AS n, count(*) FILTER (WHERE status >= 500), percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms)
     FROM metric_snapshot WHERE ${where} GROUP BY 1, 2 ORDER BY n DESC LIMIT 10) t),
  (SELECT json_agg(t) FROM (SELECT date_bin('7 hours', timestamp, '${week.from}'), ${FIGURES} FROM metric_snapshot WHERE ${where} GROUP BY 1 ORDER BY 1) t),
  (SELECT json_agg(t) FROM (SELECT service, count(*) FROM metric_snapshot WHERE ${where} GROUP BY 1) t))`;
const byHour = (what, where) => `SELECT date_trunc('hour', timestamp), ${what} FROM metric_snapshot WHERE ${where} GROUP BY 1 ORDER BY 1`;
const QUANTILES = '(ARRAY[0.5, 0.95, 0.99])';
const BANDS = 'ARRAY[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]::float8[]';

const QUESTIONS = [
  { name: 'summary', target: `/dashboard/summary?${week.query}`, sql: summarySql(week.where), goal: true },
  { name: 'summary of one service', target: `/dashboard/summary?service=auth&${week.query}`, sql: summarySql(week.where + ofService('auth')), goal: true },
  { name: 'requests', target: `/metrics/timeseries?metric=requests&${week.query}`, sql: byHour(CLASSES, week.where) },
  {
    name: 'latency',
    target: `/metrics/timeseries?metric=latency&${week.query}`,
    sql: byHour(`percentile_cont${QUANTILES} WITHIN GROUP (ORDER BY nginx_latency_ms), avg(nginx_latency_ms), percentile_cont${QUANTILES} WITHIN GROUP (ORDER BY backend_latency_ms), avg(backend_latency_ms)`, week.where),
  },
  { name: 'errors', target: `/metrics/timeseries?metric=errors&${week.query}`, sql: byHour(CLASSES, week.where) },
  { name: 'unique addresses', target: `/metrics/timeseries?metric=unique_ips&${week.query}`, sql: byHour('count(DISTINCT remote_ip)', week.where) },
  { name: 'heatmap', target: `/metrics/heatmap?${week.query}`, sql: `SELECT date_trunc('hour', timestamp), width_bucket(nginx_latency_ms, ${BANDS}), count(*) FROM metric_snapshot WHERE ${week.where} GROUP BY 1, 2 ORDER BY 1, 2` },
  { name: 'latency of one route', target: `/metrics/timeseries?metric=latency&route=/api/auth/login&${week.query}`, sql: byHour(`percentile_cont${QUANTILES} WITHIN GROUP (ORDER BY nginx_latency_ms), avg(nginx_latency_ms)`, `${week.where} AND route = '/api/auth/login'`) },
  {
    name: 'hour rows',
    target: `/metrics/hourly?limit=500&${week.query}`,
    sql: `SELECT date_trunc('hour', timestamp), service, ${FIGURES}, count(DISTINCT remote_ip) FROM metric_snapshot WHERE ${week.where} GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT 500`,
  },
];

// Lists of single requests read raw rows themselves: only their own time is told.
const day = rangeOf(24);
const [[busyAddress, someRequest]] = sql(`SELECT host(remote_ip), request_id FROM metric_snapshot WHERE ${day.where} LIMIT 1`).rows;
const LISTS = [
  { name: 'newest 50', target: `/metrics/raw?${day.query}` },
  { name: 'newest 500 server errors', target: `/metrics/raw?status=5xx&limit=500&${day.query}` },
  { name: 'of one address', target: `/metrics/raw?remote_ip=${busyAddress}&${day.query}` },
  { name: 'of one network', target: `/metrics/raw?remote_ip=10.0.7.0/24&${day.query}` },
  { name: 'one request id', target: `/metrics/raw?request_id=${someRequest}&${day.query}` },
  { name: 'a method nobody used', target: `/metrics/raw?method=PUT&${day.query}` },
];

const rounded = (value, digits = 2) => Number(value.toFixed(digits));
async function timesOf(target) {
  for (let i = 0; i < 6; i += 1) await ask(target); // past the runs that PostgreSQL plans anew each time
  const times = [];
  for (let i = 0; i < Number(rounds); i += 1) times.push((await ask(target)).tookMs);
  times.sort((a, b) => a - b);
  return { p50_ms: rounded(median(times)), p99_ms: rounded(times[Math.ceil(times.length * 0.99) - 1]) };
}

sql('SELECT count(*), count(user_agent) FROM metric_snapshot'); // so that raw rows come from memory where they fit
const questions = [];
for (const question of QUESTIONS) {
  const before = await timesOf(question.target);
  const raw = sql(question.sql).tookMs;
  const after = await timesOf(question.target);
  const p50 = Math.max(before.p50_ms, after.p50_ms);
  const p99 = Math.max(before.p99_ms, after.p99_ms);
  questions.push({ name: question.name, goal: question.goal ?? false, p50_ms: p50, p99_ms: p99, raw_sql_ms: rounded(raw), ratio: Math.round(raw / p50) });
  console.log(`${question.name}: ${p50} ms (p99 ${p99} ms), raw rows ${Math.round(raw)} ms`);
}
const lists = [];
for (const list of LISTS) {
  try {
    lists.push({ name: list.name, ...(await timesOf(list.target)) });
  } catch (error) {
    lists.push({ name: list.name, fault: error.message }); // on a busy machine a day of rows can take longer than the 5 s allowed
  }
}

const errors = [];
for (const hours of [1, 24, 168]) {
  for (const service of ['all', 'auth', 'payment', 'gateway']) {
    const range = rangeOf(hours);
    const { json } = await ask(`/dashboard/summary?service=${service}&${range.query}`);
    const [[count, p95, addresses]] = sql(
      `SELECT count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms), count(DISTINCT remote_ip) FROM metric_snapshot WHERE ${range.where}${ofService(service)}`,
    ).rows;
    errors.push({
      hours,
      service,
      requests: Number(count),
      count_equal: json.total_requests.value === Number(count),
      p95_ms: rounded(Number(p95), 3),
      p95_error_pct: rounded((Math.abs(json.p95_latency_ms.value - p95) / p95) * 100, 3),
      unique_ips: Number(addresses),
      unique_error_pct: rounded((Math.abs(json.unique_ips - addresses) / addresses) * 100, 3),
    });
  }
}

const goals = questions.filter((one) => one.goal).flatMap((one) => [
  { what: `${one.name} over 7 days, p99 in ms`, is: one.p99_ms, goal: '< 20', reached: one.p99_ms < 20 },
  { what: `${one.name} over 7 days, times faster than raw SQL`, is: one.ratio, goal: '>= 100', reached: one.ratio >= 100 },
]);
const worst = (field) => Math.max(...errors.map((one) => one[field]));
goals.push(
  { what: 'counts equal to the raw rows', is: errors.every((one) => one.count_equal) ? 'all' : 'not all', goal: 'all', reached: errors.every((one) => one.count_equal) },
  { what: 'largest error of p95, %', is: worst('p95_error_pct'), goal: '<= 1', reached: worst('p95_error_pct') <= 1 },
  { what: 'largest error of unique addresses, %', is: worst('unique_error_pct'), goal: '<= 2', reached: worst('unique_error_pct') <= 2 },
);

const versions = { postgresql: version('psql', '-XAtc', 'show server_version', '-d', database), node: process.version };
const settings = {
  rows: Number(rows),
  days: 7,
  rounds: Number(rounds),
  shared_buffers: version('psql', '-XAtc', 'show shared_buffers', '-d', database),
  work_mem: version('psql', '-XAtc', 'show work_mem', '-d', database),
  table_size: version('psql', '-XAtc', "select pg_size_pretty(sum(pg_total_relation_size(inhrelid))) from pg_inherits where inhparent = 'metric_snapshot'::regclass", '-d', database),
  fill_s: rounded(Number(fillMs) / 1000, 1),
};
const result = {
  name: 'dashboard',
  at: new Date().toISOString(),
  commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
  machine: machine(load),
  versions,
  settings,
  questions,
  lists,
  errors,
  goals,
};

const QUESTION_HEAD = ['answer over 7 days', 'k-admin p50 ms', 'p99 ms', 'raw SQL ms', 'times faster'];
const questionRows = questions.map((one) => [one.name, one.p50_ms.toFixed(2), one.p99_ms.toFixed(2), thousands(Math.round(one.raw_sql_ms)), thousands(one.ratio)]);
const LIST_HEAD = ['requests of 24 hours', 'k-admin p50 ms', 'p99 ms'];
const listRows = lists.map((one) => [one.name, one.p50_ms?.toFixed(2) ?? 'no answer within 5 s', one.p99_ms?.toFixed(2) ?? '']);
const ERROR_HEAD = ['hours', 'service', 'requests', 'p95 ms', 'error %', 'addresses', 'error %'];
const errorRows = errors.map((one) => [String(one.hours), one.service, thousands(one.requests), String(one.p95_ms), one.p95_error_pct.toFixed(2), thousands(one.unique_ips), one.unique_error_pct.toFixed(2)]);
const GOAL_HEAD = ['what', 'is', 'goal', 'reached'];
const goalRows = goals.map((one) => [one.what, String(one.is), one.goal, one.reached ? 'yes' : 'no']);
const busy = Number(load) > 2.5 ? '\n\nThe machine was busy with other work: the times are high.' : '';

writeReport(
  root,
  'dashboard',
  result,
  `## Dashboard

${result.at.slice(0, 10)}, commit ${result.commit}, ${result.machine.cpu}, ${result.machine.cores} cores, load average ${load} before the
first question. ${thousands(Number(rows))} requests of 7 days (${settings.table_size}), stored with their rollups by the collector's own code in
${settings.fill_s} s. Answers of k-admin over HTTP, ${rounds} one after the other, before and after the SQL, the slower of both; the SQL over
raw rows in psql, after a first pass over the table. PostgreSQL ${versions.postgresql}, shared_buffers ${settings.shared_buffers}, work_mem ${settings.work_mem}.${busy}

${table(QUESTION_HEAD, questionRows)}

Estimates against percentile_cont and count(distinct) over the same rows:

${table(ERROR_HEAD, errorRows)}

Lists of single requests read raw rows themselves:

${table(LIST_HEAD, listRows)}

${table(GOAL_HEAD, goalRows)}
`,
);
printTable([QUESTION_HEAD, ...questionRows]);
printTable([ERROR_HEAD, ...errorRows]);
printTable([LIST_HEAD, ...listRows]);
printTable([GOAL_HEAD, ...goalRows]);
agent.destroy();
