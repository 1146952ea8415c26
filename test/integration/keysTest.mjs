// Keys of machines and of users, introspection, signing keys: over the gateway, and kctl on the control socket.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { enrol } from './authenticator.mjs';
import { inParallel } from './client.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const secrets = []; // every key that was made: none may be in a log
let it;
before(async () => (it = await startInstallation('keys')));
after(() => it?.down());

async function kctlKey(...words) {
  const said = await it.kctl('key', ...words, '--json');
  assert.equal(said.status, 0, said.stdout + said.stderr);
  const answer = JSON.parse(said.stdout);
  if (answer.key) secrets.push(answer.key);
  return answer;
}

const everything = 'keys:read,keys:write,monitoring:read,users:read';
const adminKey = (...words) => kctlKey('create', 'test', '--scopes', everything, ...words);
const bearer = (key) => it.client.withToken(key);
const errorOf = (answer) => `${answer.status} ${answer.json.error?.code}`;

test('kctl makes an admin key that works on /api/admin, and nothing without its scope', async () => {
  const made = await adminKey();
  assert.match(made.key, /^ks_adm_[0-9a-f]{32}_[\w-]{49}$/);
  assert.equal(made.details.prefix, made.key.slice(0, 39));
  const machine = bearer(made.key);
  for (const target of ['/api/admin/keys', '/api/admin/monitoring/dashboard/summary', '/api/admin/signing-keys']) {
    assert.equal((await machine.get(target)).status, 200, target);
  }
  const narrow = await kctlKey('create', 'narrow', '--scopes', 'monitoring:read');
  assert.equal(errorOf(await bearer(narrow.key).get('/api/admin/keys')), '403 PERMISSION_DENIED');
  assert.equal((await bearer(narrow.key).get('/api/admin/monitoring/dashboard/summary')).status, 200);
  assert.equal(errorOf(await machine.get('/api/auth/me')), '403 PERMISSION_DENIED', 'a machine is no user');
  const [row] = await it.sql(`select last_used_at is not null, secret_hash::text like '%${made.key.slice(-20)}%' from api_keys where id = '${made.details.id}'`);
  assert.deepEqual(row, ['t', 'f']);
});

test('the output file is for its owner alone', async () => {
  const file = it.file('report.key');
  const said = await it.kctl('key', 'create', 'report', '--scopes', 'monitoring:read', '--output', file);
  assert.equal(said.status, 0, said.stderr);
  assert.doesNotMatch(said.stdout, /ks_adm_/);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  const key = fs.readFileSync(file, 'utf8').trim();
  secrets.push(key);
  assert.equal((await bearer(key).get('/api/admin/monitoring/dashboard/summary')).status, 200);
});

test('what is no key costs a 401: mistyped, unknown, foreign secret, cookie', async () => {
  const { key } = await adminKey();
  const flipped = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
  for (const wrong of [flipped, key.slice(0, -1), `${key}A`, 'ks_', 'ks_adm_', `ks_adm_${'0'.repeat(32)}_${'A'.repeat(49)}`, key.replace('ks_adm_', 'ks_svc_')]) {
    assert.equal(errorOf(await bearer(wrong).get('/api/admin/keys')), '401 TOKEN_INVALID', wrong);
  }
  const byCookie = await it.client.get('/api/admin/keys', { Cookie: `__Host-ks_at=${key}` });
  assert.equal(errorOf(byCookie), '401 TOKEN_INVALID');
});

test('keys end: by time, by address, by revocation at once', async () => {
  const short = await adminKey('--for', '1');
  assert.equal((await bearer(short.key).get('/api/admin/keys')).status, 200);
  await sleep(1200);
  assert.equal(errorOf(await bearer(short.key).get('/api/admin/keys')), '401 TOKEN_EXPIRED');

  const elsewhere = await adminKey('--from', '203.0.113.0/24,2001:db8::/32');
  assert.equal(errorOf(await bearer(elsewhere.key).get('/api/admin/keys')), '403 PERMISSION_DENIED');
  const here = await adminKey('--from', '127.0.0.0/8');
  assert.equal((await bearer(here.key).get('/api/admin/keys')).status, 200);

  const ended = await adminKey();
  assert.equal((await bearer(ended.key).get('/api/admin/keys')).status, 200);
  await kctlKey('revoke', ended.details.id);
  assert.equal(errorOf(await bearer(ended.key).get('/api/admin/keys')), '401 TOKEN_INVALID');
  assert.equal((await it.kctl('key', 'revoke', ended.details.id)).status, 0, 'again is no fault');
  assert.equal((await it.kctl('key', 'revoke', '00000000-0000-7000-8000-000000000000')).status, 1);
});

