// Guessing: the ladder of locks, counts of devices, accounts and sessions, and what they tell nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enrol, totpCode } from './authenticator.mjs';
import { until } from './installation.mjs';
import { attempt, audited, auth, errorOf, it, linkTo, linksTo, login, mailsTo, makeUser, password, start, stranger } from './strangers.mjs';

before(() => start('guessing'));
after(() => it?.down());

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
