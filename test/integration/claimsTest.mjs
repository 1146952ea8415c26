// Registering an address claims it: whoever else claims it, only what its owner confirms or chooses becomes the account, and nobody
// learns by a claim whether the address has an account.
import assert from 'node:assert/strict';
import { createHash, pbkdf2Sync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const owners = 'the passphrase of the owner';
const strangers = 'the passphrase of a stranger';
let it;
let admin;
before(async () => {
  it = await startInstallation('claims', {
    K_RATE_LIMITS: 'on',
    K_RATE_LIMIT_LOGIN: '100',
    K_RATE_LIMIT_REGISTER: '50',
    K_RATE_LIMIT_SESSION: '5000',
    K_RATE_LIMIT_ADMIN: '500',
    K_TRUSTED_PROXIES: '127.0.0.1',
    K_LOGIN_LOCKS: '6/60',
    K_LIMIT_REGISTER_ADDRESS: '100/60',
    K_LIMIT_MAIL_ADDRESS: '100/60',
    K_LIMIT_MAIL_ACCOUNT: '100/60',
  });
  admin = await it.adminLogin();
});
after(() => it?.down());

let hosts = 0;
/** A client at another address each time. */
const anyone = () => it.client.with({ 'X-Forwarded-For': `198.51.100.${hosts++ % 250}` });

const code = (answer) => answer.json?.error?.code ?? answer.status;
const register = (email, password, more = {}) => anyone().post('/api/auth/register', { email, password, ...more });
const signIn = (identifier, password) => anyone().post('/api/auth/login', { identifier, password });
const verify = (token) => anyone().post('/api/auth/verify-email', { token });
const choose = (token, password) => anyone().post('/api/auth/password/reset', { token, password });
const mails = async (to) => JSON.parse((await it.kctl('mail', '--json')).stdout).mails.filter((mail) => mail.to === to).length;
/** The token of the mail that `action` brings to the address. */
const tokenAfter = async (email, action) => {
  const count = await mails(email);
  const answer = await action();
  assert.ok(answer.status < 300, answer.text);
  await until(`a mail to ${email}`, async () => (await mails(email)) > count);
  return it.mailToken(email);
};

test('a stranger first, the owner second: the owner’s click activates the owner’s password and voids the stranger’s link', async () => {
  const email = 'victim@claims.example';
  const strange = await tokenAfter(email, () => register(email, strangers, { username: 'victim' }));
  const own = await tokenAfter(email, () => register(email, owners));
  assert.notEqual(strange, own);
  assert.equal(code(await signIn(email, owners)), 'EMAIL_NOT_VERIFIED');
  assert.equal((await verify(own)).status, 200);
  assert.equal(code(await verify(strange)), 'LINK_INVALID');
  assert.equal((await signIn(email, owners)).status, 200);
  assert.equal(code(await signIn(email, strangers)), 'EMAIL_NOT_VERIFIED');
  assert.equal(code(await signIn('victim', strangers)), 'EMAIL_NOT_VERIFIED');
  assert.equal(await it.number(`select count(*) from users where email = '${email}' and not is_claim`), 1);
});

test('a new link, where several claim the address, lets its owner choose a password', async () => {
  const email = 'resent@claims.example';
  const first = await tokenAfter(email, () => register(email, strangers));
  const second = await tokenAfter(email, () => register(email, owners));
  const again = await tokenAfter(email, () => anyone().post('/api/auth/verify-email/resend', { email }));
  assert.equal(code(await verify(again)), 'LINK_INVALID');
  assert.equal((await choose(again, 'a passphrase chosen just now')).status, 200);
  for (const token of [first, second]) assert.equal(code(await verify(token)), 'LINK_INVALID');
  assert.equal((await signIn(email, 'a passphrase chosen just now')).status, 200);
  assert.notEqual((await signIn(email, strangers)).status, 200);

  const alone = 'alone@claims.example';
  await tokenAfter(alone, () => register(alone, owners));
  const renewed = await tokenAfter(alone, () => anyone().post('/api/auth/verify-email/resend', { email: alone }));
  assert.equal((await verify(renewed)).status, 200);
  assert.equal((await signIn(alone, owners)).status, 200);
});

test('neither a reset, an invitation, an import nor a change of address brings a stranger’s password to life', async () => {
  const reset = 'reset@claims.example';
  const strange = await tokenAfter(reset, () => register(reset, strangers, { username: 'strange.reset' }));
  const chosen = await tokenAfter(reset, () => anyone().post('/api/auth/password/forgot', { email: reset }));
  assert.equal((await choose(chosen, owners)).status, 200);
  assert.equal(code(await verify(strange)), 'LINK_INVALID');
  assert.equal((await signIn(reset, owners)).status, 200);
  assert.equal(code(await signIn(reset, strangers)), 'INVALID_CREDENTIALS');

  const invited = 'invited@claims.example';
  const before = await tokenAfter(invited, () => register(invited, strangers));
  const invitation = await tokenAfter(invited, () => admin.post('/api/admin/users', { email: invited }));
  assert.equal(code(await verify(before)), 'LINK_INVALID');
  assert.equal((await choose(invitation, owners)).status, 200);
  assert.equal((await signIn(invited, owners)).status, 200);
  assert.equal(code(await signIn(invited, strangers)), 'EMAIL_NOT_VERIFIED');

  const imported = 'imported@claims.example';
  const old = await tokenAfter(imported, () => register(imported, strangers));
  assert.deepEqual(await importUsers([{ email: imported, email_verified: true, password_hash: pbkdf2Hash(owners) }]), [1, 0]);
  assert.equal(code(await verify(old)), 'LINK_INVALID');
  assert.equal((await signIn(imported, owners)).status, 200);
  assert.equal(code(await signIn(imported, strangers)), 'EMAIL_NOT_VERIFIED');

  const moved = 'moved@claims.example';
  const claim = await tokenAfter(moved, () => register(moved, strangers));
  const user = it.client.withToken((await it.login(await it.makeUser('mover@claims.example', owners))).access_token);
  const confirm = await tokenAfter(moved, () => user.post('/api/auth/me/email', { new_email: moved, password: owners }));
  assert.equal((await user.post('/api/auth/me/email/confirm', { token: confirm })).status, 200);
  assert.equal(code(await verify(claim)), 'LINK_INVALID');
  assert.equal((await signIn(moved, owners)).status, 200);
});

test('what a claim’s maker sees is the same whether the address has an account, a block or nothing', async () => {
  await it.makeUser('taken@claims.example', owners);
  assert.equal((await admin.post('/api/admin/blocks', { pattern: 'blocked@claims.example', reason: 'for the test' })).status, 201);
  const seen = [];
  for (const name of ['taken', 'blocked', 'nothing']) {
    const email = `${name}@claims.example`;
    const username = `probe.${name}`;
    const answers = [
      await register(email, strangers, { username }),
      await register('someone@claims.example', strangers, { username }),
      await register(email, strangers, { username: username.toUpperCase() }),
      await signIn(email, strangers),
      await signIn(username, strangers),
      await signIn(email, 'a wrong passphrase at all'),
      await anyone().post('/api/auth/verify-email/resend', { email }),
    ];
    seen.push(answers.map((answer) => [answer.status, code(answer)]));
  }
  assert.deepEqual(seen[0].map(([, said]) => said), [202, 'USERNAME_TAKEN', 'USERNAME_TAKEN', 'EMAIL_NOT_VERIFIED', 'EMAIL_NOT_VERIFIED', 'INVALID_CREDENTIALS', 202]);
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
});

test('a claim’s own password does not clear the count of guesses at the account', async () => {
  const { email } = await it.makeUser('guarded@claims.example', owners);
  await register(email, strangers);
  const answers = [];
  for (let i = 0; i < 8; ++i) answers.push(code(await signIn(email, i % 2 ? strangers : `guess number ${i} at it`)));
  assert.ok(answers.includes('TOO_MANY_ATTEMPTS'), answers.join(' '));
});

test('old claims go, with the names that they kept', async () => {
  await register('old@claims.example', strangers, { username: 'kept.name' });
  await it.sql("update users set registered_at = now() - interval '8 days' where username = 'kept.name'");
  await it.sql("update one_time_tokens set expires_at = now() - interval '8 days' where relates_to = 'old@claims.example'");
  await it.stop('k-admin');
  await it.start('k-admin');
  await until('the claim is gone', async () => (await it.number("select count(*) from users where username = 'kept.name'")) === 0, 30_000);
  assert.equal((await register('new@claims.example', owners, { username: 'kept.name' })).status, 202);
});

test('an imported hash of a decomposed password matches what is typed so, and becomes our own', async () => {
  const email = 'decomposed@claims.example';
  const decomposed = 'cafe\u0301 and a long passphrase';
  assert.deepEqual(await importUsers([{ email, email_verified: true, password_hash: pbkdf2Hash(decomposed) }]), [1, 0]);
  assert.equal(code(await signIn(email, 'cafe and a long passphrase')), 'INVALID_CREDENTIALS');
  assert.equal((await signIn(email, decomposed)).status, 200);
  await until('the hash is ours', async () => (await it.number(`select count(*) from password_credentials c join users u on u.id = c.user_id where u.email = '${email}' and c.phc like '$argon2id$%'`)) === 1);
  for (const typed of [decomposed, decomposed.normalize('NFC')]) assert.equal((await signIn(email, typed)).status, 200, JSON.stringify(typed));
});

test('whatever asks for the own password takes it as it is typed, as sign-in does', async () => {
  const email = 'typed@claims.example';
  const decomposed = 'cafe\u0301 and a typed passphrase';
  const hash = pbkdf2Hash(decomposed);
  assert.deepEqual(await importUsers([{ email, email_verified: true, password_hash: hash }]), [1, 0]);
  const ofUser = `user_id = (select id from users where email = '${email}')`;
  const fresh = async () => {
    const answer = await signIn(email, decomposed);
    assert.equal(answer.status, 200, answer.text);
    await until('the hash is ours', async () => (await it.number(`select count(*) from password_credentials where ${ofUser} and phc like '$argon2id$%'`)) === 1);
    await it.sql(`update password_credentials set phc = '${hash}' where ${ofUser}`); // as if the sign-in had had no time for it
    return it.client.with({ 'X-Forwarded-For': '198.51.100.251' }).withToken(answer.json.access_token);
  };
  const ways = [
    async (user) => user.post('/api/auth/reauthenticate', { password: decomposed }),
    async (user) => user.post('/api/auth/me/email', { new_email: 'typed.anew@claims.example', password: decomposed }),
    async (user) => user.post('/api/auth/me/password', { current_password: decomposed, new_password: 'another long passphrase', revoke_other_sessions: false }),
  ];
  for (const way of ways) {
    const answer = await way(await fresh());
    assert.ok(answer.status < 300, answer.text);
    if (way === ways.at(-1)) await it.sql(`update password_credentials set phc = '${hash}' where ${ofUser}`);
  }
  const ended = await (await fresh()).request('DELETE', '/api/auth/me', { body: JSON.stringify({ password: decomposed }), headers: { 'Content-Type': 'application/json' } });
  assert.equal(ended.status, 202, ended.text);
});

const base64 = (bytes) => bytes.toString('base64').replace(/=+$/, '');
function pbkdf2Hash(password) {
  const salt = createHash('sha256').update(password).digest().subarray(0, 16);
  return `$pbkdf2-sha256$i=1000,l=32$${base64(salt)}$${base64(pbkdf2Sync(Buffer.from(password, 'utf8'), salt, 1000, 32, 'sha256'))}`;
}

/** [created, existing] */
async function importUsers(lines) {
  const answer = await admin.request('POST', '/api/admin/users/import', {
    body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  assert.equal(answer.status, 202, answer.text);
  const job = await until('the import', async () => {
    const { json } = await admin.get(`/api/admin/jobs/${answer.json.id}`);
    return json.state === 'done' && json;
  });
  return [job.created, job.existing];
}
