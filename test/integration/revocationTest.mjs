// Two public processes on one database and one Redis: what has ended is refused by both within 100 ms, with Redis,
// without it and right after it was started again, and whoever dies meanwhile.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from './client.mjs';
import { buildDir, sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const deadlineMs = 10_000; // generous: the machine may be busy; the figures are printed
let it;
let second;
let sides; // clients of the two processes, past the gateway

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startSecond() {
  const port = await freePort();
  const sockets = it.file('second');
  fs.mkdirSync(sockets, { recursive: true, mode: 0o700 });
  const output = fs.openSync(it.log('k-public-second.log'), 'a');
  second = spawn(path.join(buildDir, 'apps', 'k-public'), [], {
    env: { ...it.env, K_SOCKET_DIR: sockets, K_PUBLIC_PORT: String(port) },
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  const client = new Client(`http://127.0.0.1:${port}`);
  await until('the second process', async () => (await client.get('/health/ready')).status === 200, 30_000);
  return client;
}

before(async () => {
  it = await startInstallation('revocation', { K_HEALTH_INTERVAL_S: 1 });
  sides = [new Client(`http://127.0.0.1:${it.env.K_PUBLIC_PORT}`), await startSecond()];
});
after(async () => {
  second?.kill('SIGTERM');
  for (const side of sides ?? []) side.close();
  if (second) await until('the second process ends', () => second.exitCode !== null || second.signalCode !== null, 15_000);
  await it?.down();
});

const me = (side, login) => side.withToken(login.access_token).get('/api/auth/me');
const bothKnow = async (login) => {
  for (const side of sides) {
    for (let twice = 0; twice < 2; twice += 1) assert.equal((await me(side, login)).status, 200);
  }
};

/** From `since` until the side refuses, in ms; what it was asked before counts as "still good". */
async function refusedAfter(side, login, since) {
  for (;;) {
    const asked = performance.now();
    const { status } = await me(side, login);
    if (status === 401 || status === 403) return Math.max(0, asked - since);
    assert.equal(status, 200);
    assert.ok(asked - since < deadlineMs, `still good after ${deadlineMs} ms`);
  }
}

async function measure(login, end) {
  await bothKnow(login);
  const answer = await end();
  const since = performance.now(); // acknowledged
  assert.ok(answer === undefined || answer.status < 300, answer?.text);
  const took = await Promise.all(sides.map((side) => refusedAfter(side, login, since)));
  await sleep(20);
  for (const side of sides) assert.notEqual((await me(side, login)).status, 200, 'it stays refused');
  return Math.max(...took);
}

function report(t, what, figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)].toFixed(1);
  t.diagnostic(`${what}: ${figures.length} revocations, refused by both processes after ${at(0.5)} ms (half), ${at(0.99)} ms (99 %), ${at(1)} ms (all)`);
}

test('100 revocations of every kind', async (t) => {
  const who = await it.makeUser('often@example.org', password);
  const figures = [];
  for (let round = 0; round < 50; round += 1) {
    const login = await it.login(who);
    const through = sides[round % 2].withToken(login.access_token);
    figures.push(await measure(login, () => through.post('/api/auth/logout')));
  }
  const boss = await it.login(who);
  for (let round = 0; round < 30; round += 1) {
    const login = await it.login(who);
    const through = sides[round % 2].withToken(boss.access_token);
    figures.push(await measure(login, () => (round % 3 === 0 ? through.delete('/api/auth/sessions?scope=others') : through.delete(`/api/auth/sessions/${login.session_id}`))));
  }
  for (let round = 0; round < 10; round += 1) {
    const [login, other] = [await it.login(who), await it.login(who)];
    await bothKnow(other);
    figures.push(await measure(login, () => sides[round % 2].withToken(other.access_token).post('/api/auth/logout-all')));
    assert.equal((await me(sides[0], other)).status, 401);
  }
  let current = password;
  for (let round = 0; round < 10; round += 1) {
    const login = await it.login({ ...who, password: current });
    const next = `${password} ${round}`;
    const change = { identifier: who.email, current_password: current, new_password: next };
    figures.push(await measure(login, () => sides[round % 2].post('/api/auth/password/change', change)));
    current = next;
  }
  report(t, 'with Redis', figures);
});

test('logout-all keeps the current session when told to, and says how many ended', async () => {
  const who = await it.makeUser('count@example.org', password);
  const logins = [await it.login(who), await it.login(who), await it.login(who)];
  const kept = sides[0].withToken(logins[0].access_token);
  assert.deepEqual((await kept.post('/api/auth/logout-all', { keep_current: true })).json, { revoked: 2 });
  assert.equal((await me(sides[1], logins[0])).status, 200);
  assert.deepEqual((await kept.post('/api/auth/logout-all', { keep_current: true })).json, { revoked: 0 });
  assert.deepEqual((await kept.post('/api/auth/logout-all')).json, { revoked: 1 });
  await until('the other process knows', async () => (await me(sides[1], logins[0])).status === 401, 1000);
  const again = await it.login(who);
  assert.equal((await sides[0].withToken(again.access_token).delete('/api/auth/sessions')).status, 400, 'the scope must be said');
});

test('a suspension, a change of role and a deletion by whoever reach both processes', async (t) => {
  const who = await it.makeUser('changed@example.org', password);
  const login = await it.login(who);
  await bothKnow(login);
  await it.sql(`insert into user_roles (user_id, role_id, granted_at) select '${login.user.id}', id, now() from roles where name = 'auditor'`);
  for (const side of sides) await until('the new role', async () => (await me(side, login)).json.roles.includes('auditor'), 2000);
  await it.sql(`delete from role_permissions where permission = 'audit:read' and role_id = (select id from roles where name = 'auditor')`);
  for (const side of sides) await until('the changed role', async () => !(await me(side, login)).json.permissions.includes('audit:read'), 2000);
  const figures = [];
  for (let round = 0; round < 10; round += 1) {
    figures.push(
      await measure(login, async () => {
        await it.sql(`update users set status = 'suspended', version = version + 1 where id = '${login.user.id}'`);
      }),
    );
    await it.sql(`update users set status = 'active', version = version + 1 where id = '${login.user.id}'`);
    for (const side of sides) await until('active again', async () => (await me(side, login)).status === 200, 2000);
  }
  report(t, 'suspended', figures);
  await measure(login, async () => {
    await it.sql(`delete from sessions where id = '${login.session_id}'`);
  });
});

test('without Redis, and right after it was started again', async (t) => {
  const who = await it.makeUser('dark@example.org', password);
  const logins = [];
  for (let made = 0; made < 40; made += 1) logins.push(await it.login(who));
  const end = (login, round) => () => sides[round % 2].withToken(login.access_token).post('/api/auth/logout');
  const away = [];
  it.kill('redis', 'SIGKILL');
  for (let round = 0; round < 10; round += 1) away.push(await measure(logins[round], end(logins[round], round)));
  report(t, 'without Redis', away);
  const fresh = [];
  for (let restart = 0; restart < 3; restart += 1) {
    await it.stop('redis');
    await it.start('redis');
    for (let round = 10 + restart * 10; round < 20 + restart * 10; round += 1) fresh.push(await measure(logins[round], end(logins[round], round)));
  }
  report(t, 'right after a restart of Redis', fresh);
  for (const login of logins) for (const side of sides) assert.equal((await me(side, login)).status, 401, 'nothing comes back');
});

test('a process killed right after its commit takes no notice with it', async (t) => {
  const who = await it.makeUser('killed@example.org', password);
  const figures = [];
  for (let round = 0; round < 5; round += 1) {
    const login = await it.login(who);
    await bothKnow(login);
    // The second process is stopped while the logout that it was sent may be at any point, then killed.
    const logout = sides[1].withToken(login.access_token).post('/api/auth/logout').catch(() => undefined);
    await sleep(round * 2);
    second.kill('SIGKILL');
    await logout;
    const since = performance.now();
    const [[ended]] = await it.sql(`select revoked_at is not null from sessions where id = '${login.session_id}'`);
    if (ended === 't') figures.push(await refusedAfter(sides[0], login, since));
    else assert.equal((await me(sides[0], login)).status, 200, 'not ended, not refused');
    sides[1].close();
    sides[1] = await startSecond();
    assert.equal((await me(sides[1], login)).status, ended === 't' ? 401 : 200);
  }
  if (figures.length > 0) report(t, 'by a process that was killed', figures);
});

test('a listener whose connection is cut is a process that asks the database', async () => {
  const who = await it.makeUser('cut@example.org', password);
  for (let round = 0; round < 5; round += 1) {
    const login = await it.login(who);
    await bothKnow(login);
    await it.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'k-public notices' and datname = current_database()`);
    await measureNow(login);
  }
  async function measureNow(login) {
    assert.equal((await sides[0].withToken(login.access_token).post('/api/auth/logout')).status, 204);
    const since = performance.now();
    for (const side of sides) await refusedAfter(side, login, since);
  }
});
