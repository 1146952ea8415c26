// Ten thousand requests while k-admin is killed and the log rotated: what is in PostgreSQL equals the logs, line for
// line, and the dashboard's numbers equal SQL over those rows.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Client, inParallel } from './client.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const monitoring = '/api/admin/monitoring';
let it;
before(async () => (it = await startInstallation('exactlyOnce')));
after(() => it?.down());

const logFiles = () => fs.readdirSync(it.env.K_LOG_DIR).filter((name) => /^(access|dos_attempts)\.log/.test(name));
const gatewayLines = () => logFiles().flatMap((name) => it.lines(name));

async function collected() {
  await sleep(300); // nginx writes its buffer every 200 ms
  await until('every line is in the database', async () => (await it.number('select count(*) from metric_snapshot')) >= gatewayLines().length, 30_000);
}

/** Renames a log file as logrotate does, and tells nginx to open a new one. */
function rotate(name, number) {
  fs.renameSync(it.log(name), it.log(`${name}.${number}`));
  it.kill('nginx', 'SIGUSR1');
}

test('10,000 requests, k-admin killed five times, the log rotated twice', async () => {
  const login = await it.login(await it.makeUser('busy@example.org', password));
  const user = it.client.withToken(login.access_token);
  const total = 10_000;
  let sent = 0;
  let ended = false;
  const kinds = [
    (headers) => it.client.get('/api/auth/health', headers),
    (headers) => user.get('/api/auth/me', headers),
    (headers) => it.client.get('/api/auth/.well-known/jwks.json', headers),
    (headers) => it.client.get('/api/auth/me', headers),
    (headers) => it.client.get('/api/admin/health', headers),
    (headers) => it.client.get('/wp-login.php', headers),
    (headers) => it.client.post('/api/auth/login', { identifier: 'x' }, headers),
  ];
  const faults = (async () => {
    for (let round = 1; round <= 5; round += 1) {
      await until('the load goes on', () => ended || sent > round * 1500, 60_000);
      it.kill('k-admin', 'SIGKILL');
      if (round === 2 || round === 4) rotate('access.log', round);
      if (round === 3) rotate('dos_attempts.log', round);
      await it.start('k-admin');
    }
  })();
  const answers = await inParallel(total, async (index) => {
    sent += 1;
    // Slower than the servers can, so that the kills happen in the middle of it.
    if (index % 25 === 0) await sleep(40);
    return (await kinds[index % kinds.length]({ 'X-Request-ID': `load-${index}` })).status;
  }, 8);
  ended = true;
  await faults;
  assert.equal(answers.filter((status) => status >= 500 && status !== 502 && status !== 503).length, 0);

  await collected();
  const lines = gatewayLines();
  const loads = lines.filter((line) => line.request_id.startsWith('load-'));
  assert.equal(loads.length, total, 'nginx wrote each request');
  const rows = await it.sql("select request_id, count(*) from metric_snapshot where request_id like 'load-%' group by 1");
  assert.equal(rows.length, total, 'each request id is there');
  assert.deepEqual(rows.filter(([, count]) => count !== '1'), [], 'and once');
  assert.equal(await it.number('select count(*) from metric_snapshot'), lines.length);
  assert.equal(await it.number('select count(distinct id) from metric_snapshot'), lines.length);
  assert.equal(await it.number('select coalesce(sum(bad_lines), 0) from log_file'), 0);
});

test('minute and hour totals equal the rows', async () => {
  await collected();
  const counts = 'count(*), count(*) filter (where status between 200 and 299), count(*) filter (where status between 400 and 499), count(*) filter (where status >= 500), count(*) filter (where rate_limited), sum(bytes_sent)';
  const raw = await it.sql(`select 'all', ${counts} from metric_snapshot union all select service, ${counts} from metric_snapshot group by 1 order by 1`);
  const minute = await it.sql(
    "select service, sum(total), sum(status_2xx), sum(status_4xx), sum(status_5xx), sum(rate_limited), sum(bytes_sent) from metric_rollup_minute where route = '' group by 1 order by 1",
  );
  const hour = await it.sql(
    "select service, sum(total_requests), sum(successful_requests), sum(client_errors), sum(server_errors), sum(rate_limited_requests), sum(bytes_sent) from metric_rollup_hour where route = '' group by 1 order by 1",
  );
  assert.deepEqual(minute, raw);
  assert.deepEqual(hour, raw);
  const routes = await it.sql("select service, route, count(*) from metric_snapshot where route <> '' group by 1, 2 order by 1, 2");
  assert.deepEqual(await it.sql("select service, route, sum(total) from metric_rollup_minute where route <> '' group by 1, 2 order by 1, 2"), routes);
  assert.ok(routes.some(([, route]) => route === '/api/auth/me'));
});

