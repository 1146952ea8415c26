import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { awayFromWindowEdge, inParallel, sleep, startGateway, until } from './gatewayFixture.mjs';

let gateway;
before(async () => {
  gateway = await startGateway({
    settings: { K_TRUSTED_PROXIES: '127.0.0.1', K_RATE_LIMIT_SESSION: '30', K_RATE_LIMIT_PAYMENT: '20', K_RATE_LIMIT_ADMIN: '40' },
  });
});
after(() => gateway.stop());

let nextAddress = 1;
const newAddress = () => `198.51.100.${nextAddress++}`;
const from = (address, more = {}) => ({ headers: { 'X-Forwarded-For': address, ...more } });

const counts = (answers) => {
  const found = {};
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1;
  return found;
};

function storeToken(token, user) {
  const hash = crypto.createHash('sha256').update(token).digest('hex');
  gateway.redis.call('set', `kauth:token:${hash}`, JSON.stringify({ sid: 's', uid: user }), 'EX', '600');
}

for (const [target, limit, status] of [
  ['/api/auth/login', 5, 302],
  ['/api/auth/mfa/verify', 5, 302],
  ['/api/auth/password/forgot', 5, 302],
  ['/api/auth/password/reset', 5, 302],
  ['/api/auth/password/change', 5, 302],
  ['/api/auth/verify-email', 5, 302],
  ['/api/auth/verify-email/resend', 5, 302],
  ['/api/auth/register', 3, 302],
  ['/api/auth/me', 30, 429],
  ['/api/auth/token/refresh', 30, 429],
  ['/api/payment/payments', 20, 429],
  ['/api/admin/monitoring/health/current', 40, 429],
  ['/api/auth/openapi.json', 30, 429],
  ['/api/admin/openapi.json', 40, 429],
  ['/api/auth/health', 30, 429],
]) {
  test(`${target}: exactly ${limit} of 60 parallel requests pass, the rest get ${status}`, async () => {
    await awayFromWindowEdge();
    const address = newAddress();
    const answers = await inParallel(60, () => gateway.request(target, { method: 'POST', ...from(address) }));
    assert.deepEqual(counts(answers), { 200: limit, [status]: 60 - limit });
    for (const { status: got, headers, json } of answers) {
      if (got === 200) continue;
      assert.ok(Number(headers['retry-after']) >= 1 && Number(headers['retry-after']) <= 120);
      assert.equal(json.error.code, 'RATE_LIMITED');
      assert.equal(json.error.retry_after, Number(headers['retry-after']));
      assert.equal(json.request_id, headers['x-request-id']);
      assert.equal(headers.location, status === 302 ? '/honeypot' : undefined);
    }
    const lines = await until('60 lines', () => {
      const mine = gateway.entries('access.log').filter((line) => line.remote_ip === address);
      return mine.length === 60 && mine;
    });
    assert.equal(lines.filter((line) => line.rate_limited).length, 60 - limit);
    assert.ok(lines.every((line) => line.rate_limited === (line.status === status)));
    assert.ok(lines.every((line) => (line.status === 200) === (line.upstream_addr !== '')));
  });
}

test('the paths of one zone share one count', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const answers = [];
  for (const path of ['login', 'mfa/verify', 'password/forgot', 'password/reset', 'verify-email', 'login', 'password/change']) {
    answers.push(await gateway.request(`/api/auth/${path}`, { method: 'POST', ...from(address) }));
  }
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200, 302, 302]);
});

test('other spellings of a path are counted with it', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const spellings = ['/api/auth/login', '/api/auth//login', '/api/auth/%6Cogin', '/api/auth/x/../login', '/api/auth/login/', '/api/auth/./login'];
  const answers = [];
  for (const target of spellings) answers.push(await gateway.request(target, { method: 'POST', ...from(address) }));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200, 302]);
});

test('health and key set are not counted', async () => {
  const address = newAddress();
  for (const target of ['/api/auth/health', '/api/auth/health/live', '/api/auth/health/ready', '/api/payment/health',
    '/api/admin/health', '/api/auth/.well-known/jwks.json']) {
    const answers = await inParallel(50, () => gateway.request(target, from(address)));
    assert.deepEqual(counts(answers), { 200: 50 }, target);
  }
});

test("partners' notifications have their own generous zone", async () => {
  for (const target of ['/api/payment/notifications/other', '/api/payment/bri/snap/v1.0/transfer-va/payment']) {
    const address = newAddress();
    const answers = await inParallel(200, () => gateway.request(target, { method: 'POST', ...from(address) }));
    assert.deepEqual(counts(answers), { 200: 200 });
    await gateway.entry('access.log', (line) => line.zone === 'payment-notifications' && line.remote_ip === address);
  }
});

