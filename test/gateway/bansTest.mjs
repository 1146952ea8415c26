import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startGateway, startRedis, until } from './gatewayFixture.mjs';

// Every request comes from a trusted proxy, so that tests choose the client.
const web = { 'auth/index.html': '<h1>auth</h1>' };
let gateway;
before(async () => {
  gateway = await startGateway({ settings: { K_TRUSTED_PROXIES: '127.0.0.1' }, web });
});
after(() => gateway.stop());

const from = (client, target = '/api/auth/health', options = {}) =>
  gateway.request(target, { ...options, headers: { 'X-Forwarded-For': client, ...options.headers } });
const ban = (key, seconds = 60) => gateway.redis.call('set', `ksysadmin:ban:${key}`, 'id', 'ex', String(seconds));
const status = async (client, target) => (await from(client, target)).status;

test('a banned address gets 403 in the standard form everywhere, the others do not', async () => {
  assert.equal(await status('198.51.100.7'), 200);
  ban('198.51.100.7');
  await until('the ban', async () => (await status('198.51.100.7')) === 403, 2000);
  for (const target of ['/api/auth/me', '/api/admin/x', '/api/payment/y', '/auth/', '/auth', '/auth/none', '/honeypot', '/.env', '/']) {
    const { status: code, json, headers } = await from('198.51.100.7', target);
    assert.equal(code, 403, target);
    assert.equal(json.error.code, 'ADDRESS_BANNED', target);
    assert.equal(json.request_id, headers['x-request-id'], target);
    assert.equal(headers['content-type'], 'application/json', target);
    assert.equal(headers['cache-control'], 'no-store', target);
  }
  const posted = await from('198.51.100.7', '/api/auth/login', { method: 'POST', body: 'x'.repeat(1000) });
  assert.equal(posted.status, 403);
  // 403 would make the bank give a customer's money back; after 429 it asks again.
  const bank = await from('198.51.100.7', '/api/payment/bri/snap/v1.0/transfer-va/payment', { method: 'POST', body: '{}' });
  assert.equal(bank.status, 429);
  assert.equal(bank.json.error.code, 'ADDRESS_BANNED');
  assert.equal(await status('198.51.100.7', '/health'), 200, "the gateway's own health is for everybody");
  assert.equal(await status('198.51.100.8'), 200);
  assert.equal(await status('127.0.0.1'), 200);
});

test('what a ban answers is told in the log by its zone, and is no violation', async () => {
  ban('198.51.100.30');
  await until('the ban', async () => (await status('198.51.100.30')) === 403, 2000);
  await from('198.51.100.30', '/api/auth/login', { method: 'POST', headers: { 'X-Request-ID': 'banned-login' } });
  await from('198.51.100.30', '/wp-login.php', { headers: { 'X-Request-ID': 'banned-honeypot' } });
  const login = await gateway.entry('access.log', (entry) => entry.request_id === 'banned-login');
  assert.equal(login.zone, 'banned');
  assert.equal(login.status, 403);
  assert.equal(login.rate_limited, false);
  const honeypot = await gateway.entry('dos_attempts.log', (entry) => entry.request_id === 'banned-honeypot');
  assert.equal(honeypot.zone, 'banned');
  assert.ok(!gateway.violations().some((one) => one.includes('198.51.100.30')));
});

test('networks of IPv4, and of IPv6 by /64, /48 and /32', async () => {
  const cases = [
    ['192.0.2.0/24', ['192.0.2.1', '192.0.2.255'], ['192.0.3.1']],
    ['198.18.0.0/16', ['198.18.0.1', '198.18.255.255'], ['198.19.0.1']],
    ['2001:0db8:0001:0002::/64', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'], ['2001:db8:1:3::1']],
    ['2001:0db8:00aa::/48', ['2001:db8:aa::1', '2001:db8:aa:ffff::1'], ['2001:db8:ab::1']],
    ['2001:0dba::/32', ['2001:dba::1', '2001:dba:ffff::1'], ['2001:dbb::1']],
    ['203.0.113.66', ['::ffff:203.0.113.66'], ['::ffff:203.0.113.67']],
  ];
  for (const [key] of cases) ban(key);
  for (const [key, banned, free] of cases) {
    for (const client of banned) {
      await until(`${client} by ${key}`, async () => (await status(client)) === 403, 2000);
    }
    for (const client of free) assert.equal(await status(client), 200, `${client} is not in ${key}`);
  }
});

test('a ban ends with its key, and with an empty Redis', async () => {
  ban('198.51.100.40', 1);
  await until('the ban', async () => (await status('198.51.100.40')) === 403, 2000);
  await until('its end', async () => (await status('198.51.100.40')) === 200, 4000);
  ban('198.51.100.41');
  await until('the ban', async () => (await status('198.51.100.41')) === 403, 2000);
  gateway.redis.call('del', 'ksysadmin:ban:198.51.100.41');
  await until('lifted', async () => (await status('198.51.100.41')) === 200, 2500);
});

test('without Redis nobody is banned and nobody waits', async (t) => {
  const own = await startGateway({ settings: { K_TRUSTED_PROXIES: '127.0.0.1' }, web });
  t.after(() => own.stop());
  const ask = async () =>
    (await own.request('/auth/', { headers: { 'X-Forwarded-For': '198.51.100.50' } })).status;
  own.redis.call('set', 'ksysadmin:ban:198.51.100.50', 'id');
  await until('the ban', async () => (await ask()) === 403, 2000);
  await own.redis.stop();
  await until('let in', async () => (await ask()) === 200, 3000);
  fs.rmSync(own.inside('redis.sock'), { force: true });
  const again = await startRedis(own.inside('redis.sock'));
  t.after(() => again.stop());
  again.call('set', 'ksysadmin:ban:198.51.100.50', 'id');
  await until('banned again', async () => (await ask()) === 403, 4000);
});
