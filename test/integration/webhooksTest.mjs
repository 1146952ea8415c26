// Webhooks: signed, retried, sent again, never into private networks, and none lost when k-admin is killed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { startInstallation, until } from './installation.mjs';
import { isSigned, startReceiver } from './webhookReceiver.mjs';

const url = '/api/admin/webhooks';
let it;
let admin;
let receiver;
before(async () => {
  it = await startInstallation('webhooks', { K_WEBHOOK_LOOPBACK: 'on' });
  receiver = await startReceiver();
  admin = await it.adminLogin();
});
after(async () => {
  await receiver?.close();
  await it?.down();
});

const add = async (events, path = '/hook') => {
  const answer = await admin.post(url, { url: receiver.url + path, events });
  assert.equal(answer.status, 201, answer.text);
  return { ...answer.json.webhook, secret: answer.json.secret };
};
const patch = (id, body, version) =>
  admin.request('PATCH', `${url}/${id}`, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...(version === undefined ? {} : { 'If-Match': `"${version}"` }) } });
const remove = async ({ id }) => assert.equal((await admin.delete(`${url}/${id}`)).status, 204);
const deliveries = async (id, query = '') => {
  const answer = await admin.get(`${url}/${id}/deliveries${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.data;
};
/** As a receiver with a ready library does it. */
const verified = ({ headers, body }, secret) => new Webhook(secret).verify(body, headers);
const refused = (one, secret) => assert.throws(() => verified(one, secret), /No matching signature found/);
const fail = (requestId) => it.client.post('/api/auth/login', { identifier: 'nobody@example.org', password: 'wrong wrong wrong' }, { 'X-Request-ID': requestId });

test('an event arrives signed, with what happened and no secret; only the types asked for', async () => {
  const hook = await add(['auth.login.fail', 'block.*']);
  assert.match(hook.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.ok(!(await admin.get(url)).text.includes(hook.secret));
  await fail('hooked-1');
  const got = await until('the event', () => receiver.of('auth.login.fail')[0], 5000);
  assert.equal(got.method, 'POST');
  assert.equal(got.path, '/hook');
  assert.equal(got.headers['content-type'], 'application/json');
  assert.ok(isSigned(got, hook.secret) && !isSigned(got, `${hook.secret}x`));
  assert.ok(!isSigned({ ...got, body: `${got.body} ` }, hook.secret));
  const event = verified(got, hook.secret);
  assert.deepEqual(event, JSON.parse(got.body));
  refused({ ...got, body: `${got.body} ` }, hook.secret);
  refused({ ...got, headers: { ...got.headers, 'webhook-id': '01900000-0000-7000-8000-00000000ffff' } }, hook.secret);
  refused({ ...got, headers: { ...got.headers, 'webhook-timestamp': `${Number(got.headers['webhook-timestamp']) + 1}` } }, hook.secret);
  assert.match(got.headers['webhook-timestamp'], /^\d+$/);
  assert.match(got.headers['k-signature'], new RegExp(`^t=${got.headers['webhook-timestamp']},v1=[0-9a-f]{64}$`));
  assert.equal(event.type, 'auth.login.fail');
  assert.equal(event.request_id, 'hooked-1');
  assert.equal(event.reason, 'unknown_identifier');
  assert.ok(!got.body.includes('nobody@') && !got.body.includes('wrong wrong'));
  assert.equal((await admin.post('/api/admin/blocks', { pattern: '@spam.example', reason: 'spam' })).status, 201);
  await until('the block', () => receiver.of('block.create').length === 1, 5000);
  assert.deepEqual([...new Set(receiver.got.map(({ type }) => type))].sort(), ['auth.login.fail', 'block.create']);
  const [stored] = await it.sql(`select encode(secret_enc, 'escape') like '%${hook.secret}%', events from webhooks`);
  assert.equal(stored[0], 'f');
  const delivered = await until('it is settled', async () => (await deliveries(hook.id, '?status=delivered')).length === 2 && (await deliveries(hook.id)), 3000);
  assert.ok(delivered.every((one) => one.attempts === 1 && one.last_status === 204));
  await remove(hook);
});

test('what fails is tried again with the same id, redirects are not followed, answers are bounded', async (t) => {
  receiver.got.length = 0;
  const hook = await add(['webhook.test']);
  const elsewhere = await startReceiver();
  t.after(() => elsewhere.close());
  receiver.answers = [
    500,
    (request, response) => response.writeHead(302, { Location: elsewhere.url }).end(),
    (request) => request.socket.destroy(),
    (request, response) => response.writeHead(200).end('x'.repeat(1 << 20)),
  ];
  const made = await admin.post(`${url}/${hook.id}/test`);
  assert.equal(made.status, 202, made.text);
  await until('a failed attempt', async () => (await deliveries(hook.id))[0].last_error === 'answered 500', 5000);
  await until('a redirect', async () => /302; redirects are not followed/.test((await deliveries(hook.id))[0].last_error), 8000);
  // The waits become long: the rest is asked for.
  const again = async () => {
    const answer = await admin.post(`${url}/deliveries/${made.json.id}/redeliver`);
    assert.equal(answer.status, 202, answer.text);
  };
  await again();
  await until('a connection that is cut', () => receiver.got.length === 3, 3000);
  await until('it is said', async () => (await deliveries(hook.id))[0].last_status === null, 3000);
  await again();
  await until('the answer', () => receiver.got.length === 4, 3000);
  const delivery = await until('success', async () => (await deliveries(hook.id, '?status=delivered'))[0], 3000);
  assert.equal(delivery.id, made.json.id);
  assert.equal(delivery.attempts, 4);
  assert.deepEqual(new Set(receiver.got.map(({ id }) => id)), new Set([made.json.id]));
  assert.equal(new Set(receiver.got.map(({ body }) => body)).size, 1);
  for (const one of receiver.got) {
    assert.equal(one.headers['webhook-id'], made.json.id);
    assert.ok(isSigned(one, hook.secret));
    assert.equal(verified(one, hook.secret).type, 'webhook.test');
  }
  // The time is the attempt's, not the delivery's: the first retry comes 1.6 s later at the earliest.
  assert.ok(Number(receiver.got[1].headers['webhook-timestamp']) > Number(receiver.got[0].headers['webhook-timestamp']));
  assert.equal(elsewhere.connections, 0);
  await again();
  await until('it comes again', () => receiver.got.length === 5, 3000);
  assert.equal((await admin.post(`${url}/deliveries/01900000-0000-7000-8000-00000000ffff/redeliver`)).status, 404);
  await remove(hook);
});

test('secrets: both sign while one replaces the other', async () => {
  receiver.got.length = 0;
  const hook = await add(['webhook.test']);
  const renewed = (await admin.post(`${url}/${hook.id}/secret`, { overlap_s: 3600 })).json;
  assert.notEqual(renewed.secret, hook.secret);
  assert.ok(renewed.webhook.old_secret_until);
  const sent = async () => {
    const before = receiver.got.length;
    await admin.post(`${url}/${hook.id}/test`);
    return until('the test event', () => receiver.got[before], 5000);
  };
  const both = await sent();
  assert.ok(isSigned(both, hook.secret) && isSigned(both, renewed.secret));
  assert.match(both.headers['webhook-signature'], /^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/);
  assert.equal(verified(both, hook.secret).type, 'webhook.test');
  assert.equal(verified(both, renewed.secret).type, 'webhook.test');
  const last = (await admin.post(`${url}/${hook.id}/secret`, {})).json;
  assert.equal(last.webhook.old_secret_until, null);
  const one = await sent();
  assert.ok(isSigned(one, last.secret) && !isSigned(one, renewed.secret) && !isSigned(one, hook.secret));
  assert.equal(verified(one, last.secret).type, 'webhook.test');
  refused(one, renewed.secret);
  refused(one, hook.secret);
  const rotated = await it.kctl('crypto', 'status');
  assert.match(rotated.stdout, /secrets of webhooks: 0/);
  await remove(hook);
});

test('changed by version, switched off and on', async () => {
  receiver.got.length = 0;
  const hook = await add(['webhook.test']);
  assert.equal((await patch(hook.id, { active: false })).status, 428);
  assert.equal((await patch(hook.id, { active: false }, 9)).status, 412);
  const off = await patch(hook.id, { active: false, description: 'pause' }, 1);
  assert.equal(off.status, 200, off.text);
  assert.equal(off.json.version, 2);
  assert.deepEqual((await admin.get(`${url}/${hook.id}`)).json, off.json);
  await admin.post(`${url}/${hook.id}/test`);
  await new Promise((done) => setTimeout(done, 1500));
  assert.equal(receiver.got.length, 0);
  assert.equal((await patch(hook.id, { active: true }, 2)).status, 200);
  await until('what waited', () => receiver.got.length === 1, 3000);
  assert.equal((await patch(hook.id, { url: 'http://10.0.0.1/' }, 3)).json.error.code, 'TARGET_NOT_ALLOWED');
  assert.equal((await patch(hook.id, { events: ['no pattern'] }, 3)).status, 400);
  assert.equal((await admin.get(`${url}/01900000-0000-7000-8000-00000000ffff`)).json.error.code, 'WEBHOOK_NOT_FOUND');
  const user = it.client.withToken((await it.login(await it.makeUser('nosy@example.org'))).access_token);
  assert.equal((await user.get(url)).status, 403);
  assert.equal((await user.post(url, { url: receiver.url, events: ['*'] })).status, 403);
  await remove(hook);
});

test('no address but a public one, when it is made', async () => {
  for (const bad of ['http://10.0.0.1/', 'http://192.168.1.1/', 'http://169.254.169.254/latest/meta-data', 'http://172.16.0.1/', 'http://100.64.0.1/', 'http://[fd00::1]/', 'http://[fe80::1]/', 'http://[::ffff:10.0.0.1]/', 'http://0.0.0.0/', 'http://224.0.0.1/', 'http://user@93.184.216.34/']) {
    const answer = await admin.post(url, { url: bad, events: ['*'] });
    assert.equal(answer.status, 422, `${bad}: ${answer.text}`);
    assert.equal(answer.json.error.code, 'TARGET_NOT_ALLOWED');
    assert.equal(answer.json.error.field, 'url');
  }
  for (const bad of ['ftp://93.184.216.34/', 'file:///etc/passwd', 'nonsense', 'http://x/#y']) {
    assert.equal((await admin.post(url, { url: bad, events: ['*'] })).status, 400, bad);
  }
  assert.equal((await admin.post(url, { url: receiver.url, events: [] })).status, 400);
});

test('k-admin killed meanwhile: every event comes, none is made twice', async () => {
  receiver.got.length = 0;
  const hook = await add(['auth.login.fail']);
  const ids = [];
  receiver.answers = Array.from({ length: 5 }, () => (request) => setTimeout(() => request.socket.destroy(), 300));
  for (let i = 0; i < 40; ++i) {
    ids.push(`killed-${i}`);
    const id = `01900000-0000-7000-8000-${String(i).padStart(12, '0')}`;
    await it.sql(`insert into audit_pending (id, at, actor_type, action, outcome, request_id) values ('${id}', now(), 'system', 'auth.login', 'fail', '${ids[i]}')`);
    if (i === 10 || i === 25) {
      it.kill('k-admin', 'SIGKILL');
      await it.start('k-admin');
    }
  }
  receiver.answers = [];
  const arrived = () => new Set(receiver.got.map(({ body }) => JSON.parse(body).request_id));
  await until('all forty', () => ids.every((id) => arrived().has(id)), 60_000);
  assert.deepEqual(await it.sql(`select count(*), count(distinct event_id) from webhook_deliveries where webhook_id = '${hook.id}'`), [['40', '40']]);
  await remove(hook);
});

test('an address that is no longer allowed is not called', async () => {
  receiver.got.length = 0;
  const hook = await add(['webhook.test']);
  await it.stop('k-admin');
  const before = receiver.connections;
  it.env.K_WEBHOOK_LOOPBACK = 'off';
  await it.start('k-admin');
  const made = await admin.post(`${url}/${hook.id}/test`);
  assert.equal(made.status, 202, made.text);
  const refused = await until('it is refused', async () => (await deliveries(hook.id)).find((one) => one.last_error), 5000);
  assert.match(refused.last_error, /^TARGET_NOT_ALLOWED: 127\.0\.0\.1/);
  assert.equal(refused.last_status, null);
  assert.equal(receiver.connections, before);
  assert.equal((await admin.post(url, { url: receiver.url, events: ['*'] })).json.error.code, 'TARGET_NOT_ALLOWED');
  assert.equal((await admin.post(url, { url: `http://localhost:${receiver.port}/`, events: ['*'] })).json.error.code, 'TARGET_NOT_ALLOWED');
});