test('rotation: one successor, the old key for the overlap only', async () => {
  const old = await adminKey();
  const first = await kctlKey('rotate', old.details.id, '--overlap', '2');
  assert.equal(first.details.rotated_from, old.details.id);
  assert.equal((await bearer(old.key).get('/api/admin/keys')).status, 200);
  assert.equal((await bearer(first.key).get('/api/admin/keys')).status, 200);
  assert.equal((await it.kctl('key', 'rotate', old.details.id)).status, 1, 'it has a successor');
  await until('the old key is over', async () => (await bearer(old.key).get('/api/admin/keys')).status === 401, 5000);
  const second = await kctlKey('rotate', first.details.id);
  assert.equal((await bearer(first.key).get('/api/admin/keys')).status, 401, 'at once');
  assert.equal((await bearer(second.key).get('/api/admin/keys')).status, 200);
});

test('100 rotations of one key at once give one successor', async () => {
  const boss = bearer((await adminKey()).key);
  const { json: old } = await boss.post('/api/admin/keys', { name: 'rotated', kind: 'admin', scopes: ['users:read'] });
  secrets.push(old.key);
  const answers = await inParallel(100, () => boss.post(`/api/admin/keys/${old.details.id}/rotate`, { overlap_s: 60 }), 20);
  for (const answer of answers) if (answer.json.key) secrets.push(answer.json.key);
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.deepEqual([...new Set(answers.filter(({ status }) => status !== 201).map(errorOf))], ['409 CONFLICT']);
});

test('the API makes no key that may more than its maker; bad input is named', async () => {
  const boss = bearer((await adminKey()).key);
  const good = { name: 'a machine', kind: 'admin', scopes: ['users:read'] };
  const made = await boss.post('/api/admin/keys', good);
  assert.equal(made.status, 201, made.text);
  secrets.push(made.json.key);
  const listed = await boss.get('/api/admin/keys');
  const own = listed.json.data.find(({ id }) => id === made.json.details.id);
  assert.deepEqual({ ...own, last_used_at: null }, made.json.details);
  assert.doesNotMatch(listed.text, /secret|hash/);
  const [[actor]] = await it.sql(`select actor_type from audit_log where action = 'key.create' and target_id = '${made.json.details.id}'
    union all select actor_type from audit_pending where action = 'key.create' and target_id = '${made.json.details.id}'`);
  assert.equal(actor, 'key');

  const more = await boss.post('/api/admin/keys', { ...good, scopes: ['users:read', 'settings:write'] });
  assert.equal(errorOf(more), '403 SCOPE_NOT_ALLOWED');
  assert.match(more.json.error.message, /settings:write/);
  for (const [field, value] of [
    ['name', ''],
    ['name', 'x'.repeat(101)],
    ['kind', 'user'],
    ['scopes', ['everything']],
    ['scopes', 'users:read'],
    ['scopes', Array.from({ length: 65 }, () => 'users:read')],
    ['allowed_cidrs', ['10.0.0.1/8']],
    ['allowed_cidrs', ['nowhere']],
    ['expires_at', '2020-01-01T00:00:00Z'],
    ['expires_at', 'tomorrow'],
    ['surprise', 1],
  ]) {
    const answer = await boss.post('/api/admin/keys', { ...good, [field]: value });
    assert.equal(answer.status, 400, `${field} ${JSON.stringify(value)}: ${answer.text}`);
    assert.ok(answer.text.includes(`"${field}`), answer.text);
  }
  assert.equal((await boss.delete(`/api/admin/keys/${made.json.details.id}`)).json.revoked_at !== null, true);
  assert.equal(errorOf(await boss.delete('/api/admin/keys/00000000-0000-7000-8000-000000000000')), '404 KEY_NOT_FOUND');
});

