// A session that goes on on another device: it lives, but no factor counts there, and its owner gets a mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Authenticator, enrol } from './authenticator.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const newerFirefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0';
const curl = 'curl/8.9.1';
let it;
before(async () => (it = await startInstallation('device')));
after(() => it?.down());

const on = (agent) => it.client.with({ 'User-Agent': agent });
const claimsOf = (login) => JSON.parse(Buffer.from(login.access_token.split('.')[1], 'base64url'));
const mailsOf = async (session) => it.number(`select count(*) from email_outbox where template = 'newDevice' and created_at >= (select created_at from sessions where id = '${session}')`);
const auditsOf = async (session) => it.number(`select (select count(*) from audit_log where action = 'auth.session.device' and target_id = '${session}') + (select count(*) from audit_pending where action = 'auth.session.device' and target_id = '${session}')`);

test('another browser: no factor, a mail and an audit entry, once; the session lives', async () => {
  const who = await it.makeUser('ann@example.org', password);
  const signedIn = await on(firefox).post('/api/auth/login', { identifier: who.email, password });
  assert.equal(signedIn.status, 200, signedIn.text);
  const session = signedIn.json.session_id;
  const mailsBefore = await mailsOf(session);
  let { refresh_token: token } = signedIn.json;
  const refresh = async (agent) => {
    const answer = await on(agent).post('/api/auth/token/refresh', { refresh_token: token });
    assert.equal(answer.status, 200, answer.text);
    token = answer.json.refresh_token;
    return answer.json;
  };
  for (const agent of [firefox, newerFirefox]) {
    const same = claimsOf(await refresh(agent));
    assert.deepEqual(same.amr, ['pwd']);
    assert.ok(Date.now() / 1000 - same.auth_time < 60);
  }
  assert.equal(await mailsOf(session), mailsBefore, 'a newer version is the same browser');

  const moved = await refresh(curl);
  assert.equal(moved.session_id, session);
  const { amr, aal, auth_time: at, step_up: stepUp } = claimsOf(moved);
  assert.deepEqual([amr, aal, stepUp], [['pwd'], 1, true], 'how he signed in stays true, and that it was elsewhere');
  assert.equal(at, claimsOf(signedIn.json).auth_time);
  assert.equal((await on(curl).withToken(moved.access_token).get('/api/auth/me')).status, 200, 'it lives');
  assert.equal(await mailsOf(session), mailsBefore + 1);
  assert.equal(await auditsOf(session), 1);
  await refresh(curl);
  assert.equal(await mailsOf(session), mailsBefore + 1, 'told once');

  await refresh(firefox); // back: another change
  assert.equal(claimsOf(await refresh(firefox)).step_up, true, 'it does not come back by itself');
  assert.equal(await auditsOf(session), 2);
});

