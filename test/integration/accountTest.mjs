// An account's life through the gateway, and one request's way through every log and table.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
before(async () => (it = await startInstallation('account')));
after(() => it?.down());

const auth = (path) => `/api/auth${path}`;
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const refresh = (token) => it.client.post(auth('/token/refresh'), { refresh_token: token });

function errorOf(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
}

test('register, verify, login, me, refresh, logout', async () => {
  const email = 'ann@example.org';
  const registered = await it.client.post(auth('/register'), { email, password, username: 'ann', display_name: 'Ann \u00e9', locale: 'id' });
  assert.equal(registered.status, 202, registered.text);
  assert.deepEqual(registered.json, { status: 'verification_required' });

  errorOf(await it.client.post(auth('/login'), { identifier: email, password }), 403, 'EMAIL_NOT_VERIFIED');
  errorOf(await it.client.post(auth('/login'), { identifier: email, password: 'wrong' }), 401, 'INVALID_CREDENTIALS');
  errorOf(await it.client.post(auth('/login'), { identifier: 'nobody@example.org', password }), 401, 'INVALID_CREDENTIALS');

  const token = await it.mailToken(email);
  errorOf(await it.client.post(auth('/verify-email'), { token: `${token.slice(0, -4)}AAAA` }), 400, 'LINK_INVALID');
  const verified = await it.client.post(auth('/verify-email'), { token });
  assert.deepEqual([verified.status, verified.json], [200, { status: 'verified' }]);
  errorOf(await it.client.post(auth('/verify-email'), { token }), 400, 'LINK_INVALID');

  const login = await it.login({ email, password });
  assert.equal(login.token_type, 'Bearer');
  assert.equal(login.expires_in, 600);
  assert.match(login.session_id, uuid7);
  assert.deepEqual(
    [login.user.email, login.user.email_verified, login.user.username, login.user.display_name, login.user.locale, login.user.status],
    [email, true, 'ann', 'Ann \u00e9', 'id', 'active'],
  );
  const byName = await it.client.post(auth('/login'), { identifier: 'ANN', password });
  assert.equal(byName.status, 200, byName.text);

  const user = it.client.withToken(login.access_token);
  const me = await user.get(auth('/me'));
  assert.deepEqual([me.status, me.json], [200, login.user]);
  assert.equal(me.headers['x-user-id'], undefined, 'the gateway keeps X-User-ID to itself');
  assert.equal(me.headers['x-route'], undefined);

  const renewed = await refresh(login.refresh_token);
  assert.equal(renewed.status, 200, renewed.text);
  assert.notEqual(renewed.json.refresh_token, login.refresh_token);
  assert.equal(renewed.json.session_id, login.session_id);
  const again = await refresh(login.refresh_token);
  assert.equal(again.status, 200, again.text);
  assert.equal(again.json.refresh_token, renewed.json.refresh_token, 'a repeated refresh gives the same token');
  assert.equal((await it.client.withToken(renewed.json.access_token).get(auth('/me'))).status, 200);

  const left = await user.post(auth('/logout'));
  assert.deepEqual([left.status, left.text], [204, '']);
  errorOf(await user.get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await refresh(renewed.json.refresh_token), 401, 'SESSION_REVOKED');
});

test('a refresh token used again after the grace ends the session', async () => {
  const who = await it.makeUser('reuse@example.org', password);
  const login = await it.login(who);
  const renewed = await refresh(login.refresh_token);
  assert.equal(renewed.status, 200);
  await sleep(10_500);
  errorOf(await refresh(login.refresh_token), 401, 'REFRESH_TOKEN_REUSED');
  errorOf(await refresh(renewed.json.refresh_token), 401, 'SESSION_REVOKED');
  errorOf(await it.client.withToken(renewed.json.access_token).get(auth('/me')), 401, 'SESSION_REVOKED');
});

test('a hundred refreshes at once with one token give one new token', async () => {
  const login = await it.login(await it.makeUser('tabs@example.org', password));
  const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(login.refresh_token)));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
  assert.equal(new Set(answers.map((answer) => answer.json.refresh_token)).size, 1);
});

test('tokens that are rubbish, altered or of another session are refused', async () => {
  const login = await it.login(await it.makeUser('forger@example.org', password));
  for (const token of ['x', 'a'.repeat(512), `${login.refresh_token}A`, login.access_token.slice(0, 500), login.refresh_token.slice(1)]) {
    errorOf(await refresh(token), 401, 'REFRESH_TOKEN_INVALID');
  }
  const [head, claims, signature] = login.access_token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url')), roles: ['superadmin'] })).toString('base64url');
  const unsigned = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(head, 'base64url')), alg: 'none' })).toString('base64url');
  for (const token of ['x', `${head}.${forged}.${signature}`, `${unsigned}.${claims}.`, `${head}.${claims}.`, 'a'.repeat(3000)]) {
    errorOf(await it.client.withToken(token).get(auth('/me')), 401, 'TOKEN_INVALID');
  }
  errorOf(await it.client.get(auth('/me')), 401, 'TOKEN_MISSING');
  errorOf(await it.client.with({ Authorization: 'Basic YTpi' }).get(auth('/me')), 401, 'TOKEN_INVALID');
});

