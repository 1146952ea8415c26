import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { test } from 'node:test';
import { awayFromWindowEdge, inParallel, sleep, startGateway, startRedis, until } from './gatewayFixture.mjs';

const hash = (token) => crypto.createHash('sha256').update(token).digest('hex');

async function timed(gateway, target, token) {
  const started = process.hrtime.bigint();
  const { status } = await gateway.request(target, { headers: { Authorization: `Bearer ${token}` } });
  return { status, ms: Number(process.hrtime.bigint() - started) / 1e6 };
}

// A request that waits for Redis waits 50 ms. Compared with requests that never ask Redis, made in turns with them, so
// that a busy machine slows both.
async function medianDelay(gateway, rounds) {
  const asking = [];
  const plain = [];
  for (let i = 0; i < rounds; ++i) {
    asking.push(await timed(gateway, '/api/auth/me', `token-${i}`));
    plain.push(await timed(gateway, '/api/auth/health', `token-${i}`));
  }
  assert.ok(asking.every(({ status }) => status === 200));
  const median = (answers) => answers.map(({ ms }) => ms).sort((a, b) => a - b)[answers.length >> 1];
  return median(asking) - median(plain);
}

test('a dead Redis: requests pass, are counted by address, and wait for nothing', async (t) => {
  const gateway = await startGateway({ settings: { K_RATE_LIMIT_PAYMENT: '50' } });
  t.after(() => gateway.stop());
  await gateway.redis.stop();
  await sleep(1200);
  const delay = await medianDelay(gateway, 20);
  assert.ok(delay < 30, `${delay} ms`);
  await awayFromWindowEdge();
  const answers = await inParallel(80, (i) => timed(gateway, '/api/payment/x', `t${i}`), 4);
  assert.equal(answers.filter(({ status }) => status === 200).length, 50);
  assert.equal(answers.filter(({ status }) => status === 429).length, 30);
  assert.match(fs.readFileSync(gateway.inside('logs/nginx.log'), 'utf8'), /\[warn\].*redis: reading the limits/);

  // Violations wait in shared memory and arrive once Redis is back.
  fs.rmSync(gateway.inside('redis.sock'), { force: true });
  const again = await startRedis(gateway.inside('redis.sock'));
  t.after(() => again.stop());
  await until('30 violations', () => again.call('llen', 'rate_limit:violations') === '30');
  again.call('set', `kauth:token:${hash('later')}`, '{"sid":"s","uid":"u-later"}');
  await sleep(1500);
  assert.equal((await timed(gateway, '/api/payment/x', 'later')).status, 200, 'the user is known again');
});

test('a Redis that hangs delays at most the requests that find it out', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  gateway.redis.pause();
  t.after(() => gateway.redis.resume());
  await sleep(1500);
  const delay = await medianDelay(gateway, 60);
  assert.ok(delay < 30, `${delay} ms`);
  gateway.redis.resume();
});

test('the list in Redis is capped, and what is dropped is counted', async (t) => {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  gateway.redis.call('eval', "for i = 1, 100000 do redis.call('RPUSH', KEYS[1], 'auth:1.2.3.4:6@' .. i) end", '1', 'rate_limit:violations');
  await awayFromWindowEdge();
  await inParallel(12, () => gateway.request('/api/auth/login', { method: 'POST' }));
  await until('the counter', () => gateway.redis.call('get', 'rate_limit:violations:dropped') === '7');
  assert.equal(gateway.redis.call('llen', 'rate_limit:violations'), '100000');
  assert.match(gateway.redis.call('lindex', 'rate_limit:violations', '-1'), /^auth:127\.0\.0\.1:\d+@\d{13}$/);
  assert.equal(gateway.redis.call('lindex', 'rate_limit:violations', '0'), 'auth:1.2.3.4:6@8');
});