const refreshedOn = async (agent, login) => {
  const answer = await on(agent).post('/api/auth/token/refresh', { refresh_token: login.refresh_token });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const stepUp = (answer) => [answer.status, answer.json.error?.code, answer.json.error?.methods];

test('what matters asks for a step up on the new device, in the way that the account has; it restores the session', async () => {
  const who = await it.makeUser('cy@example.org', password);
  const signedIn = (await on(firefox).post('/api/auth/login', { identifier: who.email, password })).json;
  const moved = await refreshedOn(curl, signedIn);
  const begin = (login) => on(curl).withToken(login.access_token).post('/api/auth/mfa/totp', {});
  assert.deepEqual(stepUp(await begin(moved)), [403, 'STEP_UP_REQUIRED', ['password']]);
  const confirm = (login, body) => on(curl).withToken(login.access_token).post('/api/auth/reauthenticate', body);
  const confirmed = await confirm(moved, { password });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.deepEqual([claimsOf(confirmed.json).amr, claimsOf(confirmed.json).step_up], [['pwd'], undefined]);
  assert.equal((await begin(confirmed.json)).status, 201);

  const { authenticator, login } = await enrol(on(curl).withToken(confirmed.json.access_token));
  assert.equal(claimsOf(login).aal, 2);
  const back = await refreshedOn(firefox, login);
  assert.deepEqual([claimsOf(back).aal, claimsOf(back).amr, claimsOf(back).step_up], [1, ['pwd', 'otp'], true]);
  assert.equal(claimsOf(back).auth_time, claimsOf(login).auth_time);
  const codes = (session) => on(firefox).withToken(session.access_token).post('/api/auth/mfa/recovery-codes');
  assert.deepEqual(stepUp(await codes(back)), [403, 'STEP_UP_REQUIRED', ['totp']]);
  const byPassword = await on(firefox).withToken(back.access_token).post('/api/auth/reauthenticate', { password });
  assert.deepEqual(stepUp(byPassword), [403, 'MFA_REQUIRED', ['totp']], 'a password alone takes no step up away');
  assert.deepEqual(stepUp(await codes(back)), [403, 'STEP_UP_REQUIRED', ['totp']]);
  const whole = await on(firefox).withToken(back.access_token).post('/api/auth/reauthenticate', { totp: await authenticator.code() });
  assert.deepEqual([claimsOf(whole.json).aal, claimsOf(whole.json).amr, claimsOf(whole.json).step_up], [2, ['pwd', 'otp'], undefined]);
  assert.equal((await codes(whole.json)).status, 200);
});

test('an access token alone does nothing that matters on another device, and what is confirmed there is told of', async () => {
  const who = await it.makeUser('eve@example.org', password);
  const plain = (await on(firefox).post('/api/auth/login', { identifier: who.email, password })).json;
  const thief = on(curl).withToken(plain.access_token);
  assert.equal((await thief.get('/api/auth/me')).status, 200);
  for (const [path, body] of [['mfa/totp', {}], ['me/api-keys', { name: 'mine', scopes: [] }]]) {
    assert.deepEqual(stepUp(await thief.post(`/api/auth/${path}`, body)), [403, 'STEP_UP_REQUIRED', ['password']], path);
  }
  const keepKeys = await thief.post('/api/auth/logout-all', { keep_current: true, keep_keys: true });
  assert.deepEqual(stepUp(keepKeys), [403, 'STEP_UP_REQUIRED', ['password']]);
  const home = on(firefox).withToken(plain.access_token);
  assert.equal((await home.post('/api/auth/me/api-keys', { name: 'mine', scopes: [] })).status, 201, 'the session is what it was at home');

  await it.sql(`insert into user_roles (user_id, role_id, granted_at) select u.id, r.id, now() from users u, roles r where u.email = '${who.email}' and r.name = 'superadmin'`);
  const { authenticator, login } = await enrol(on(firefox).withToken((await on(firefox).post('/api/auth/login', { identifier: who.email, password })).json.access_token));
  const away = on(curl).withToken(login.access_token);
  for (const ask of [() => away.post('/api/auth/mfa/recovery-codes'), () => away.get('/api/admin/users'), () => away.post('/api/admin/keys', { name: 'k', kind: 'admin', scopes: ['users:read'] })]) {
    assert.deepEqual(stepUp(await ask()), [403, 'STEP_UP_REQUIRED', ['totp']]);
  }
  assert.equal((await on(firefox).withToken(login.access_token).get('/api/admin/users')).status, 200);
  const seen = newerFirefox.replace('Firefox', 'Chrome');
  const answer = await on(seen).withToken(login.access_token).post('/api/auth/reauthenticate', { totp: await authenticator.code() });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await on(seen).withToken(answer.json.access_token).get('/api/admin/users')).status, 200, 'a code makes it the device of the session');
  assert.deepEqual(stepUp(await on(firefox).withToken(answer.json.access_token).get('/api/admin/users')).slice(0, 2), [403, 'STEP_UP_REQUIRED']);
  await until('the owner is told', async () => (await mailsOf(answer.json.session_id)) === 1);
});

