// What a start refuses and how it says so, how a stop goes, a second k-public beside the first, kctl, and the document of the schema.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';
import { buildDir, runProgram, sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
before(async () => (it = await startInstallation('startStop', { K_GATEWAY_CLIENT_CONNECTIONS: '1000' })));
after(() => it?.down());

const unavailable = 69;
const misconfigured = 78;

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Settings of one more server beside the installation's own. */
async function another(name) {
  const sockets = it.file(name);
  fs.mkdirSync(sockets, { recursive: true, mode: 0o700 });
  return { K_SOCKET_DIR: sockets, K_DATABASE_URL: it.env.K_DATABASE_URL, K_PUBLIC_PORT: await freePort(), K_ADMIN_PORT: await freePort() };
}

/** A message for a person: some lines, no trace. */
function checkMessage(ended, status, ...patterns) {
  const said = `exit ${ended.status} ${ended.signal ?? ''}\n${ended.stderr}`;
  assert.equal(ended.status, status, said);
  for (const pattern of patterns) assert.match(ended.stderr, pattern);
  assert.doesNotMatch(ended.stderr, /\bat 0x|#0 |terminate called|what\(\)|Sanitizer|\.cpp:\d/, said);
  assert.ok(ended.stderr.trim().split('\n').length < 30, said);
}

test('settings out of range: every fault at once, secrets masked', async () => {
  const faults = { K_PUBLIC_PORT: 0, K_LOG_LEVEL: 'LOUD', K_DATABASE_POOL_SIZE: 999, K_REDIS_URL: 'http://user:hunter2@x', K_CRYPTO_MASTER_KEYS: 'k1:notbase64secret', K_CORS_ORIGINS: '*' };
  for (const name of ['k-public', 'k-admin']) {
    const ended = await it.program(name, [], faults);
    checkMessage(ended, misconfigured, ...Object.keys(faults).map((variable) => new RegExp(variable)), /LOUD/, /999/);
    assert.doesNotMatch(ended.stderr + ended.stdout, /hunter2|notbase64secret/);
  }
  const said = await it.program('kctl', ['settings', '--local'], faults);
  assert.equal(said.status, 1);
  assert.match(said.stdout + said.stderr, /K_PUBLIC_PORT/);
  const usage = await it.program('k-public', ['--nonsense']);
  checkMessage(usage, 64, /usage/);
});

test('no database: the cause and the next step', async () => {
  const settings = await another('noDatabase');
  for (const url of [`postgresql:///k?host=${it.file('nowhere')}&user=k`, 'postgresql://k:hunter2@127.0.0.1:9/k']) {
    for (const name of ['k-public', 'k-admin']) {
      const ended = await it.program(name, [], { ...settings, K_DATABASE_URL: url });
      checkMessage(ended, unavailable, /database cannot be reached/i, /K_DATABASE_URL/);
      assert.doesNotMatch(ended.stderr + ended.stdout, /hunter2/);
    }
  }
});

test('docs/dataModel.md is what ./k docs makes of the migrated schema', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const made = await runProgram(process.execPath, [path.join(root, 'tools/dataModel.mjs'), it.superuserUrl], { env: process.env });
  assert.equal(made.status, 0, made.stderr);
  assert.ok(made.stdout === fs.readFileSync(path.join(root, 'docs/dataModel.md'), 'utf8'), 'docs/dataModel.md is stale: run ./k docs');
});

test('a schema that the program does not know', async () => {
  const settings = await another('schema');
  await it.sql("insert into schema_migration (version, name, checksum, duration_ms) values (9999, 'future', 'x', 0)");
  try {
    checkMessage(await it.program('k-public', [], settings), unavailable, /schema version 9999/, /newer/);
    const status = await it.kctl('migrate', 'up');
    assert.notEqual(status.status, 0);
    assert.match(status.stdout + status.stderr, /does not know/);
  } finally {
    await it.sql('delete from schema_migration where version = 9999');
  }
  await it.sql('create database empty');
  const empty = it.env.K_DATABASE_URL.replace('///k?', '///empty?');
  checkMessage(await it.program('k-public', [], { ...settings, K_DATABASE_URL: empty }), unavailable, /no schema yet/, /migrate up/);
});

test('ports and sockets that are in use', async () => {
  const settings = await another('inUse');
  checkMessage(await it.program('k-public', [], { ...settings, K_PUBLIC_PORT: it.env.K_PUBLIC_PORT }), unavailable, /socket|port/i, /K_PUBLIC_PORT/);
  checkMessage(await it.program('k-public', [], { ...settings, K_SOCKET_DIR: it.env.K_SOCKET_DIR }), unavailable, /sock/i);
  assert.equal((await it.client.get('/api/auth/health')).status, 200, 'the one that was there goes on');
  assert.equal((await it.kctl('status')).status, 0, 'and can be asked');
});

/** k-public as a child of ours, ready. */
async function spawnPublic(name) {
  const settings = await another(name);
  const log = fs.openSync(it.log(`${name}.log`), 'a');
  const child = spawn(path.join(buildDir, 'apps/k-public'), [], { env: { ...it.env, ...settings }, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', (status, signal) => resolve({ status, signal })));
  const client = new Client(`http://127.0.0.1:${settings.K_PUBLIC_PORT}`);
  await until(`${name} is ready`, async () => (await client.get('/health/ready')).status === 200, 15_000);
  return { child, ended, client };
}

test('two k-public: a token of one is good at the other, an end at one is seen at the other', async () => {
  const second = await spawnPublic('second');
  try {
    const who = await it.makeUser('two@example.org', password);
    const login = await it.login(who);
    const here = it.client.withToken(login.access_token);
    const there = second.client.withToken(login.access_token);
    assert.equal((await there.get('/api/auth/me')).status, 200);
    assert.equal((await here.get('/api/auth/me')).status, 200);
    const renewed = await second.client.post('/api/auth/token/refresh', { refresh_token: login.refresh_token });
    const again = await it.client.post('/api/auth/token/refresh', { refresh_token: login.refresh_token });
    assert.deepEqual([renewed.status, again.status], [200, 200]);
    assert.equal(again.json.refresh_token, renewed.json.refresh_token);
    assert.equal((await there.post('/api/auth/logout')).status, 204);
    await until('the end is seen at the other', async () => (await here.get('/api/auth/me')).status === 401, 5000);
    const keys = await Promise.all([it.client, second.client].map((one) => one.get('/api/auth/.well-known/jwks.json')));
    assert.equal(keys[0].text, keys[1].text);
  } finally {
    second.child.kill('SIGTERM');
  }
  second.client.close();
  assert.deepEqual(await second.ended, { status: 0, signal: null });
});

test('SIGTERM: what is in flight is answered, then exit 0', async () => {
  const who = await it.makeUser('stop@example.org', password);
  const third = await spawnPublic('third');
  const logins = Array.from({ length: 24 }, () =>
    third.client.post('/api/auth/login', { identifier: who.email, password }).then(
      ({ status }) => status,
      (error) => error.message,
    ),
  );
  await until('they are in flight', async () => {
    const text = (await third.client.get('/metrics')).text;
    return Number(/^[a-z_]*in_flight(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0) >= 8;
  }, 3000).catch(() => sleep(0));
  const begin = Date.now();
  third.child.kill('SIGTERM');
  const ended = await third.ended;
  const tookMs = Date.now() - begin;
  const statuses = await Promise.all(logins);
  third.client.close();
  assert.deepEqual(ended, { status: 0, signal: null });
  assert.ok(tookMs < 12_000, `${tookMs} ms`);
  assert.deepEqual(statuses.filter((status) => status !== 200 && status !== 503), [], 'every request got an answer');
  assert.ok(statuses.includes(200));
  const text = fs.readFileSync(it.log('third.log'), 'utf8');
  assert.match(text.trim().split('\n').at(-1), /"label":"stop\.done"/, 'the log is complete');
});

test('a killed k-public: acknowledged writes are there, sessions go on', async () => {
  const login = await it.login(await it.makeUser('killed@example.org', password));
  const registered = await it.client.post('/api/auth/register', { email: 'edge@example.org', password });
  it.kill('k-public', 'SIGKILL');
  assert.equal(registered.status, 202);
  const down = await it.client.get('/api/auth/me');
  assert.ok([502, 503].includes(down.status), String(down.status));
  const unreachable = await it.kctl('status', '--json');
  assert.equal(unreachable.status, 2);
  assert.equal(JSON.parse(unreachable.stdout).processes.find((one) => one.process === 'public').reachable, false);
  await it.start('k-public');
  await until('the gateway reaches it', async () => (await it.client.withToken(login.access_token).get('/api/auth/me')).status === 200, 15_000);
  assert.equal(await it.number("select count(*) from users where email = 'edge@example.org'"), 1);
  // The killed process may have had the mail in its hands: its lease is made to end now.
  await it.sql('update email_outbox set next_at = now() where sent_at is null');
  assert.ok((await it.mailToken('edge@example.org')).length > 20);
});

test('more sign-ins than can be hashed: some are told to come back, at once, and the rest of the API goes on', async () => {
  const who = await it.makeUser('crowd@example.org', password);
  const { access_token: token } = await it.login(who);
  const crowd = new Client(it.origin, { sockets: 400 });
  const logins = Array.from({ length: 400 }, () => crowd.post('/api/auth/login', { identifier: who.email, password }));
  const me = await it.client.withToken(token).get('/api/auth/me');
  assert.ok([200, 503].includes(me.status), me.text);
  const answers = await Promise.all(logins);
  crowd.close();
  const refused = answers.filter(({ status }) => status !== 200);
  assert.deepEqual([...new Set(refused.map(({ status, json }) => `${status} ${json.error.code}`))], ['503 OVERLOADED']);
  assert.ok(refused.length > 0 && refused.length < 400, `${refused.length} were refused`);
  assert.equal((await it.client.withToken(token).get('/api/auth/me')).status, 200);
  assert.equal((await it.client.post('/api/auth/login', { identifier: who.email, password })).status, 200);
});

test('kctl: what scripts rely on', async () => {
  const json = async (...words) => {
    const { status, stdout, stderr } = await it.kctl(...words, '--json');
    return { status, stderr, ...JSON.parse(stdout) };
  };
  const status = await json('status');
  assert.deepEqual(status.processes.map((one) => [one.process, one.reachable, one.status]), [['public', true, 'healthy'], ['admin', true, 'healthy']]);
  assert.equal((await it.kctl('status', '--json')).status, 0);
  const ps = await json('ps');
  const names = ps.actors.map((one) => `${one.process} ${one.name}`);
  for (const wanted of ['public authActor', 'public supervisorActor', 'admin supervisorActor']) assert.ok(names.includes(wanted), names.join(', '));
  for (const one of ps.actors) {
    for (const field of ['mailbox', 'handled', 'restarts']) assert.equal(typeof one[field], 'number', `${one.name} ${field}`);
  }
  for (const [name, address] of [['control', 'public.ctl.sock'], ['loopback', `127.0.0.1:${it.env.K_PUBLIC_PORT}`], ['gateway', 'public.http.sock']]) {
    const actor = ps.actors.find((one) => one.process === 'public' && one.name === `httpFrontEndActor-${name}`);
    assert.deepEqual([actor?.parent, actor?.state, actor?.restarts], ['supervisorActor', 'running', 0], name);
    const calls = ps.actors.find((one) => one.process === 'public' && one.parent === actor.name);
    assert.equal(calls?.name, `${actor.name}/scopedActor`);
    const listener = ps.listeners.find((one) => one.process === 'public' && one.actor === actor.name);
    assert.equal(listener?.address, address);
    for (const field of ['connections', 'streams', 'in_flight', 'answered', 'refused', 'slow']) assert.equal(typeof listener[field], 'number', field);
  }
  const gateway = ps.listeners.find((one) => one.process === 'public' && one.actor.endsWith('-gateway'));
  const calls = ps.actors.find((one) => one.process === 'public' && one.parent === gateway.actor);
  assert.ok(gateway.answered > 0 && calls.handled > 0, 'the tests before have asked');
  assert.equal(ps.listeners.find((one) => one.process === 'public' && one.actor.endsWith('-control')).in_flight, 1, 'this very question');
  const settings = await json('settings');
  const keys = settings.processes[0].settings.find((one) => one.variable === 'K_CRYPTO_MASTER_KEYS');
  assert.ok(!keys.value.includes(it.masterKeys().split(':')[1]), 'masked');
  const port = settings.processes[0].settings.find((one) => one.variable === 'K_PUBLIC_PORT');
  assert.equal(String(port.value), it.env.K_PUBLIC_PORT);
  const migrations = await json('migrate', 'status');
  assert.equal(migrations.exit_code, 0);
  assert.ok((await json('mail')).mails.length > 0);
  for (const words of [['nonsense'], ['status', '--nonsense'], ['migrate'], ['mail', 'show']]) assert.equal((await it.kctl(...words)).status, 64, words.join(' '));
  const absent = await it.program('kctl', ['ps'], { K_SOCKET_DIR: it.file('nowhere') });
  assert.equal(absent.status, 2);
  assert.match(absent.stderr + absent.stdout, /k-public/);
  assert.equal((await it.kctl('--version')).status, 0);
});
