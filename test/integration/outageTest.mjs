// PostgreSQL and Redis stopped and started under load: what was acknowledged is kept, nobody is logged out, nothing
// needs a restart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './client.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const timeoutS = 3;
let it;
before(async () => (it = await startInstallation('outage', { K_DATABASE_TIMEOUT_S: timeoutS, K_HEALTH_INTERVAL_S: 1 })));
after(() => it?.down());

const me = (login) => it.client.withToken(login.access_token).get('/api/auth/me');
const health = async (name = 'auth') => (await it.client.get(`/api/${name}/health`)).json;
const pids = () => ['k-public', 'k-admin', 'nginx'].map((name) => it.pid(name));

/** Runs `clients` loops of `work(index)` until the returned function is called, which gives all that they returned. */
function underLoad(t, clients, work) {
  let stopped = false;
  const results = [];
  let index = 0;
  const loops = Array.from({ length: clients }, async () => {
    while (!stopped) results.push(await work(index++));
  });
  const stop = async () => {
    stopped = true;
    await Promise.all(loops);
    return results;
  };
  t.after(stop);
  return stop;
}

test('PostgreSQL stopped and started under registrations and logins', async (t) => {
  const who = await it.makeUser('here@example.org', password);
  const before = pids();
  const registering = underLoad(t, 4, async (index) => {
    const email = `load${index}@example.org`;
    const answer = await it.client.post('/api/auth/register', { email, password });
    return { email, status: answer.status, code: answer.json.error?.code, tookMs: answer.tookMs };
  });
  const signingIn = underLoad(t, 2, async () => {
    const answer = await it.client.post('/api/auth/login', { identifier: who.email, password });
    return { status: answer.status, code: answer.json.error?.code, tookMs: answer.tookMs };
  });
  await sleep(1500);
  await it.stop('postgres');
  await until('health says so', async () => (await it.client.get('/api/auth/health')).status === 503, 8000);
  assert.equal((await it.client.get('/api/auth/health/live')).status, 200);
  assert.equal((await it.client.get('/api/auth/health/ready')).status, 503);
  await sleep(2500);
  await it.start('postgres');
  await until('a login works again', async () => (await it.client.post('/api/auth/login', { identifier: who.email, password })).status === 200, 15_000);
  await sleep(1000);
  const registrations = await registering();
  const all = [...registrations, ...(await signingIn())];

  const counts = {};
  for (const { status, code } of all) counts[`${status} ${code ?? ''}`] = (counts[`${status} ${code ?? ''}`] ?? 0) + 1;
  const said = JSON.stringify(counts);
  for (const { status } of all) assert.ok([200, 202, 503].includes(status), said);
  assert.ok(all.some(({ status }) => status === 503), said);
  const slowest = Math.max(...all.map(({ tookMs }) => tookMs));
  assert.ok(slowest < (timeoutS + 7) * 1000, `the slowest answer took ${slowest} ms`);
  assert.deepEqual(pids(), before, 'no restart');
  const stored = new Set((await it.sql("select email from users where email like 'load%'")).map(([email]) => email));
  const acknowledged = registrations.filter(({ status }) => status === 202).map(({ email }) => email);
  assert.ok(acknowledged.length > 0, said);
  assert.deepEqual(acknowledged.filter((email) => !stored.has(email)), [], 'each acknowledged registration is in the database');
  await until('healthy again', async () => (await health()).status === 'healthy' && (await health('admin')).status === 'healthy', 10_000);
  const mailed = await it.number("select count(*) from email_outbox where sent_at is null and next_at < now() - interval '1 minute'");
  assert.equal(mailed, 0);
});

test('PostgreSQL killed: the collector goes on where it was', async () => {
  it.kill('postgres', 'SIGKILL');
  await sleep(300);
  for (let index = 0; index < 50; index += 1) await it.client.get('/api/auth/.well-known/jwks.json', { 'X-Request-ID': `dark-${index}` });
  await until('PostgreSQL starts', async () => (await it.start('postgres'), true), 30_000);
  await until('the lines are there', async () => (await it.number("select count(*) from metric_snapshot where request_id like 'dark-%'")) === 50, 20_000);
  await sleep(1500);
  assert.equal(await it.number("select count(*) from metric_snapshot where request_id like 'dark-%'"), 50);
  await until('healthy again', async () => (await health()).status === 'healthy', 10_000);
});

