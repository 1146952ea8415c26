// Second factors through the gateway: setting one up, signing in with it, replay, limits, recovery codes, removal.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Authenticator, enrol, presentStep, showCode, totpCode } from './authenticator.mjs';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
before(async () => (it = await startInstallation('mfa')));
after(() => it?.down());

const auth = (path) => `/api/auth${path}`;
const verify = (demand, method, code) => it.client.post(auth('/mfa/verify'), { mfa_token: demand.mfa_token, method, code });
const wrongCode = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

function errorOf(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
  return answer.json.error;
}

/** Codes that no step around the present has, so that they are wrong whatever the clock does. */
function wrongCodes(secret, count) {
  const good = new Set([-2, -1, 0, 1, 2].map((offset) => totpCode(secret, presentStep() + offset)));
  const codes = [];
  for (let code = 100_000; codes.length < count; ++code) if (!good.has(String(code))) codes.push(String(code));
  return codes;
}

async function enrolled(email) {
  const who = await it.makeUser(email, password);
  const first = await it.login(who);
  return { who, first, ...(await enrol(it.client.withToken(first.access_token))) };
}

test('a factor is set up with a picture and its first code; the session is a new one of two factors', async () => {
  const who = await it.makeUser('ann@example.org', password);
  const first = await it.login(who);
  assert.equal(first.status, 'authenticated');
  assert.equal(first.user.mfa_enabled, false);
  const user = it.client.withToken(first.access_token);
  const bystander = it.client.withToken((await it.login(who)).access_token);

  const begun = await user.post(auth('/mfa/totp'), { name: 'phone' });
  assert.equal(begun.status, 201, begun.text);
  assert.match(begun.json.secret, /^[A-Z2-7]{32}$/);
  assert.equal(begun.json.otpauth_uri, `otpauth://totp/k-services:${who.email}?secret=${begun.json.secret}&issuer=k-services&algorithm=SHA1&digits=6&period=30`);
  assert.match(begun.json.qr_svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 (\d+) \1".*<\/svg>$/);
  const waiting = await user.get(auth('/mfa/factors'));
  assert.deepEqual(waiting.json.data.map(({ id, type, name, status }) => ({ id, type, name, status })), [{ id: begun.json.factor_id, type: 'totp', name: 'phone', status: 'pending' }]);
  assert.equal((await it.login(who)).status, 'authenticated', 'a waiting factor demands nothing');

  const confirm = (code) => user.post(auth(`/mfa/totp/${begun.json.factor_id}/confirm`), { code });
  errorOf(await confirm(wrongCodes(begun.json.secret, 1)[0]), 401, 'MFA_CODE_INVALID');
  const authenticator = new Authenticator(begun.json.secret);
  const confirmed = await confirm(await authenticator.code());
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal(confirmed.json.recovery_codes.length, 10);
  assert.equal(new Set(confirmed.json.recovery_codes).size, 10);
  assert.notEqual(confirmed.json.session_id, first.session_id);
  assert.equal(confirmed.json.user.mfa_enabled, true);
  assert.ok(confirmed.json.refresh_expires_in <= 3600, 'an hour without use, at most a day');

  errorOf(await user.get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await bystander.get(auth('/me')), 401, 'SESSION_REVOKED');
  const lifted = it.client.withToken(confirmed.json.access_token);
  assert.equal((await lifted.get(auth('/me'))).json.mfa_enabled, true);
  const sessions = (await lifted.get(auth('/sessions'))).json.data;
  assert.deepEqual(sessions.map(({ id, aal }) => ({ id, aal })), [{ id: confirmed.json.session_id, aal: 2 }]);
  errorOf(await lifted.post(auth('/mfa/totp'), {}), 409, 'FACTOR_EXISTS');
  assert.equal((await lifted.get(auth('/mfa/recovery-codes'))).json.left, 10);
  const stored = (await it.sql(`select encode(secret_enc, 'escape') from mfa_factors`)).flat().join();
  assert.ok(!stored.includes(begun.json.secret), 'the secret is sealed');
  await until('the notice', async () => (await it.kctl('mail', 'latest', '--to', who.email)).stdout.includes('second'));
});

test('a sign-in waits for a code, takes it once, and refuses the same code again', async () => {
  const { who, authenticator } = await enrolled('bob@example.org');
  const demand = await it.login(who);
  assert.deepEqual(Object.keys(demand).toSorted(), ['expires_in', 'methods', 'mfa_token', 'status']);
  assert.deepEqual([demand.status, demand.expires_in, demand.methods], ['mfa_required', 300, ['totp', 'recovery_code']]);
  const code = await authenticator.code();
  errorOf(await verify(demand, 'totp', wrongCode(code)), 401, 'MFA_CODE_INVALID');
  const good = await verify(demand, 'totp', code);
  assert.equal(good.status, 200, good.text);
  assert.equal(good.json.status, 'authenticated');
  errorOf(await verify(demand, 'totp', code), 401, 'MFA_TOKEN_EXPIRED');
  errorOf(await verify(await it.login(who), 'totp', code), 409, 'MFA_CODE_REUSED');
  errorOf(await verify({ mfa_token: 'A'.repeat(43) }, 'totp', code), 401, 'MFA_TOKEN_EXPIRED');
  errorOf(await verify({ mfa_token: 'no token' }, 'totp', code), 401, 'MFA_TOKEN_EXPIRED');
  const claims = JSON.parse(Buffer.from(good.json.access_token.split('.')[1], 'base64url'));
  assert.equal(claims.aal, 2);
  assert.deepEqual(claims.amr, ['pwd', 'otp']);
});

test('a hundred uses of one code at once open one session', async () => {
  const { who, authenticator } = await enrolled('crowd@example.org');
  const demands = [];
  for (let i = 0; i < 10; ++i) demands.push(await it.login(who));
  const code = await authenticator.code();
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => verify(demands[index % demands.length], 'totp', code)));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  for (const answer of answers) assert.ok([200, 401, 409, 429, 503].includes(answer.status), answer.text);
});

