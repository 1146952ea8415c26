// Settings that are changed while everything runs: in force in both processes and nginx, with Redis and without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enrol } from './authenticator.mjs';
import { inParallel } from './client.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const url = '/api/admin/settings';
let it;
let admin;
before(async () => {
  it = await startInstallation('settings', { K_RATE_LIMITS: 'on', K_RATE_LIMIT_LOGIN: '60', K_RATE_LIMIT_REGISTER: '50', K_RATE_LIMIT_SESSION: '5000', K_RATE_LIMIT_ADMIN: '500', K_TRUSTED_PROXIES: '127.0.0.1' });
  admin = await it.adminLogin();
});
after(() => it?.down());

const read = async () => {
  const answer = await admin.get(url);
  assert.equal(answer.status, 200, answer.text);
  return answer;
};
const patch = (settings, version, client = admin) =>
  client.request('PATCH', url, { body: JSON.stringify({ settings }), headers: { 'Content-Type': 'application/json', ...(version === undefined ? {} : { 'If-Match': `"${version}"` }) } });
const change = async (settings) => {
  const answer = await patch(settings, (await read()).json.version);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const originOf = (json, variable) => json.settings.find((one) => one.variable === variable).origin;
const redis = (...words) => it.redis(...words);
const as = (address) => it.client.with({ 'X-Forwarded-For': address });
let nextAddress = 1;
/** How many of 30 sign-ins (empty ones, which cost no hash) of a new address the gateway lets through. */
const passed = async () => {
  const left = 60 - ((Date.now() / 1000) % 60);
  if (left < 4) await sleep(left * 1000 + 100); // the limit's window is exact within a minute
  const client = as(`203.0.113.${nextAddress++}`);
  const answers = await inParallel(30, () => client.post('/api/auth/login', {}), 4);
  return answers.filter(({ status }) => status === 400).length;
};
const within = async (what, ms, condition) => {
  const begin = Date.now();
  await until(what, condition, ms);
  return Date.now() - begin;
};

test('read, changed, reset: versions, origins, history and audit trail', async () => {
  const first = await read();
  assert.equal(first.json.version, 0);
  assert.match(first.headers.etag, /^(W\/)?"0"$/);
  assert.equal(first.json.values.K_RATE_LIMIT_LOGIN, 60);
  assert.deepEqual(first.json.values.K_CORS_ORIGINS, []);
  assert.equal(originOf(first.json, 'K_LOG_LEVEL'), 'default');
  assert.ok(!first.text.includes('K_DATABASE_URL') && !first.text.includes('K_CRYPTO_MASTER_KEYS'));

  const changed = await patch({ K_RATE_LIMIT_PAYMENT: 42, K_DETECT_QUIET_S: 60 }, 0);
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.version, 1);
  assert.equal(changed.json.values.K_RATE_LIMIT_PAYMENT, 42);
  assert.equal(originOf(changed.json, 'K_RATE_LIMIT_PAYMENT'), 'database');
  const same = await patch({ K_RATE_LIMIT_PAYMENT: 42 }, 1);
  assert.equal(same.json.version, 1, 'what changes nothing is no change');
  const reset = await patch({ K_RATE_LIMIT_PAYMENT: null, K_DETECT_QUIET_S: 61 }, 1);
  assert.equal(reset.json.version, 2);
  assert.equal(reset.json.values.K_RATE_LIMIT_PAYMENT, 100);
  assert.equal(originOf(reset.json, 'K_RATE_LIMIT_PAYMENT'), 'default');

  const history = (await admin.get(`${url}/history?limit=3`)).json;
  assert.deepEqual(history.data.map((one) => [one.version, one.variable, one.before, one.after]), [
    [2, 'K_RATE_LIMIT_PAYMENT', '42', null],
    [2, 'K_DETECT_QUIET_S', '60', '61'],
    [1, 'K_RATE_LIMIT_PAYMENT', null, '42'],
  ]);
  assert.ok(history.page.has_more && history.data.every((one) => one.changed_by !== null));
  const rest = (await admin.get(`${url}/history?limit=3&cursor=${history.page.next_cursor}`)).json;
  assert.deepEqual(rest.data.map((one) => one.variable), ['K_DETECT_QUIET_S']);
  assert.equal((await admin.get(`${url}/history?variable=K_DETECT_QUIET_S`)).json.data.length, 2);
  assert.equal((await admin.get(`${url}/history?variable=K_NONSENSE`)).json.error.code, 'SETTING_UNKNOWN');
  const entry = await until('the audit entry', async () => (await admin.get('/api/admin/audit?action=settings.change&limit=5')).json.data.find((one) => one.after?.K_DETECT_QUIET_S === '61'));
  assert.deepEqual(entry.before, { K_RATE_LIMIT_PAYMENT: '42', K_DETECT_QUIET_S: '60' });
  assert.deepEqual(entry.after, { K_RATE_LIMIT_PAYMENT: '', K_DETECT_QUIET_S: '61' });
});

