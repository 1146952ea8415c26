import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inParallel, startGateway } from './gatewayFixture.mjs';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let direct; // trusts nobody
let behindProxy; // trusts 127.0.0.1 and 10.0.0.0/8
before(async () => {
  direct = await startGateway();
  behindProxy = await startGateway({ settings: { K_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8,2001:db8:ffff::/48', K_RATE_LIMITS: 'off' } });
});
after(() => Promise.all([direct.stop(), behindProxy.stop()]));

test('a forged X-Forwarded-For chooses neither the counted nor the logged address', async () => {
  const answers = await inParallel(
    8,
    (i) => direct.request('/api/auth/login', { method: 'POST', headers: { 'X-Forwarded-For': `203.0.113.${i}`, 'X-Real-IP': '9.9.9.9' } }),
    1,
  );
  assert.equal(answers.filter(({ status }) => status === 302).length, 3);
  assert.equal(answers[0].json.headers['x-real-ip'], '127.0.0.1');
  assert.equal(answers[0].json.headers['x-forwarded-for'], '127.0.0.1');
  const line = await direct.entry('access.log', (entry) => entry.x_forwarded_for === '203.0.113.7');
  assert.equal(line.remote_ip, '127.0.0.1');
});

test('behind a trusted proxy the right-most untrusted address is the client', async () => {
  for (const [header, client] of [
    ['203.0.113.9', '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['6.6.6.6, 2001:db8:1::5, 2001:db8:ffff::1', '2001:db8:1::5'],
    ['rubbish', '127.0.0.1'],
    ['203.0.113.9, rubbish', '127.0.0.1'],
    ['', '127.0.0.1'],
  ]) {
    const { json } = await behindProxy.request('/api/auth/me', { headers: { 'X-Forwarded-For': header } });
    assert.equal(json.headers['x-real-ip'], client, header);
    assert.equal(json.headers['x-forwarded-for'], client, header);
  }
});

test('notices come from the networks of the bank only, where they are named', async () => {
  const gateway = await startGateway({ settings: { K_TRUSTED_PROXIES: '127.0.0.1', K_BRI_NOTICE_FROM: '192.0.2.0/24, 2001:db8:b::/48', K_RATE_LIMITS: 'off' } });
  try {
    const call = (target, address) => gateway.request(target, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address } });
    for (const target of ['/api/payment/bri/snap/v1.0/transfer-va/payment', '/api/payment/bri//snap/v1.0/access-token/b2b', '/api/payment/%62ri/snap/v1.0/access-token/b2b']) {
      for (const address of ['192.0.2.9', '2001:db8:b::7']) assert.equal((await call(target, address)).status, 200, `${target} ${address}`);
      for (const address of ['192.0.3.9', '2001:db8:c::7', '127.0.0.1']) {
        const refused = await call(target, address);
        assert.deepEqual([refused.status, refused.json.error.code], [403, 'PERMISSION_DENIED'], `${target} ${address}`);
      }
    }
    assert.equal((await call('/api/payment/payments', '192.0.3.9')).status, 200, 'only notices');
  } finally {
    await gateway.stop();
  }
  assert.equal((await direct.request('/api/payment/bri/snap/v1.0/transfer-va/payment', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).status, 200);
});

test('the scheme comes from a trusted proxy only', async () => {
  const headers = { 'X-Forwarded-Proto': 'https' };
  const trusted = await behindProxy.request('/api/auth/me', { headers });
  assert.equal(trusted.json.headers['x-forwarded-proto'], 'https');
  assert.match(trusted.headers['strict-transport-security'], /^max-age=\d+/);
  const untrusted = await direct.request('/api/auth/me', { headers });
  assert.equal(untrusted.json.headers['x-forwarded-proto'], 'http');
});

test("a well-formed request id of the client's travels on, in every place", async () => {
  for (const id of ['a', 'A-Za-z0-9_.-', '0195f3a0-0000-7000-8000-000000000001', 'x'.repeat(64)]) {
    const { json, headers } = await direct.request('/api/auth/health', { headers: { 'X-Request-ID': id } });
    assert.equal(json.headers['x-request-id'], id);
    assert.equal(headers['x-request-id'], id);
    await direct.entry('access.log', (entry) => entry.request_id === id);
  }
  const refused = await direct.request('/auth/x', { headers: { 'X-Request-ID': 'mine-404' } });
  assert.equal(refused.status, 404);
  assert.equal(refused.json.request_id, 'mine-404');
  assert.equal(refused.headers['x-request-id'], 'mine-404');
});

test('any other becomes a UUIDv7', async () => {
  for (const id of ['', ' ', 'x'.repeat(65), 'a b', 'a"b', 'a/b', 'a\\b', '${x}', 'a;b', 'ä', '<script>', 'a,b']) {
    const { json, headers } = await direct.request('/api/auth/health', { headers: { 'X-Request-ID': Buffer.from(id).toString('latin1') } });
    assert.match(headers['x-request-id'], UUID_V7, JSON.stringify(id));
    assert.equal(json.headers['x-request-id'], headers['x-request-id']);
  }
});

test('a request id sent twice is one well-formed id', async () => {
  const { received, body } = await direct.raw(
    'GET /api/auth/health HTTP/1.1\r\nHost: a\r\nX-Request-ID: one\r\nX-Request-ID: two\r\nConnection: close\r\n\r\n',
  );
  const [, id] = /X-Request-ID: (.*)\r/.exec(received);
  assert.match(id, /^[A-Za-z0-9_.-]{1,64}$/);
  assert.deepEqual(JSON.parse(body).rawHeaders.filter((_, i, all) => i % 2 && /^x-request-id$/i.test(all[i - 1])), [id]);
});

test('ids of this gateway are unique, of the present time, and grow in each worker', async () => {
  const before = Date.now();
  const answers = await inParallel(2000, () => direct.request('/health'), 32);
  const ids = answers.map(({ headers }) => headers['x-request-id']);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.match(id, UUID_V7);
    const ms = parseInt(id.replace('-', '').slice(0, 12), 16);
    assert.ok(ms >= before - 1000 && ms <= Date.now() + 1000);
  }
  const alone = [];
  for (let i = 0; i < 3; ++i) {
    const { received } = await direct.raw(`${'GET /health HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200)}GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const one = [...received.matchAll(/X-Request-ID: (\S+)/g)].map((match) => match[1]);
    assert.equal(one.length, 201);
    assert.deepEqual(one, [...one].sort());
    alone.push(...one);
  }
  assert.equal(new Set(alone).size, alone.length);
});