test('five codes a sign-in, and the ladder of failures even where passwords have none', async () => {
  const { who, authenticator } = await enrolled('guess@example.org');
  const wrong = wrongCodes(authenticator.secret, 8);
  const first = await it.login(who);
  for (let i = 0; i < 5; ++i) errorOf(await verify(first, 'totp', wrong[i]), 401, 'MFA_CODE_INVALID');
  assert.match(errorOf(await verify(first, 'totp', totpCode(authenticator.secret)), 401, 'MFA_TOKEN_EXPIRED').message, /5 codes/);
  const second = await it.login(who);
  errorOf(await verify(second, 'totp', wrong[5]), 401, 'MFA_CODE_INVALID');
  const refused = await verify(second, 'totp', totpCode(authenticator.secret));
  errorOf(refused, 429, 'TOO_MANY_ATTEMPTS');
  assert.equal(refused.headers['retry-after'], '1');
  const ofAccount = `user_id = (select id from users where email = '${who.email}')`;
  await it.sql(`update login_throttle set failures = 99, locked_until = now() where ${ofAccount}`);
  errorOf(await verify(await it.login(who), 'totp', wrong[6]), 401, 'MFA_CODE_INVALID');
  errorOf(await verify(await it.login(who), 'totp', await authenticator.code()), 429, 'TOO_MANY_ATTEMPTS');
  assert.equal((await it.kctl('user', 'unlock', who.email)).status, 0);
  const waited = await showCode(it.client, await it.login(who), authenticator);
  assert.equal(waited.status, 'authenticated');
  assert.equal(await it.number(`select count(*) from login_throttle where ${ofAccount}`), 0, 'a right code clears the count');
});

test('a factor that waits for its first code waits a quarter of an hour, and codes for it are counted', async () => {
  const who = await it.makeUser('waiting@example.org', password);
  const user = it.client.withToken((await it.login(who)).access_token);
  const begun = (await user.post(auth('/mfa/totp'), {})).json;
  const confirm = (code) => user.post(auth(`/mfa/totp/${begun.factor_id}/confirm`), { code });
  const wrong = wrongCodes(begun.secret, 7);
  for (let i = 0; i < 6; ++i) errorOf(await confirm(wrong[i]), 401, 'MFA_CODE_INVALID');
  errorOf(await confirm(wrong[6]), 429, 'TOO_MANY_ATTEMPTS');
  await it.sql(`update login_throttle set locked_until = now() where user_id = (select id from users where email = '${who.email}')`);
  await it.sql(`update mfa_factors set created_at = created_at - interval '15 minutes' where id = '${begun.factor_id}'`);
  errorOf(await confirm(totpCode(begun.secret)), 404, 'FACTOR_NOT_FOUND');
  assert.deepEqual((await user.get(auth('/mfa/factors'))).json.data, []);
  await enrol(user);
});

