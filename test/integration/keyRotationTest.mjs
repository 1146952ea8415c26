// A new master key: what is sealed moves to it beside the running servers, nobody is logged out, and the old key can go.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const newKey = `fresh:${crypto.randomBytes(32).toString('base64')}`;
let it;
before(async () => (it = await startInstallation('keyRotation')));
after(() => it?.down());

async function restartWith(keys) {
  fs.writeFileSync(it.env.K_CRYPTO_MASTER_KEYS_FILE, keys.replace(',', '\n'));
  for (const name of ['k-public', 'k-admin']) {
    await it.stop(name);
    await it.start(name);
  }
  await until('ready again', async () => (await it.client.get('/api/auth/health/ready')).status === 200);
}

const refresh = (login) => it.client.post('/api/auth/token/refresh', { refresh_token: login.refresh_token });

test('rotate, then without the old key', async () => {
  const oldKey = it.masterKeys();
  const who = await it.makeUser('rotated@example.org', password);
  const login = await it.login(who);
  const late = { email: 'late@example.org', password };
  assert.equal((await it.client.post('/api/auth/register', late)).status, 202);
  const token = await it.mailToken(late.email);

  let said = await it.kctl('crypto', 'status');
  assert.equal(said.status, 0, said.stdout + said.stderr);
  await restartWith(`${newKey},${oldKey}`);
  said = await it.kctl('crypto', 'status');
  assert.equal(said.status, 1, said.stdout + said.stderr);
  assert.match(said.stdout, /refresh keys of sessions: [1-9]\d* under another key than fresh/);
  assert.equal((await it.client.post('/api/auth/verify-email', { token })).status, 200, 'a link made under the old key');

  said = await it.kctl('crypto', 'rotate');
  assert.equal(said.status, 0, said.stdout + said.stderr);
  assert.match(said.stdout, /refresh keys of sessions: [1-9]\d* sealed again/);
  assert.match(said.stdout, /signing keys: [1-9]\d* sealed again/);
  const sealed = Number(/refresh keys of sessions: (\d+) sealed again/.exec(said.stdout)[1]);
  said = await it.kctl('crypto', 'rotate');
  assert.match(said.stdout, /refresh keys of sessions: 0 sealed again/);
  assert.equal(said.status, 0);
  const entries = await until('both runs are in the audit trail', async () => {
    const rows = await it.sql("select action, actor_type, outcome, target_type, target_id, after->>'refresh_keys', after->>'signing_keys' is not null from audit_log where action like 'crypto.%' order by seq");
    return rows.length === 4 && rows;
  });
  const begun = ['crypto.rotate.begin', 'operator', 'ok', 'key', 'fresh', '', 'f'];
  const ended = (count) => ['crypto.rotate', 'operator', 'ok', 'key', 'fresh', String(count), 't'];
  assert.deepEqual(entries, [begun, ended(sealed), begun, ended(0)]);

  await restartWith(newKey);
  const renewed = await refresh(login);
  assert.equal(renewed.status, 200, renewed.text);
  assert.equal((await it.client.withToken(renewed.json.access_token).get('/api/auth/me')).status, 200);
  await it.login(late);
});

test('without the key nothing is changed and the fault is named', async () => {
  const kept = await it.sql('select id, refresh_key_enc from sessions order by id');
  const said = await it.program('kctl', ['crypto', 'rotate'], {
    K_CRYPTO_MASTER_KEYS_FILE: '',
    K_CRYPTO_MASTER_KEYS: `other:${crypto.randomBytes(32).toString('base64')}`,
  });
  assert.equal(said.status, 1, said.stdout + said.stderr);
  assert.match(said.stderr, /K_CRYPTO_MASTER_KEYS does not have/);
  const entry = await until('it is in the audit trail', async () => (await it.sql("select outcome, reason, after->>'refresh_keys', after->>'refresh_keys_unreadable' from audit_log where action = 'crypto.rotate' and target_id = 'other'"))[0]);
  assert.deepEqual(entry, ['fail', 'unreadable', '0', String(kept.length)]);
  assert.deepEqual(await it.sql('select id, refresh_key_enc from sessions order by id'), kept);
  const wrong = await it.kctl('crypto', 'sideways');
  assert.equal(wrong.status, 64);
});