test('Redis stopped: nobody is logged out, health says degraded', async () => {
  const login = await it.login(await it.makeUser('stay@example.org', password));
  assert.equal((await me(login)).status, 200);
  const before = pids();
  await it.stop('redis');
  assert.equal((await me(login)).status, 200);
  const degraded = await until('degraded', async () => ((await health()).status === 'degraded' ? health() : undefined), 10_000);
  assert.equal(degraded.checks.redis.status, 'down');
  assert.equal(degraded.checks.database.status, 'up');
  const status = await it.kctl('status', '--json');
  assert.equal(status.status, 1, 'kctl: degraded');
  const renewed = await it.client.post('/api/auth/token/refresh', { refresh_token: login.refresh_token });
  assert.equal(renewed.status, 200, renewed.text);
  assert.equal((await me(renewed.json)).status, 200);
  const fresh = await it.login({ email: 'stay@example.org', password });
  assert.equal((await me(fresh)).status, 200);
  assert.equal((await it.client.withToken(fresh.access_token).post('/api/auth/logout')).status, 204);
  assert.equal((await me(fresh)).status, 401, 'an end is seen without Redis too');
  await it.start('redis');
  await until('healthy', async () => (await health()).status === 'healthy', 10_000);
  assert.equal((await me(login)).status, 200);
  assert.equal((await me(fresh)).status, 401);
  assert.deepEqual(pids(), before);
});

test('an ended session stays ended when Redis was emptied or started anew', async () => {
  const who = await it.makeUser('ended@example.org', password);
  const [kept, first, second] = [await it.login(who), await it.login(who), await it.login(who)];
  for (const one of [kept, first, second]) assert.equal((await me(one)).status, 200);
  assert.equal((await it.client.withToken(kept.access_token).delete(`/api/auth/sessions/${first.session_id}`)).status, 204);
  assert.equal((await me(first)).status, 401, 'at once');
  await it.stop('redis');
  await it.start('redis');
  assert.equal((await me(first)).status, 401);
  assert.equal((await it.client.withToken(second.access_token).post('/api/auth/logout')).status, 204);
  assert.equal((await me(second)).status, 401);
  await until('Redis is used again', async () => (await health()).checks.redis.status === 'up');
  assert.equal((await me(second)).status, 401);
  assert.equal((await me(kept)).status, 200);
  assert.equal((await it.client.post('/api/auth/token/refresh', { refresh_token: second.refresh_token })).json.error.code, 'SESSION_REVOKED');
});

test('a Redis that hangs holds nobody up', async () => {
  const login = await it.login(await it.makeUser('hang@example.org', password));
  it.kill('redis', 'SIGSTOP');
  try {
    const answer = await me(login);
    assert.equal(answer.status, 200);
    const again = await it.login({ email: 'hang@example.org', password });
    const other = await me(again);
    assert.equal(other.status, 200);
    assert.ok(other.tookMs < 5000, `${other.tookMs} ms`);
    await until('degraded', async () => (await health()).status === 'degraded', 10_000);
  } finally {
    it.kill('redis', 'SIGCONT');
  }
  await until('healthy', async () => (await health()).status === 'healthy', 10_000);
});

test('a PostgreSQL that hangs, with hundreds of requests that wait for it: what needs no database is answered', async () => {
  const who = await it.makeUser('patient@example.org', password);
  const login = await it.login(who);
  const inMemory = ['/api/auth/.well-known/jwks.json', '/api/auth/config', '/api/auth/password/policy', '/api/auth/openapi.json', '/api/admin/openapi.json', '/api/auth/health/live', '/api/admin/health/live'];
  const known = ['/api/auth/me', '/api/auth/csrf']; // whose token the process remembers
  const ask = (target) => it.client.withToken(login.access_token).get(target);
  for (const target of [...inMemory, ...known]) assert.equal((await ask(target)).status, 200, target);
  const crowd = new Client(it.origin, { sockets: 300 });
  const melt = it.freeze('postgres');
  const waiting = [];
  try {
    for (let index = 0; index < 300; ++index) {
      waiting.push(index % 2 === 0
        ? crowd.post('/api/auth/login', { identifier: who.email, password })
        : crowd.withToken(login.access_token).get('/api/auth/sessions'));
    }
    await sleep(500);
    for (let round = 0; round < 3; ++round) {
      for (const target of [...inMemory, ...known]) {
        const answer = await ask(target);
        assert.equal(answer.status, 200, `${target}: ${answer.text}`);
        assert.ok(answer.tookMs < 1000, `${target}: ${answer.tookMs} ms`);
      }
    }
    const health = await Promise.all(Array.from({ length: 100 }, () => it.client.get('/api/auth/health')));
    const slowest = Math.max(...health.map(({ tookMs }) => tookMs));
    assert.ok(slowest < 3000, `health took ${slowest} ms`);
    assert.equal((await ask('/api/auth/.well-known/jwks.json')).status, 200);
  } finally {
    melt();
  }
  const answers = await Promise.all(waiting);
  crowd.close();
  assert.deepEqual(answers.map(({ status }) => status).filter((status) => ![200, 429, 503, 504].includes(status)), []);
  assert.ok(answers.some(({ json }) => json.error?.code === 'OVERLOADED'), 'past the bound they are told so at once');
  await until('a sign-in works again', async () => (await it.client.post('/api/auth/login', { identifier: who.email, password })).status === 200, 20_000);
});
