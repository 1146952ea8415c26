import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { inParallel, sleep, startGateway, until } from './gatewayFixture.mjs';

const FIELDS = [
  'timestamp', 'category', 'type', 'service', 'request_id', 'remote_ip', 'x_forwarded_for', 'method', 'url', 'status',
  'rate_limited', 'cross_site', 'user_agent', 'nginx_latency_s', 'backend_latency_s', 'user_id', 'timestamp_ms', 'zone', 'bytes_sent',
  'request_length', 'upstream_addr', 'tls', 'route',
];

let gateway;
before(async () => {
  gateway = await startGateway({ settings: { K_RATE_LIMITS: 'off' } });
});
after(() => gateway.stop());

test('a line has exactly the fields, in order, with their types', async () => {
  const before = Date.now();
  const { headers, bytes } = await gateway.request('/api/auth/sessions/5?x=1', {
    method: 'DELETE',
    headers: {
      'User-Agent': 'agent/1.0',
      'X-Forwarded-For': '1.2.3.4, 5.6.7.8',
      'X-Echo-Delay-Ms': '50',
      'X-Echo-Set': JSON.stringify({ 'X-User-ID': 'u-77', 'X-Route': '/api/auth/sessions/{id}' }),
    },
  });
  const id = headers['x-request-id'];
  const line = await gateway.entry('access.log', (entry) => entry.request_id === id);
  assert.deepEqual(Object.keys(line), FIELDS);
  assert.match(line.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  assert.ok(line.timestamp_ms >= before && line.timestamp_ms <= Date.now() + 5);
  assert.equal(Math.floor(line.timestamp_ms / 1000), Date.parse(line.timestamp) / 1000);
  const { timestamp, timestamp_ms, nginx_latency_s, backend_latency_s, bytes_sent, request_length, ...rest } = line;
  assert.deepEqual(rest, {
    category: 'system',
    type: 'http_access',
    service: 'nginx_gateway',
    request_id: id,
    remote_ip: '127.0.0.1',
    x_forwarded_for: '1.2.3.4, 5.6.7.8',
    method: 'DELETE',
    url: '/api/auth/sessions/5?x=1',
    status: 200,
    rate_limited: false,
    cross_site: false,
    user_agent: 'agent/1.0',
    user_id: 'u-77',
    zone: 'auth-session',
    upstream_addr: `unix:${gateway.inside('sock/public.http.sock')}`,
    tls: '',
    route: '/api/auth/sessions/{id}',
  });
  assert.ok(nginx_latency_s >= 0.05 && nginx_latency_s < 1);
  assert.match(backend_latency_s, /^0\.0[4-9]\d$/);
  assert.ok(bytes_sent > bytes.length && request_length > 100);
});

test('a dos line has the same fields', async () => {
  await gateway.request('/.git/config');
  const line = await gateway.entry('dos_attempts.log', (entry) => entry.url === '/.git/config');
  assert.deepEqual(Object.keys(line), FIELDS);
  assert.deepEqual([line.status, line.rate_limited, line.backend_latency_s, line.user_id, line.zone], [200, false, '', '', '']);
});

test("clients' texts are escaped and cut", async () => {
  const nasty = 'quote" back\\slash\ttab <script> \u00e9\u20ac';
  const { headers } = await gateway.request('/api/auth/health', { headers: { 'User-Agent': Buffer.from(nasty).toString('latin1') } });
  const line = await gateway.entry('access.log', (entry) => entry.request_id === headers['x-request-id']);
  assert.equal(line.user_agent, nasty);

  const long = await gateway.request(`/api/auth/health?q=${'u'.repeat(4000)}`, {
    headers: { 'User-Agent': 'a'.repeat(1000), 'X-Forwarded-For': '1.1.1.1, '.repeat(100) },
  });
  const cut = await gateway.entry('access.log', (entry) => entry.request_id === long.headers['x-request-id']);
  assert.deepEqual([cut.user_agent.length, cut.x_forwarded_for.length, cut.url.length], [256, 256, 2048]);

  const euro = Buffer.from(`${'a'.repeat(255)}\u20ac\u20ac`).toString('latin1');
  const split = await gateway.request('/api/auth/health', { headers: { 'User-Agent': euro } });
  const whole = await gateway.entry('access.log', (entry) => entry.request_id === split.headers['x-request-id']);
  assert.equal(whole.user_agent, 'a'.repeat(255));
});

test("a backend's own 302 or 429 is no rate limit", async () => {
  for (const status of ['302', '429']) {
    const { headers } = await gateway.request('/api/auth/x', { headers: { 'X-Echo-Status': status } });
    const line = await gateway.entry('access.log', (entry) => entry.request_id === headers['x-request-id']);
    assert.equal(line.status, Number(status));
    assert.equal(line.rate_limited, false);
  }
});

test('a line is in the file within a second', async () => {
  const delays = [];
  for (let i = 0; i < 8; ++i) {
    const { headers } = await gateway.request('/health');
    const answered = Date.now();
    await until('the line', () => gateway.logText('access.log').includes(headers['x-request-id']), 1000);
    delays.push(Date.now() - answered);
    await sleep(37 * i);
  }
  assert.ok(Math.max(...delays) < 1000, delays.join());
});

test('rotation by rename and USR1 under load loses and doubles no line', async () => {
  const file = gateway.inside('logs/access.log');
  const ids = [];
  let rotations = 0;
  let running = true;
  const rotator = (async () => {
    while (running) {
      await sleep(150);
      fs.renameSync(file, `${file}.${++rotations}`);
      process.kill(gateway.pid(), 'SIGUSR1');
      await until('the new file', () => fs.existsSync(file));
    }
  })();
  await inParallel(1500, async (i) => {
    const id = `rotation-${i}`;
    await gateway.request('/api/auth/health', { headers: { 'X-Request-ID': id } });
    ids.push(id);
  });
  running = false;
  await rotator;
  await sleep(700);
  assert.ok(rotations >= 3, `${rotations} rotations`);
  const names = ['access.log', ...Array.from({ length: rotations }, (_, i) => `access.log.${i + 1}`)];
  const found = names.flatMap((name) => gateway.entries(name)).map((line) => line.request_id).filter((id) => id.startsWith('rotation-'));
  assert.deepEqual(found.sort(), ids.sort());
});

test('a stopped gateway has written every line', async () => {
  const other = await startGateway({ settings: { K_RATE_LIMITS: 'off' } });
  const file = other.inside('logs/access.log');
  const copy = fs.openSync(file, 'r');
  await inParallel(300, () => other.request('/api/auth/health'));
  await other.stop();
  const lines = fs.readFileSync(copy, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  fs.closeSync(copy);
  assert.equal(lines.filter((line) => line.url === '/api/auth/health').length, 300);
});

test('a line tells what another site may have made a browser send, and nothing that can sign in or carry a token', async () => {
  const image = { Accept: 'image/avif,image/webp,*/*;q=0.8' };
  const cases = [
    [{ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }, {}, true],
    [{ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }, {}, true],
    [{ 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'text/plain;charset=UTF-8' }, { method: 'POST' }, true],
    [{ 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/json' }, { method: 'POST' }, false],
    [{ 'Sec-Fetch-Site': 'cross-site' }, { method: 'DELETE' }, false],
    [{ 'Sec-Fetch-Site': 'cross-site', Authorization: 'Bearer x' }, {}, false],
    [{ 'Sec-Fetch-Site': 'same-origin' }, {}, false],
    [{ 'Sec-Fetch-Site': 'none' }, {}, false],
    [{}, {}, false],
    [{ ...image, Referer: 'https://evil.example/page' }, {}, true],
    [{ ...image, Referer: 'http://own.example/page', Host: 'own.example' }, {}, false],
    [{ ...image, Referer: 'http://own.example.evil.example/', Host: 'own.example' }, {}, true],
    [{ ...image, 'Sec-Fetch-Site': 'same-origin', Referer: 'https://evil.example/page' }, {}, false],
    [{ Accept: '*/*', Referer: 'https://www.google.com/' }, {}, false],
  ];
  for (const [index, [headers, more, expected]] of cases.entries()) {
    const id = `cross-${index}`;
    await gateway.request('/wp-login.php', { ...more, headers: { ...headers, 'X-Request-ID': id } });
    const line = await gateway.entry('dos_attempts.log', (entry) => entry.request_id === id);
    assert.equal(line.cross_site, expected, JSON.stringify([headers, more]));
  }
});