test('own sessions: listed, ended one by one, seen at once', async () => {
  const who = await it.makeUser('sessions@example.org', password);
  const laptop = await it.login(who, { device: { id: 'laptop-1', name: 'Laptop' }, remember: true });
  const phone = await it.login(who, { device: { id: 'phone-1', name: 'Phone' } });
  const user = it.client.withToken(laptop.access_token);
  const other = it.client.withToken(phone.access_token);
  const list = (await user.get(auth('/sessions'))).json;
  assert.deepEqual(list.data.map((one) => [one.id, one.current, one.device_name]), [
    [phone.session_id, false, 'Phone'],
    [laptop.session_id, true, 'Laptop'],
  ]);
  assert.deepEqual(list.data.map((one) => one.ip), ['127.0.0.1', '127.0.0.1']);

  const stranger = await it.login(await it.makeUser('stranger@example.org', password));
  errorOf(await it.client.withToken(stranger.access_token).delete(auth(`/sessions/${phone.session_id}`)), 404, 'SESSION_NOT_FOUND');
  assert.equal((await other.get(auth('/me'))).status, 200);

  assert.equal((await user.delete(auth(`/sessions/${phone.session_id}`))).status, 204);
  errorOf(await other.get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await user.delete(auth(`/sessions/${phone.session_id}`)), 404, 'SESSION_NOT_FOUND');
  assert.deepEqual((await user.get(auth('/sessions'))).json.data.map((one) => one.id), [laptop.session_id]);
});

