// Getting an account back and changing it: forgotten passwords, the ladder of locks, the own password, the e-mail
// address and its undoing, the profile. Requests come from a trusted proxy, so that tests choose the client's address.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { enrol, totpCode } from './authenticator.mjs';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const settings = {
  K_RATE_LIMITS: 'on',
  K_RATE_LIMIT_LOGIN: '100',
  K_RATE_LIMIT_REGISTER: '50',
  K_RATE_LIMIT_SESSION: '5000',
  K_TRUSTED_PROXIES: '127.0.0.1',
  K_LOGIN_LOCKS: '4/20,6/60,8/forever',
  K_LIMIT_MAIL_ACCOUNT: '3/600',
};
let it;
before(async () => (it = await startInstallation('recovery', settings)));
after(() => it?.down());

const auth = (route) => `/api/auth${route}`;
let hosts = 0;
/** A client that nobody has seen before. */
const stranger = () => it.client.with({ 'X-Forwarded-For': `198.51.${100 + (hosts >> 8)}.${hosts++ & 255}` });

function errorOf(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
}

async function makeUser(email) {
  const registered = await stranger().post(auth('/register'), { email, password });
  assert.equal(registered.status, 202, registered.text);
  const verified = await stranger().post(auth('/verify-email'), { token: await linkTo(email, 'verify-email') });
  assert.equal(verified.status, 200, verified.text);
  return email;
}

const attempt = (identifier, secret = 'a wrong passphrase indeed', more = {}) =>
  stranger().post(auth('/login'), { identifier, password: secret, ...more });

async function login(identifier, secret = password, more = {}) {
  const answer = await attempt(identifier, secret, more);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** Mails to an address, oldest first; their names begin with version 7 identifiers. */
function mailsTo(address) {
  return readdirSync(it.env.K_MAIL_DIR)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(path.join(it.env.K_MAIL_DIR, name), 'utf8'))
    .filter((text) => text.includes(`\nTo: ${address}\n`));
}
const linksTo = (address, page) => mailsTo(address).flatMap((text) => [...text.matchAll(new RegExp(`/auth/${page}#token=([A-Za-z0-9_-]+)`, 'g'))].map((found) => found[1]));
/** The token of the newest mail with such a link; `least` how many have to be there. */
const linkTo = (address, page, least = 1) => until(`${least} mails to ${address} about ${page}`, () => {
  const links = linksTo(address, page);
  return links.length >= least && links.at(-1);
});
const audited = (action, where = 'true') =>
  it.number(`select count(*) from (select action, outcome, reason, actor_id, target_id from audit_pending union all select action, outcome, reason, actor_id, target_id from audit_log) a where action = '${action}' and ${where}`);

