// What each process of an installation knows and may do: environments without secrets, a Redis that nobody else reaches,
// a database role that owns nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';
import { buildDir, runProgram, startInstallation, until } from './installation.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const mailPassword = 'a password that only the servers need';
let it;
before(async () => (it = await startInstallation('leastPrivilege', { K_MAIL_SMTP_USER: 'mail', K_MAIL_SMTP_PASSWORD: mailPassword })));
after(() => it?.down());

/** The variables of every process that writes to the log of a service. */
function environmentsOf(service) {
  const found = [];
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (fs.readlinkSync(`/proc/${pid}/fd/1`) !== it.log(`${service}.log`)) continue;
      found.push(fs.readFileSync(`/proc/${pid}/environ`, 'latin1'));
    } catch {
      // ended meanwhile
    }
  }
  assert.ok(found.length > 0, service);
  return found;
}

test('no process has the master key in its environment, and only the servers have settings', () => {
  const key = it.masterKeys().split(':')[1];
  assert.ok(key.length > 40);
  for (const service of ['postgres', 'redis', 'nginx', 'k-public', 'k-admin']) {
    for (const environment of environmentsOf(service)) assert.ok(!environment.includes(key), service);
  }
  for (const service of ['postgres', 'redis', 'nginx']) {
    for (const environment of environmentsOf(service)) {
      assert.ok(!environment.includes(mailPassword), service);
      assert.doesNotMatch(environment, /(^|\0)K_/, service);
    }
  }
  assert.ok(environmentsOf('k-public')[0].includes(mailPassword));
  for (const service of ['k-public', 'k-admin']) assert.doesNotMatch(environmentsOf(service)[0], /(^|\0)K_(DATABASE_OWNER|GATEWAY_REDIS)_URL=/, service);
  assert.equal(fs.statSync(it.env.K_CRYPTO_MASTER_KEYS_FILE).mode & 0o777, 0o600);
  assert.equal(fs.statSync(path.dirname(it.env.K_CRYPTO_MASTER_KEYS_FILE)).mode & 0o777, 0o700);
});

test('builds, with the scripts of packages in them, have no settings', async () => {
  const words = ['-c', `. ${checkout}/tools/processes.sh; withoutSettings env`];
  const { status, stdout } = await runProgram('bash', words, { env: { ...it.env, K_CACHE_DIR: '/nowhere' } });
  assert.equal(status, 0);
  assert.match(stdout, /^PATH=/m);
  assert.deepEqual(stdout.match(/^K_.*$/gm), ['K_CACHE_DIR=/nowhere']);
});

