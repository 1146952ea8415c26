// Every refusal leaves one entry in the audit trail, bounded: a table of all codes of core/errorCode.cpp, those that refuse
// nothing with the reason why. Requests come from a trusted proxy, so that each row has an address of its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { enrol, presentStep, totpCode } from './authenticator.mjs';
import { Client, inParallel } from './client.mjs';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
let admin;
before(async () => {
  it = await startInstallation('refusals', {
    K_RATE_LIMITS: 'on',
    K_RATE_LIMIT_LOGIN: '100',
    K_RATE_LIMIT_REGISTER: '50',
    K_RATE_LIMIT_SESSION: '5000',
    K_RATE_LIMIT_ADMIN: '500',
    K_TRUSTED_PROXIES: '127.0.0.1',
    K_LOGIN_LOCKS: '2/60',
    K_LIMIT_MAIL_ACCOUNT: '1/600',
  });
  admin = await it.adminLogin();
});
after(() => it?.down());

let hosts = 0;
/** A client that nobody has seen before. */
const stranger = () => it.client.with({ 'X-Forwarded-For': `198.51.100.${++hosts}` });
const auth = (path) => `/api/auth${path}`;
const users = '/api/admin/users';
const json = (client, method, target, body, headers = {}) =>
  client.request(method, target, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });

let names = 0;
async function person(...roles) {
  const client = stranger();
  const email = `refused${++names}@example.org`;
  assert.equal((await client.post(auth('/register'), { email, password })).status, 202);
  assert.equal((await client.post(auth('/verify-email'), { token: await it.mailToken(email) })).status, 200);
  const { id } = (await admin.post(`${users}/lookup`, { email })).json;
  if (roles.length > 0) assert.equal((await json(admin, 'PUT', `${users}/${id}/roles`, { roles })).status, 200);
  const signIn = (secret = password, more = {}) => client.post(auth('/login'), { identifier: email, password: secret, ...more });
  const session = async (more) => {
    const answer = await signIn(password, more);
    assert.equal(answer.status, 200, answer.text);
    return { ...answer.json, headers: answer.headers, client: client.withToken(answer.json.access_token) };
  };
  return { email, id, client, signIn, session };
}
async function withFactor(...roles) {
  const who = await person(...roles);
  const { authenticator, login } = await enrol((await who.session()).client);
  return { ...who, authenticator, signedIn: who.client.withToken(login.access_token) };
}
const inCookies = async (headers) => {
  const { headers: got } = await (await person()).session({ transport: 'cookie' });
  const cookies = got['set-cookie'].map((line) => line.split(';')[0]).join('; ');
  return stranger().post(auth('/logout'), undefined, { Cookie: cookies, ...headers });
};
const wrongCode = (secret) => {
  const good = new Set([-2, -1, 0, 1, 2].map((offset) => totpCode(secret, presentStep() + offset)));
  return Array.from({ length: 10 }, (_, index) => String(100_000 + index)).find((code) => !good.has(code));
};
const showCode = (who, mfaToken, code) => who.client.post(auth('/mfa/verify'), { mfa_token: mfaToken, method: 'totp', code });
const aToken = 'A'.repeat(43);
const kctlKey = async (...words) => JSON.parse((await it.kctl('key', ...words, '--json')).stdout);
const adminKey = (...words) => kctlKey('create', 'refused', '--scopes', 'keys:read', ...words);
const asKey = (key) => stranger().withToken(key).get('/api/admin/keys');
/** The first superadmin. */
const boss = async () => (await admin.post(`${users}/lookup`, { email: it.firstAdmin().email })).json.id;

