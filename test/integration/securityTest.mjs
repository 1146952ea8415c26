// Attacks through the real gateway: found, noted, banned and answered with 403; bans by hand over the API and with
// kctl; who is protected from them. Requests come from a trusted proxy, so that tests choose the client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const bans = '/api/admin/monitoring/security/bans';
const operator = '192.0.2.10';
let it;
let admin;
before(async () => {
  it = await startInstallation('security', {
    K_TRUSTED_PROXIES: '127.0.0.1',
    K_RATE_LIMITS: 'on',
    K_RATE_LIMIT_LOGIN: '12',
    K_BAN_AUTOMATIC: 'on',
    K_BAN_LENGTH_S: '600',
  });
  it.client = it.client.with({ 'X-Forwarded-For': operator });
  admin = await it.adminLogin();
});
after(() => it?.down());

const as = (address) => it.client.with({ 'X-Forwarded-For': address });
const health = async (address) => (await as(address).get('/api/auth/health')).status;
const banned = (address) => until(`${address} is banned`, async () => (await health(address)) === 403, 10_000);
const free = (address) => until(`${address} is let in`, async () => (await health(address)) === 200, 10_000);
const activities = (address) =>
  it.sql(`select activity_type, severity, details->>'ban' from suspicious_activity where remote_ip = '${address}' order by severity, activity_type`);
const audited = (action) =>
  it.number(`select count(*) from (select action from audit_pending union all select action from audit_log) a where action = '${action}'`);

test('a ban by hand over the API: made, refused twice, lifted, audited', async () => {
  const made = await admin.post(bans, { address: '203.0.113.9', reason: 'rude', expires_in_s: 600 });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.address, '203.0.113.9');
  assert.equal(made.json.source, 'user');
  assert.equal(Date.parse(made.json.expires_at) - Date.parse(made.json.created_at), 600_000);
  await banned('203.0.113.9');
  const answer = await as('203.0.113.9').post('/api/auth/login', { identifier: 'a@example.org', password: 'x' });
  assert.equal(answer.json.error.code, 'ADDRESS_BANNED');
  const twice = await admin.post(bans, { address: '203.0.113.9', reason: 'again' });
  assert.equal(twice.status, 409);
  assert.equal((await admin.request('DELETE', `${bans}/${made.json.id}`)).status, 204);
  await free('203.0.113.9');
  assert.equal((await admin.request('DELETE', `${bans}/${made.json.id}`)).status, 204, 'it is over already');
  assert.equal((await admin.request('DELETE', `${bans}/01900000-0000-7000-8000-000000000000`)).status, 404);
  assert.equal(await audited('monitoring.ban.create'), 1);
  assert.equal(await audited('monitoring.ban.lift'), 1);
});

test('IPv6 is banned by its /64, networks by theirs', async () => {
  const six = await admin.post(bans, { address: '2001:db8:1:2::5', reason: 'six' });
  assert.equal(six.json.address, '2001:db8:1:2::/64');
  const net = await admin.post(bans, { address: '198.18.7.0/24', reason: 'net' });
  assert.equal(net.status, 201, net.text);
  await banned('2001:db8:1:2:ffff::1');
  await banned('198.18.7.99');
  assert.equal(await health('2001:db8:1:3::1'), 200);
  assert.equal(await health('198.18.8.1'), 200);
});

test('who must not be banned, and bad input', async () => {
  for (const address of [operator, '192.0.2.0/24', '127.0.0.1', '127.0.0.0/16']) {
    const refused = await admin.post(bans, { address, reason: 'mistake' });
    assert.equal(refused.status, 422, address);
    assert.equal(refused.json.error.code, 'ADDRESS_PROTECTED');
    assert.equal(refused.json.error.field, 'address');
  }
  // Not the caller's own address, but one that an administrator is signed in from.
  const byKctl = await it.kctl('ban', 'add', operator);
  assert.equal(byKctl.status, 1);
  assert.match(byKctl.stderr, /administrator is signed in from 192\.0\.2\.10/);
  for (const address of ['203.0.113.0/25', '0.0.0.0/0', 'x', '203.0.113.9/24']) {
    const refused = await admin.post(bans, { address, reason: 'wrong' });
    assert.equal(refused.status, 400, address);
    assert.equal(refused.json.error.field, 'address');
  }
  assert.equal((await admin.post(bans, { address: '203.0.113.1', reason: 'short', expires_in_s: 1 })).status, 400);
  assert.equal((await it.client.post(bans, { address: '203.0.113.1', reason: 'x' })).status, 401);
});

test('kctl bans, lists and lifts', async () => {
  const added = await it.kctl('ban', 'add', '203.0.113.70', '--for', '600', '--reason', 'by hand', '--json');
  assert.equal(added.status, 0, added.stderr);
  assert.equal(JSON.parse(added.stdout).ban.source, 'operator');
  await banned('203.0.113.70');
  const listed = JSON.parse((await it.kctl('ban', 'list', '--json')).stdout);
  assert.ok(listed.bans.some((ban) => ban.address === '203.0.113.70' && ban.reason === 'by hand'));
  assert.match((await it.kctl('ban')).stdout, /203\.0\.113\.70 .*operator/);
  const net = await it.kctl('ban', 'add', '198.18.9.0/24');
  assert.equal(net.status, 0, net.stderr);
  assert.equal((await it.kctl('ban', 'lift', '198.18.9.0/24')).status, 0);
  assert.equal((await it.kctl('ban', 'lift', '203.0.113.70')).status, 0);
  await free('203.0.113.70');
  assert.equal((await it.kctl('ban', 'lift', '203.0.113.70')).status, 1);
});