test('forgot and reset: the same answer for everybody, one use, every session over, nobody signed in', async () => {
  const email = await makeUser('forgetful@example.org');
  const before = await login(email);
  const known = await stranger().post(auth('/password/forgot'), { email: 'Forgetful@Example.org' });
  const unknown = await stranger().post(auth('/password/forgot'), { email: 'nobody@example.org' });
  assert.deepEqual([known.status, known.json], [202, { status: 'accepted' }]);
  assert.deepEqual([unknown.status, unknown.json], [known.status, known.json]);
  assert.deepEqual(Object.keys(unknown.headers).sort(), Object.keys(known.headers).sort());
  const token = await linkTo(email, 'reset-password');
  const reset = (body) => stranger().post(auth('/password/reset'), body);

  errorOf(await reset({ token: 'x', password: 'another long passphrase' }), 400, 'LINK_INVALID');
  errorOf(await reset({ token: `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, password: 'another long passphrase' }), 400, 'LINK_INVALID');
  errorOf(await reset({ token, password: 'short' }), 422, 'PASSWORD_TOO_SHORT');
  errorOf(await reset({ token, password: 'forgetful@example.org' }), 422, 'PASSWORD_CONTEXT_WORD');
  const done = await reset({ token, password: 'another long passphrase' });
  assert.deepEqual([done.status, done.json], [200, { status: 'password_changed' }]);
  assert.equal(done.headers['set-cookie'], undefined);
  errorOf(await reset({ token, password: 'a third long passphrase' }), 400, 'LINK_INVALID');

  errorOf(await it.client.withToken(before.access_token).get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await stranger().post(auth('/token/refresh'), { refresh_token: before.refresh_token }), 401, 'SESSION_REVOKED');
  errorOf(await attempt(email, password), 401, 'INVALID_CREDENTIALS');
  await login(email, 'another long passphrase');
  await until('the notice', () => mailsTo(email).some((text) => /password of your account was changed/i.test(text)));
  assert.equal(linksTo('nobody@example.org', 'reset-password').length, 0);
  await until('the refusals in the trail', async () => (await audited('auth.password.reset', "outcome = 'fail'")) >= 3);
  assert.equal(await audited('auth.password.reset', "outcome = 'ok'"), 1);
  assert.equal(await audited('auth.password.forgot', "outcome = 'fail' and reason = 'unknown_address'"), 1);
});

test('a hundred resets with one token at once: one succeeds', async () => {
  const email = await makeUser('parallel@example.org');
  await stranger().post(auth('/password/forgot'), { email });
  const token = await linkTo(email, 'reset-password');
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => stranger().post(auth('/password/reset'), { token, password: `a long passphrase number ${i}` })),
  );
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  for (const answer of answers) assert.ok([200, 400, 503].includes(answer.status), answer.text);
  const winner = answers.findIndex((answer) => answer.status === 200);
  await login(email, `a long passphrase number ${winner}`);
});

test('an expired link says so', async () => {
  const email = await makeUser('late@example.org');
  await stranger().post(auth('/password/forgot'), { email });
  const token = await linkTo(email, 'reset-password');
  await it.sql("update one_time_tokens set expires_at = now() - interval '1 second' where purpose = 'reset_password' and consumed_at is null");
  errorOf(await stranger().post(auth('/password/reset'), { token, password: 'another long passphrase' }), 410, 'LINK_EXPIRED');
});

test('mails for one account are limited, the same for an unknown one', async () => {
  const email = await makeUser('flooded@example.org');
  for (const address of [email, 'never-there@example.org']) {
    for (let i = 0; i < 3; ++i) assert.equal((await stranger().post(auth('/password/forgot'), { email: address })).status, 202);
    const refused = await stranger().post(auth('/password/forgot'), { email: address });
    errorOf(refused, 429, 'TOO_MANY_ATTEMPTS');
    assert.ok(Number(refused.headers['retry-after']) > 590, refused.headers['retry-after']);
  }
  for (let i = 0; i < 3; ++i) assert.equal((await stranger().post(auth('/verify-email/resend'), { email })).status, 202);
  errorOf(await stranger().post(auth('/verify-email/resend'), { email }), 429, 'TOO_MANY_ATTEMPTS');
});

test('registrations and changes of the address mail nobody beyond the limit, and tell nobody so', async () => {
  const owner = await makeUser('swamped@example.org'); // with one mail
  for (const [address, sent] of [[owner, 3], ['swamped-free@example.org', 3]]) {
    const answers = [];
    for (let i = 0; i < 6; ++i) answers.push(await stranger().post(auth('/register'), { email: i % 2 ? address : address.toUpperCase(), password }));
    for (const answer of answers) assert.deepEqual([answer.status, answer.json], [202, { status: 'verification_required' }]);
    await until('its mails', () => mailsTo(address).length >= sent);
    await it.client.get(auth('/health'));
    assert.equal(mailsTo(address).length, sent, address);
  }
  for (let i = 0; i < 3; ++i) {
    const user = it.client.withToken((await login(await makeUser(`pestering${i}@example.org`))).access_token);
    for (let j = 0; j < 2; ++j) {
      const asked = await user.post(auth('/me/email'), { new_email: 'pestered@example.org', password });
      assert.deepEqual([asked.status, asked.json], [202, { status: 'confirmation_required' }]);
    }
    await until('the own notices', () => linksTo(`pestering${i}@example.org`, 'undo-email-change').length === 2);
  }
  assert.equal(mailsTo('pestered@example.org').length, 3);
  assert.equal(await it.number("select count(*) from email_outbox where sent_at is null"), 0);
});

test('registrations from one address are limited', async () => {
  const one = stranger();
  for (let i = 0; i < 5; ++i) assert.equal((await one.post(auth('/register'), { email: `many${i}@example.org`, password })).status, 202);
  errorOf(await one.post(auth('/register'), { email: 'many5@example.org', password }), 429, 'TOO_MANY_ATTEMPTS');
});

test('the ladder: a stranger who guesses is locked out, the owner on a known device is not, a reset lifts it', async () => {
  const email = await makeUser('guessed@example.org');
  const phone = await login(email, password, { device: { id: 'phone' } });
  assert.match(phone.device_token, /^[A-Za-z0-9_-]{98}$/);
  const known = { device: { id: phone.device_token } };
  const seen = { known: [], unknown: [] };
  const climb = async (count) => {
    for (const [name, identifier] of [['known', email], ['unknown', 'unguessed@example.org']]) {
      for (let i = 0; i < count; ++i) {
        const answer = await attempt(identifier);
        seen[name].push([answer.status, answer.json.error.code, answer.headers['retry-after'] ?? '']);
      }
    }
  };
  const endLocks = () => it.sql("update login_throttle set locked_until = now() where locked_until < 'infinity'");
  await climb(5); // 3 free, the fourth locks for a while, the fifth meets the lock
  assert.deepEqual(seen.known.map(([status]) => status), [401, 401, 401, 401, 429]);
  await endLocks();
  await climb(1);
  await endLocks();
  await climb(2); // the sixth locks for a minute
  assert.deepEqual(seen.known.at(-1), [429, 'TOO_MANY_ATTEMPTS', '60']);
  errorOf(await attempt(email, password), 429, 'TOO_MANY_ATTEMPTS');
  assert.equal((await login(email, password, known)).device_token, phone.device_token, 'the known device stays what it is');
  errorOf(await attempt(email, password), 429, 'TOO_MANY_ATTEMPTS');
  errorOf(await attempt(email, password, { device: { id: `${phone.device_token.slice(0, -1)}!` } }), 429, 'TOO_MANY_ATTEMPTS');
  await endLocks(); // by time
  await climb(1);
  await endLocks();
  await climb(2); // the eighth locks for good
  assert.deepEqual(seen.unknown, seen.known, 'an unknown identifier gets the same answers');
  assert.equal(seen.known.at(-1)[0], 429);
  await it.sql("update login_throttle set last_at = last_at - interval '40 days'");
  errorOf(await attempt(email, password), 429, 'TOO_MANY_ATTEMPTS');
  await login(email, password, known);

  await until('a mail for each lock', () => mailsTo(email).filter((text) => /failed attempts to sign in/.test(text)).length === 2);
  assert.equal(await audited('auth.login.lock'), 6, 'the sixth, seventh and eighth failure of both');
  await until('the ends of locks', async () => (await audited('auth.login.unlock', "reason = 'time'")) >= 2);
  await until('the refusals', async () => (await audited('auth.login', "outcome = 'deny' and reason = 'locked'")) >= 8);

  assert.equal((await stranger().post(auth('/password/forgot'), { email })).status, 202, 'a reset stays open');
  const token = await linkTo(email, 'reset-password');
  assert.equal((await stranger().post(auth('/password/reset'), { token, password: 'another long passphrase' })).status, 200);
  await login(email, 'another long passphrase');
  for (let i = 0; i < 4; ++i) errorOf(await attempt(email, 'a wrong passphrase', known), 401, 'INVALID_CREDENTIALS');
  errorOf(await attempt(email, 'another long passphrase', known), 429, 'TOO_MANY_ATTEMPTS'); // known no more since the reset
  assert.equal((await it.kctl('user', 'unlock', email)).status, 0);
  await login(email, 'another long passphrase');
});

test('an owner on a new device gets in by a mail, however long strangers guess from however many addresses', async () => {
  const email = await makeUser('besieged@example.org');
  const patched = await it.client.withToken((await login(email)).access_token).request('PATCH', auth('/me'), { body: '{"username":"besieged"}', headers: { 'Content-Type': 'application/json' } });
  assert.equal(patched.status, 200, patched.text);
  const siege = async () => {
    for (let i = 0; i < 3; ++i) {
      await attempt(email);
      await attempt('besieged');
    }
  };
  await siege();
  await it.sql(`update login_throttle set failures = 99, locked_until = 'infinity', lock_seconds = -1 where user_id = (select id from users where email = '${email}')`);
  errorOf(await attempt(email, password), 429, 'TOO_MANY_ATTEMPTS');

  const ask = (identifier) => stranger().post(auth('/devices/link'), { identifier });
  const answers = [];
  for (const identifier of [email, 'besieged', email, 'nobody@example.org', 'nobody-at-all']) answers.push(await ask(identifier));
  for (const answer of answers) {
    assert.deepEqual([answer.status, answer.json], [202, { status: 'accepted' }]);
    assert.deepEqual(Object.keys(answer.headers).sort(), Object.keys(answers[0].headers).sort());
  }
  const token = await linkTo(email, 'trust-device');
  assert.equal(linksTo(email, 'trust-device').length, 1, 'one mail in ten minutes');
  assert.equal((await stranger().get(auth(`/devices/trust?token=${token}`))).status, 405, 'opening a link does nothing');

  const trust = (client, body) => client.post(auth('/devices/trust'), body);
  errorOf(await trust(stranger(), { token: 'x' }), 400, 'LINK_INVALID');
  const known = await trust(stranger(), { token });
  assert.equal(known.status, 200, known.text);
  assert.deepEqual(Object.keys(known.json).sort(), ['device_token', 'status']);
  assert.equal(known.headers['set-cookie'], undefined);
  errorOf(await trust(stranger(), { token }), 400, 'LINK_INVALID');
  await siege();
  const device = { device: { id: known.json.device_token } };
  errorOf(await attempt(email, 'a wrong passphrase', device), 401, 'INVALID_CREDENTIALS');
  assert.equal((await login(email, password, device)).user.email, email);
  errorOf(await attempt(email, password), 429, 'TOO_MANY_ATTEMPTS');
  for (let i = 0; i < 4; ++i) errorOf(await attempt(email, 'a wrong passphrase', device), 401, 'INVALID_CREDENTIALS');
  errorOf(await attempt(email, password, device), 429, 'TOO_MANY_ATTEMPTS'); // a count of its own is a count

  await it.sql("update one_time_tokens set created_at = created_at - interval '10 minutes', consumed_at = null where purpose = 'unlock'");
  await ask('besieged');
  const second = await linkTo(email, 'trust-device', 2);
  const browser = stranger();
  const cookie = (await trust(browser, { token: second, transport: 'cookie' })).headers['set-cookie'].find((line) => line.startsWith('__Host-ks_dv='));
  const inBrowser = await browser.with({ Cookie: cookie.split('; ')[0] }).post(auth('/login'), { identifier: 'besieged', password, transport: 'cookie' });
  assert.equal(inBrowser.status, 200, inBrowser.text);
  await ask(email);
  await it.sql("update one_time_tokens set expires_at = now() - interval '1 second' where purpose = 'unlock' and consumed_at is null");
  errorOf(await trust(stranger(), { token: await linkTo(email, 'trust-device', 3) }), 410, 'LINK_EXPIRED');
  await until('the trail', async () => (await audited('auth.device.link', "reason = 'unknown_identifier'")) === 2 && (await audited('auth.device.link', "reason = 'too_soon'")) === 2 && (await audited('auth.device.trust', "outcome = 'ok'")) === 2);
});

test('a known device has a count of its own, and success begins anew', async () => {
  const email = await makeUser('clumsy@example.org');
  const { device_token: id } = await login(email);
  for (let i = 0; i < 3; ++i) errorOf(await attempt(email, 'a wrong passphrase', { device: { id } }), 401, 'INVALID_CREDENTIALS');
  await login(email, password, { device: { id } });
  for (let i = 0; i < 4; ++i) errorOf(await attempt(email, 'a wrong passphrase', { device: { id } }), 401, 'INVALID_CREDENTIALS');
  errorOf(await attempt(email, password, { device: { id } }), 429, 'TOO_MANY_ATTEMPTS');
  await login(email, password); // another device is another count
  const other = await makeUser('other@example.org');
  for (let i = 0; i < 4; ++i) errorOf(await attempt(other, 'a wrong passphrase', { device: { id } }), 401, 'INVALID_CREDENTIALS');
  errorOf(await attempt(other, password, { device: { id } }), 429, 'TOO_MANY_ATTEMPTS'); // another account's device is no known one
});

test('a hundred guesses at once: as many are hashed as the ladder allows', async () => {
  const email = await makeUser('stormed@example.org');
  const answers = await Promise.all(Array.from({ length: 100 }, () => attempt(email)));
  const count = (status) => answers.filter((answer) => answer.status === status).length;
  assert.ok(count(401) <= 4, `${count(401)} were hashed`);
  assert.equal(count(401) + count(429) + count(503), 100);
  const waits = answers.filter((answer) => answer.status === 429).map((answer) => Number(answer.headers['retry-after']));
  for (const wait of waits) assert.ok(wait > 10 && wait <= 20, `the lock of the fourth lasts 20 s, not ${wait}`);
  assert.ok((await it.number(`select max(failures) from login_throttle join users on users.id = user_id where email = '${email}'`)) <= 4);
});

test('right sign-ins of the same moment do not refuse each other, and each is one session', async () => {
  const email = await makeUser('everywhere@example.org');
  const user = `(select id from users where email = '${email}')`;
  const failures = () => it.number(`select coalesce(max(failures), 0) from login_throttle where user_id = ${user}`);
  const twenty = await Promise.all(Array.from({ length: 20 }, () => attempt(email, password)));
  assert.deepEqual(twenty.map((answer) => answer.status), Array(20).fill(200));
  assert.equal(await failures(), 0);
  const hundred = await Promise.all(Array.from({ length: 100 }, () => attempt(email, password)));
  for (const answer of hundred) assert.ok([200, 503].includes(answer.status), answer.text);
  const good = hundred.filter((answer) => answer.status === 200).length;
  assert.ok(good >= 20, `${good} of a hundred`);
  assert.equal(await it.number(`select count(*) from sessions where user_id = ${user}`), 20 + good);
  assert.equal(await failures(), 0);
  await login(email); // at once: whoever was sent away while others were judged is not locked out
  assert.equal(mailsTo(email).filter((text) => /failed attempts to sign in/.test(text)).length, 0);
});

test('a wrong guess among right sign-ins of one moment is refused, they are not', async () => {
  const email = await makeUser('crowded@example.org');
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => attempt(email, i % 6 === 1 ? 'a wrong passphrase' : password)));
  answers.forEach((answer, i) => assert.equal(answer.status, i % 6 === 1 ? 401 : 200, `${i}: ${answer.text}`));
});

test('a password change without a session counts as guessing too', async () => {
  const email = await makeUser('changer@example.org');
  const change = (current) => stranger().post(auth('/password/change'), { identifier: email, current_password: current, new_password: 'another long passphrase' });
  for (let i = 0; i < 4; ++i) errorOf(await change('a wrong passphrase'), 401, 'INVALID_CREDENTIALS');
  errorOf(await change(password), 429, 'TOO_MANY_ATTEMPTS');
});

test('the own password: the current one is needed, this session stays, the others end', async () => {
  const email = await makeUser('own@example.org');
  const here = await login(email);
  const there = await login(email);
  const user = it.client.withToken(here.access_token);
  const other = it.client.withToken(there.access_token);
  const change = (current, next, more = {}) => user.post(auth('/me/password'), { current_password: current, new_password: next, ...more });
  errorOf(await it.client.post(auth('/me/password'), { current_password: password, new_password: 'x' }), 401, 'TOKEN_MISSING');
  errorOf(await change('a wrong passphrase', 'another long passphrase'), 401, 'CURRENT_PASSWORD_INVALID');
  errorOf(await change(password, password), 422, 'PASSWORD_UNCHANGED');
  errorOf(await change(password, 'short'), 422, 'PASSWORD_TOO_SHORT');
  assert.equal((await change(password, 'another long passphrase', { revoke_other_sessions: false })).status, 200);
  assert.equal((await other.get(auth('/me'))).status, 200);
  const done = await change('another long passphrase', 'a third long passphrase');
  assert.deepEqual([done.status, done.json], [200, { status: 'password_changed' }]);
  assert.equal((await user.get(auth('/me'))).status, 200);
  errorOf(await other.get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await attempt(email, password), 401, 'INVALID_CREDENTIALS');
  await login(email, 'a third long passphrase');
  for (let i = 0; i < 4; ++i) errorOf(await change('a wrong passphrase', 'x'.repeat(20)), 401, 'CURRENT_PASSWORD_INVALID');
  errorOf(await change('a third long passphrase', 'x'.repeat(20)), 429, 'TOO_MANY_ATTEMPTS');
  await login(email, 'a third long passphrase'); // signing in is another count
});

test('one count for an account: its address, its user name, its codes; a known device has its own', async () => {
  const email = await makeUser('counted@example.org');
  const here = await it.client.post(auth('/login'), { identifier: email, password });
  const user = it.client.withToken(here.json.access_token);
  const named = await user.request('PATCH', auth('/me'), { body: '{"username":"counted"}', headers: { 'Content-Type': 'application/json' } });
  assert.equal(named.status, 200, named.text);
  for (const name of ['counted', email, 'Counted', email.toUpperCase()]) errorOf(await attempt(name), 401, 'INVALID_CREDENTIALS');
  // The lock is the account's: no name has earned it, so none tells, and the right password gets in by neither.
  for (const name of ['counted', email]) errorOf(await attempt(name, password), 401, 'INVALID_CREDENTIALS');
  assert.equal((await it.kctl('user', 'unlock', email)).status, 0);

  const { authenticator } = await enrol(user);
  const verify = (demand, code) => stranger().post(auth('/mfa/verify'), { mfa_token: demand.mfa_token, method: 'totp', code });
  const wrong = () => String((Number(totpCode(authenticator.secret)) + 500_000) % 1_000_000).padStart(6, '0');
  const opened = await verify(await login(email), await authenticator.code());
  assert.equal(opened.status, 200, opened.text);
  const known = { device: { id: opened.json.device_token } };
  // A stranger who knows the password.
  const demand = await login(email);
  for (let i = 0; i < 2; ++i) errorOf(await verify(demand, wrong()), 401, 'MFA_CODE_INVALID');
  errorOf(await attempt(email), 401, 'INVALID_CREDENTIALS');
  await login(email); // a right password alone clears nothing
  errorOf(await verify(demand, wrong()), 401, 'MFA_CODE_INVALID');
  errorOf(await verify(demand, totpCode(authenticator.secret)), 429, 'TOO_MANY_ATTEMPTS');
  errorOf(await attempt(email, password), 401, 'INVALID_CREDENTIALS');
  const back = await verify(await login(email, password, known), await authenticator.code());
  assert.equal(back.status, 200, back.text);
});

test('no lock tells which address belongs to a user name', async () => {
  const lockedByName = async (name) => {
    const email = await makeUser(`${name}@example.org`);
    const user = it.client.withToken((await login(email)).access_token);
    const named = await user.request('PATCH', auth('/me'), { body: JSON.stringify({ username: name }), headers: { 'Content-Type': 'application/json' } });
    assert.equal(named.status, 200, named.text);
    for (let i = 0; i < 4; ++i) errorOf(await attempt(name), 401, 'INVALID_CREDENTIALS');
    errorOf(await attempt(name), 429, 'TOO_MANY_ATTEMPTS');
    return email;
  };
  // What a prober sees of an address depends on what was typed of it, right or wrong, and on nothing else.
  const email = await lockedByName('hidden');
  const answersOf = async (identifier) => {
    const answers = [];
    for (let i = 0; i < 6; ++i) {
      const answer = await attempt(identifier, i % 2 ? password : undefined);
      answers.push([answer.status, answer.json.error?.code, Object.keys(answer.headers).sort().join()]);
    }
    return answers;
  };
  const seen = await answersOf(email);
  assert.deepEqual(seen.map(([status]) => status), [401, 401, 401, 401, 429, 429]);
  assert.deepEqual(seen, await answersOf('nobody-hides@example.org'));
  await until('the trail tells why', async () => (await audited('auth.login', `reason = 'account_locked' and target_id = (select id::text from users where email = '${email}')`)) === 4);
  const ofUser = `where user_id = (select id from users where email = '${email}')`;
  assert.equal(await it.number(`select count(*) from login_throttle ${ofUser}`), 3, 'the name, the address, the account');
  assert.equal((await it.kctl('user', 'unlock', email)).status, 0);
  await login(email);
  assert.equal(await it.number(`select count(*) from login_throttle ${ofUser}`), 0);

  // A stranger's claim of an address that is locked answers as one of a free address.
  const claim = 'a passphrase of the stranger';
  for (const address of [await lockedByName('veiled'), 'free-for-him@example.org']) {
    assert.equal((await stranger().post(auth('/register'), { email: address, password: claim })).status, 202);
    errorOf(await attempt(address, claim), 403, 'EMAIL_NOT_VERIFIED');
  }
});

test('a stolen session guesses no secret, and what it exhausts keeps nobody else out', async () => {
  const email = await makeUser('stolen@example.org');
  const thief = it.client.withToken((await login(email)).access_token);
  const owner = it.client.withToken((await login(email)).access_token);
  const end = (secret) => thief.request('DELETE', auth('/me'), { body: JSON.stringify({ password: secret }), headers: { 'Content-Type': 'application/json' } });
  const ways = [
    (secret) => thief.post(auth('/me/password'), { current_password: secret, new_password: 'another long passphrase' }),
    (secret) => thief.post(auth('/me/email'), { new_email: 'thiefs@example.org', password: secret }),
    (secret) => thief.post(auth('/reauthenticate'), { password: secret }),
    end,
  ];
  for (const way of ways) assert.equal((await way('a wrong passphrase')).status, 401);
  for (const way of ways) errorOf(await way(password), 429, 'TOO_MANY_ATTEMPTS');
  assert.equal((await owner.post(auth('/reauthenticate'), { password })).status, 200, 'another session is another count');
  await login(email, password, {}); // and so is the sign-in
});

test('sign-ins that race a change of the password leave no session of the old one', async () => {
  const email = await makeUser('racer@example.org');
  const user = it.client.withToken((await login(email)).access_token);
  const [changed, ...logins] = await Promise.all([
    user.post(auth('/me/password'), { current_password: password, new_password: 'another long passphrase' }),
    ...Array.from({ length: 3 }, () => attempt(email, password)),
  ]);
  assert.equal(changed.status, 200, changed.text);
  for (const answer of logins) {
    if (answer.status !== 200) continue;
    errorOf(await stranger().post(auth('/token/refresh'), { refresh_token: answer.json.refresh_token }), 401, 'SESSION_REVOKED');
  }
});

test('another address: confirmed by the new one, undone by the old one', async () => {
  const email = await makeUser('moving@example.org');
  const moved = 'moved@example.org';
  const session = await login(email);
  const user = it.client.withToken(session.access_token);
  const ask = (address, secret = password) => user.post(auth('/me/email'), { new_email: address, password: secret });
  errorOf(await ask(moved, 'a wrong passphrase'), 401, 'CURRENT_PASSWORD_INVALID');
  errorOf(await ask('Moving@example.org'), 400, 'VALIDATION_FAILED');
  const asked = await ask('Moved@Example.org');
  assert.deepEqual([asked.status, asked.json], [202, { status: 'confirmation_required' }]);
  await until('the address waits', async () => (await user.get(auth('/me'))).json.pending_email === moved, 65_000);
  const confirm = await linkTo(moved, 'confirm-email');
  const undo = await linkTo(email, 'undo-email-change');
  assert.ok(mailsTo(email).some((text) => text.includes(moved)));

  const thief = it.client.withToken((await login(await makeUser('thief@example.org'))).access_token);
  errorOf(await thief.post(auth('/me/email/confirm'), { token: confirm }), 400, 'LINK_INVALID');
  errorOf(await user.post(auth('/me/email/confirm'), { token: undo }), 400, 'LINK_INVALID');
  const done = await user.post(auth('/me/email/confirm'), { token: confirm });
  assert.deepEqual([done.status, done.json], [200, { status: 'email_changed' }]);
  errorOf(await user.post(auth('/me/email/confirm'), { token: confirm }), 400, 'LINK_INVALID');
  await login(moved);
  errorOf(await attempt(email, password), 401, 'INVALID_CREDENTIALS');

  // Somebody opens an account with the address that is free now, but cannot confirm it.
  assert.equal((await stranger().post(auth('/register'), { email, password: 'squatters have passphrases' })).status, 202);
  const again = await stranger().post(auth('/email/undo'), { token: undo });
  assert.deepEqual([again.status, again.json], [200, { status: 'email_restored' }]);
  errorOf(await stranger().post(auth('/email/undo'), { token: undo }), 400, 'LINK_INVALID');
  errorOf(await user.get(auth('/me')), 401, 'SESSION_REVOKED');
  errorOf(await attempt(email, password), 401, 'INVALID_CREDENTIALS');
  const token = await linkTo(email, 'reset-password');
  assert.equal((await stranger().post(auth('/password/reset'), { token, password: 'mine again, a passphrase' })).status, 200);
  assert.equal((await login(email, 'mine again, a passphrase')).user.id, session.user.id);
});

test('a thief with the password sets up a factor, moves the address and deletes the account: mails give it back', async () => {
  const email = await makeUser('robbed@example.org');
  const { user, access_token } = (await it.client.post(auth('/login'), { identifier: email, password })).json;
  const { login: confirmed } = await enrol(it.client.withToken(access_token));
  const thief = it.client.withToken(confirmed.access_token);
  assert.match(await until('the mail about the factor', () => mailsTo(email).find((text) => /second factor/.test(text))), /within 7 days/);
  assert.equal((await thief.post(auth('/me/email'), { new_email: 'loot@example.org', password })).status, 202);
  assert.equal((await thief.post(auth('/me/email/confirm'), { token: await linkTo('loot@example.org', 'confirm-email') })).status, 200);
  const deleted = await thief.request('DELETE', auth('/me'), { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ password }) });
  assert.equal(deleted.status, 202, deleted.text);

  assert.equal((await stranger().post(auth('/email/undo'), { token: await linkTo(email, 'undo-email-change') })).status, 200);
  const token = await linkTo(email, 'reset-password');
  errorOf(await stranger().post(auth('/password/reset'), { token, password: 'short one' }), 422, 'PASSWORD_TOO_SHORT');
  const reset = await stranger().post(auth('/password/reset'), { token, password: 'mine again, a passphrase' });
  assert.equal(reset.status, 200, reset.text);
  assert.equal((await login(email, 'mine again, a passphrase')).status, 'authenticated');
  assert.equal(await it.number(`select count(*) from users where id = '${user.id}' and deletion_due_at is not null`), 0);
  assert.equal(await it.number(`select count(*) from recovery_codes where user_id = '${user.id}'`), 0);
  await until('the mail that names the factor', () => mailsTo(email).some((text) => /A second factor that was added/.test(text)));
  await until('the trail', async () => (await it.number(`select count(*) from audit_log where action = 'auth.password.reset' and target_id = '${user.id}' and outcome = 'ok' and after @> '{"factors_removed": 1, "deletion_cancelled": true}'`)) === 1);
});

test('a factor of more than seven days outlives a reset', async () => {
  const email = await makeUser('careful@example.org');
  const { user, access_token } = (await it.client.post(auth('/login'), { identifier: email, password })).json;
  await enrol(it.client.withToken(access_token));
  await it.sql(`update mfa_factors set confirmed_at = now() - interval '7 days' where user_id = '${user.id}'`);
  await stranger().post(auth('/password/forgot'), { email });
  const token = await linkTo(email, 'reset-password');
  assert.equal((await stranger().post(auth('/password/reset'), { token, password: 'mine 8+1' })).status, 200);
  assert.equal((await login(email, 'mine 8+1')).status, 'mfa_required');
});

test('a hundred confirmations of another address at once: one is told so, and the address is that one', async () => {
  const user = it.client.withToken((await login(await makeUser('settling@example.org'))).access_token);
  assert.equal((await user.post(auth('/me/email'), { new_email: 'settled@example.org', password })).status, 202);
  const token = await linkTo('settled@example.org', 'confirm-email');
  const answers = await Promise.all(Array.from({ length: 100 }, () => user.post(auth('/me/email/confirm'), { token })));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  for (const answer of answers.filter(({ status }) => status !== 200)) assert.ok([400, 429, 503].includes(answer.status), answer.text);
  assert.equal((await login('settled@example.org')).user.email, 'settled@example.org');
});

test('of a chain of changes the first undo link wins, later ones are void', async () => {
  const first = await makeUser('chain1@example.org');
  const user = it.client.withToken((await login(first)).access_token);
  for (const next of ['chain2@example.org', 'chain3@example.org']) {
    assert.equal((await user.post(auth('/me/email'), { new_email: next, password })).status, 202);
    assert.equal((await user.post(auth('/me/email/confirm'), { token: await linkTo(next, 'confirm-email') })).status, 200);
  }
  const firstUndo = await linkTo(first, 'undo-email-change');
  const secondUndo = await linkTo('chain2@example.org', 'undo-email-change');
  assert.equal((await stranger().post(auth('/email/undo'), { token: firstUndo })).status, 200);
  errorOf(await stranger().post(auth('/email/undo'), { token: secondUndo }), 410, 'LINK_EXPIRED');
  assert.deepEqual(await it.sql("select email from users where email::text like 'chain%' and deleted_at is null"), [[first]]);
});

test('an address that is taken gets the same answer and another mail; a change can be given up', async () => {
  const email = await makeUser('wishing@example.org');
  const taken = await makeUser('wanted@example.org');
  const user = it.client.withToken((await login(email)).access_token);
  const asked = await user.post(auth('/me/email'), { new_email: taken, password });
  assert.deepEqual([asked.status, asked.json], [202, { status: 'confirmation_required' }]);
  await until('a mail to its owner', () => mailsTo(taken).some((text) => text.includes('/auth/login')));
  assert.equal(linksTo(taken, 'confirm-email').length, 0);
  for (let i = 0; i < 2; ++i) assert.equal((await user.delete(auth('/me/email'))).status, 204);
  assert.equal(await it.number(`select count(*) from users where email = '${email}' and pending_email is null`), 1);
});

test('the profile: changed, versions, user names, metadata', async () => {
  const session = await login(await makeUser('profile@example.org'));
  const user = it.client.withToken(session.access_token);
  const patch = (body, headers = {}) =>
    user.request('PATCH', auth('/me'), { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });
  const me = await user.get(auth('/me'));
  const version = Number(/^"(\d+)"$/.exec(me.headers.etag)[1]);
  const changed = await patch(
    { display_name: 'Ann', locale: 'id', username: 'profiled', metadata: { theme: 'dark', n: [1, 2.5, null, true, 'x'] } },
    { 'If-Match': me.headers.etag },
  );
  assert.equal(changed.status, 200, changed.text);
  assert.deepEqual([changed.json.display_name, changed.json.locale, changed.json.username], ['Ann', 'id', 'profiled']);
  assert.deepEqual(changed.json.metadata, { theme: 'dark', n: [1, 2.5, null, true, 'x'] });
  assert.equal(changed.headers.etag, `"${version + 1}"`);
  errorOf(await patch({ display_name: 'Bob' }, { 'If-Match': me.headers.etag }), 412, 'VERSION_MISMATCH');
  errorOf(await patch({ display_name: 'Bob' }, { 'If-Match': 'rubbish' }), 412, 'VERSION_MISMATCH');
  assert.equal((await patch({ display_name: 'Bob' })).json.display_name, 'Bob');
  assert.equal((await patch({})).json.locale, 'id');
  errorOf(await patch({ email: 'x@example.org' }), 400, 'UNKNOWN_FIELD');
  errorOf(await patch({ metadata: { text: 'x'.repeat(8200) } }), 400, 'TOO_LONG');
  errorOf(await patch({ metadata: [] }), 400, 'INVALID_FORMAT');
  errorOf(await patch({ metadata: { text: 'a\0b' } }), 400, 'INVALID_FORMAT');
  errorOf(await patch({ username: 'x' }), 400, 'TOO_SHORT');
  const rival = it.client.withToken((await login(await makeUser('rival@example.org'))).access_token);
  const taken = await rival.request('PATCH', auth('/me'), { body: '{"username":"Profiled"}', headers: { 'Content-Type': 'application/json' } });
  errorOf(taken, 409, 'USERNAME_TAKEN');
  await until('the change is seen', async () => (await user.get(auth('/me'))).json.display_name === 'Bob', 65_000);
});

test('a browser gets a device cookie that keeps strangers from locking it out', async () => {
  const email = await makeUser('browser@example.org');
  const signedIn = await stranger().post(auth('/login'), { identifier: email, password, transport: 'cookie' });
  assert.equal(signedIn.status, 200, signedIn.text);
  assert.equal(signedIn.json.device_token, undefined);
  const cookie = signedIn.headers['set-cookie'].find((line) => line.startsWith('__Host-ks_dv='));
  for (const wanted of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) assert.ok(cookie.split('; ').includes(wanted), cookie);
  for (let i = 0; i < 4; ++i) errorOf(await attempt(email), 401, 'INVALID_CREDENTIALS');
  errorOf(await attempt(email, password), 429, 'TOO_MANY_ATTEMPTS');
  const again = await stranger().with({ Cookie: cookie.split('; ')[0] }).post(auth('/login'), { identifier: email, password, transport: 'cookie' });
  assert.equal(again.status, 200, again.text);
});

test('the configuration for clients; closed registration', async () => {
  const open = await it.client.get(auth('/config'));
  assert.equal(open.status, 200, open.text);
  assert.deepEqual([open.json.signup_open, open.json.email_verification, open.json.locales], [true, true, ['en', 'id']]);
  const closed = await startInstallation('recoveryClosed', { K_SIGN_UP: 'closed' });
  try {
    assert.equal((await closed.client.get(auth('/config'))).json.signup_open, false);
    errorOf(await closed.client.post(auth('/register'), { email: 'late@example.org', password }), 403, 'SIGNUP_DISABLED');
  } finally {
    await closed.down();
  }
});
