// dashboardReport.mjs ROOT DATABASE PORT ROWS ROUNDS LOAD FILL_MS: asks k-admin and PostgreSQL the same questions, and
// writes figures, ratios and errors. The administrator's tokens come on descriptor 3 (adminToken.mjs).
import { execFileSync } from 'node:child_process';
import { agent, ask as askAdmin } from './adminAsk.mjs';
import { machine, median, printTable, table, thousands, version, writeReport } from './reportPage.mjs';

const [root, database, port, rows, rounds, load, fillMs] = process.argv.slice(2);
const monitoring = '/api/admin/monitoring';

const ask = (target) => askAdmin(port, monitoring + target);

// Memory enough to sort, and no statement without end: on a busy machine one can take many minutes.
const sqlLimitS = Number(process.env.K_BENCH_SQL_LIMIT ?? 45);
const exactLimitS = 4 * sqlLimitS; // these are few, and nothing else says how good the estimates are

/** The rows and the time that psql names; null when the statement took longer than the limit. */
function sql(text, limitS = sqlLimitS) {
  try {
    const output = execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database], {
      input: `\\timing on\n${text};\n`,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { ...process.env, PGOPTIONS: `-c work_mem=256MB -c statement_timeout=${limitS}s` },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const tookMs = Number(/^Time: ([\d.]+) ms/m.exec(output)[1]);
    return { tookMs, rows: output.split('\n').filter((line) => line && !line.startsWith('Time:')).map((line) => line.split('|')) };
  } catch (error) {
    if (/statement timeout/.test(error.stderr)) return null;
    throw error;
  }
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
  { name: 'summary', target: `/dashboard/summary?${week.query}`, sql: summarySql(week.where) },
  { name: 'summary of one service', target: `/dashboard/summary?service=auth&${week.query}`, sql: summarySql(week.where + ofService('auth')) },
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
const began = performance.now();
const say = (text) => console.log(`${String(Math.round((performance.now() - began) / 1000)).padStart(5)} s  ${text}`);
async function timesOf(target, count = Number(rounds)) {
  for (let i = 0; i < Math.min(12, count); i += 1) await ask(target); // past the runs that each connection of PostgreSQL plans anew
  const times = [];
  for (let i = 0; i < count; i += 1) times.push((await ask(target)).tookMs);
  return times;
}
function figuresOf(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => rounded(sorted[Math.ceil(sorted.length * share) - 1]);
  return { p50_ms: rounded(median(sorted)), p95_ms: at(0.95), p99_ms: at(0.99) };
}

sql('SELECT count(*), count(user_agent) FROM metric_snapshot', exactLimitS); // so that raw rows come from memory where they fit
const questions = [];
for (const question of QUESTIONS) {
  const before = await timesOf(question.target);
  const raw = sql(question.sql);
  const figures = figuresOf([...before, ...(await timesOf(question.target))]);
  const rawMs = raw ? raw.tookMs : sqlLimitS * 1000;
  questions.push({ name: question.name, ...figures, raw_sql_ms: rounded(rawMs), raw_sql_ended: raw !== null, ratio: Math.round(rawMs / figures.p50_ms) });
  say(`${question.name}: ${figures.p50_ms} ms (p95 ${figures.p95_ms}, p99 ${figures.p99_ms}), raw rows ${raw ? '' : 'more than '}${Math.round(rawMs)} ms`);
}
const lists = [];
for (const list of LISTS) {
  try {
    lists.push({ name: list.name, ...figuresOf(await timesOf(list.target, 10)) });
    say(`${list.name}: ${lists.at(-1).p50_ms} ms`);
  } catch (error) {
    lists.push({ name: list.name, fault: error.message }); // on a busy machine a day of rows can take longer than the 5 s allowed
  }
}

const errors = [];
for (const hours of [1, 24, 168]) {
  const range = rangeOf(hours);
  const exact = sql(
    `SELECT coalesce(service, 'all'), count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY nginx_latency_ms), count(DISTINCT remote_ip)
     FROM metric_snapshot WHERE ${range.where} GROUP BY GROUPING SETS ((service), ()) ORDER BY count(*) DESC`,
    exactLimitS,
  );
  if (!exact) say(`the exact figures of ${hours} h took more than ${exactLimitS} s and are left out`);
  for (const [service, count, p95, addresses] of exact?.rows ?? []) {
    const { json } = await ask(`/dashboard/summary?service=${service}&${range.query}`);
    const one = {
      hours,
      service,
      requests: Number(count),
      count_equal: json.total_requests.value === Number(count),
      p95_ms: rounded(Number(p95), 3),
      p95_error_pct: rounded((Math.abs(json.p95_latency_ms.value - p95) / p95) * 100, 3),
      unique_ips: Number(addresses),
      unique_error_pct: rounded((Math.abs(json.unique_ips - addresses) / addresses) * 100, 3),
    };
    errors.push(one);
    say(`${hours} h of ${service}: p95 off by ${one.p95_error_pct} %, addresses by ${one.unique_error_pct} %`);
  }
}

const slowest = questions.reduce((a, b) => (b.p95_ms > a.p95_ms ? b : a));
const closest = questions.reduce((a, b) => (b.ratio < a.ratio ? b : a));
const goals = [
  { what: `slowest of summary and charts over 7 days (${slowest.name}), 95 % within ms`, is: slowest.p95_ms, goal: '< 20', reached: slowest.p95_ms < 20 },
  { what: `least gain over raw SQL (${closest.name}), times`, is: closest.ratio, goal: '>= 100', reached: closest.ratio >= 100 },
];
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
  sql_limit_s: sqlLimitS,
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

const QUESTION_HEAD = ['answer over 7 days', 'k-admin p50 ms', 'p95 ms', 'p99 ms', 'raw SQL ms', 'times faster'];
const questionRows = questions.map((one) => [
  one.name,
  ...[one.p50_ms, one.p95_ms, one.p99_ms].map((ms) => ms.toFixed(2)),
  (one.raw_sql_ended ? '' : '> ') + thousands(Math.round(one.raw_sql_ms)),
  thousands(one.ratio),
]);
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

${result.at.slice(0, 10)}, commit ${result.commit}, ${result.machine.cpu}, ${result.machine.cores} cores, load average ${load} at the
start. ${thousands(Number(rows))} requests of 7 days (${settings.table_size}), stored with their rollups by the collector's own code in
${settings.fill_s} s. Answers of k-admin over HTTP, ${rounds} one after the other before and as many after the SQL; the SQL over raw rows in
psql, once, after a first pass over the table, with work_mem 256MB. PostgreSQL ${versions.postgresql}, shared_buffers ${settings.shared_buffers}.${busy}

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
