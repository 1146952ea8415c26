// What the administration reads of the traffic: the log of single requests by every filter, as JSON and as CSV, the
// heatmap, and kctl's recomputation of the rollups.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './client.mjs';
import { parseCsv } from './csv.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const monitoring = '/api/admin/monitoring';
let it;
let admin;
let total;
before(async () => {
  it = await startInstallation('monitoring');
  const login = await it.adminLogin();
  // Past the gateway, so that asking changes nothing.
  admin = new Client(`http://127.0.0.1:${it.env.K_ADMIN_PORT}`, { headers: login.headers });
  for (let i = 0; i < 300; i += 1) {
    const target = ['/api/auth/health', '/api/auth/me', '/wp-login.php', '/api/payment/health'][i % 4];
    await it.client.get(target, { 'X-Request-ID': `seen-${i}`, 'User-Agent': i === 7 ? '=HYPERLINK("http://x.example","y")' : 'monitoringTest, with "quotes"' });
  }
  await sleep(300); // nginx writes its buffer every 200 ms
  await until('every line is in the database', async () => (await it.number("select count(*) from metric_snapshot where request_id like 'seen-%'")) === 300, 20_000);
  total = await it.number('select count(*) from metric_snapshot');
});
after(() => {
  admin?.close();
  return it?.down();
});

async function pages(target, limit) {
  const rows = [];
  let cursor = '';
  do {
    const answer = await admin.get(`${monitoring}${target}${target.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.json.data.length <= limit);
    assert.equal(answer.json.page.has_more, answer.json.page.next_cursor !== null);
    rows.push(...answer.json.data);
    cursor = answer.json.page.next_cursor;
  } while (cursor);
  return rows;
}

test('every request once, newest first, by every filter', async () => {
  const all = await pages('/metrics/raw?range=1h', 97);
  assert.equal(all.length, total);
  assert.equal(new Set(all.map((row) => row.id)).size, total);
  assert.deepEqual(all.map((row) => row.timestamp), all.map((row) => row.timestamp).sort().reverse());
  const filters = {
    'service=auth': "service = 'auth'",
    'status=401': 'status = 401',
    'status=2xx': 'status between 200 and 299',
    'method=GET': "method = 'GET'",
    'method=POST': "method = 'POST'",
    'rate_limited=false': 'not rate_limited',
    'rate_limited=true': 'rate_limited',
    'remote_ip=127.0.0.1': "remote_ip = '127.0.0.1'",
    'remote_ip=127.0.0.0/8': "remote_ip <<= '127.0.0.0/8'",
    'remote_ip=2001:db8::/32': 'false',
    'route=/api/auth/me': "route = '/api/auth/me'",
    'request_id=seen-17': "request_id = 'seen-17'",
    'service=auth&status=4xx&route=/api/auth/me&remote_ip=127.0.0.1': "service = 'auth' and status between 400 and 499 and route = '/api/auth/me'",
  };
  for (const [filter, sql] of Object.entries(filters)) {
    const rows = await pages(`/metrics/raw?range=1h&${filter}`, 100);
    assert.equal(rows.length, await it.number(`select count(*) from metric_snapshot where ${sql}`), filter);
  }
});

test('a cursor belongs to its list, its filters and no other', async () => {
  const first = await admin.get(`${monitoring}/metrics/raw?range=1h&limit=10`);
  const cursor = first.json.page.next_cursor;
  for (const target of [`/metrics/raw?range=1h&service=auth&cursor=${cursor}`, `/metrics/raw?range=1h&cursor=${cursor.slice(0, -1)}`, `/metrics/raw?range=1h&cursor=A${cursor.slice(1)}x`, `/metrics/hourly?cursor=${cursor}`]) {
    const answer = await admin.get(`${monitoring}${target}`);
    assert.equal(answer.status, 400, target);
    assert.deepEqual([answer.json.error.code, answer.json.error.field], ['CURSOR_INVALID', 'cursor'], target);
  }
});

test('lists as CSV', async () => {
  const asCsv = (target) => admin.get(`${monitoring}${target}`, { Accept: 'text/csv' });
  const json = await pages('/metrics/raw?range=1h', 200);
  const records = [];
  let cursor = '';
  do {
    const answer = await asCsv(`/metrics/raw?range=1h&limit=200${cursor && `&cursor=${cursor}`}`);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^text\/csv/);
    assert.equal(answer.headers.vary, 'Accept');
    const [head, ...rows] = parseCsv(answer.text);
    assert.deepEqual(head, Object.keys(json[0]));
    records.push(...rows);
    cursor = answer.headers['x-next-cursor'];
  } while (cursor);
  assert.equal(records.length, json.length);
  records.forEach((record, row) => {
    Object.values(json[row]).forEach((value, column) => {
      const text = value === null ? '' : String(value);
      assert.equal(record[column], /^[=+\-@]/.test(text) && typeof value === 'string' ? `'${text}` : text);
    });
  });
  const [, agentRow] = parseCsv((await asCsv('/metrics/raw?range=1h&request_id=seen-7')).text);
  assert.ok(agentRow.includes('\'=HYPERLINK("http://x.example","y")'), agentRow.join('|'));

  const hours = await asCsv('/metrics/hourly?range=24h');
  const [head, ...rows] = parseCsv(hours.text);
  const sum = rows.reduce((all, row) => all + Number(row[head.indexOf('total_requests')]), 0);
  assert.equal(sum, total);
  const unwilling = await admin.get(`${monitoring}/metrics/raw?range=1h&limit=1`, { Accept: 'text/csv;q=0.5, application/json' });
  assert.match(unwilling.headers['content-type'], /json/);
  assert.equal((await asCsv('/metrics/raw?range=7d')).json.error.code, 'RANGE_TOO_WIDE');
});