test('the dashboard tells what SQL over the rows tells', async () => {
  const { headers } = await it.adminLogin();
  await collected();
  // Past the gateway, so that asking changes nothing.
  const admin = new Client(`http://127.0.0.1:${it.env.K_ADMIN_PORT}`, { headers });
  const to = new Date(Math.ceil(Date.now() / 60_000) * 60_000);
  const from = new Date(to.getTime() - 3_600_000);
  const range = `from=${from.toISOString()}&to=${to.toISOString()}`;
  const where = `timestamp >= '${from.toISOString()}' and timestamp < '${to.toISOString()}'`;
  for (const service of ['all', 'auth', 'admin', 'gateway']) {
    const mine = service === 'all' ? where : `${where} and service = '${service}'`;
    const [[total, success, client, server, limited, average, addresses]] = await it.sql(
      `select count(*), count(*) filter (where status < 400), count(*) filter (where status between 400 and 499 and not rate_limited), count(*) filter (where status >= 500),
       count(*) filter (where rate_limited), coalesce(avg(nginx_latency_ms), 0), count(distinct remote_ip) from metric_snapshot where ${mine}`,
    );
    const answer = await admin.get(`${monitoring}/dashboard/summary?service=${service}&${range}`);
    assert.equal(answer.status, 200, answer.text);
    const said = answer.json;
    assert.deepEqual(
      [said.total_requests.value, said.success, said.client_errors, said.server_errors, said.rate_limited.value, said.unique_ips],
      [total, success, client, server, limited, addresses].map(Number),
      service,
    );
    assert.ok(Math.abs(said.avg_latency_ms.value - Number(average)) < 0.01, `${said.avg_latency_ms.value} and ${average}`);
    assert.equal(said.total_requests.spark.reduce((sum, one) => sum + one, 0), Number(total));
    if (Number(total) > 100) {
      const [[low, high]] = await it.sql(`select percentile_disc(0.94) within group (order by nginx_latency_ms) * 0.98, percentile_disc(0.96) within group (order by nginx_latency_ms) * 1.02 from metric_snapshot where ${mine}`);
      assert.ok(said.p95_latency_ms.value >= Number(low) - 0.5 && said.p95_latency_ms.value <= Number(high) + 0.5, `${low} <= ${said.p95_latency_ms.value} <= ${high}`);
    }
    const endpoints = await it.sql(`select route, count(*) from metric_snapshot where ${mine} and route <> '' group by service, route order by 2 desc, 1`);
    assert.deepEqual(said.top_endpoints.map((one) => one.requests), endpoints.slice(0, 10).map(([, count]) => Number(count)), service);

    const series = (await admin.get(`${monitoring}/metrics/timeseries?metric=requests&service=${service}&interval=1m&${range}`)).json;
    assert.equal(series.interval_s, 60);
    const perMinute = Object.fromEntries(await it.sql(`select to_char(date_trunc('minute', timestamp at time zone 'UTC'), 'YYYY-MM-DD"T"HH24:MI'), count(*) from metric_snapshot where ${mine} group by 1`));
    series.labels.forEach((label, index) => {
      const sum = series.datasets.reduce((all, one) => all + (one.data[index] ?? 0), 0);
      assert.equal(sum, Number(perMinute[label.slice(0, 16)] ?? 0), `${service} ${label}`);
    });
  }
  const hours = `from=${new Date(Math.floor(from.getTime() / 3_600_000) * 3_600_000).toISOString()}&to=${new Date(Math.ceil(to.getTime() / 3_600_000) * 3_600_000).toISOString()}`;
  for (const service of ['all', 'auth', 'admin', 'gateway']) {
    const hourly = (await admin.get(`${monitoring}/metrics/hourly?service=${service}&${hours}`)).json.data;
    assert.ok(hourly.length > 0, service);
    for (const row of hourly) {
      const [raw] = await it.sql(
        `select count(*), count(*) filter (where status between 200 and 299), count(*) filter (where status >= 500), count(*) filter (where rate_limited) from metric_snapshot
         where date_trunc('hour', timestamp) = '${row.hour_start}' and service = '${row.service}'`,
      );
      assert.deepEqual([row.total_requests, row.successful_requests, row.server_errors, row.rate_limited_requests], raw.map(Number), JSON.stringify(row));
    }
  }
  admin.close();
});

test('a line is seen within seconds', async () => {
  const id = `seen-${Date.now()}`;
  await it.client.get('/api/auth/health', { 'X-Request-ID': id });
  await until('the row', async () => (await it.number(`select count(*) from metric_snapshot where request_id = '${id}'`)) === 1, 5000);
});