test('a password that must be changed is changed with the second factor only', async () => {
  const { who, authenticator, login } = await enrolled('renew@example.org');
  await it.sql(`update users set password_change_required = true where email = '${who.email}'`);
  errorOf(await it.client.post(auth('/login'), { identifier: who.email, password }), 403, 'PASSWORD_CHANGE_REQUIRED');
  const next = 'another correct horse battery';
  const change = (more, current = password, fresh = next) =>
    it.client.post(auth('/password/change'), { identifier: who.email, current_password: current, new_password: fresh, ...more });
  assert.match(errorOf(await change({}), 403, 'MFA_REQUIRED').message, /totp/);
  errorOf(await change({ totp: wrongCodes(authenticator.secret, 1)[0] }), 401, 'MFA_CODE_INVALID');
  errorOf(await change({ recovery_code: 'nonsense' }), 401, 'MFA_CODE_INVALID');
  errorOf(await change({ totp: totpCode(authenticator.secret) }, 'a wrong passphrase'), 401, 'INVALID_CREDENTIALS');
  const code = await authenticator.code();
  const changed = await change({ totp: code });
  assert.equal(changed.status, 200, changed.text);
  errorOf(await change({ totp: code }, next, password), 409, 'MFA_CODE_REUSED');
  assert.equal((await change({ recovery_code: login.recovery_codes[0] }, next, 'a third correct horse battery')).status, 200);
  errorOf(await change({ recovery_code: login.recovery_codes[0] }, 'a third correct horse battery', next), 409, 'MFA_CODE_REUSED');
  const back = await showCode(it.client, await it.login({ email: who.email, password: 'a third correct horse battery' }), authenticator);
  assert.equal(back.status, 'authenticated');
});

test('recovery codes: each once, however typed; a new set ends the old one', async () => {
  const { who, login } = await enrolled('lost@example.org');
  const [first, second] = login.recovery_codes;
  const used = await verify(await it.login(who), 'recovery_code', ` ${first.toLowerCase().replaceAll('-', ' ')} `);
  assert.equal(used.status, 200, used.text);
  assert.equal(used.json.recovery_codes_left, 9);
  errorOf(await verify(await it.login(who), 'recovery_code', first), 409, 'MFA_CODE_REUSED');
  errorOf(await verify(await it.login(who), 'recovery_code', `${second.slice(0, -1)}${second.endsWith('A') ? 'E' : 'A'}`), 401, 'MFA_CODE_INVALID');
  errorOf(await verify(await it.login(who), 'recovery_code', 'nonsense'), 401, 'MFA_CODE_INVALID');
  await until('the notice', async () => (await it.kctl('mail', 'latest', '--to', who.email)).stdout.includes('9'));

  const user = it.client.withToken(used.json.access_token);
  const renewed = await user.post(auth('/mfa/recovery-codes'));
  await until('the owner is told', () => it.mail(who.email, /recovery codes .* renewed/), 15_000);
  assert.equal(renewed.status, 200, renewed.text);
  assert.equal(renewed.json.left, 10);
  assert.equal(renewed.json.recovery_codes.length, 10);
  errorOf(await verify(await it.login(who), 'recovery_code', second), 401, 'MFA_CODE_INVALID');
  assert.equal((await verify(await it.login(who), 'recovery_code', renewed.json.recovery_codes[9])).status, 200);
  assert.equal((await user.get(auth('/mfa/recovery-codes'))).json.left, 9);
  const hashes = (await it.sql(`select encode(code_hash, 'hex') from recovery_codes`)).flat();
  assert.ok(hashes.every((hash) => hash.length === 64));
});