test('the heatmap and the series of a route count what the rows count', async () => {
  for (const filter of ['', '&service=auth', '&route=/api/auth/me', '&service=auth&route=/api/auth/me', '&route=/nobody/asked']) {
    const { json: heatmap } = await admin.get(`${monitoring}/metrics/heatmap?range=1h${filter}`);
    const parameters = new URLSearchParams(filter.slice(1));
    const where = ['service', 'route'].filter((name) => parameters.has(name)).map((name) => ` and ${name} = '${parameters.get(name)}'`);
    const count = await it.number(`select count(*) from metric_snapshot where timestamp >= '${heatmap.from}' and timestamp < '${heatmap.to}'${where.join('')}`);
    assert.equal(heatmap.counts.flat().reduce((sum, one) => sum + (one ?? 0), 0), count, filter);
    assert.equal(heatmap.counts.length, heatmap.labels.length);
    assert.ok(heatmap.counts.every((column) => column === null || column.length === heatmap.bands.length));
    const { json: series } = await admin.get(`${monitoring}/metrics/timeseries?metric=requests&range=1h${filter}`);
    assert.equal(series.datasets.flatMap((one) => one.data).reduce((sum, one) => sum + (one ?? 0), 0), count, filter);
    const hours = await pages(`/metrics/hourly?range=6h${filter}`, 2);
    assert.equal(hours.reduce((sum, row) => sum + row.total_requests, 0), count, filter);
  }
});

test('the collector and the streams show themselves in /metrics', async () => {
  const metrics = await it.metrics('admin');
  assert.equal(metrics.k_collector_known, 1);
  assert.equal(metrics.k_collector_lines_total, await it.number('select sum(lines) from log_file'));
  assert.ok(metrics.k_collector_lines_total >= total);
  for (const name of ['lag_bytes', 'lag_seconds', 'bad_lines_total', 'oversized_lines_total']) assert.equal(metrics[`k_collector_${name}`], 0, name);
  for (const name of ['k_http_streams', 'k_http_streams_refused_total', 'k_http_streams_dropped_total']) assert.equal(metrics[name], 0, name);
  assert.equal((await it.metrics('public')).k_collector_known, undefined, 'the public process collects nothing');
  assert.equal((await it.client.get('/metrics')).headers['content-type'].includes('html'), true, 'the gateway shows them to nobody');
});

test('kctl finds the rollups equal to the rows, and notices when they are not', async () => {
  const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
  const equal = await it.kctl('monitoring', 'verify', '--hour', hour, '--json');
  assert.equal(equal.status, 0, equal.stdout + equal.stderr);
  const said = JSON.parse(equal.stdout);
  assert.equal(said.differences, 0);
  assert.ok(said.hours[0].requests > 0 && said.hours[0].hour_rows >= 4 && said.hours[0].minute_rows >= 4, equal.stdout);
  assert.equal((await it.kctl('monitoring', 'verify', '--range', '6h')).status, 0);
  assert.equal((await it.kctl('monitoring', 'verify')).status, 0);

  await it.sql(`update metric_rollup_hour set client_errors = client_errors + 1, p95_nginx_latency_ms = p95_nginx_latency_ms * 1.05 + 1 where hour_start = '${hour}' and service = 'auth' and route = ''`);
  await it.sql(`delete from metric_rollup_minute where route = '/api/auth/me'`);
  const differs = await it.kctl('monitoring', 'verify', '--hour', hour, '--json');
  assert.equal(differs.status, 1, differs.stdout + differs.stderr);
  const figures = JSON.parse(differs.stdout).hours[0].examples.map((one) => `${one.service} ${one.route} ${one.figure}`);
  for (const figure of ['auth  status_4xx', 'auth  p95_nginx_latency_ms', 'auth /api/auth/me total']) assert.ok(figures.includes(figure), `${figure} in ${figures}`);
  const text = await it.kctl('monitoring', 'verify', '--hour', hour);
  assert.match(text.stdout, /figures differ/);
  assert.match(text.stdout, /status_4xx/);

  for (const words of [['--hour', 'yesterday'], ['--hour', hour.replace('00:00', '30:00')], ['--hour', hour, '--range', '1h'], ['--range', '1y']]) {
    assert.equal((await it.kctl('monitoring', 'verify', ...words)).status, 64, words.join(' '));
  }
  const old = await it.kctl('monitoring', 'verify', '--hour', '2020-01-01T00:00:00Z');
  assert.equal(old.status, 1);
  assert.match(old.stderr, /raw rows are kept for 7 days/);
});