test('an attack on the sign-in is found and banned; the ban feeds no rule', async () => {
  const attacker = as('198.51.100.66');
  for (let i = 0; i < 25; ++i) await attacker.post('/api/auth/login', { identifier: 'a@example.org', password: 'wrong' });
  await banned('198.51.100.66');
  await until('the activity', async () => (await activities('198.51.100.66')).length > 0);
  assert.deepEqual(await activities('198.51.100.66'), [['dos_attempt', 'high', 'made']]);
  const [ban] = await it.sql("select source, rule, reason, activity_id is not null from ip_ban where network = '198.51.100.66'");
  assert.deepEqual(ban, ['rule', 'dos_attempt', 'dos_attempt: 11 within 300 s', 't']);
  for (let i = 0; i < 15; ++i) await attacker.get(`/api/auth/none${i}`);
  for (let i = 0; i < 5; ++i) await attacker.get('/.env');
  await until('their lines', async () => (await it.number("select count(*) from metric_snapshot where remote_ip = '198.51.100.66' and route = '{banned}'")) >= 20);
  await admin.get('/api/admin/monitoring/collector');
  assert.equal((await activities('198.51.100.66')).length, 1);
});

test('one address that tries ten accounts, and ten addresses that try one account', async () => {
  const login = (address, name) => as(address).post('/api/auth/login', { identifier: `${name}@example.org`, password: 'wrong' });
  for (let i = 0; i < 10; ++i) await login('198.51.100.70', `sprayed${i}`);
  await banned('198.51.100.70');
  await until('the activity', async () => (await activities('198.51.100.70')).length > 0);
  assert.deepEqual(await activities('198.51.100.70'), [['auth_spray', 'high', 'made']]);
  for (let i = 0; i < 10; ++i) await login(`198.51.101.${i}`, 'victim');
  const distributed = () =>
    it.sql("select remote_ip is null, severity, details->>'ban', jsonb_array_length(details->'addresses') from suspicious_activity where activity_type = 'auth_distributed'");
  await until('the activity', async () => (await distributed()).length > 0);
  assert.deepEqual(await distributed(), [['t', 'high', 'none', '10']]);
  assert.equal(await health('198.51.101.3'), 200);
});

test('a foreign page with images bans nobody who looks at it, and its visitor can still ban himself', async () => {
  const visitor = as('198.51.100.90');
  const image = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' };
  for (let i = 0; i < 3; ++i) await visitor.get('/wp-login.php', image);
  for (let i = 0; i < 30; ++i) await visitor.get('/api/auth/login', image); // past the limit: refused 18 times
  const lines = () => it.number("select count(*) from metric_snapshot where remote_ip = '198.51.100.90' and cross_site");
  await until('their lines', async () => (await lines()) >= 33);
  await until('the finding', async () => (await activities('198.51.100.90')).length > 0);
  assert.deepEqual(await activities('198.51.100.90'), [['honeypot', 'low', 'none']]);
  assert.equal(await health('198.51.100.90'), 200);
  const liar = as('198.51.100.91'); // a scanner that says the same of itself
  for (let i = 0; i < 12; ++i) await liar.get(`/scan${i}.php`, image);
  await until('both findings', async () => (await activities('198.51.100.91')).length === 2);
  assert.deepEqual(await activities('198.51.100.91'), [['honeypot', 'low', 'none'], ['path_probing', 'medium', 'none']]);
  for (let i = 0; i < 3; ++i) await visitor.get('/wp-login.php');
  await banned('198.51.100.90');
});

test('this machine itself is found but never banned', async () => {
  const local = as('127.0.0.1');
  for (let i = 0; i < 3; ++i) await local.get('/wp-login.php');
  await until('both findings', async () => (await activities('127.0.0.1')).length === 2);
  assert.deepEqual(await activities('127.0.0.1'), [
    ['honeypot', 'high', 'protected'],
    ['honeypot', 'low', 'none'],
  ]);
  assert.equal(await health('127.0.0.1'), 200);
});

test('bans and windows survive an empty Redis and the death of k-admin', async () => {
  const address = '198.51.100.80';
  assert.equal((await admin.post(bans, { address: '203.0.113.90', reason: 'stays' })).status, 201);
  await banned('203.0.113.90');
  const redis = (...words) => it.redis(...words);
  await it.emptyRedis();
  await until('Redis is told again', async () => (await redis('exists', 'ksysadmin:ban:203.0.113.90')) === '1', 5000);
  assert.ok(Number(await redis('pttl', 'ksysadmin:ban:203.0.113.90')) > 0);
  await banned('203.0.113.90');
  const visitor = as(address);
  await visitor.get('/admin.php');
  await visitor.get('/admin.php');
  await until('two hits are stored', async () => (await it.number(`select count(*) from metric_snapshot where remote_ip = '${address}' and honeypot`)) === 2);
  it.kill('k-admin', 'SIGKILL');
  await it.start('k-admin');
  await visitor.get('/admin.php');
  await banned(address);
  await until('the finding', async () => (await activities(address)).length === 2);
  await banned('203.0.113.90');
});