test('reauthentication gives a new session and never more assurance than a factor gave', async () => {
  const who = await it.makeUser('again@example.org', password);
  const first = await it.login(who);
  const confirm = (token, body) => it.client.withToken(token).post(auth('/reauthenticate'), body);
  errorOf(await confirm(first.access_token, {}), 400, 'REQUIRED');
  errorOf(await confirm(first.access_token, { password, totp: '123456' }), 400, 'REQUIRED');
  errorOf(await confirm(first.access_token, { password: 'not this one' }), 401, 'INVALID_CREDENTIALS');
  errorOf(await confirm(first.access_token, { totp: '123456' }), 401, 'MFA_CODE_INVALID');
  const second = await confirm(first.access_token, { password });
  assert.equal(second.status, 200, second.text);
  assert.notEqual(second.json.session_id, first.session_id);
  errorOf(await it.client.withToken(first.access_token).get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await it.client.post(auth('/token/refresh'), { refresh_token: first.refresh_token }), 401, 'SESSION_REVOKED');
  const aalOf = async (token) => (await it.client.withToken(token).get(auth('/sessions'))).json.data.find((one) => one.current).aal;
  assert.equal(await aalOf(second.json.access_token), 1);

  const { authenticator, login } = await enrol(it.client.withToken(second.json.access_token));
  const third = await confirm(login.access_token, { totp: await authenticator.code() });
  assert.equal(third.status, 200, third.text);
  assert.equal(await aalOf(third.json.access_token), 2);
  for (const tried of [password, 'not this one']) {
    const refused = errorOf(await confirm(third.json.access_token, { password: tried }), 403, 'MFA_REQUIRED');
    assert.deepEqual(refused.methods, ['totp'], 'a password alone confirms nothing where there is a factor, nor is it judged');
  }
  assert.equal(await aalOf(third.json.access_token), 2, 'and the session is what it was');
});

test('what matters most needs a fresh sign-in, and a factor is removed with every session', async () => {
  const { who, authenticator, login } = await enrolled('old@example.org');
  await it.sql(`update sessions set created_at = created_at - interval '11 minutes' where id = '${login.session_id}'`);
  await it.emptyRedis(); // both keep copies of sessions
  await it.stop('k-public');
  await it.start('k-public');
  const user = it.client.withToken(login.access_token);
  const factorId = (await user.get(auth('/mfa/factors'))).json.data[0].id;
  assert.match(errorOf(await user.delete(auth(`/mfa/factors/${factorId}`)), 403, 'REAUTH_REQUIRED').message, /10 minutes/);
  assert.deepEqual(errorOf(await user.post(auth('/mfa/recovery-codes')), 403, 'REAUTH_REQUIRED').methods, ['totp']);
  const fresh = await it.client.withToken(login.access_token).post(auth('/reauthenticate'), { totp: await authenticator.code() });
  assert.equal(fresh.status, 200, fresh.text);
  const caller = it.client.withToken(fresh.json.access_token);
  errorOf(await caller.delete(auth('/mfa/factors/01900000-0000-7000-8000-000000000000')), 404, 'FACTOR_NOT_FOUND');
  const gone = await caller.delete(auth(`/mfa/factors/${factorId}`));
  assert.equal(gone.status, 204, gone.text);
  errorOf(await caller.get(auth('/me')), 401, 'SESSION_REVOKED');
  const back = await it.login(who);
  assert.equal(back.status, 'authenticated');
  assert.equal(back.user.mfa_enabled, false);
  errorOf(await it.client.withToken(back.access_token).post(auth('/mfa/recovery-codes')), 403, 'MFA_REQUIRED');
});

test('every step is in the audit trail, without a secret', async () => {
  await until('the events', async () => (await it.number("select count(*) from audit_log where action = 'auth.mfa.remove'")) === 1);
  const rows = await it.sql('select action, outcome, count(*) from audit_log group by 1, 2');
  const seen = new Set(rows.map(([action, outcome]) => `${action} ${outcome}`));
  for (const event of ['auth.mfa.begin ok', 'auth.mfa.begin fail', 'auth.mfa.enrol ok', 'auth.mfa.challenge ok', 'auth.mfa.verify fail', 'auth.mfa.verify deny', 'auth.mfa.recoveryCodes.renew ok', 'auth.reauthenticate ok', 'auth.mfa.remove ok']) {
    assert.ok(seen.has(event), event);
  }
});