test("a user's key reads for its owner and manages nothing", async () => {
  const ann = await it.login(await it.makeUser('ann@example.org', password));
  const bob = await it.login(await it.makeUser('bob@example.org', password));
  const [session, other] = [bearer(ann.access_token), bearer(bob.access_token)];
  const made = await session.post('/api/auth/me/api-keys', { name: 'script', scopes: [] });
  assert.equal(made.status, 201, made.text);
  const { key, details } = made.json;
  secrets.push(key);
  assert.match(key, /^ks_live_/);
  assert.match((await until('its owner is told', () => it.mail('ann@example.org', /API key was made/), 15_000)).text, /script/);
  assert.equal(errorOf(await session.post('/api/auth/me/api-keys', { name: 'script', scopes: ['users:read'] })), '403 SCOPE_NOT_ALLOWED');
  const program = bearer(key);
  assert.equal((await program.get('/api/auth/me')).json.email, 'ann@example.org');
  assert.equal((await program.get('/api/auth/sessions')).status, 200);
  for (const [method, target, body] of [
    ['GET', '/api/auth/me/api-keys'],
    ['POST', '/api/auth/me/api-keys', { name: 'more', scopes: [] }],
    ['DELETE', `/api/auth/me/api-keys/${details.id}`],
    ['POST', '/api/auth/logout'],
    ['DELETE', `/api/auth/sessions/${ann.session_id}`],
  ]) {
    const answer = method === 'POST' ? await program.post(target, body) : await program.request(method, target);
    assert.equal(errorOf(answer), '403 PERMISSION_DENIED', `${method} ${target}`);
  }
  assert.equal(errorOf(await program.get('/api/admin/keys')), '403 MFA_REQUIRED');
  assert.deepEqual((await session.get('/api/auth/me/api-keys')).json.data.map(({ id }) => id), [details.id]);
  assert.deepEqual((await other.get('/api/auth/me/api-keys')).json.data, []);
  assert.equal(errorOf(await other.delete(`/api/auth/me/api-keys/${details.id}`)), '404 KEY_NOT_FOUND');
  assert.equal((await program.get('/api/auth/me')).status, 200);
  await it.sql(`update users set status = 'suspended', version = version + 1 where email = 'ann@example.org'`);
  await until('the owner is suspended', async () => errorOf(await program.get('/api/auth/me')) === '403 ACCOUNT_SUSPENDED', 2000);
  await it.sql(`update users set status = 'active', version = version + 1 where email = 'ann@example.org'`);
  await until('and back', async () => (await program.get('/api/auth/me')).status === 200, 2000);
  assert.equal((await session.delete(`/api/auth/me/api-keys/${details.id}`)).status, 204);
  assert.equal(errorOf(await program.get('/api/auth/me')), '401 TOKEN_INVALID');
  for (let made = 0; made < 20; made += 1) {
    const more = await session.post('/api/auth/me/api-keys', { name: `key ${made}`, scopes: [] });
    assert.equal(more.status, 201);
    secrets.push(more.json.key);
  }
  const over = await session.post('/api/auth/me/api-keys', { name: 'one more', scopes: [] });
  assert.equal(errorOf(over), '409 CONFLICT');
  assert.match(over.json.error.message, /20/);
});

test("an admin key acts with its maker's rank, kctl's with the operator's", async () => {
  const boss = bearer((await kctlKey('create', 'users', '--scopes', 'users:read,users:write')).key);
  const login = await it.login(await it.makeUser('suspended@example.org', password));
  assert.equal((await boss.get('/api/admin/users?q=suspended')).json.data.length, 1);
  const answer = await boss.post(`/api/admin/users/${login.user.id}/suspend`, { reason: 'a test' });
  assert.equal(answer.status, 200, answer.text);
  assert.notEqual((await bearer(login.access_token).get('/api/auth/me')).status, 200);
  assert.equal((await boss.post(`/api/admin/users/${login.user.id}/unsuspend`)).status, 200);
});

test('introspection says what a token is, to services only', async () => {
  const login = await it.login(await it.makeUser('who@example.org', password));
  const service = bearer((await kctlKey('create', 'billing', '--kind', 'service', '--scopes', 'tokens:introspect')).key);
  const ask = async (token) => (await service.post('/api/auth/introspect', { token })).json;
  const found = await ask(login.access_token);
  assert.deepEqual(Object.keys(found).sort(), ['aal', 'active', 'exp', 'permissions', 'roles', 'sid', 'sub']);
  assert.deepEqual([found.active, found.sub, found.sid, found.aal, found.roles], [true, login.user.id, login.session_id, 1, ['user']]);
  assert.ok(Math.abs(found.exp - Date.now() / 1000 - login.expires_in) < 5);
  assert.deepEqual(await ask('nonsense'), { active: false });
  assert.deepEqual(await ask(`${login.access_token}x`), { active: false });
  assert.equal((await bearer(login.access_token).post('/api/auth/introspect', { token: 'x' })).status, 403);
  assert.equal((await it.client.post('/api/auth/introspect', { token: 'x' })).status, 401);
  assert.equal((await bearer(login.access_token).post('/api/auth/logout')).status, 204);
  assert.deepEqual(await ask(login.access_token), { active: false }, 'at once');
});

