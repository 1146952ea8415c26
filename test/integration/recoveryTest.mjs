// Getting an account back and changing it: forgotten passwords, the own password, the e-mail address and its undoing, the profile.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enrol } from './authenticator.mjs';
import { startInstallation, until } from './installation.mjs';
import { attempt, audited, auth, errorOf, it, linkTo, linksTo, login, mailsTo, makeUser, password, start, stranger } from './strangers.mjs';

before(() => start('recovery'));
after(() => it?.down());

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