const ofRoute = (route, reason, outcome = 'deny') => ['request.refuse', reason, outcome, 'route', route];
/** code: [what is tried, the entry: action, reason, outcome, type and id of the target (undefined: any)]; more than one under `code (why)`. */
const refusals = {
  TOKEN_INVALID: [() => stranger().withToken('no.such.token').get(auth('/me')), ofRoute('GET /api/auth/me', 'token_invalid', 'fail')],
  'TOKEN_INVALID (unknown key)': [() => asKey(`ks_adm_${'0'.repeat(32)}_${'A'.repeat(49)}`), ofRoute('GET /api/admin/keys', 'token_invalid', 'fail')],
  'TOKEN_INVALID (revoked key)': [async () => {
    const { key, details } = await adminKey();
    await kctlKey('revoke', details.id);
    return asKey(key);
  }, ['key.refuse', 'revoked', 'deny', 'key']],
  'TOKEN_EXPIRED (key)': [async () => {
    const { key, details } = await adminKey('--for', '60');
    await it.sql(`update api_keys set expires_at = now() - interval '1 second' where id = '${details.id}'`);
    return asKey(key);
  }, ['key.refuse', 'expired', 'deny', 'key']],
  'PERMISSION_DENIED (network of a key)': [async () => asKey((await adminKey('--from', '203.0.113.0/24')).key), ['key.refuse', 'address_not_allowed', 'deny', 'key']],
  INVALID_CREDENTIALS: [async () => (await person()).signIn('a wrong passphrase'), ['auth.login', 'wrong_password', 'fail', 'user']],
  'INVALID_CREDENTIALS (nobody)': [() => stranger().post(auth('/login'), { identifier: 'nobody@example.org', password }), ['auth.login', 'unknown_identifier', 'fail', 'identifier']],
  EMAIL_NOT_VERIFIED: [async () => {
    const client = stranger();
    await client.post(auth('/register'), { email: 'unverified@example.org', password });
    return client.post(auth('/login'), { identifier: 'unverified@example.org', password });
  }, ['auth.login', 'email_not_verified', 'fail', 'identifier']],
  ACCOUNT_SUSPENDED: [async () => {
    const who = await person();
    assert.equal((await admin.post(`${users}/${who.id}/suspend`, { reason: 'test' })).status, 200);
    return who.signIn();
  }, ['auth.login', 'suspended', 'deny', 'user']],
  PASSWORD_CHANGE_REQUIRED: [async () => {
    const who = await person();
    assert.equal((await admin.post(`${users}/${who.id}/require-password-change`)).status, 200);
    return who.signIn();
  }, ['auth.login', 'password_change_required', 'deny', 'user']],
  REFRESH_TOKEN_INVALID: [() => stranger().post(auth('/token/refresh'), { refresh_token: 'nonsense' }), ofRoute('POST /api/auth/token/refresh', 'refresh_token_invalid', 'fail')],
  REFRESH_TOKEN_REUSED: [async () => {
    const { refresh_token: token, session_id: id } = await (await person()).session();
    const refresh = () => stranger().post(auth('/token/refresh'), { refresh_token: token });
    await refresh();
    await it.sql(`update sessions set refreshed_at = refreshed_at - interval '1 minute' where id = '${id}'`);
    return refresh();
  }, ['auth.token.reuse', 'refresh_token_reused', 'deny', 'session']],
  SESSION_REVOKED: [async () => {
    const { client } = await (await person()).session();
    assert.equal((await client.post(auth('/logout'))).status, 204);
    return client.get(auth('/me'));
  }, ofRoute('GET /api/auth/me', 'session_revoked', 'fail')],
  PERMISSION_DENIED: [async () => (await (await person()).session()).client.get(users), ofRoute('GET /api/admin/users', 'permission_denied')],
  'PERMISSION_DENIED (a person who asks for a refund)': [async () => {
    const { client } = await (await person()).session();
    return client.post(`/api/payment/payments/${await boss()}/refunds`, { amount: { value: '1.00', currency: 'IDR' }, reason: 'test' }, { 'Idempotency-Key': 'refused' });
  }, ofRoute('POST /api/payment/payments/{id}/refunds', 'permission_denied')],
  CSRF_FAILED: [() => inCookies({ 'Sec-Fetch-Site': 'same-origin' }), ofRoute('POST /api/auth/logout', 'csrf_failed')],
  ORIGIN_DENIED: [() => inCookies({ 'Sec-Fetch-Site': 'cross-site' }), ofRoute('POST /api/auth/logout', 'origin_denied')],
  TOO_MANY_ATTEMPTS: [async () => {
    const who = await person();
    for (let index = 0; index < 3; ++index) await who.signIn('a wrong passphrase');
    return who.signIn();
  }, ['auth.login', 'locked', 'deny', 'user']],
  'TOO_MANY_ATTEMPTS (mails)': [async () => {
    const { email, client } = await person();
    await client.post(auth('/password/forgot'), { email });
    return client.post(auth('/password/forgot'), { email });
  }, ofRoute('POST /api/auth/password/forgot', 'too_many_attempts')],
  LINK_INVALID: [() => stranger().post(auth('/verify-email'), { token: aToken }), ofRoute('POST /api/auth/verify-email', 'link_invalid', 'fail')],
  'LINK_INVALID (reset)': [() => stranger().post(auth('/password/reset'), { token: aToken, password: 'another long passphrase' }), ['auth.password.reset', 'link_invalid', 'fail']],
  LINK_EXPIRED: [async () => {
    const { email, client } = await person();
    await client.post(auth('/password/forgot'), { email });
    const token = await until('the link', async () => /reset-password#token=([\w-]+)/.exec((await it.kctl('mail', 'latest', '--to', email)).stdout)?.[1]);
    await it.sql("update one_time_tokens set expires_at = now() - interval '1 second' where purpose = 'reset_password'");
    return client.post(auth('/password/reset'), { token, password: 'another long passphrase' });
  }, ['auth.password.reset', 'link_expired', 'fail']],
  SIGNUP_DISABLED: [async () => {
    const set = async (value) => json(admin, 'PATCH', '/api/admin/settings', { settings: { K_SIGN_UP: value } }, { 'If-Match': (await admin.get('/api/admin/settings')).headers.etag });
    assert.equal((await set('closed')).status, 200);
    const refused = await until('it is closed', async () => {
      const answer = await stranger().post(auth('/register'), { email: `late${++names}@example.org`, password });
      return answer.status === 403 && answer;
    });
    assert.equal((await set(null)).status, 200);
    await until('it is open', async () => (await stranger().post(auth('/register'), { email: `late${++names}@example.org`, password })).status === 202);
    return refused;
  }, ['auth.register', 'sign_up_closed', 'deny']],
  MFA_REQUIRED: [async () => (await (await person('auditor')).session()).client.get('/api/admin/audit'), ofRoute('GET /api/admin/audit', 'mfa_required')],
  MFA_CODE_INVALID: [async () => {
    const who = await withFactor();
    return showCode(who, (await who.session()).mfa_token, wrongCode(who.authenticator.secret));
  }, ['auth.mfa.verify', 'mfa_code_invalid', 'fail', 'user']],
  MFA_CODE_REUSED: [async () => {
    const who = await withFactor();
    const code = await who.authenticator.code();
    assert.equal((await showCode(who, (await who.session()).mfa_token, code)).status, 200);
    return showCode(who, (await who.session()).mfa_token, code);
  }, ['auth.mfa.verify', 'mfa_code_reused', 'fail', 'user']],
  MFA_TOKEN_EXPIRED: [async () => showCode({ client: stranger() }, aToken, '123456'), ofRoute('POST /api/auth/mfa/verify', 'mfa_token_expired', 'fail')],
  REAUTH_REQUIRED: [async () => {
    const { client, session_id: id } = await (await person()).session();
    await it.sql(`update sessions set created_at = created_at - interval '30 minutes' where id = '${id}'`);
    return client.post(auth('/mfa/totp'), {});
  }, ofRoute('POST /api/auth/mfa/totp', 'reauth_required')],
  STEP_UP_REQUIRED: [async () => {
    const { refresh_token: token } = await (await person()).session();
    const moved = await stranger().post(auth('/token/refresh'), { refresh_token: token }, { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' });
    return stranger().withToken(moved.json.access_token).post(auth('/mfa/totp'), {});
  }, ofRoute('POST /api/auth/mfa/totp', 'step_up_required')],
  IMPERSONATION_DENIED: [async () => {
    const acting = await json(admin, 'POST', `${users}/${(await person()).id}/impersonate`, { reason: 'test' });
    return stranger().withToken(acting.json.access_token).post(auth('/me/export'));
  }, ofRoute('POST /api/auth/me/export', 'impersonation_denied')],
  'SCOPE_NOT_ALLOWED (a key wider than its maker)': [async () => {
    const { key } = await kctlKey('create', 'bound', '--scopes', 'keys:read,keys:write', '--from', '198.51.100.0/24');
    return stranger().withToken(key).post('/api/admin/keys', { name: 'wide', kind: 'admin', scopes: ['keys:read'], allowed_cidrs: ['0.0.0.0/0'] });
  }, ofRoute('POST /api/admin/keys', 'scope_not_allowed')],
  'TOKEN_INVALID (the key that made it is revoked)': [async () => {
    const { key, details } = await kctlKey('create', 'parent', '--scopes', 'keys:read,keys:write');
    const child = await stranger().withToken(key).post('/api/admin/keys', { name: 'child', kind: 'admin', scopes: ['keys:read'] });
    await kctlKey('revoke', details.id);
    return asKey(child.json.key);
  }, ['key.refuse', 'maker_gone', 'deny', 'key']],
  'INVALID_CREDENTIALS (no password at all)': [async () => (await (await person()).session()).client.post(auth('/reauthenticate'), { password: '\u20ac'.repeat(400) }), ['auth.reauthenticate', 'wrong_password', 'fail', 'user']],
  CURRENT_PASSWORD_INVALID: [async () => (await (await person()).session()).client.post(auth('/me/password'), { current_password: 'not this passphrase', new_password: 'another long passphrase' }), ['auth.password.change', 'wrong_password', 'fail', 'user']],
  SCOPE_NOT_ALLOWED: [async () => (await (await person()).session()).client.post(auth('/me/api-keys'), { name: 'wide', scopes: ['users:read'] }), ['key.create', 'scope_not_allowed', 'deny', 'key']],
  RANK_TOO_LOW: [async () => (await withFactor('support')).signedIn.post(`${users}/${await boss()}/suspend`, { reason: 'test' }), ['user.suspend', 'rank_too_low', 'deny', 'user']],
  'RANK_TOO_LOW (withdrawing a superadmin)': [async () => {
    assert.equal((await json(admin, 'POST', '/api/admin/roles', { name: 'withdrawer', rank: 100, permissions: ['roles:write'] })).status, 201);
    return (await withFactor('withdrawer')).signedIn.delete(`${users}/${(await person()).id}/superadmin`);
  }, ['user.superadmin.withdraw', 'rank_too_low', 'deny', 'user']],
  CANNOT_GRANT_HIGHER_ROLE: [async () => {
    assert.equal((await json(admin, 'POST', '/api/admin/roles', { name: 'granter', rank: 100, permissions: ['roles:write', 'users:read'] })).status, 201);
    return json((await withFactor('granter')).signedIn, 'PUT', `${users}/${(await person()).id}/roles`, { roles: ['admin'] });
  }, ['user.roles.set', 'cannot_grant_higher_role', 'deny', 'user']],
  SELF_SERVICE_ONLY: [async () => {
    const id = await boss();
    return json(admin, 'PATCH', `${users}/${id}`, { email: 'mine@example.org' }, { 'If-Match': (await admin.get(`${users}/${id}`)).headers.etag });
  }, ['user.update', 'self_service_only', 'deny', 'user']],
  LAST_ADMIN: [async () => json(admin, 'PUT', `${users}/${await boss()}/roles`, { roles: ['user'] }), ['user.roles.set', 'last_admin', 'deny', 'user']],
  ROLE_IS_SYSTEM: [async () => admin.delete(`/api/admin/roles/${(await admin.get('/api/admin/roles')).json.data.at(-1).id}`), ['role.delete', 'role_is_system', 'deny', 'role']],
  ADDRESS_PROTECTED: [() => admin.post('/api/admin/monitoring/security/bans', { address: '127.0.0.1', reason: 'test' }), ofRoute('POST /api/admin/monitoring/security/bans', 'address_protected')],
  TARGET_NOT_ALLOWED: [() => admin.post('/api/admin/webhooks', { url: 'https://10.0.0.1/', events: ['*'] }), ofRoute('POST /api/admin/webhooks', 'target_not_allowed')],
};

const badInput = 'bad input: nothing was asked for that a rule could refuse';
const notThere = 'a state of things, not a rule about the caller; scans for accounts are in the access log';
const ofTheGateway = 'answered by the gateway, which reports it: violations, access.log';
const ofLoad = 'load or a fault: counted in /metrics, logged';
const noRefusals = {
  NONE: 'no error',
  TOKEN_MISSING: "nobody claimed to be anyone: every page's first look",
  TOKEN_EXPIRED: 'the usual end of an access token (of a key: above)',
  SESSION_EXPIRED: 'the usual end of a session',
  ...Object.fromEntries(['BAD_REQUEST', 'MALFORMED_JSON', 'VALIDATION_FAILED', 'UNKNOWN_FIELD', 'INVALID_EMAIL', 'INVALID_FORMAT', 'TOO_SHORT', 'TOO_LONG', 'OUT_OF_RANGE', 'REQUIRED',
    'PASSWORD_TOO_SHORT', 'PASSWORD_TOO_LONG', 'PASSWORD_UNCHANGED', 'PASSWORD_CONTEXT_WORD', 'PASSWORD_BREACHED', 'METHOD_NOT_ALLOWED', 'PAYLOAD_TOO_LARGE', 'URI_TOO_LONG', 'HEADERS_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE', 'RANGE_TOO_WIDE', 'CURSOR_INVALID', 'PRECONDITION_REQUIRED', 'SETTING_UNKNOWN', 'SETTING_NOT_LIVE', 'IDEMPOTENCY_MISMATCH', 'AMOUNT_NOT_WHOLE'].map((code) => [code, badInput])),
  ...Object.fromEntries(['SESSION_NOT_FOUND', 'NOT_FOUND', 'USER_NOT_FOUND', 'CONFLICT', 'USERNAME_TAKEN', 'EMAIL_TAKEN', 'FACTOR_EXISTS', 'FACTOR_NOT_FOUND', 'VERSION_MISMATCH', 'KEY_NOT_FOUND',
    'ROLE_NOT_FOUND', 'ROLE_IN_USE', 'JOB_NOT_FOUND', 'WEBHOOK_NOT_FOUND', 'PAYMENT_NOT_FOUND', 'NOT_CANCELLABLE', 'NOT_REFUNDABLE', 'REFUND_EXCEEDS_BALANCE', 'DUPLICATE_MERCHANT_REF',
    'IDEMPOTENCY_IN_PROGRESS'].map((code) => [code, notThere])),
  RATE_LIMITED: ofTheGateway,
  ADDRESS_BANNED: ofTheGateway,
  BAD_GATEWAY: ofTheGateway,
  ...Object.fromEntries(['INTERNAL', 'OVERLOADED', 'DEPENDENCY_UNAVAILABLE', 'SHUTTING_DOWN', 'TIMEOUT', 'GATEWAY_ERROR', 'GATEWAY_TIMEOUT'].map((code) => [code, ofLoad])),
  PAYMENTS_DISABLED: 'nobody has set payments up here',
};

test('every code either refuses, with a row here, or is said to be no refusal', () => {
  const source = fs.readFileSync(new URL('../../core/errorCode.cpp', import.meta.url), 'utf8');
  const all = [...source.matchAll(/^\s+\{"([A-Z_]+)", \d{3},/gm)].map(([, code]) => code);
  assert.ok(all.length > 70);
  assert.deepEqual(all.filter((code) => !(code in refusals) && !(code in noRefusals)), [], 'codes that nobody has thought of');
  assert.deepEqual(Object.keys(noRefusals).filter((code) => !all.includes(code)), []);
});

const entriesOf = (requestId) =>
  it.sql(`select action, coalesce(reason, ''), outcome, coalesce(target_type, ''), coalesce(target_id, '') from
    (select action, reason, outcome, target_type, target_id, request_id from audit_pending union all
     select action, reason, outcome, target_type, target_id, request_id from audit_log) a where request_id = '${requestId}' and outcome <> 'ok'`);
for (const [name, [attempt, expected]] of Object.entries(refusals)) {
  test(`${name}: one entry`, async () => {
    const answer = await attempt();
    assert.equal(answer.json?.error?.code, name.split(' ')[0], answer.text);
    const entries = await until(`an entry of ${name}`, async () => {
      const found = await entriesOf(answer.headers['x-request-id']);
      return found.length > 0 && found;
    });
    assert.equal(entries.length, 1, JSON.stringify(entries));
    assert.deepEqual(entries[0].slice(0, expected.length), expected);
  });
}

test('a key that introspection refuses leaves its entry, of the service that was shown it', async () => {
  const service = (await kctlKey('create', 'asker', '--kind', 'service', '--scopes', 'tokens:introspect'));
  const { key, details } = await adminKey();
  await kctlKey('revoke', details.id);
  const answer = await stranger().withToken(service.key).post(auth('/introspect'), { token: key, ip: '203.0.113.9' });
  assert.deepEqual([answer.status, answer.json], [200, { active: false }], answer.text);
  const entries = await until('its entry', async () => {
    const found = await entriesOf(answer.headers['x-request-id']);
    return found.length > 0 && found;
  });
  assert.deepEqual(entries, [['key.refuse', 'revoked', 'deny', 'key', details.id]]);
});

test('what is no refusal leaves none', async () => {
  const answers = [await stranger().get(auth('/me')), await stranger().get(auth('/nothing')), await stranger().post(auth('/login'), {})];
  const marker = await stranger().withToken('a.b.c').get(auth('/me'));
  await until('the marker', async () => (await entriesOf(marker.headers['x-request-id'])).length === 1);
  for (const answer of answers) assert.deepEqual(await entriesOf(answer.headers['x-request-id']), []);
});

test('a flood of refusals is a few entries and a count, and nobody is refused for it', async () => {
  const from = '203.0.113.77';
  const flood = it.client.with({ 'X-Forwarded-For': from }).withToken('no.such.token');
  const who = await person();
  const count = 3000;
  const [answers, signIns] = await Promise.all([
    inParallel(count, () => flood.get(auth('/me')), 24),
    inParallel(20, () => who.signIn(), 1),
  ]);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [401]);
  assert.deepEqual([...new Set(signIns.map(({ status }) => status))], [200]);
  await it.stop('k-public'); // which writes what it has counted
  const entries = await it.sql(`select reason, coalesce(after->>'token_invalid', '1') from (select reason, after, ip from audit_pending union all select reason, after, ip from audit_log) a where ip = '${from}'`);
  await it.start('k-public');
  assert.ok(entries.length <= 2 * 21, `${entries.length} entries`);
  assert.equal(entries.reduce((sum, [, times]) => sum + Number(times), 0), count, 'none is lost');
  assert.ok(entries.some(([reason]) => reason === 'repeated'));
});

test('passwords that nobody can have chosen are refused without a hash, and bounded like other refusals', async () => {
  const who = await person();
  const { access_token: token } = await who.session();
  const client = new Client(`http://127.0.0.1:${it.env.K_PUBLIC_PORT}`).withToken(token); // past the gateway and its limits
  const ways = [
    (secret) => client.post(auth('/reauthenticate'), { password: secret }),
    (secret) => client.post(auth('/me/password'), { current_password: secret, new_password: 'another long passphrase' }),
    (secret) => json(client, 'DELETE', auth('/me'), { password: secret }),
  ];
  for (let index = 0; index < 30; ++index) for (const way of ways) assert.equal((await way('\u20ac'.repeat(400))).status, 401);
  client.close();
  await it.stop('k-public'); // which writes what it has counted
  const entries = await it.sql(`select action, reason from (select action, reason, actor_id, outcome from audit_pending union all select action, reason, actor_id, outcome from audit_log) a where actor_id = '${who.id}' and outcome <> 'ok'`);
  await it.start('k-public');
  assert.ok(entries.length <= 2 * 21, `${entries.length} entries`);
  assert.ok(entries.some(([, reason]) => reason === 'repeated'));
  assert.ok(!entries.some(([action]) => action === 'auth.mfa.verify'), 'under the action that was asked for');
});

test('no entry holds a secret', async () => {
  const text = JSON.stringify(await it.sql('select * from audit_pending')) + JSON.stringify(await it.sql('select * from audit_log'));
  for (const secret of [password, aToken, 'no.such.token', 'a wrong passphrase', 'ks_adm_']) assert.ok(!text.includes(secret), secret);
});