test('all or nothing: faults name their fields, an old version changes nothing', async () => {
  const { version } = (await read()).json;
  const bad = await patch({ K_RATE_LIMIT_PAYMENT: 43, K_RATE_LIMIT_LOGIN: 0, K_LOG_LEVEL: 'LOUD', K_PUBLIC_PORT: 1, K_NONSENSE: 1 }, version);
  assert.equal(bad.status, 400);
  assert.deepEqual(bad.json.error.details.map((one) => [one.field, one.code]).sort(), [
    ['settings.K_LOG_LEVEL', 'INVALID_FORMAT'],
    ['settings.K_NONSENSE', 'SETTING_UNKNOWN'],
    ['settings.K_PUBLIC_PORT', 'SETTING_NOT_LIVE'],
    ['settings.K_RATE_LIMIT_LOGIN', 'OUT_OF_RANGE'],
  ]);
  assert.equal((await patch({ K_CORS_ORIGINS: ['*'] }, version)).status, 400);
  assert.equal((await patch({ K_RATE_LIMIT_PAYMENT: 43 }, version - 1)).status, 412);
  assert.equal((await patch({ K_RATE_LIMIT_PAYMENT: 43 })).status, 428);
  assert.equal((await patch({ K_RATE_LIMIT_PAYMENT: 43 }, 'x')).status, 412);
  const raced = await inParallel(20, (i) => patch({ K_RATE_LIMIT_PAYMENT: 200 + i }, version), 20);
  assert.deepEqual(raced.map(({ status }) => status).sort(), [200, ...Array(19).fill(412)]);
  assert.equal((await read()).json.version, version + 1);
  const user = it.client.withToken((await it.login(await it.makeUser('nosy@example.org'))).access_token);
  assert.equal((await user.get(url)).status, 403);
  assert.equal((await patch({ K_RATE_LIMIT_PAYMENT: 43 }, version + 1, user)).status, 403);
});

test('what guards security is for superadmins: neither settings:write nor a key changes it', async () => {
  const role = await admin.post('/api/admin/roles', { name: 'settler', rank: 50, permissions: ['settings:read', 'settings:write'] });
  assert.equal(role.status, 201, role.text);
  const who = await it.makeUser('settler@example.org');
  const login = await it.login(who);
  const given = await admin.request('PUT', `/api/admin/users/${login.user.id}/roles`, { body: JSON.stringify({ roles: ['settler'] }), headers: { 'Content-Type': 'application/json' } });
  assert.equal(given.status, 200, given.text);
  const { login: strong } = await enrol(it.client.withToken((await it.login(who)).access_token));
  const made = JSON.parse((await it.kctl('key', 'create', 'settler', '--scopes', 'settings:read,settings:write', '--json')).stdout);
  const { version, values, settings } = (await read()).json;
  for (const client of [it.client.withToken(strong.access_token), it.client.withToken(made.key)]) {
    for (const { variable, superadmin_only: guarded } of settings) {
      const value = values[variable];
      const other = { K_CORS_ORIGINS: ['https://evil.example'], K_SIGN_UP: 'closed', K_LOG_LEVEL: 'CRITICAL', K_LOGIN_LOCKS: 'off', K_BAN_AUTOMATIC: 'on', K_USERNAME_LETTERS: 'any', K_RESERVED_USERNAMES: [] }[variable]
        ?? (typeof value !== 'number' ? '99/99' : value > 8 ? value - 1 : value + 1);
      // One that is free in the same request changes nothing either.
      const answer = await patch({ [variable]: other, K_REGISTRATION_DAYS: 99 }, guarded ? version : version - 1, client);
      if (!guarded) {
        assert.equal(answer.status, 412, `${variable}: ${answer.text}`);
        continue;
      }
      assert.deepEqual([answer.status, answer.json.error.code, answer.json.error.field], [403, 'PERMISSION_DENIED', `settings.${variable}`], answer.text);
      assert.match(answer.json.error.message, new RegExp(variable));
    }
  }
  const settler = it.client.withToken(strong.access_token);
  const free = await patch({ K_REGISTRATION_DAYS: 8, K_LOG_LEVEL: values.K_LOG_LEVEL === 'INFO' ? null : 'INFO' }, version, settler);
  assert.equal(free.status, 200, `what does not change is no change: ${free.text}`);
  assert.equal((await read()).json.values.K_REGISTRATION_DAYS, 8);
  const denied = await until('the trail', async () => (await admin.get('/api/admin/audit?action=settings.change&outcome=deny&limit=5')).json.data[0]);
  assert.equal(denied.reason, 'superadmins_only');
  assert.match(denied.target.id, /^K_/);
});