test('introspection of a key looks at the address that showed it, not at the service that asks', async () => {
  const { key } = await kctlKey('create', 'billing', '--kind', 'service', '--scopes', 'tokens:introspect', '--from', '127.0.0.1/32');
  const ask = async (token, ip) => (await bearer(key).post('/api/auth/introspect', { token, ip })).json;
  const elsewhere = (await adminKey('--from', '203.0.113.0/24')).key;
  assert.equal((await ask(elsewhere, '203.0.113.7')).active, true);
  assert.deepEqual(await ask(elsewhere, '198.51.100.7'), { active: false });
  assert.deepEqual(await ask(elsewhere), { active: false }, 'nothing is known of who showed it');
  const here = (await adminKey('--from', '127.0.0.0/8')).key;
  assert.deepEqual(await ask(here), { active: false }, 'where the service is says nothing');
  assert.equal((await ask((await adminKey()).key)).active, true, 'bound to no address');
  assert.equal((await bearer(key).post('/api/auth/introspect', { token: here, ip: 'here' })).status, 400);
  const stranger = (await kctlKey('create', 'other', '--kind', 'service', '--scopes', 'tokens:introspect', '--from', '203.0.113.0/24')).key;
  assert.equal(errorOf(await bearer(stranger).post('/api/auth/introspect', { token: here, ip: '127.0.0.1' })), '403 PERMISSION_DENIED', 'a service is bound too');
});

test('introspection names the administrator who acts as the user', async () => {
  const admin = await it.adminLogin();
  const { user } = await it.login(await it.makeUser('acted@example.org', password));
  const acting = await admin.post(`/api/admin/users/${user.id}/impersonate`, { reason: 'ticket 7' });
  assert.equal(acting.status, 201, acting.text);
  const { key } = await kctlKey('create', 'billing', '--kind', 'service', '--scopes', 'tokens:introspect');
  const found = (await bearer(key).post('/api/auth/introspect', { token: acting.json.access_token })).json;
  const claims = JSON.parse(Buffer.from(acting.json.access_token.split('.')[1], 'base64url'));
  assert.deepEqual([found.active, found.sub, found.act], [true, user.id, claims.act]);
});

test('signing keys: the next one is published first; a rotation needs no restart and ends no session', async () => {
  const boss = bearer((await adminKey()).key);
  const states = async () => (await boss.get('/api/admin/signing-keys')).json.data;
  const published = async () => (await it.client.get('/api/auth/.well-known/jwks.json')).json.keys.map(({ kid }) => kid);
  const kidOf = (login) => JSON.parse(Buffer.from(login.access_token.split('.')[0], 'base64url')).kid;
  const [current, next] = await until('there is a next key', async () => ((await states()).length === 2 ? states() : undefined));
  assert.deepEqual([current.status, next.status], ['current', 'next']);
  await until('it is published', async () => (await published()).includes(next.kid), 2000);
  const who = await it.makeUser('kid@example.org', password);
  const before = await it.login(who);
  assert.equal(kidOf(before), current.kid);
  const early = await boss.post('/api/admin/signing-keys/rotate');
  assert.equal(errorOf(early), '409 CONFLICT');
  await it.sql(`update signing_keys set not_before = now() - interval '1 second' where status = 'next'`);
  const rotated = await boss.post('/api/admin/signing-keys/rotate');
  assert.equal(rotated.status, 200, rotated.text);
  assert.deepEqual(rotated.json.data.map(({ status }) => status), ['current', 'next', 'retiring']);
  assert.deepEqual([rotated.json.data[0].kid, rotated.json.data[2].kid], [next.kid, current.kid]);
  await until('k-public signs with it', async () => kidOf(await it.login(who)) === next.kid, 5000);
  assert.deepEqual(new Set(await published()), new Set(rotated.json.data.map(({ kid }) => kid)));
  assert.equal((await bearer(before.access_token).get('/api/auth/me')).status, 200, 'its old token is good');
});