test('in production no core file holds the keys', async () => {
  const sockets = it.file('production');
  fs.mkdirSync(sockets, { mode: 0o700 });
  const settings = { K_ENVIRONMENT: 'production', K_BRI_URL: '', K_RATE_LIMITS: 'on', K_SOCKET_DIR: sockets, K_PUBLIC_PORT: String(20000 + (process.pid % 10000)) };
  const log = fs.openSync(it.log('production.log'), 'a');
  const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$0"', path.join(buildDir, 'apps/k-public')], { env: { ...it.env, ...settings }, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const client = new Client(`http://127.0.0.1:${settings.K_PUBLIC_PORT}`);
  try {
    await until('it is ready', async () => (await client.get('/health/ready')).status === 200, 15_000);
    assert.match(fs.readFileSync(`/proc/${child.pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
  } finally {
    client.close();
    child.kill('SIGTERM');
    await ended;
  }
});

test('Redis: a socket of its owner alone, users that may do what they need', async () => {
  const socket = it.file('sock', 'redis.sock');
  assert.equal(fs.statSync(socket).mode & 0o777, 0o600);
  const listeners = (await runProgram('ss', ['-Hltnp'])).stdout;
  assert.ok(!listeners.includes(`pid=${it.pid('redis')},`), 'no TCP port');

  assert.match(await it.redisAs(`unix://${socket}`, 'set', 'ksysadmin:ban:192.0.2.1', 'x'), /NOAUTH/);
  assert.match(await it.redisAs(`unix://gateway:guessed@${socket}`, 'ping'), /NOAUTH|WRONGPASS/);
  const asGateway = (...words) => it.redisAs(it.env.K_GATEWAY_REDIS_URL, ...words);
  assert.equal(await asGateway('get', 'ksysadmin:ban:192.0.2.1'), '');
  for (const words of [
    ['set', 'ksysadmin:ban:192.0.2.1', 'x'], ['del', 'ksysadmin:settings:rate_limits'], ['get', 'ksysadmin:bans'], ['scan', '0'], ['keys', '*'],
    ['incrby', 'ksysadmin:ban:192.0.2.1', '1'], ['expire', 'ksysadmin:ban:192.0.2.1', '1'], ['rpush', 'ksysadmin:settings:rate_limits', 'x'], ['hset', 'kauth:token:x', 'a', 'b'],
    ['eval', "return redis.call('SET', KEYS[1], 'x')", '1', 'ksysadmin:ban:192.0.2.1'], ['publish', 'kauth:sessions:ended', 'x'], ['config', 'get', '*'],
  ]) {
    assert.match(await asGateway(...words), /NOPERM|can't run this command|No permissions/i, words.join(' '));
  }
  for (const words of [['flushall'], ['config', 'get', '*'], ['acl', 'list'], ['shutdown', 'nosave'], ['set', 'elsewhere', 'x'], ['keys', '*']]) {
    assert.match(await it.redis(...words), /NOPERM/, words.join(' '));
  }
});

test('bans that nobody has made leave Redis within seconds, others stay', async () => {
  const made = await it.kctl('ban', 'add', '203.0.113.77', '--reason', 'stays');
  assert.equal(made.status, 0, made.stdout + made.stderr);
  await until('Redis knows it', async () => (await it.redis('exists', 'ksysadmin:ban:203.0.113.77')) === '1');
  const forged = ['198.51.100.9', '198.51.100.0/24', '2001:0db8:00aa::/48', 'no address at all'].map((name) => `ksysadmin:ban:${name}`);
  for (const key of forged) assert.equal(await it.redis('set', key, 'x'), 'OK');
  await until('they are gone', async () => (await it.redis('exists', ...forged)) === '0', 5000);
  assert.equal(await it.redis('exists', 'ksysadmin:ban:203.0.113.77'), '1');
  const said = it.lines('k-admin.log').filter(({ label }) => label === 'ban.forged');
  assert.ok(said.length > 0 && said.every(({ type }) => type === 'security'));
});

test('limits that nobody has set leave Redis within seconds, of whatever type they are', async () => {
  const key = 'ksysadmin:settings:rate_limits';
  assert.equal(await it.redis('set', key, '{"login":100,"admin":1}'), 'OK');
  await until('they are gone', async () => (await it.redis('exists', key)) === '0', 5000);
  const list = 'rate_limit:violations:dropped'; // a list, which GET refuses
  await it.redisAs(it.env.K_GATEWAY_REDIS_URL, 'rpush', list, 'x');
  assert.equal(await it.redis('rename', list, key), 'OK');
  await until('and again', async () => (await it.redis('exists', key)) === '0', 5000);
});

test('the servers connect as a role that owns nothing and only appends to the audit trail', async () => {
  const servers = await it.sql("select distinct usename from pg_stat_activity where application_name like 'k-%'");
  assert.deepEqual(servers, [['k_service']]);
  const asServer = (query) => it.sql(query, it.env.K_DATABASE_URL);
  for (const query of [
    'create table t (i int)', 'create temporary table t (i int)', 'create schema s', 'create role r', 'create database d', 'drop table users', 'truncate users',
    'alter table users add x int', 'create or replace function audit_refuse() returns trigger language plpgsql as $$ begin return null; end $$',
    'update audit_log set outcome = outcome', 'delete from audit_log', 'truncate audit_log', "update audit_pending set reason = 'x'", 'delete from audit_pending',
    'update audit_chain set head_seq = 0', 'insert into audit_log select * from audit_log', "set session_replication_role = 'replica'",
    'update payment_events set detail = detail', 'delete from payment_events', 'truncate payment_events', 'delete from payments', 'truncate payments cascade',
    'update ledger_transactions set kind = kind', 'delete from ledger_transactions', 'update ledger_entries set amount_minor = 1', 'delete from ledger_entries', 'truncate ledger_entries',
    'delete from payment_refunds', 'truncate payment_refunds', 'delete from reconciliation_items', 'truncate reconciliation_items',
    "insert into ledger_accounts values ('x', 'asset', 'IDR')", "update ledger_accounts set kind = 'liability'", 'delete from ledger_accounts', 'alter table ledger_entries disable trigger all',
    'drop trigger ledger_entries_balance on ledger_entries', "select setval('payment_customer_numbers', 1)",
    "insert into schema_migration (version, name, checksum, duration_ms) values (9999, 'x', 'x', 0)", "select grant_to_servers('k_service')",
    "select pg_read_file('/etc/hostname')", "copy (select 1) to program 'cat'", "copy users to '/tmp/k-users'", 'set role k_owner', 'set session authorization k',
    "select monitoring_drop_partitions('users', 'created_at', current_date)", "select pg_reload_conf()",
  ]) {
    await assert.rejects(asServer(query), /permission denied|must be owner|must be|not divided|only roles|denied/i, query);
  }
  await assert.rejects(asServer("alter system set log_statement = 'all'"));
  await it.makeUser('as-service@example.org');
  await until('its event is in the trail', async () => (await it.number("select count(*) from audit_log where action = 'auth.register'")) > 0);
  assert.ok((await it.number("select count(*) from pg_class where relname ~ '_[0-9]{8}$' and pg_get_userbyid(relowner) = 'k_owner'")) > 0, 'partitions are made');
  assert.equal(await it.number("select count(*) from pg_class where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) = 'k_service'"), 0);
});

test('in production a server refuses a role that may do more', async () => {
  const sockets = it.file('superuser');
  fs.mkdirSync(sockets, { mode: 0o700 });
  const settings = { K_BRI_URL: '', K_RATE_LIMITS: 'on', K_SOCKET_DIR: sockets, K_PUBLIC_PORT: String(20000 + (process.pid % 10000)) };
  const owner = it.env.K_DATABASE_OWNER_URL;
  for (const [url, excess] of [[it.superuserUrl, /is a superuser/], [owner, /owns the tables/]]) {
    const refused = await it.program('k-public', [], { ...settings, K_ENVIRONMENT: 'production', K_DATABASE_URL: url });
    assert.equal(refused.status, 78, refused.stderr);
    assert.match(refused.stderr, excess);
    assert.match(refused.stderr, /K_DATABASE_OWNER_URL/);
  }
});

test('an installation whose tables are the superuser\'s is handed over by ./k up', async () => {
  const { K_DATABASE_URL, K_DATABASE_OWNER_URL, K_REDIS_URL, K_GATEWAY_REDIS_URL, K_CRYPTO_MASTER_KEYS_FILE, ...env } = it.env;
  const k = async (...words) => {
    const done = await runProgram(path.join(checkout, 'k'), words, { env, timeoutMs: 90_000 });
    assert.equal(done.status, 0, done.stdout + done.stderr);
  };
  const refusedBy = async (pattern) => {
    const done = await runProgram(path.join(checkout, 'k'), ['up', '--no-build'], { env, timeoutMs: 90_000 });
    assert.notEqual(done.status, 0, done.stdout);
    assert.match(done.stderr, pattern);
  };
  const key = it.masterKeys();
  for (const server of ['k-admin', 'k-public']) await it.stop(server);
  await it.sql(`alter database k owner to k; alter schema public owner to k; reassign owned by k_owner to k;
    drop owned by k_service; drop owned by k_owner; drop role k_service; drop role k_owner`);
  await k('down');
  fs.rmSync(it.file('secrets'), { recursive: true });
  // A file without keys, or with no room to keep them, loses nothing.
  fs.writeFileSync(it.file('generated.env'), 'K_OTHER=1\n', { mode: 0o600 });
  await refusedBy(/generated\.env has no line K_CRYPTO_MASTER_KEYS/);
  fs.writeFileSync(it.file('generated.env'), `K_CRYPTO_MASTER_KEYS=${key}\n`, { mode: 0o600 });
  fs.mkdirSync(it.file('secrets', 'masterKeys.new'), { recursive: true });
  await refusedBy(/masterKeys/);
  assert.ok(fs.readFileSync(it.file('generated.env'), 'utf8').includes(key));
  fs.rmdirSync(it.file('secrets', 'masterKeys.new'));
  await k('up', '--no-build');
  assert.equal(it.masterKeys(), key, 'the master key is the same');
  assert.ok(!fs.existsSync(it.file('generated.env')));
  assert.deepEqual(await it.sql("select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = 'public'::regnamespace"), [['k_owner']]);
  assert.deepEqual(await it.sql("select pg_get_userbyid(datdba) from pg_database where datname = 'k'"), [['k_owner']]);
  await it.login(await it.makeUser('handed-over@example.org'), {});
});
