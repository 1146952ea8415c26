// A user's own data over the gateway: activity, a copy of everything, and the end of the account; the password policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
before(async () => (it = await startInstallation('personalData')));
after(() => it?.down());

const signedIn = async (email) => it.client.withToken((await it.login({ email, password })).access_token);
const endAccount = (client, given = password) =>
  client.request('DELETE', '/api/auth/me', { body: JSON.stringify({ password: given }), headers: { 'Content-Type': 'application/json' } });
const code = (answer) => answer.json?.error?.code;
const templates = async (name) => it.number(`select count(*) from email_outbox where template = '${name}'`);

test('activity: own events and failures, page by page, nobody else\'s', async () => {
  const ann = await it.makeUser('ann@example.org', password);
  await it.makeUser('other@example.org', password);
  await it.login({ email: 'other@example.org', password });
  assert.equal((await it.client.post('/api/auth/login', { identifier: ann.email, password: 'not the password at all' })).status, 401);
  await until('the failure is in the trail', async () => (await it.number("select count(*) from audit_log where action = 'auth.login' and outcome = 'fail'")) === 1);
  const me = await signedIn(ann.email);
  const page = await until('the events are in the trail', async () => {
    const answer = await me.get('/api/auth/me/activity');
    assert.equal(answer.status, 200, answer.text);
    return answer.json.data.filter(({ action }) => action === 'auth.login').length === 2 && answer.json;
  });
  assert.deepEqual(page.data.map(({ action, outcome }) => `${action} ${outcome}`), ['auth.login ok', 'auth.login fail', 'auth.email.verify ok', 'auth.register ok']);
  assert.equal(page.data[1].reason, 'wrong_password');
  assert.ok(page.data.every(({ by, ip }) => by === 'self' && ip === '127.0.0.1'));
  assert.equal(page.page.has_more, false);
  const first = (await me.get('/api/auth/me/activity?limit=3')).json;
  assert.equal(first.data.length, 3);
  const second = (await me.get(`/api/auth/me/activity?limit=3&cursor=${first.page.next_cursor}`)).json;
  assert.deepEqual([...first.data, ...second.data], page.data);
  for (const [query, field] of [['limit=0', 'limit'], ['limit=201', 'limit'], ['limit=x', 'limit'], ['cursor=4', 'cursor'], ['other=1', 'other']]) {
    const answer = await me.get(`/api/auth/me/activity?${query}`);
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, new RegExp(`"${field}"`));
  }
  const other = await signedIn('other@example.org');
  assert.equal((await other.get(`/api/auth/me/activity?cursor=${first.page.next_cursor}`)).status, 400);
  assert.equal((await it.client.get('/api/auth/me/activity')).status, 401);
});

test('a copy of everything, without secrets, for its owner only', async () => {
  const me = await signedIn('ann@example.org');
  // One that another process has just begun to make.
  const begun = '01900000-0000-7000-8000-00000000bbbb';
  await it.sql(`insert into personal_data_exports (id, user_id, claimed_until, created_at, expires_at) select '${begun}', id, now() + interval '1 hour', now(), now() + interval '1 hour' from users where email = 'ann@example.org'`);
  assert.equal((await me.get(`/api/auth/me/export/${begun}`)).status, 202);
  await it.sql(`delete from personal_data_exports where id = '${begun}'`);
  const other = await signedIn('other@example.org');
  const orders = await Promise.all(Array.from({ length: 20 }, () => me.post('/api/auth/me/export')));
  assert.deepEqual([...new Set(orders.map(({ status }) => status))], [202]);
  const ids = new Set(orders.map(({ json }) => json.id));
  assert.equal(ids.size, 1, 'one at a time');
  const [id] = ids;
  const fetched = await until('the copy', async () => {
    const answer = await me.get(`/api/auth/me/export/${id}`);
    return answer.status === 200 && answer;
  });
  const copy = fetched.json;
  assert.equal(copy.account.email, 'ann@example.org');
  assert.deepEqual(copy.roles, ['user']);
  assert.ok(copy.sessions.length >= 2);
  assert.ok(copy.activity.some(({ action }) => action === 'auth.login'));
  for (const secret of ['argon2id', 'refresh_key', '_enc', '_hash', 'search_text', 'other@example.org']) assert.ok(!fetched.text.includes(secret), secret);
  assert.equal(code(await other.get(`/api/auth/me/export/${id}`)), 'JOB_NOT_FOUND');
  assert.equal((await me.get('/api/auth/me/export/nonsense')).status, 400);
  assert.equal((await me.post('/api/auth/me/export')).json.id, id, 'not twice within the hour');
  await until('the mail', async () => (await templates('dataExportReady')) === 1);
  assert.equal(await it.number("select count(*) from personal_data_exports where position('ann@example'::bytea in content_enc) > 0"), 0, 'sealed');
  const rotated = await it.kctl('crypto', 'status');
  assert.match(rotated.stdout, /copies of personal data/);
  await it.sql("update personal_data_exports set expires_at = now() - interval '1 second'");
  assert.equal(code(await me.get(`/api/auth/me/export/${id}`)), 'JOB_NOT_FOUND');
  await until('what has expired is removed', async () => (await it.number('select count(*) from personal_data_exports')) === 0, 15_000);
});