test('cookies: tokens never in the body, unsafe methods need the CSRF token and the same origin', async () => {
  const who = await it.makeUser('cookie@example.org', password);
  const login = await it.client.post(auth('/login'), { identifier: who.email, password, transport: 'cookie' });
  assert.equal(login.status, 200, login.text);
  assert.equal(login.json.access_token, undefined);
  assert.equal(login.json.refresh_token, undefined);
  const jar = {};
  for (const line of login.headers['set-cookie']) {
    const [pair, ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    jar[pair.slice(0, at)] = pair.slice(at + 1);
    for (const wanted of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) assert.ok(attributes.includes(wanted), line);
  }
  assert.deepEqual(Object.keys(jar).sort(), ['__Host-ks_at', '__Host-ks_dv', '__Host-ks_rt']);
  const access = it.client.with({ Cookie: `__Host-ks_at=${jar['__Host-ks_at']}` });
  const same = { 'Sec-Fetch-Site': 'same-origin' };
  assert.equal((await access.get(auth('/me'))).status, 200);
  const { csrf_token: csrf } = (await access.get(auth('/csrf'))).json;
  assert.equal((await access.get(auth('/csrf'))).status, 200);

  errorOf(await access.post(auth('/logout')), 403, 'ORIGIN_DENIED');
  errorOf(await access.post(auth('/logout'), undefined, { 'Sec-Fetch-Site': 'cross-site', 'X-CSRF-Token': csrf }), 403, 'ORIGIN_DENIED');
  errorOf(await access.post(auth('/logout'), undefined, { Origin: 'https://evil.example', 'X-CSRF-Token': csrf }), 403, 'ORIGIN_DENIED');
  errorOf(await access.post(auth('/logout'), undefined, same), 403, 'CSRF_FAILED');
  errorOf(await access.post(auth('/logout'), undefined, { ...same, 'X-CSRF-Token': `${csrf}x` }), 403, 'CSRF_FAILED');

  const renewing = it.client.with({ Cookie: `__Host-ks_rt=${jar['__Host-ks_rt']}` });
  errorOf(await renewing.post(auth('/token/refresh'), {}), 403, 'ORIGIN_DENIED');
  const renewed = await renewing.post(auth('/token/refresh'), {}, same);
  assert.equal(renewed.status, 200, renewed.text);
  assert.equal(renewed.json.refresh_token, undefined);
  assert.equal(renewed.headers['set-cookie'].length, 2);

  const out = await access.post(auth('/logout'), undefined, { ...same, 'X-CSRF-Token': login.json.csrf_token });
  assert.equal(out.status, 204, out.text);
  for (const line of out.headers['set-cookie']) assert.match(line, /Max-Age=0/);
  errorOf(await access.get(auth('/me')), 401, 'SESSION_REVOKED');
});

test('a taken address gives the same answer, and its owner a mail', async () => {
  const who = await it.makeUser('taken@example.org', password);
  const mails = async () => JSON.parse((await it.kctl('mail', '--json')).stdout).mails.filter((mail) => mail.to === who.email);
  const before = (await mails()).length;
  const again = await it.client.post(auth('/register'), { email: 'Taken@Example.org', password: 'another long passphrase' });
  assert.deepEqual([again.status, again.json], [202, { status: 'verification_required' }]);
  await until('a mail to the owner', async () => (await mails()).length === before + 1);
  assert.equal((await it.client.post(auth('/login'), { identifier: who.email, password })).status, 200);
  errorOf(await it.client.post(auth('/login'), { identifier: who.email, password: 'another long passphrase' }), 403, 'EMAIL_NOT_VERIFIED');
  errorOf(await it.client.post(auth('/register'), { email: 'new-here@example.org', password, username: 'Ann' }), 409, 'USERNAME_TAKEN');
  const resent = await it.client.post(auth('/verify-email/resend'), { email: 'nobody-here@example.org' });
  assert.deepEqual([resent.status, resent.json], [202, { status: 'accepted' }]);
});

test('twenty registrations of one address at once make one account', async () => {
  const email = 'race@example.org';
  const answers = await Promise.all(Array.from({ length: 20 }, () => it.client.post(auth('/register'), { email, password })));
  for (const answer of answers) assert.ok([202, 503].includes(answer.status), answer.text);
  assert.ok(answers.some((answer) => answer.status === 202));
  assert.equal((await it.client.post(auth('/verify-email'), { token: await it.mailToken(email) })).status, 200);
  assert.equal(await it.number(`select count(*) from users where email = '${email}' and not is_claim`), 1);
});

test('the first administrator must change the password, a user may not see the monitoring', async () => {
  const { email, password: oneTime } = it.firstAdmin();
  errorOf(await it.client.post(auth('/login'), { identifier: email, password: oneTime }), 403, 'PASSWORD_CHANGE_REQUIRED');
  const change = (current, next) => it.client.post(auth('/password/change'), { identifier: email, current_password: current, new_password: next });
  errorOf(await change('not this one', 'a new long passphrase'), 401, 'INVALID_CREDENTIALS');
  errorOf(await change(oneTime, oneTime), 422, 'PASSWORD_UNCHANGED');
  errorOf(await change(oneTime, 'short'), 422, 'PASSWORD_TOO_SHORT');
  errorOf(await change(oneTime, 'x'.repeat(300)), 422, 'PASSWORD_TOO_LONG');
  const admin = await it.adminLogin();
  const paths = ['/dashboard/summary', '/metrics/timeseries?metric=requests', '/metrics/hourly', '/health/current', '/collector'];
  const login = await it.login(await it.makeUser('plain@example.org', password));
  const user = it.client.withToken(login.access_token);
  for (const path of paths) {
    assert.equal((await admin.get(`/api/admin/monitoring${path}`)).status, 200, path);
    errorOf(await user.get(`/api/admin/monitoring${path}`), 403, 'PERMISSION_DENIED');
    errorOf(await it.client.get(`/api/admin/monitoring${path}`), 401, 'TOKEN_MISSING');
  }
  errorOf(await it.client.post(auth('/login'), { identifier: email, password: oneTime }), 401, 'INVALID_CREDENTIALS');
});

test('one request id: in the answer, the gateway line, the log lines and the database', async () => {
  const who = await it.makeUser('trail@example.org', password);
  const login = await it.login(who);
  const id = 'trail-of-one.request_1';
  const out = await it.client.withToken(login.access_token).post(auth('/logout'), undefined, { 'X-Request-ID': id });
  assert.equal(out.headers['x-request-id'], id);
  const line = await until('the gateway line', () => it.lines('access.log').find((one) => one.request_id === id));
  assert.deepEqual([line.method, line.url, line.status, line.route, line.user_id], ['POST', '/api/auth/logout', 204, '/api/auth/logout', login.user.id]);
  const entry = await until('the log line', () => it.lines('k-public.log').find((one) => one.request_id === id));
  assert.deepEqual([entry.label, entry.user_id, entry.service, entry.type], ['auth.logout', login.user.id, 'kauth', 'audit']);
  const row = (await until('the row', async () => (await it.sql(`select service, method, route, status, user_id from metric_snapshot where request_id = '${id}'`))[0]));
  assert.deepEqual(row, ['auth', 'POST', '/api/auth/logout', '204', login.user.id]);

  const own = await it.client.get(auth('/health'));
  assert.match(own.headers['x-request-id'], uuid7);
  const rubbish = await it.client.get(auth('/health'), { 'X-Request-ID': 'no spaces allowed' });
  assert.match(rubbish.headers['x-request-id'], uuid7);
  const direct = await fetch(`http://127.0.0.1:${it.env.K_PUBLIC_PORT}/api/auth/health`, { headers: { 'X-Request-ID': 'x'.repeat(65) } });
  assert.match(direct.headers.get('x-request-id'), uuid7);
});

test('no log holds a password, a token or a key', async () => {
  const who = await it.makeUser('secret@example.org', 'unmistakable passphrase 4711');
  const login = await it.login(who);
  await refresh(login.refresh_token);
  await it.client.post(auth('/login'), { identifier: who.email, password: 'mistaken passphrase 4712' });
  const secrets = ['passphrase 471', login.access_token, login.refresh_token, it.masterKeys().split(':')[1]];
  for (const name of readdirSync(it.env.K_LOG_DIR)) {
    const text = readFileSync(it.log(name), 'utf8');
    for (const secret of secrets) assert.ok(!text.includes(secret), `${name} holds a secret`);
  }
});