test('what is refused does not count: a client that keeps trying is let in again in time', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const answers = await inParallel(40, () => gateway.request('/api/auth/login', { method: 'POST', ...from(address) }));
  const waits = answers.filter(({ status }) => status === 302).map(({ headers }) => Number(headers['retry-after']));
  assert.ok(Math.max(...waits) - Math.min(...waits) <= 2, waits.join());
});

test('an IPv6 client is its /64', async () => {
  await awayFromWindowEdge();
  const inNet = (net, host) => gateway.request('/api/auth/login', { method: 'POST', ...from(`2001:db8:7:${net}::${host.toString(16)}`) });
  const answers = await inParallel(30, (i) => inNet('a', i + 1));
  assert.deepEqual(counts(answers), { 200: 5, 302: 25 });
  assert.equal((await inNet('b', 1)).status, 200);
  await until('violations', () => gateway.violations().some((one) => /^auth:2001:db8:7:a::[0-9a-f]+:\d+@\d+$/.test(one)));
});

test('an IPv4 address written as IPv6 is the same client', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const first = await inParallel(5, () => gateway.request('/api/auth/login', { method: 'POST', ...from(address) }));
  assert.deepEqual(counts(first), { 200: 5 });
  const mapped = await gateway.request('/api/auth/login', { method: 'POST', ...from(`::ffff:${address}`) });
  assert.equal(mapped.status, 302);
});

test('a user is counted as one wherever he comes from, by bearer token or cookie', async () => {
  await awayFromWindowEdge();
  storeToken('token-one', '0195aaaa-0000-7000-8000-000000000001');
  storeToken('token-two', '0195aaaa-0000-7000-8000-000000000001');
  const answers = await inParallel(60, (i) =>
    gateway.request('/api/payment/payments', from(newAddress(), i % 2 ? { Authorization: 'Bearer token-one' } : { Cookie: 'a=b; __Host-ks_at=token-two' })),
  );
  assert.deepEqual(counts(answers), { 200: 20, 429: 40 });
  await until('violations', () =>
    gateway.violations().some((one) => /^payment:user_0195aaaa-0000-7000-8000-000000000001:21@\d{13}$/.test(one)),
  );
});

test('two users behind one address are two', async () => {
  await awayFromWindowEdge();
  storeToken('token-three', 'u3');
  storeToken('token-four', 'u4');
  const address = newAddress();
  for (const token of ['token-three', 'token-four']) {
    const answers = await inParallel(25, () => gateway.request('/api/payment/x', from(address, { Authorization: `Bearer ${token}` })));
    assert.deepEqual(counts(answers), { 200: 20, 429: 5 });
  }
});

test('what a client can write is no identity: unknown tokens and forged headers count by address', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const answers = await inParallel(60, (i) =>
    gateway.request('/api/payment/x', from(address, { Authorization: `Bearer made-up-${i}`, 'X-User-ID': `u${i}`, Cookie: `__Host-ks_at=y${i}` })),
  );
  assert.deepEqual(counts(answers), { 200: 20, 429: 40 });
});

test('violations: service:identifier:count@unix_ms, counting on', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const before = Date.now();
  for (let i = 0; i < 8; ++i) await gateway.request('/api/auth/login', { method: 'POST', ...from(address) });
  const mine = await until('three violations', () => {
    const found = gateway.violations().filter((one) => one.includes(`:${address}:`));
    return found.length === 3 && found;
  });
  const parsed = mine.map((one) => /^(auth|payment|admin):(.+):(\d+)@(\d{13})$/.exec(one));
  assert.deepEqual(parsed.map((one) => Number(one[3])).sort(), [6, 7, 8]);
  assert.ok(parsed.every((one) => Number(one[4]) >= before - 5 && Number(one[4]) <= Date.now() + 5));
});

test('limits changed in Redis are in force within 2 s, bad ones are ignored, none means the defaults', async () => {
  const key = 'ksysadmin:settings:rate_limits';
  const passed = async (value, settle = 2000) => {
    if (value === undefined) gateway.redis.call('del', key);
    else gateway.redis.call('set', key, value);
    await sleep(settle);
    await awayFromWindowEdge();
    const address = newAddress();
    return counts(await inParallel(30, () => gateway.request('/api/auth/login', { method: 'POST', ...from(address) })))[200];
  };
  assert.equal(await passed('{"login":11,"register":3}'), 11);
  assert.equal(await passed('{ "register" : 9 , "login" : 2 }'), 2);
  assert.equal(await passed('{"login":1000000}'), 5);
  assert.equal(await passed('{"login":7}'), 7);
  assert.equal(await passed(undefined), 5);
});

test('a CORS preflight is counted as a session call, not as a login', async () => {
  await awayFromWindowEdge();
  const address = newAddress();
  const answers = await inParallel(10, () => gateway.request('/api/auth/login', { method: 'OPTIONS', ...from(address) }));
  assert.deepEqual(counts(answers), { 200: 10 });
});