test('what the administration sees of it', async () => {
  const security = '/api/admin/monitoring/security';
  const get = async (target, headers) => {
    const answer = await admin.request('GET', `${security}${target}`, { headers });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };
  const first = (await get('/suspicious?severity=high&limit=1')).json;
  assert.equal(first.data.length, 1);
  assert.ok(first.page.has_more);
  const second = (await get(`/suspicious?severity=high&limit=1&cursor=${first.page.next_cursor}`)).json;
  assert.notEqual(second.data[0].id, first.data[0].id);
  const bad = await admin.get(`${security}/suspicious?severity=low&limit=1&cursor=${first.page.next_cursor}`);
  assert.equal(bad.json.error.code, 'CURSOR_INVALID');

  const resolved = await admin.request('PATCH', `${security}/suspicious/${first.data[0].id}`, {
    body: '{"resolved":true}',
    headers: { 'Content-Type': 'application/json' },
  });
  assert.equal(resolved.status, 200, resolved.text);
  assert.equal(resolved.json.resolved, true);
  assert.ok((await get('/suspicious?resolved=true')).json.data.some((one) => one.id === first.data[0].id));
  assert.equal(await audited('monitoring.activity.resolve'), 1);

  const attacker = '198.51.100.66';
  assert.ok((await get(`/violations?service=auth&remote_ip=${attacker}`)).json.data.length >= 11);
  const top = (await get('/ips')).json.data.find((one) => one.remote_ip === attacker);
  assert.ok(top.violations >= 11 && top.banned && top.activities === 1, JSON.stringify(top));
  const report = (await get(`/ips/${attacker}?range=1h`)).json;
  const counted = await it.number(`select count(*) from metric_snapshot where remote_ip = '${attacker}'`);
  assert.equal(report.total_requests, counted);
  assert.ok(report.banned >= 20 && report.rate_limited >= 11);
  assert.equal(report.activities[0].activity_type, 'dos_attempt');
  assert.equal(report.bans[0].rule, 'dos_attempt');
  assert.equal(report.requests.length, Math.min(50, counted));
  assert.equal((await admin.get(`${security}/ips/nobody`)).status, 400);
  assert.equal(report.network, attacker);

  const six = as('2001:db8:7:7::1');
  for (let i = 0; i < 2; ++i) await six.get('/wp-login.php');
  await as('2001:db8:7:7:ffff::2').get('/xmlrpc.php');
  const neighbours = await until('their lines', async () => {
    const { json } = await admin.get(`${security}/ips/2001:db8:7:7::99`);
    return json.total_requests === 3 && json.activities.length > 0 && json;
  });
  assert.equal(neighbours.network, '2001:db8:7:7::/64');
  assert.equal(neighbours.honeypot, 3);
  assert.deepEqual(new Set(neighbours.requests.map((one) => one.remote_ip)), new Set(['2001:db8:7:7::1', '2001:db8:7:7:ffff::2']));

  const summary = (await admin.get('/api/admin/monitoring/dashboard/summary?range=1h')).json;
  assert.equal(summary.suspicious_ip_count.value, await it.number("select count(distinct network(set_masklen(remote_ip, case family(remote_ip) when 6 then 64 else 32 end))) from suspicious_activity where remote_ip is not null"));
  assert.equal(summary.suspicious_ip_count.spark.length, 24);
  assert.ok(summary.suspicious_ips.length <= 10);
  assert.deepEqual(summary.suspicious_ips.map((one) => one.severity), summary.suspicious_ips.map((one) => one.severity).sort((a, b) => ['high', 'medium', 'low'].indexOf(a) - ['high', 'medium', 'low'].indexOf(b)));
  const suspect = summary.suspicious_ips.find((one) => one.remote_ip === attacker);
  assert.ok(suspect.banned && suspect.severity === 'high' && suspect.activities === 1, JSON.stringify(summary.suspicious_ips));

  const all = (await get('/bans?limit=500')).json.data;
  const standing = (await get('/bans?standing=true&limit=500')).json.data;
  assert.ok(standing.length < all.length && standing.every((one) => one.lifted_at === null));
  const csv = await get('/bans', { Accept: 'text/csv' });
  assert.match(csv.headers['content-type'], /^text\/csv/);
  assert.match(csv.text, /^id,address,reason,source,/);

  const user = await it.login(await it.makeUser('nosy@example.org'));
  const nosy = it.client.withToken(user.access_token);
  assert.equal((await nosy.get(`${security}/ips`)).status, 403);
  assert.equal((await nosy.post(bans, { address: '203.0.113.99', reason: 'x' })).status, 403);
});
