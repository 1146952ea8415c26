// Who becomes a superadmin: by the only one, by two, by the operator, who stands above all ranks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, code, it, json, list, password, staff, start, users } from './administration.mjs';
import { enrol } from './authenticator.mjs';
import { until } from './installation.mjs';

before(() => start('superadmin'));
after(() => it?.down());

test('a superadmin is made by the only one, then by two; kctl may', async () => {
  const grants = '/api/admin/superadmin-grants';
  const ask = (id, client = admin, more = {}) => json('POST', `${users}/${id}/superadmin`, { reason: 'runs it from May', ...more }, {}, client);
  const password2 = { password };
  const second = await staff('second.boss@users.example.org');
  const third = await staff('third.boss@users.example.org');
  const deputy = await staff('boss.deputy@users.example.org', 'admin');
  assert.equal(code(await ask(third.id, deputy.client)), 'PERMISSION_DENIED');
  const alone = await ask(second.id);
  assert.deepEqual([alone.status, alone.json.roles], [200, ['superadmin', 'user']], alone.text);
  await until('its session is over', async () => (await second.client.get('/api/auth/me')).status === 401, 1000);
  const { login } = await enrol(it.client.withToken((await it.login({ email: second.email, ...password2 })).access_token));
  const boss2 = it.client.withToken(login.access_token);

  const waits = await ask(third.id);
  assert.deepEqual([waits.status, waits.json.kind, waits.json.email], [202, 'grant', third.email], waits.text);
  assert.deepEqual((await boss2.get(grants)).json.data, [waits.json]);
  const told = await until('the other is told', async () => {
    const { stdout } = await it.kctl('mail', 'latest', '--to', second.email);
    return /superadmin/.test(stdout) && stdout;
  });
  assert.ok(told.includes(third.email) && told.includes('runs it from May'));
  assert.equal((await ask(third.id)).status, 202, 'not by asking twice');
  assert.equal((await boss2.delete(`${users}/${third.id}/superadmin`)).status, 204);
  assert.equal(code(await boss2.delete(`${users}/${third.id}/superadmin`)), 'NOT_FOUND');
  assert.equal((await ask(third.id, boss2)).status, 202);
  const confirmed = await ask(third.id);
  assert.deepEqual([confirmed.status, confirmed.json.roles], [200, ['superadmin', 'user']], confirmed.text);
  assert.equal(code(await ask(third.id)), 'CONFLICT');
  await until('the trail', async () => (await it.sql(`select outcome from audit_log where action = 'user.superadmin.grant' and target_id = '${third.id}'`)).length === 1);
  assert.equal((await ask(third.id, admin, { reason: '' })).status, 400);
  const key = JSON.parse((await it.kctl('key', 'create', 'all', '--scopes', 'users:write,users:read,roles:read,roles:write', '--json')).stdout).key;
  assert.equal(code(await ask(deputy.id, it.client.withToken(key))), 'PERMISSION_DENIED');

  assert.equal((await it.kctl('user', 'suspend', third.email)).status, 0);
  assert.equal(code(await admin.post(`${users}/${third.id}/unsuspend`)), 'RANK_TOO_LOW');
  assert.equal((await ask(third.id)).json.kind, 'restore');
  assert.equal((await ask(third.id, boss2)).json.status, 'active');
  const made = await it.kctl('user', 'superadmin', deputy.email, '--json');
  assert.deepEqual(JSON.parse(made.stdout).user.roles, ['superadmin', 'admin'], made.stderr);
  for (const { id } of [second, third, deputy]) await it.sql(`delete from user_roles where user_id = '${id}'`);
});

test('kctl user: the operator stands above all ranks, but the last superadmin stays', async () => {
  await it.makeUser('operated@users.example.org', password);
  const listed = await it.kctl('user', 'list', '--q', 'operated', '--json');
  assert.equal(listed.status, 0, listed.stderr);
  const [{ id }] = JSON.parse(listed.stdout).users;
  const shown = JSON.parse((await it.kctl('user', 'show', 'operated@users.example.org', '--json')).stdout).user;
  assert.equal(shown.id, id);
  const suspended = await it.kctl('user', 'suspend', id, '--reason', 'by hand', '--json');
  assert.deepEqual([JSON.parse(suspended.stdout).user.status, JSON.parse(suspended.stdout).user.status_reason], ['suspended', 'by hand']);
  await until('its audit entry', async () => (await it.number(`select count(*) from audit_log where actor_type = 'operator' and action = 'user.suspend' and target_id = '${id}'`)) === 1);
  assert.match((await it.kctl('user', 'unsuspend', id)).stdout, /active/);
  await it.login({ email: 'operated@users.example.org', password });
  assert.equal(JSON.parse((await it.kctl('user', 'sessions', id, '--json')).stdout).sessions.length, 1);
  assert.equal((await it.kctl('user', 'sessions', id, '--end')).status, 0);
  assert.match((await it.kctl('user', 'sessions', id)).stdout, /Not signed in/);
  const boss = await it.kctl('user', 'suspend', it.firstAdmin().email);
  assert.equal(boss.status, 1);
  assert.match(boss.stderr, /LAST_ADMIN/);
  assert.equal((await it.kctl('user', 'show', 'nobody@users.example.org')).status, 1);
});