test('limits of the gateway follow within two seconds', async () => {
  await change({ K_RATE_LIMIT_LOGIN: 3 });
  await until('3 pass', async () => (await passed()) === 3, 4000);
  await change({ K_RATE_LIMIT_LOGIN: 9 });
  await until('9 pass', async () => (await passed()) === 9, 4000);
  assert.equal(await redis('get', 'ksysadmin:settings:rate_limits'), '{"login":9}'.replace('}', `,"payment":${(await read()).json.values.K_RATE_LIMIT_PAYMENT}}`));
  await it.emptyRedis();
  await until('Redis is told again', async () => (await redis('exists', 'ksysadmin:settings:rate_limits')) === '1', 3000);
  assert.ok(Number(await redis('ttl', 'ksysadmin:settings:rate_limits')) > 0);
  await change({ K_RATE_LIMIT_LOGIN: null, K_RATE_LIMIT_PAYMENT: null });
  assert.equal(await redis('exists', 'ksysadmin:settings:rate_limits'), '0');
  await until('all pass', async () => (await passed()) === 30, 4000);
});

test('origins, sign-up, password lengths, session lives and the log level follow within a second in both processes', async () => {
  const origin = 'https://late.example.org';
  const allowed = async (target) => (await it.client.get(target, { Origin: origin })).headers['access-control-allow-origin'] === origin;
  assert.ok(!(await allowed('/api/auth/health')));
  await change({ K_CORS_ORIGINS: [origin, 'http://localhost:3000'] });
  assert.ok((await within('k-public', 1500, () => allowed('/api/auth/health'))) < 1000);
  assert.ok(!(await allowed('/api/admin/health')), 'the administration trusts no other origin');

  const register = (email, password) => as('198.51.100.7').post('/api/auth/register', { email, password });
  await change({ K_SIGN_UP: 'closed' });
  await until('nobody may register', async () => (await register('late@example.org', 'a long enough passphrase')).json.error?.code === 'SIGNUP_DISABLED', 5000);
  await change({ K_SIGN_UP: 'open', K_PASSWORD_MIN_LENGTH: 40 });
  const policy = () => it.client.get('/api/auth/password/policy');
  await until('the policy is the one in force', async () => (await policy()).json.min_length === 40);
  const short = await until('40 characters are wanted', async () => {
    const answer = await register('late@example.org', 'a long enough passphrase');
    return answer.json.error?.code === 'PASSWORD_TOO_SHORT' && answer;
  }, 5000);
  assert.match(short.json.error.message, /40/);
  await change({ K_PASSWORD_MIN_LENGTH: null, K_SHORT_SESSION_ABSOLUTE_H: 2 });
  await sleep(1000);
  const { session_id: id } = await it.login(await it.makeUser('short@example.org'), { remember: false });
  assert.deepEqual(await it.sql(`select absolute_expires_at - created_at from sessions where id = '${id}'`), [['02:00:00']]);

  await change({ K_LOG_LEVEL: 'DEBUG' });
  for (const service of ['k-public', 'k-admin']) {
    await until(`${service} logs DEBUG`, async () => {
      await it.client.get(service === 'k-public' ? '/api/auth/nothing' : '/api/admin/nothing');
      return it.lines(`${service}.log`).some((line) => line.level === 'DEBUG');
    }, 3000);
  }
  await change({ K_LOG_LEVEL: null });
  const shown = JSON.parse((await it.kctl('settings', '--json')).stdout);
  for (const process of shown.processes) {
    const of = (name) => process.settings.find((one) => one.variable === name);
    assert.deepEqual([of('K_CORS_ORIGINS').value, of('K_CORS_ORIGINS').origin], [`${origin},http://localhost:3000`, 'database']);
    assert.equal(of('K_LOG_LEVEL').origin, 'default');
    assert.equal(of('K_RATE_LIMIT_LOGIN').origin, 'environment');
  }
});