test('counting in Redis for several gateways: exact, and local when Redis is gone', async (t) => {
  const gateway = await startGateway({ settings: { K_RATE_LIMIT_SHARED: 'on', K_RATE_LIMIT_ADMIN: '25' } });
  t.after(() => gateway.stop());
  await sleep(200);
  await awayFromWindowEdge();
  const first = await inParallel(60, () => gateway.request('/api/admin/x'));
  assert.equal(first.filter(({ status }) => status === 200).length, 25);
  assert.equal(first.filter(({ status }) => status === 429).length, 35);
  assert.ok(first.every(({ status, headers }) => status === 200 || Number(headers['retry-after']) >= 1));
  const [key] = gateway.redis.call('keys', 'rate_limit:window:*').split('\n');
  assert.match(key, /^rate_limit:window:admin:/);
  assert.ok(Number(gateway.redis.call('pttl', key)) > 0);
  await until('violations', () => gateway.violations().length === 35);
  await gateway.redis.stop();
  await sleep(1200);
  await awayFromWindowEdge();
  const second = await inParallel(60, () => gateway.request('/api/admin/x'));
  assert.equal(second.filter(({ status }) => status === 200).length, 25);
});

test('a key of the wrong type is one fault, not a dead Redis', async (t) => {
  const gateway = await startGateway({ settings: { K_RATE_LIMIT_PAYMENT: '10', K_TRUSTED_PROXIES: '127.0.0.1' } });
  t.after(() => gateway.stop());
  gateway.redis.call('rpush', 'ksysadmin:settings:rate_limits', 'x');
  gateway.redis.call('set', `kauth:token:${hash('mine')}`, '{"sid":"s","uid":"u-mine"}');
  await sleep(1500);
  await awayFromWindowEdge();
  const answers = await inParallel(20, (i) =>
    gateway.request('/api/payment/x', { headers: { Authorization: 'Bearer mine', 'X-Forwarded-For': `198.51.100.${i}` } }),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 10);
  await until('violations', () => gateway.violations().some((one) => one.startsWith('payment:user_u-mine:11@')));
});

test('as the user that ./k up makes for it, nginx may do all that it needs', async (t) => {
  const gateway = await startGateway({
    settings: (directory) => ({ K_REDIS_URL: `unix://gateway:g@${directory}/redis.sock`, K_RATE_LIMIT_SHARED: 'on', K_RATE_LIMIT_ADMIN: '25', K_TRUSTED_PROXIES: '127.0.0.1' }),
  });
  t.after(() => gateway.stop());
  const file = gateway.inside('users.acl');
  execFileSync('bash', ['-c', '. tools/cluster.sh; writeRedisUsers "$0" p g', file], { cwd: new URL('../..', import.meta.url) });
  for (const line of fs.readFileSync(file, 'utf8').split('\n').filter((text) => text.startsWith('user ') && !text.startsWith('user default'))) {
    assert.equal(gateway.redis.call('acl', 'setuser', ...line.split(' ').slice(1)), 'OK');
  }
  gateway.redis.call('set', 'ksysadmin:ban:198.51.100.70', 'id');
  gateway.redis.call('set', 'ksysadmin:settings:rate_limits', '{"payment":7}');
  await sleep(1500);
  const from = (address, target) => gateway.request(target, { headers: { 'X-Forwarded-For': address } });
  await until('the ban', async () => (await from('198.51.100.70', '/api/auth/health')).status === 403);
  await awayFromWindowEdge();
  const admin = await inParallel(40, () => from('198.51.100.71', '/api/admin/x'));
  assert.equal(admin.filter(({ status }) => status === 200).length, 25, 'counted in Redis');
  assert.ok(gateway.redis.call('keys', 'rate_limit:window:*').startsWith('rate_limit:window:admin:'));
  const payment = await inParallel(12, () => from('198.51.100.72', '/api/payment/x'));
  assert.equal(payment.filter(({ status }) => status === 200).length, 7, "an administrator's limit");
  await until('the violations', () => gateway.violations().length === 20);
  assert.doesNotMatch(gateway.logText('nginx.log'), /NOPERM|NOAUTH|No permissions/i);
});

test('a Redis with a password, in another database', async (t) => {
  const gateway = await startGateway({
    settings: (directory) => ({ K_REDIS_URL: `unix://:p%40ss%22@${directory}/redis.sock?db=3` }),
  });
  t.after(() => gateway.stop());
  gateway.redis.call('config', 'set', 'requirepass', 'p@ss"');
  await awayFromWindowEdge();
  await inParallel(7, () => gateway.request('/api/auth/login', { method: 'POST' }));
  const inDatabase = (...words) => gateway.redis.call('--no-auth-warning', '-a', 'p@ss"', '-n', '3', ...words);
  await until('two violations', () => inDatabase('llen', 'rate_limit:violations') === '2');
});
