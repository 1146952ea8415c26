// The live feed: server-sent events through the gateway and directly, from real log lines to a real reader.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './client.mjs';
import { startInstallation, until } from './installation.mjs';

const path = '/api/admin/monitoring/metrics/live';
let it;
let admin;
before(async () => {
  it = await startInstallation('liveFeed');
  admin = await it.adminLogin();
});
after(() => it?.down());

const sum = (stream, field) => stream.events.reduce((total, { data }) => total + data[field], 0);

test('what the gateway serves is in the feed about two seconds later, through nginx and directly', async () => {
  const direct = new Client(`http://127.0.0.1:${it.env.K_ADMIN_PORT}`, { headers: admin.headers });
  const streams = [await admin.stream(path), await direct.stream(path), await admin.stream(path, { Accept: '*/*' })];
  try {
    for (const stream of streams) {
      assert.equal(stream.status, 200);
      assert.match(stream.headers['content-type'], /^text\/event-stream/);
      assert.equal(stream.headers['cache-control'], 'no-store');
      await until('the collector holds its lock', () => stream.events.at(-1)?.data.collecting);
    }
    const before = streams.map((stream) => sum(stream, 'requests'));
    const answers = [];
    for (let i = 0; i < 20; ++i) answers.push(await it.client.get('/api/auth/health'));
    for (let i = 0; i < 5; ++i) await it.client.get('/api/auth/me');
    const sent = Date.now();
    for (const [i, stream] of streams.entries()) {
      await until('25 requests', () => sum(stream, 'requests') - before[i] >= 25, 5_000);
      assert.ok(Date.now() - sent < 3_500, `${Date.now() - sent} ms`);
      assert.ok(sum(stream, 'client_errors') >= 5);
      const { data } = stream.events.at(-1);
      assert.ok(data.latency_ms.p50 >= 0 && data.latency_ms.p99 >= data.latency_ms.p50);
      assert.equal(data.recent.length, 10);
      const me = stream.events.flatMap((event) => event.data.recent).find((one) => one.route === '/api/auth/me');
      assert.equal(me.status, 401);
      assert.equal(me.service, 'auth');
      assert.equal(me.remote_ip, '127.0.0.1');
    }
    const at = streams[0].events.map(({ data }) => Date.parse(data.timestamp));
    for (let i = 1; i < at.length; ++i) assert.ok(at[i] - at[i - 1] > 700 && at[i] - at[i - 1] < 2_500, `${at}`);
  } finally {
    for (const stream of streams) stream.close();
  }
});

test('the line of a stream tells how soon it began, not how long it stayed', async () => {
  const stream = await admin.stream(path);
  await until('two events', () => stream.events.length >= 2);
  stream.close();
  const line = await until('its line', () => it.lines('access.log').find((one) => one.request_id === stream.headers['x-request-id']));
  assert.equal(line.status, 200);
  assert.equal(line.route, path);
  assert.ok(line.nginx_latency_s < 0.5 && Number(line.backend_latency_s) < 0.5, JSON.stringify(line));
});

test('who may listen, and how many', async () => {
  assert.equal((await it.client.get(path)).status, 401);
  const user = await it.login(await it.makeUser('listener@example.org'));
  assert.equal((await it.client.withToken(user.access_token).get(path)).status, 403);
  const open = [];
  try {
    for (let i = 0; i < 4; ++i) open.push(await admin.stream(path));
    const fifth = await admin.get(path);
    assert.equal(fifth.status, 429);
    assert.equal(fifth.json.error.code, 'RATE_LIMITED');
    const { k_http_streams: count, k_http_streams_refused_total: refused } = await it.metrics('admin');
    assert.deepEqual([count, refused], [4, 1]);
  } finally {
    for (const stream of open) stream.close();
  }
  await until('places are free again', async () => {
    const stream = await admin.stream(path);
    stream.close();
    return stream.status === 200;
  });
  await until('none is counted any more', async () => (await it.metrics('admin')).k_http_streams === 0);
});

test('a stream of a machine ends when the maker of its key may no more', async () => {
  const maker = await it.makeUser('maker@example.org');
  const id = (await admin.post('/api/admin/users/lookup', { email: maker.email })).json.id;
  const roles = (names) => admin.request('PUT', `/api/admin/users/${id}/roles`, { body: JSON.stringify({ roles: names }), headers: { 'Content-Type': 'application/json' } });
  assert.equal((await roles(['admin'])).status, 200);
  const made = JSON.parse((await it.kctl('key', 'create', 'watcher', '--scopes', 'monitoring:read', '--json')).stdout);
  await it.sql(`update api_keys set created_by = '${id}' where id = '${made.details.id}'`);
  const machine = it.client.withToken(made.key);
  for (const [lose, regain] of [
    [() => roles(['user']), () => roles(['admin'])],
    [() => admin.post(`/api/admin/users/${id}/suspend`, { reason: 'test' }), () => admin.post(`/api/admin/users/${id}/unsuspend`)],
  ]) {
    const stream = await machine.stream(path);
    assert.equal(stream.status, 200);
    await until('it runs', () => stream.events.length > 0);
    const lost = await lose();
    assert.equal(lost.status, 200, lost.text);
    const started = Date.now();
    await stream.ended;
    assert.ok(Date.now() - started < 3_000, `${Date.now() - started} ms`);
    assert.ok((await machine.get(path)).status >= 401);
    assert.equal((await regain()).status, 200);
  }
});

test('a stream ends with its session and with the process', async () => {
  const other = await it.adminAgain();
  const [ending, staying] = [await other.stream(path), await admin.stream(path)];
  await until('both run', () => ending.events.length > 0 && staying.events.length > 0);
  await other.post('/api/auth/logout');
  const started = Date.now();
  await ending.ended;
  assert.ok(Date.now() - started < 5_000);
  const count = staying.events.length;
  await until('the other goes on', () => staying.events.length > count);
  const stopping = it.stop('k-admin');
  await staying.ended;
  await stopping;
  await it.start('k-admin');
  const back = await admin.stream(path);
  await until('it is back', () => back.events.length > 0);
  back.close();
});