test('detection follows: its thresholds, and whether it bans', async () => {
  const visitor = as('198.51.100.50');
  await change({ K_DETECT_HONEYPOT: '2/60', K_BAN_AUTOMATIC: 'on' });
  await sleep(1000);
  await visitor.get('/.env');
  await visitor.get('/.env');
  await until('the ban', async () => (await it.number("select count(*) from ip_ban where network = '198.51.100.50' and rule = 'honeypot'")) === 1);
  await change({ K_DETECT_HONEYPOT: null, K_BAN_AUTOMATIC: null });
});

test('kctl sets and resets; what is set survives a restart and rubbish in the table', async () => {
  const set = await it.kctl('settings', 'set', 'K_RATE_LIMIT_SESSION=4000', 'K_DETECT_HONEYPOT=5/60');
  assert.equal(set.status, 0, set.stderr);
  const { json } = await read();
  assert.equal(json.values.K_RATE_LIMIT_SESSION, 4000);
  assert.equal((await admin.get(`${url}/history?limit=1`)).json.data[0].changed_by, null);
  const bad = await it.kctl('settings', 'set', 'K_RATE_LIMIT_SESSION=none', 'K_REDIS_URL=redis://x');
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, /K_RATE_LIMIT_SESSION: must be a whole number from 1 to 5000[^]*K_REDIS_URL/);
  assert.equal((await it.kctl('settings', 'set', 'K_LOG_LEVEL')).status, 64);
  assert.equal((await it.kctl('settings', 'reset', 'K_LOG_LEVEL=INFO')).status, 64);

  await it.sql("insert into system_settings (key, value, version, updated_at) values ('K_RATE_LIMIT_ADMIN', '\"nonsense\"', 1, now()), ('K_PUBLIC_PORT', '\"1\"', 1, now())");
  for (const service of ['k-public', 'k-admin']) {
    await it.stop(service);
    await it.start(service);
  }
  const again = (await read()).json;
  assert.equal(again.values.K_RATE_LIMIT_SESSION, 4000);
  assert.equal(again.values.K_RATE_LIMIT_ADMIN, 500);
  assert.ok(it.lines('k-admin.log').some((line) => line.label === 'settings.notAllowed' && line.context.variable === 'K_PUBLIC_PORT'));
  const reset = await it.kctl('settings', 'reset', 'K_RATE_LIMIT_SESSION', 'K_RATE_LIMIT_ADMIN');
  assert.equal(reset.status, 0, reset.stderr);
  assert.equal((await read()).json.values.K_RATE_LIMIT_SESSION, 5000);
});

test('without Redis both processes follow all the same, and the gateway has its rendered limits', async () => {
  await change({ K_RATE_LIMIT_LOGIN: 4 });
  await until('4 pass', async () => (await passed()) === 4, 4000);
  await it.stop('redis');
  const origin = 'https://without.example.org';
  await change({ K_CORS_ORIGINS: [origin] });
  const allowed = async (target) => (await it.client.get(target, { Origin: origin })).headers['access-control-allow-origin'] === origin;
  assert.ok((await within('k-public', 3000, () => allowed('/api/auth/health'))) < 1500);
  await until('all pass', async () => (await passed()) === 30, 6000);
  await it.start('redis');
  await until('4 pass again', async () => (await passed()) === 4, 8000);
});