test('a session elsewhere takes a code, beside the password, of whoever has a second factor; ending stays open', async () => {
  const who = await it.makeUser('gil@example.org', password);
  const first = (await on(firefox).post('/api/auth/login', { identifier: who.email, password })).json;
  const { authenticator, login } = await enrol(on(firefox).withToken(first.access_token));
  const remove = (client) => client.request('DELETE', '/api/auth/me', { body: JSON.stringify({ password }), headers: { 'Content-Type': 'application/json' } });
  const order = await on(firefox).withToken(login.access_token).post('/api/auth/me/export');
  assert.equal(order.status, 202, order.text);
  const ways = (client) => [
    () => client.post('/api/auth/me/password', { current_password: password, new_password: 'another long passphrase' }),
    () => client.post('/api/auth/me/email', { new_email: 'thief@example.org', password }),
    () => client.post('/api/auth/me/email/confirm', { token: 'x'.repeat(43) }),
    () => client.post('/api/auth/me/export'),
    () => client.get(`/api/auth/me/export/${order.json.id}`),
    () => remove(client),
  ];
  const away = on(curl).withToken(login.access_token);
  for (const way of ways(away)) assert.deepEqual(stepUp(await way()), [403, 'STEP_UP_REQUIRED', ['totp']], 'with the access token alone');
  const moved = on(curl).withToken((await refreshedOn(curl, login)).access_token);
  for (const way of ways(moved)) assert.deepEqual(stepUp(await way()), [403, 'STEP_UP_REQUIRED', ['totp']], 'with the refresh token');
  assert.equal((await moved.get('/api/auth/mfa/factors')).status, 200, 'looking is open');
  const confirmed = await moved.post('/api/auth/reauthenticate', { totp: await authenticator.code() });
  const changed = await on(curl).withToken(confirmed.json.access_token).post('/api/auth/me/password', { current_password: password, new_password: 'another long passphrase' });
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await on(firefox).withToken(confirmed.json.access_token).delete('/api/auth/sessions?scope=others')).status, 204, 'ending is open everywhere');
  assert.equal((await on(firefox).withToken(confirmed.json.access_token).post('/api/auth/logout')).status, 204);

  const plain = await it.makeUser('hal@example.org', password);
  const theirs = (await on(firefox).post('/api/auth/login', { identifier: plain.email, password })).json;
  const elsewhere = on(curl).withToken(theirs.access_token);
  assert.deepEqual(stepUp(await elsewhere.post('/api/auth/me/export')), [403, 'STEP_UP_REQUIRED', ['password']], 'what asks for no password asks for it here');
  assert.equal((await elsewhere.post('/api/auth/me/email', { new_email: 'hals@example.org', password })).status, 202, 'a password that is asked for is what there is');
});

test('a browser stays on its device whatever sets its device cookie', async () => {
  const who = await it.makeUser('flo@example.org', password);
  const cookies = new Map();
  const browser = async (path, body) => {
    const csrf = cookies.get('csrf');
    const answer = await on(firefox).post(path, body, {
      Origin: it.client.origin.origin, ...(csrf && { 'X-CSRF-Token': csrf }),
      Cookie: [...cookies].filter(([name]) => name !== 'csrf').map(([name, value]) => `${name}=${value}`).join('; '),
    });
    for (const line of answer.headers['set-cookie'] ?? []) cookies.set(...line.split(';')[0].split('='));
    if (answer.json?.csrf_token) cookies.set('csrf', answer.json.csrf_token);
    return answer;
  };
  assert.equal((await browser('/api/auth/login', { identifier: who.email, password, transport: 'cookie' })).status, 200);
  const begun = await browser('/api/auth/mfa/totp', {});
  assert.equal(begun.status, 201, begun.text);
  const authenticator = new Authenticator(begun.json.secret);
  const confirmed = await browser(`/api/auth/mfa/totp/${begun.json.factor_id}/confirm`, { code: await authenticator.code() });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal((await browser('/api/auth/mfa/recovery-codes')).status, 200, 'after a factor was set up');
  const changed = await browser('/api/auth/me/password', { current_password: password, new_password: 'another long passphrase' });
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await browser('/api/auth/mfa/recovery-codes')).status, 200, 'after a new password');
  assert.equal((await browser('/api/auth/reauthenticate', { totp: await authenticator.code() })).status, 200);
  assert.equal((await browser('/api/auth/mfa/recovery-codes')).status, 200, 'after a confirmation');
  assert.equal((await browser('/api/auth/token/refresh', {})).status, 200);
  assert.equal((await browser('/api/auth/mfa/recovery-codes')).status, 200, 'after a refresh');
  cookies.delete('__Host-ks_dv');
  assert.deepEqual(stepUp(await browser('/api/auth/mfa/recovery-codes')), [403, 'STEP_UP_REQUIRED', ['totp']], 'without its cookie it is another one');
});