test('a deletion wants the password, ends every session, and a sign-in cancels it', async () => {
  const me = await signedIn('ann@example.org');
  const elsewhere = await signedIn('ann@example.org');
  assert.equal(code(await endAccount(me, 'not the password at all')), 'CURRENT_PASSWORD_INVALID');
  assert.equal((await endAccount(me, '')).status, 400);
  assert.equal((await me.get('/api/auth/me')).status, 200);
  const scheduled = await endAccount(me);
  assert.equal(scheduled.status, 202, scheduled.text);
  const days = (Date.parse(scheduled.json.deletes_at) - Date.now()) / 86_400_000;
  assert.ok(days > 13.9 && days < 14.1, `${days} days`);
  for (const client of [me, elsewhere]) assert.equal((await client.get('/api/auth/me')).status, 401);
  await until('the mail', async () => (await templates('accountDeletionScheduled')) === 1);

  const back = await signedIn('ann@example.org');
  assert.equal((await back.get('/api/auth/me')).status, 200);
  assert.equal(await it.number("select count(*) from users where deletion_due_at is not null"), 0);
  await until('the mail', async () => (await templates('accountDeletionCancelled')) === 1, 15_000);
  const actions = await until('the trail', async () => {
    const { data } = (await back.get('/api/auth/me/activity')).json;
    return data.some(({ action }) => action === 'auth.account.deletionCancelled') && data.map(({ action, outcome }) => `${action} ${outcome}`);
  });
  assert.ok(actions.includes('auth.account.delete fail'));
  assert.ok(actions.includes('auth.account.delete ok'));
});

test('a deletion that is due leaves nothing but an empty row', async () => {
  const me = await signedIn('ann@example.org');
  const [[id]] = await it.sql("select id from users where email = 'ann@example.org'");
  await me.post('/api/auth/me/export');
  assert.equal((await endAccount(me)).status, 202);
  await it.sql(`update users set deletion_due_at = now() where id = '${id}'`);
  await until('it is deleted', async () => (await it.sql(`select status from users where id = '${id}'`))[0][0] === 'deleted', 15_000);
  assert.equal(await it.number(`select count(*) from users u where id = '${id}' and to_jsonb(u)::text ~* 'ann'`), 0);
  for (const table of ['sessions', 'password_credentials', 'one_time_tokens', 'user_roles', 'personal_data_exports']) {
    assert.equal(await it.number(`select count(*) from ${table} where user_id = '${id}'`), 0, table);
  }
  await until('it is audited', async () => (await it.number(`select count(*) from audit_log where action = 'auth.account.deleted' and target_id = '${id}' and outcome = 'ok'`)) === 1);
  assert.equal((await it.client.post('/api/auth/login', { identifier: 'ann@example.org', password })).status, 401);
  await it.makeUser('ann@example.org', password);
});

test('the last superadmin cannot delete himself', async () => {
  const admin = await it.adminLogin();
  const refused = await endAccount(admin, 'a-password-for-tests-only');
  assert.equal(refused.status, 409, refused.text);
  assert.equal(code(refused), 'LAST_ADMIN');
  assert.equal((await admin.get('/api/auth/me')).status, 200, 'the session lives on');
});

test('the password policy is told, and kept', async () => {
  const policy = await it.client.get('/api/auth/password/policy');
  assert.equal(policy.status, 200);
  assert.deepEqual({ ...policy.json, common_passwords: 0 }, { min_length: 15, min_length_with_second_factor: 8, max_length: 256, common_passwords: 0 });
  assert.ok(policy.json.common_passwords > 470_000);
  const refusal = async (given, more = {}) => code(await it.client.post('/api/auth/register', { email: 'new@shop.example', password: given, ...more }));
  assert.equal(await refusal('1qaz2wsx3edc4rfv'), 'PASSWORD_BREACHED');
  assert.equal(await refusal('1QAZ2wsx3edc4rfv'), 'PASSWORD_BREACHED');
  assert.equal(await refusal('fourteen chars'), 'PASSWORD_TOO_SHORT');
  assert.equal(await refusal('x'.repeat(257)), 'PASSWORD_TOO_LONG');
  assert.equal(await refusal('new@shop.example'), 'PASSWORD_CONTEXT_WORD');
  assert.equal(await refusal('lilith of ulm 12', { display_name: 'Lilith of Ulm' }), 'PASSWORD_CONTEXT_WORD');
  const changed = await it.client.post('/api/auth/password/change', { identifier: 'other@example.org', current_password: password, new_password: '1qaz2wsx3edc4rfv' });
  assert.equal(code(changed), 'PASSWORD_BREACHED');
  const who = await it.makeUser('policy@example.org', password);
  const own = it.client.withToken((await it.login(who)).access_token);
  assert.equal(code(await own.post('/api/auth/me/password', { current_password: password, new_password: '1qaz2wsx3edc4rfv' })), 'PASSWORD_BREACHED');
  await it.client.post('/api/auth/password/forgot', { email: who.email });
  const token = await until('the link', async () => /reset-password#token=([\w-]+)/.exec((await it.kctl('mail', 'latest', '--to', who.email)).stdout)?.[1]);
  assert.equal(code(await it.client.post('/api/auth/password/reset', { token, password: '1qaz2wsx3edc4rfv' })), 'PASSWORD_BREACHED');
});