test("what ends all sessions ends the user's keys in both processes, unless he keeps them; he is told", async () => {
  const who = await it.makeUser('keeper@example.org', password);
  let login = await it.login(who);
  const own = () => bearer(login.access_token);
  const make = async () => {
    const made = await own().post('/api/auth/me/api-keys', { name: 'backup script', scopes: [] });
    assert.equal(made.status, 201, made.text);
    secrets.push(made.json.key);
    const program = bearer(made.json.key);
    assert.equal((await program.get('/api/auth/me')).status, 200);
    return program;
  };
  const over = (program, what) => until(what, async () => errorOf(await program.get('/api/auth/me')) === '401 TOKEN_INVALID', 1000);
  const again = async () => (login = await it.login(who));
  const untouched = async (program) => assert.equal((await program.get('/api/auth/me')).status, 200);

  let program = await make();
  assert.equal((await own().post('/api/auth/logout-all', { keep_current: true, keep_keys: true })).status, 200);
  await untouched(program);
  assert.equal((await own().delete('/api/auth/sessions?scope=others&keep_keys=true')).status, 204);
  await untouched(program);
  assert.equal((await own().post('/api/auth/logout-all', { keep_current: true })).status, 200);
  await over(program, 'others are signed out');
  const told = await until('the mail', () => it.mail(who.email, /API keys/), 15_000);
  assert.match(told.text, /backup script/);

  program = await make();
  assert.equal((await own().post('/api/auth/logout')).status, 204);
  await again();
  await untouched(program);
  const next = 'another long enough passphrase';
  assert.equal((await own().post('/api/auth/me/password', { current_password: who.password, new_password: next, keep_keys: true })).status, 200);
  who.password = next;
  await untouched(program);
  assert.equal((await own().post('/api/auth/me/password', { current_password: next, new_password: `${next}!` })).status, 200);
  who.password = `${next}!`;
  await over(program, 'a new password');

  program = await make();
  let link;
  for (const keep of [true, false]) {
    assert.equal((await it.client.post('/api/auth/password/forgot', { email: who.email })).status, 202);
    const mail = await until('the link', async () => [await it.mail(who.email, /new password/)].find((one) => one && one.token !== link), 10_000);
    const { token } = mail;
    link = token;
    who.password = `a passphrase that a link set ${keep}`;
    assert.equal((await it.client.post('/api/auth/password/reset', { token, password: who.password, ...(keep && { keep_keys: true }) })).status, 200);
    if (keep) await untouched(program);
  }
  await over(program, 'a reset');

  // Keeping and making need a sign-in of the last ten minutes.
  await again();
  const factor = await own().post('/api/auth/mfa/totp', {});
  assert.equal(factor.status, 201, factor.text);
  await it.sql(`update sessions set created_at = created_at - interval '11 minutes', auth_time = auth_time - interval '11 minutes' where id = '${login.session_id}'`);
  await it.sql(`update users set version = version + 1 where email = '${who.email}'`);
  await until('the sign-in is old', async () => errorOf(await own().post('/api/auth/me/api-keys', { name: 'late', scopes: [] })) === '403 REAUTH_REQUIRED', 2000);
  assert.equal(errorOf(await own().post('/api/auth/logout-all', { keep_keys: true })), '403 REAUTH_REQUIRED');
  assert.equal(errorOf(await own().delete('/api/auth/sessions?scope=others&keep_keys=true')), '403 REAUTH_REQUIRED');
  assert.equal(errorOf(await own().post(`/api/auth/mfa/totp/${factor.json.factor_id}/confirm`, { code: '000000', keep_keys: true })), '403 REAUTH_REQUIRED');
  assert.equal((await own().post('/api/auth/logout-all', {})).status, 200);
});

test("a reset link, a claim and a sign-in's challenge are void after a new password", async () => {
  const who = await it.makeUser('linked@example.org', password);
  const own = bearer((await it.login(who)).access_token);
  const mailed = async (address, subject) => (await until(`a mail to ${address}`, () => it.mail(address, subject), 10_000)).token;
  assert.equal((await own.post('/api/auth/me/email', { new_email: 'moved@example.org', password })).status, 202);
  const claim = await mailed('moved@example.org', /./);
  assert.equal((await it.client.post('/api/auth/password/forgot', { email: who.email })).status, 202);
  const link = await mailed(who.email, /new password/);
  assert.equal((await own.post('/api/auth/me/password', { current_password: password, new_password: 'the owner keeps the account' })).status, 200);
  assert.equal(errorOf(await it.client.post('/api/auth/password/reset', { token: link, password: 'a thief with an old mail' })), '400 LINK_INVALID');
  assert.equal(errorOf(await own.post('/api/auth/me/email/confirm', { token: claim })), '400 LINK_INVALID');
  await until('no new address waits', async () => ((await own.get('/api/auth/me')).json.pending_email ?? null) === null, 5000);
});