test('a server that renders pages refreshes in the name of its browsers, with a key of its own only', async () => {
  const who = await it.makeUser('dee@example.org', password);
  const signedIn = (await on(firefox).post('/api/auth/login', { identifier: who.email, password })).json;
  const keyOf = async (scopes) => JSON.parse((await it.kctl('key', 'create', 'renderer', '--kind', 'service', '--scopes', scopes, '--json')).stdout).key;
  const renderer = on('node').withToken(await keyOf('sessions:refresh'));
  const ask = (client, login, browser = { ip: '127.0.0.1', user_agent: firefox }) =>
    client.post('/api/auth/token/refresh/delegated', { refresh_token: login.refresh_token, browser });
  const renewed = await ask(renderer, signedIn);
  assert.equal(renewed.status, 200, renewed.text);
  assert.equal(claimsOf(renewed.json).step_up, undefined);
  assert.equal(await auditsOf(signedIn.session_id), 0);
  for (const client of [on(firefox).withToken(renewed.json.access_token), on('node').withToken(await keyOf('tokens:introspect'))]) {
    assert.deepEqual(stepUp(await ask(client, renewed.json)).slice(0, 2), [403, 'PERMISSION_DENIED']);
  }
  assert.equal((await ask(on(firefox), renewed.json)).status, 401);
  for (const browser of [undefined, {}, { ip: 'here', user_agent: firefox }, { ip: '127.0.0.1', user_agent: firefox, name: 'x' }]) {
    const answer = await renderer.post('/api/auth/token/refresh/delegated', { refresh_token: renewed.json.refresh_token, browser });
    assert.equal(answer.status, 400, JSON.stringify(browser));
  }
  assert.equal(claimsOf((await ask(renderer, renewed.json, { ip: '127.0.0.1', user_agent: curl })).json).step_up, true, 'it is judged by the browser');
});

test('a sign-in from a device that the account does not know is told of, another from the same is not', async () => {
  const who = await it.makeUser('bob@example.org', password);
  const told = () => it.number(`select count(*) from (select target_id, action from audit_log union all select target_id, action from audit_pending) a
    join users u on u.id::text = a.target_id where a.action = 'auth.device.new' and u.email = 'bob@example.org'`);
  const signIn = async (agent, more = {}) => {
    const answer = await on(agent).post('/api/auth/login', { identifier: who.email, password, ...more });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  await signIn(firefox);
  await signIn(firefox);
  await sleep(300);
  assert.equal(await told(), 0, 'the first device, twice');
  await signIn(curl);
  await until('the owner is told', async () => (await told()) === 1);
  const mail = await until('the mail', async () => (await it.kctl('mail', 'latest', '--to', who.email, '--json')).stdout);
  assert.match(mail, /127\.0\.0\.1/);
  await signIn(curl);
  await sleep(300);
  assert.equal(await told(), 1, 'it is known now');
});
