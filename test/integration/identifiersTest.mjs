// One fold of addresses and names: two spellings of one address are one account, look-alikes are others, and what cannot be seen
// is refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
let admin;
before(async () => {
  it = await startInstallation('identifiers', {
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

const register = (fields) => anyone().post('/api/auth/register', { password, ...fields });
const signIn = (identifier, text = password) => anyone().post('/api/auth/login', { identifier, password: text });
const forgot = (email) => anyone().post('/api/auth/password/forgot', { email });
const mails = async (to) => JSON.parse((await it.kctl('mail', '--json')).stdout).mails.filter((mail) => mail.to === to);
const code = (answer) => answer.json?.error?.code;
const faultOf = (answer) => [answer.json.error.details?.[0]?.field ?? answer.json.error.field, answer.json.error.details?.[0]?.code ?? code(answer)];

test('an address beyond ASCII is one account in every spelling, and mail goes to its A-label', async () => {
  const stored = 'ann@xn--mnchen-3ya.example';
  const spellings = ['ann@münchen.example', 'Ann@MÜNCHEN.example', 'ann@mu\u0308nchen.example', 'ANN@XN--MNCHEN-3YA.EXAMPLE'];
  assert.equal((await register({ email: spellings[0] })).status, 202);
  assert.equal((await anyone().post('/api/auth/verify-email', { token: await it.mailToken(stored) })).status, 200);
  for (const spelling of spellings) {
    const answer = await signIn(spelling);
    assert.equal(answer.status, 200, `${spelling}: ${answer.text}`);
    assert.equal(answer.json.user.email, stored);
    assert.equal((await admin.post('/api/admin/users/lookup', { email: spelling })).json.email, stored, spelling);
  }
  const before = (await mails(stored)).length;
  assert.equal((await register({ email: spellings[3], password: 'another long passphrase' })).status, 202);
  await until('the owner is told', async () => (await mails(stored)).length === before + 1);
  assert.equal((await forgot(spellings[1])).status, 202);
  await until('the mail with the link', async () => (await mails(stored)).length === before + 2);
  assert.deepEqual(await mails('ann@münchen.example'), [], 'never to what was typed');
  for (const q of ['münchen.example', 'nn@münchen.example', 'mnchen-3ya']) {
    const found = (await admin.get(`/api/admin/users?q=${encodeURIComponent(q)}&status=active`)).json.data;
    assert.deepEqual(found.map(({ email }) => email), [stored], q);
  }
  const imported = await admin.request('POST', '/api/admin/users/import', {
    body: `${JSON.stringify({ email: spellings[1] })}\n`,
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
  const job = await until('the import', async () => {
    const { json } = await admin.get(`/api/admin/jobs/${imported.json.id}`);
    return json.state === 'done' && json;
  });
  assert.deepEqual([job.created, job.existing], [0, 1]);

  const block = await admin.post('/api/admin/blocks', { pattern: '@MÜNCHEN.example', reason: 'for the test' });
  assert.equal(block.json.pattern, '@xn--mnchen-3ya.example');
  for (const spelling of spellings) assert.equal((await signIn(spelling)).status, 401, spelling);
  assert.equal((await admin.post('/api/admin/blocks', { pattern: '@xn--mnchen-3ya.example', reason: 'again' })).status, 409);
  assert.equal((await admin.delete(`/api/admin/blocks/${block.json.id}`)).status, 204);
});

test('a look-alike is somebody else: no mail of his, no link, no account', async () => {
  const owner = await it.makeUser('admin@lookalike.example', password);
  const before = await mails(owner.email);
  for (const typed of ['adm\u0130n@lookalike.example', 'admin@look\u0430like.example', 'admin@looka\u017Flike.example', 'adm\u0131n@lookalike.example']) {
    const answer = await forgot(typed);
    assert.ok([202, 400].includes(answer.status), answer.text);
    assert.notEqual((await signIn(typed)).status, 200, typed);
  }
  // Unicode itself says that the Kelvin sign is a K, and a wide letter in a domain the plain one: the same account, its own mail.
  const kim = await it.makeUser('kim@lookalike.example', password);
  assert.equal((await signIn('\u212Aim@LOOKALIKE.example')).status, 200);
  assert.equal((await forgot('\u212Aim@\uFF4Cookalike.example')).status, 202);
  await until('the mail to the address in the row', async () => (await mails(kim.email)).length === 2);
  assert.equal(await it.number("select count(*) from email_outbox where sent_at is null and template = 'resetPassword'"), 0);
  assert.deepEqual(await mails(owner.email), before, 'nothing about the look-alikes');
});

test('guesses in many spellings are one count', async () => {
  const who = await it.makeUser('count@munchen.example', password);
  const spellings = [who.email, who.email.toUpperCase(), 'Count@munchen.example', 'count@\uFF4Dunchen.example', 'COUNT@munchen.EXAMPLE'];
  for (const spelling of spellings) assert.equal((await signIn(spelling, 'a wrong passphrase')).status, 401);
  assert.equal((await signIn(who.email, 'a wrong passphrase')).status, 401); // the sixth locks
  for (const spelling of spellings) assert.equal((await signIn(spelling, 'a wrong passphrase')).status, 429, spelling);
});

test('what cannot be seen, mixes scripts or looks like an address is refused, and the field is named', async () => {
  for (const email of ['ann@example.org\u00A0', 'an\u200Bn@example.org', 'ann\u202E@example.org', '\u0430nn@example.org', 'ann@ex\u0430mple.org', 'ann@ex\u00ADample.org', 'ann@xn--a.example']) {
    const answer = await register({ email });
    assert.deepEqual([answer.status, ...faultOf(answer)], [400, 'email', 'INVALID_EMAIL'], JSON.stringify(email));
  }
  for (const username of ['ann@x', 'an\u200Bn', 'p\u0430ul', '\u202Ennn', 'an n', '-ann', 'ann.']) {
    const answer = await register({ email: 'names@example.org', username });
    assert.deepEqual([answer.status, ...faultOf(answer)], [400, 'username', 'INVALID_FORMAT'], JSON.stringify(username));
  }
  for (const display_name of ['   ', '\u00A0', 'Ann\u202Eeel', 'An\u200Bn', '\u3164', 'Ann\u2066']) {
    const answer = await register({ email: 'names@example.org', display_name });
    assert.deepEqual([answer.status, ...faultOf(answer)], [400, 'display_name', 'INVALID_FORMAT'], JSON.stringify(display_name));
  }
  const user = it.client.withToken((await it.login(await it.makeUser('names@example.org', password))).access_token);
  const patch = (body) => user.request('PATCH', '/api/auth/me', { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  assert.equal((await patch({ display_name: '  E\u0301va \u00A0' })).json.display_name, '\u00C9va');
  assert.equal((await patch({ display_name: ' ' })).status, 400);
  assert.equal((await patch({ username: 'Eva.One' })).json.username, 'eva.one');
  assert.equal((await signIn('EVA.ONE')).status, 200);
});

test('reserved names are for administrators to give; letters beyond ASCII are a setting', async () => {
  for (const username of ['admin', 'Root', 'SUPPORT', 'postmaster', '\uFF41dmin']) {
    const answer = await register({ email: 'reserved@example.org', username });
    assert.deepEqual([answer.status, ...faultOf(answer)], [400, 'username', 'VALIDATION_FAILED'], username);
  }
  const given = await admin.post('/api/admin/users', { email: 'desk@example.org', username: 'Support' });
  assert.deepEqual([given.status, given.json.username], [201, 'support'], given.text);
  // What an administrator gave is no new claim when it is sent back as it is.
  const link = await it.mailToken('desk@example.org');
  assert.equal((await it.client.post('/api/auth/password/reset', { token: link, password })).status, 200);
  const desk = it.client.withToken((await it.login({ email: 'desk@example.org', password })).access_token);
  const patch = (body) => desk.request('PATCH', '/api/auth/me', { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  const same = await patch({ username: 'Support', display_name: 'The desk' });
  assert.deepEqual([same.status, same.json.username, same.json.display_name], [200, 'support', 'The desk'], same.text);
  for (const username of ['admin', 'postmaster']) assert.equal((await patch({ username })).status, 400, username);

  const refused = await register({ email: 'anna@example.org', username: 'Анна' });
  assert.deepEqual([refused.status, ...faultOf(refused)], [400, 'username', 'VALIDATION_FAILED']);
  assert.equal((await admin.post('/api/admin/users', { email: 'anna@example.org', username: 'Анна' })).status, 400);
  const version = (await admin.get('/api/admin/settings')).json.version;
  const set = await admin.request('PATCH', '/api/admin/settings', {
    body: JSON.stringify({ settings: { K_USERNAME_LETTERS: 'any', K_RESERVED_USERNAMES: ['Анна', 'Boss'] } }),
    headers: { 'Content-Type': 'application/json', 'If-Match': `"${version}"` },
  });
  assert.equal(set.status, 200, set.text);
  await until('the setting', async () => (await register({ email: 'anna@example.org', username: 'Иван' })).status === 202);
  for (const username of ['АННА', 'boss']) assert.equal((await register({ email: 'anna@example.org', username })).status, 400, username);
  assert.equal((await register({ email: 'other@example.org', username: 'ИВАН' })).status, 409);
  assert.equal((await register({ email: 'root@example.org', username: 'root' })).status, 202);

  // Nor is one from before the rule.
  const old = (await admin.post('/api/admin/users', { email: 'pyotr@example.org', username: 'Пётр' })).json;
  const back = await admin.request('PATCH', '/api/admin/settings', {
    body: JSON.stringify({ settings: { K_USERNAME_LETTERS: null, K_RESERVED_USERNAMES: null } }),
    headers: { 'Content-Type': 'application/json', 'If-Match': set.headers.etag },
  });
  assert.equal(back.status, 200, back.text);
  const change = async (body) => admin.request('PATCH', `/api/admin/users/${old.id}`, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'If-Match': (await admin.get(`/api/admin/users/${old.id}`)).headers.etag } });
  await until('the setting', async () => (await change({ username: 'Пётрик' })).status === 400);
  const kept = await change({ username: 'Пётр', display_name: 'Pyotr' });
  assert.deepEqual([kept.status, kept.json.username, kept.json.display_name], [200, old.username, 'Pyotr'], kept.text);
});