test("a machine's key is never more than what made it: maker demoted or suspended, parent revoked, networks, expiry", async () => {
  const admin = await it.adminAgain();
  const chief = await it.makeUser('chief@example.org', password);
  const chiefId = (await admin.post('/api/admin/users/lookup', { email: chief.email })).json.id;
  const json = (method, target, body, client = admin) => client.request(method, target, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  await it.sql(`insert into roles (id, name, rank) values ('01900000-0000-7000-8000-0000000000aa', 'keeper', 500)`);
  await it.sql(`insert into role_permissions select '01900000-0000-7000-8000-0000000000aa', p from unnest(array['keys:read', 'keys:write', 'users:read', 'monitoring:read']) p`);
  assert.equal((await json('PUT', `/api/admin/users/${chiefId}/roles`, { roles: ['user', 'keeper'] })).status, 200);
  const { login } = await enrol(bearer((await it.login(chief)).access_token));
  const maker = bearer(login.access_token);
  const make = async (client, more = {}) => {
    const made = await client.post('/api/admin/keys', { name: 'made', kind: 'admin', scopes: ['keys:read', 'keys:write', 'users:read'], ...more });
    if (made.json.key) secrets.push(made.json.key);
    return made;
  };
  const parent = await make(maker, { allowed_cidrs: ['127.0.0.0/8'], expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  assert.equal(parent.status, 201, parent.text);
  assert.match((await until('who made it is told', () => it.mail(chief.email, /API key was made/), 15_000)).text, /made/);
  const machine = bearer(parent.json.key);
  const child = await make(machine);
  assert.equal(child.status, 201, child.text);
  assert.deepEqual([child.json.details.allowed_cidrs, child.json.details.expires_at], [['127.0.0.0/8'], parent.json.details.expires_at]);
  assert.equal(errorOf(await make(machine, { allowed_cidrs: ['0.0.0.0/0'] })), '403 SCOPE_NOT_ALLOWED');
  assert.equal(errorOf(await make(machine, { expires_at: new Date(Date.now() + 7_200_000).toISOString() })), '403 SCOPE_NOT_ALLOWED');
  const grandchild = await make(bearer(child.json.key));
  assert.equal(grandchild.status, 201, grandchild.text);
  const program = bearer(grandchild.json.key);
  assert.equal((await program.get('/api/admin/users?limit=1')).status, 200);
  // Networks bind at the use too, whatever is in the rows of the keys below.
  const late = await make(bearer(child.json.key));
  const boundTo = (network) => it.sql(`update api_keys set allowed_cidrs = '{${network}}' where id = '${parent.json.details.id}'`);
  await boundTo('203.0.113.0/24');
  assert.equal(errorOf(await bearer(late.json.key).get('/api/admin/keys')), '403 PERMISSION_DENIED');
  await boundTo('127.0.0.0/8');
  assert.equal((await bearer(late.json.key).get('/api/admin/keys')).status, 200);
  // The maker's role loses a permission, then the maker loses the role, then the account.
  await it.sql(`delete from role_permissions where role_id = '01900000-0000-7000-8000-0000000000aa' and permission = 'users:read'`);
  await until('the role may less', async () => errorOf(await program.get('/api/admin/users?limit=1')) === '403 PERMISSION_DENIED', 1000);
  assert.equal((await program.get('/api/admin/keys')).status, 200);
  assert.equal((await json('PUT', `/api/admin/users/${chiefId}/roles`, { roles: ['user'] })).status, 200);
  await until('the maker is demoted', async () => errorOf(await program.get('/api/admin/keys')) === '403 PERMISSION_DENIED', 1000);
  assert.equal((await json('PUT', `/api/admin/users/${chiefId}/roles`, { roles: ['user', 'keeper'] })).status, 200);
  await until('and back in office', async () => (await program.get('/api/admin/keys')).status === 200, 1000);
  assert.equal((await json('POST', `/api/admin/users/${chiefId}/suspend`, { reason: 'left' })).status, 200);
  await until('the maker is suspended', async () => errorOf(await program.get('/api/admin/keys')) === '401 TOKEN_INVALID', 1000);
  assert.equal((await json('POST', `/api/admin/users/${chiefId}/unsuspend`, {})).status, 200);
  await until('and back again', async () => (await program.get('/api/admin/keys')).status === 200, 1000);
  await kctlKey('revoke', parent.json.details.id);
  await until('the first key is over', async () => errorOf(await program.get('/api/admin/keys')) === '401 TOKEN_INVALID', 1000);
  assert.equal(errorOf(await bearer(child.json.key).get('/api/admin/keys')), '401 TOKEN_INVALID');
});

test("a machine's key of a higher rank is nobody's to revoke or rotate but its maker's and the operator's", async () => {
  const admin = await it.adminAgain();
  const json = (method, target, body, client = admin) => client.request(method, target, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  const role = await admin.post('/api/admin/roles', { name: 'key-clerk', rank: 50, permissions: ['keys:read', 'keys:write', 'monitoring:read'] });
  assert.equal(role.status, 201, role.text);
  const who = await it.makeUser('clerk@example.org', password);
  const { id } = (await admin.post('/api/admin/users/lookup', { email: who.email })).json;
  assert.equal((await json('PUT', `/api/admin/users/${id}/roles`, { roles: ['key-clerk'] })).status, 200);
  const { login } = await enrol(bearer((await it.login(who)).access_token));
  const clerk = bearer(login.access_token);
  const make = async (client) => {
    const made = await client.post('/api/admin/keys', { name: 'ranked', kind: 'service', scopes: ['monitoring:read'] });
    assert.equal(made.status, 201, made.text);
    secrets.push(made.json.key);
    return made.json.details.id;
  };
  const [high, own, low, byKctl] = [await make(admin), await make(clerk), await make(clerk), (await kctlKey('create', 'kctl', '--scopes', 'monitoring:read')).details.id];
  for (const key of [high, byKctl]) {
    assert.equal(errorOf(await clerk.delete(`/api/admin/keys/${key}`)), '403 RANK_TOO_LOW');
    assert.equal(errorOf(await clerk.post(`/api/admin/keys/${key}/rotate`, {})), '403 RANK_TOO_LOW');
  }
  await until('the trail', async () => (await it.number(`select count(*) from audit_log where action in ('key.revoke', 'key.rotate') and outcome = 'deny' and reason = 'rank_too_low' and target_id = '${high}'`)) === 2);
  assert.equal(await it.number(`select count(*) from api_keys where id in ('${high}', '${byKctl}') and revoked_at is null and expires_at is null`), 2);
  for (const [client, key] of [[clerk, own], [admin, low], [admin, high]]) assert.equal((await client.delete(`/api/admin/keys/${key}`)).status, 200);
  await kctlKey('revoke', byKctl);
});

test('the use of a key is noted only with its secret', async () => {
  const { key, details } = await adminKey();
  const forged = `${key.slice(0, 39)}_${'A'.repeat(49)}`;
  const lastUsed = async () => (await it.sql(`select last_used_at is null from api_keys where id = '${details.id}'`))[0][0];
  await bearer(forged).get('/api/admin/keys');
  assert.equal(await lastUsed(), 't');
  assert.equal((await bearer(key).get('/api/admin/keys')).status, 200);
  assert.equal(await lastUsed(), 'f');
});

test('no key is in any log', async () => {
  const { key } = await adminKey();
  await bearer(key).get(`/api/admin/keys?token=${key}`);
  await it.client.get(`/api/auth/me?access_token=${key}`);
  await it.client.get(`/nowhere/${key}`);
  await it.client.post('/api/auth/verify-email', { token: key });
  await sleep(1000);
  assert.ok(secrets.length > 30);
  for (const name of fs.readdirSync(it.env.K_LOG_DIR)) {
    const text = fs.readFileSync(path.join(it.env.K_LOG_DIR, name), 'utf8');
    for (const secret of secrets) assert.ok(!text.includes(secret.slice(-49)), `${name} has a key`);
  }
  const [[stored]] = await it.sql(`select count(*) from metric_snapshot where url like '%ks\\_adm\\_%\\_%' and url not like '%***%'`);
  assert.equal(stored, '0');
});
