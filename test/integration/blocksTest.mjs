// Blocked addresses and domains: who has one can neither register nor sign in, and cannot tell why.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const url = '/api/admin/blocks';
const password = 'a long enough passphrase';
let it;
let admin;
before(async () => {
  it = await startInstallation('blocks');
  admin = await it.adminLogin();
});
after(() => it?.down());

const block = async (pattern, more = {}) => {
  const answer = await admin.post(url, { pattern, reason: 'for the test', ...more });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};
const signIn = (identifier, text = password) => it.client.post('/api/auth/login', { identifier, password: text });
const said = ({ status, json }) => ({ status, ...json, request_id: undefined, timestamp: undefined });

test('who is blocked is answered as if there were no such account, and as if the address were taken', async () => {
  const ann = await it.makeUser('ann@blocked.example', password);
  assert.equal((await signIn(ann.email)).status, 200);
  const made = await block('@Blocked.Example');
  assert.equal(made.pattern, '@blocked.example');
  assert.equal(made.expires_at, null);
  assert.deepEqual(said(await signIn(ann.email)), said(await signIn('nobody@nowhere.example')));
  assert.equal((await signIn('ANN@blocked.example')).status, 401);
  const blocked = await it.client.post('/api/auth/register', { email: 'new@blocked.example', password });
  const taken = await it.client.post('/api/auth/register', { email: it.firstAdmin().email, password });
  assert.deepEqual(said(blocked), said(taken));
  assert.equal(await it.number("select count(*) from users where email = 'new@blocked.example' and not is_claim"), 0);
  assert.notEqual((await it.kctl('mail', 'latest', '--to', 'new@blocked.example', '--wait', '1')).status, 0);

  assert.equal((await admin.delete(`${url}/${made.id}`)).status, 204);
  assert.equal((await admin.delete(`${url}/${made.id}`)).status, 204);
  assert.equal((await signIn(ann.email)).status, 200);
  await it.makeUser('new@blocked.example', password);
  const events = await until('the audit trail', async () => {
    const rows = await it.sql("select action, outcome from audit_log where target_type = 'block' order by seq");
    return rows.length === 2 && rows;
  });
  assert.deepEqual(events, [['block.create', 'ok'], ['block.lift', 'ok']]);
});

test('one address, a domain with all below it, and an end', async () => {
  const bob = await it.makeUser('bob@some.example', password);
  const eve = await it.makeUser('eve@deep.some.example', password);
  await block('bob@some.example', { expires_in_s: 3600 });
  assert.equal((await signIn(bob.email)).status, 401);
  assert.equal((await signIn(eve.email)).status, 200);
  await it.sql("update identifier_block set expires_at = now() where pattern = 'bob@some.example'");
  assert.equal((await signIn(bob.email)).status, 200);
  await block('@*.some.example');
  assert.equal((await signIn(bob.email)).status, 401);
  assert.equal((await signIn(eve.email)).status, 401);
  await block('bob@some.example');
  assert.equal((await admin.post(url, { pattern: '@*.SOME.example', reason: 'x' })).status, 409);
});

test('the list, and what is no block', async () => {
  const all = (await admin.get(`${url}?limit=2`)).json;
  assert.equal(all.data.length, 2);
  const next = (await admin.get(`${url}?limit=2&cursor=${all.page.next_cursor}`)).json;
  assert.equal(next.data.length, 2);
  const standing = (await admin.get(`${url}?standing=true`)).json.data;
  assert.deepEqual(standing.map(({ pattern }) => pattern).sort(), ['@*.some.example', 'bob@some.example']);
  for (const pattern of ['', 'ann', '@', '@example', '*@example.org', '10.0.0.0/8', 'a b@example.org', '@exa\u0000mple.org', 7]) {
    assert.equal((await admin.post(url, { pattern, reason: 'x' })).status, 400, String(pattern));
  }
  assert.equal((await admin.post(url, { pattern: '@example.org', reason: 'x', expires_in_s: 1 })).json.error.code, 'OUT_OF_RANGE');
  assert.equal((await admin.get(`${url}?standing=true&cursor=${all.page.next_cursor}`)).json.error.code, 'CURSOR_INVALID');
  assert.equal((await admin.delete(`${url}/01900000-0000-7000-8000-00000000ffff`)).status, 404);
  const user = it.client.withToken((await it.login(await it.makeUser('nosy@example.org', password))).access_token);
  assert.equal((await user.get(url)).status, 403);
  assert.equal((await user.post(url, { pattern: '@example.org', reason: 'x' })).status, 403);
});
