// A session that goes on on another device: it lives, but no factor counts there, and its owner gets a mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
  assert.deepEqual([claimsOf(moved).amr, claimsOf(moved).aal, claimsOf(moved).auth_time], [[], 1, 0]);
  assert.equal((await on(curl).withToken(moved.access_token).get('/api/auth/me')).status, 200, 'it lives');
  assert.equal(await mailsOf(session), mailsBefore + 1);
  assert.equal(await auditsOf(session), 1);
  await refresh(curl);
  assert.equal(await mailsOf(session), mailsBefore + 1, 'told once');

  await refresh(firefox); // back: another change
  assert.deepEqual(claimsOf(await refresh(firefox)).amr, [], 'no factor comes back by itself');
  assert.equal(await auditsOf(session), 2);
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
