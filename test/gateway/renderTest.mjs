import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { render } from './gatewayFixture.mjs';

const nginxFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../nginx');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ks-render-'));
after(() => fs.rmSync(directory, { recursive: true, force: true }));

const good = {
  K_RUN_DIR: `${directory}/run`,
  K_SOCKET_DIR: `${directory}/sock`,
  K_LOG_DIR: `${directory}/logs`,
  K_GATEWAY_PORT: '8080',
  K_REDIS_URL: 'redis://127.0.0.1:6380/0',
};

function failure(changes, script = path.join(nginxFolder, 'render.sh')) {
  const environment = { PATH: process.env.PATH, ...good, ...changes };
  for (const [name, value] of Object.entries(environment)) if (value === undefined) delete environment[name];
  const { status, stderr } = spawnSync(script, [`${directory}/out`], { env: environment, encoding: 'utf8' });
  return { status, stderr };
}

function settingsText(changes) {
  render(`${directory}/out`, { ...good, ...changes });
  return fs.readFileSync(`${directory}/out/settings.lua`, 'utf8');
}

const check = () =>
  execFileSync('nginx', ['-t', '-c', `${directory}/out/nginx.conf`, '-p', directory, '-e', `${directory}/error.log`], { stdio: 'pipe' });

test('missing variables are named, all together, with status 78', () => {
  const { status, stderr } = failure({ K_RUN_DIR: undefined, K_REDIS_URL: undefined, K_GATEWAY_PORT: '' });
  assert.equal(status, 78);
  for (const name of ['K_RUN_DIR', 'K_REDIS_URL', 'K_GATEWAY_PORT']) assert.match(stderr, new RegExp(`${name} is not set`));
});

for (const [name, value] of [
  ['K_GATEWAY_PORT', '0'], ['K_GATEWAY_PORT', '65536'], ['K_GATEWAY_PORT', '80a'], ['K_GATEWAY_PORT', '-1'],
  ['K_GATEWAY_BIND', 'localhost'], ['K_GATEWAY_BIND', '1.2.3.400'], ['K_GATEWAY_BIND', '127.0.0.1;'],
  ['K_TRUSTED_PROXIES', '10.0.0.0/33'], ['K_TRUSTED_PROXIES', '0.0.0.0/0'], ['K_TRUSTED_PROXIES', '::/0'], ['K_TRUSTED_PROXIES', 'proxy'],
  ['K_BRI_NOTICE_FROM', '0.0.0.0/0'], ['K_BRI_NOTICE_FROM', 'bri.co.id'], ['K_BRI_NOTICE_FROM', '192.0.2.1, 10.0.0.0/33'],
  ['K_RATE_LIMIT_LOGIN', '101'], ['K_RATE_LIMIT_REGISTER', '51'], ['K_RATE_LIMIT_SESSION', '0'], ['K_RATE_LIMIT_PAYMENT', '60001'],
  ['K_RATE_LIMIT_ADMIN', '501'], ['K_RATE_LIMITS', 'no'], ['K_RATE_LIMIT_SHARED', '1'], ['K_ENVIRONMENT', 'staging'],
  ['K_REDIS_URL', 'http://127.0.0.1'], ['K_REDIS_URL', 'redis://127.0.0.1:99999'], ['K_TLS_CERTIFICATE', '/nowhere.pem'],
  ['K_RUN_DIR', 'relative'], ['K_LOG_DIR', '/a";b'], ['K_WEB_ROOT', '/a$b'], ['K_SOCKET_DIR', `/${'s'.repeat(100)}`], ['K_GATEWAY_WORKERS', '0'],
  ['K_GATEWAY_CONNECTIONS', '255'], ['K_GATEWAY_CONNECTIONS', 'many'], ['K_GATEWAY_CLIENT_CONNECTIONS', '7'], ['K_GATEWAY_CLIENT_CONNECTIONS', '65536'],
]) {
  test(`${name}=${value.slice(0, 30)} is refused by name`, () => {
    const { status, stderr } = failure({ [name]: value });
    assert.equal(status, 78);
    assert.match(stderr, new RegExp(name));
    assert.ok(!fs.existsSync(`${directory}/out/nginx.conf`));
  });
}

test('limits cannot be switched off in production', () => {
  const { status, stderr } = failure({ K_ENVIRONMENT: 'production', K_RATE_LIMITS: 'off' });
  assert.equal(status, 78);
  assert.match(stderr, /K_RATE_LIMITS=off/);
});

test('a placeholder that nothing defines is an error that names it', () => {
  const copy = `${directory}/copy`;
  fs.cpSync(nginxFolder, copy, { recursive: true });
  fs.appendFileSync(`${copy}/maps.conf.template`, '\n# @NO_SUCH_THING@\n');
  const { status, stderr } = failure({}, `${copy}/render.sh`);
  assert.equal(status, 78);
  assert.match(stderr, /@NO_SUCH_THING@/);
});

test('defaults are those of the settings table, and nginx accepts what is written', () => {
  const text = settingsText({});
  for (const line of ['login = 5', 'register = 3', 'session = 120', 'payment = 100', 'admin = 120', 'rateLimits = true', 'windowSeconds = 60']) {
    assert.ok(text.includes(`${line},`), line);
  }
  assert.equal(fs.statSync(`${directory}/out/settings.lua`).mode & 0o777, 0o600);
  check();
  const all = fs.readdirSync(`${directory}/out`).filter((name) => name.match(/\.(conf|lua)$/));
  for (const name of all) assert.ok(!/@[A-Z_]+@/.test(fs.readFileSync(`${directory}/out/${name}`, 'utf8')), name);
});

test('connections leave room for other descriptors, whatever the limit is', () => {
  const rendered = (limit) => {
    const { status, stderr } = spawnSync('bash', ['-c', `ulimit -n ${limit} && exec "${nginxFolder}/render.sh" "${directory}/out"`], { env: { PATH: process.env.PATH, ...good, K_GATEWAY_CONNECTIONS: '4096' }, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const text = fs.readFileSync(`${directory}/out/nginx.conf`, 'utf8');
    return ['worker_connections', 'worker_rlimit_nofile'].map((name) => Number(new RegExp(`${name} (\\d+);`).exec(text)[1]));
  };
  assert.deepEqual(rendered(1024), [896, 1024]);
  assert.deepEqual(rendered(16000), [4096, 4681]);
});

test('addresses of Redis', () => {
  const fields = (url) => Object.fromEntries([...settingsText({ K_REDIS_URL: url }).matchAll(/^ {4}(address|port|tls|user|password|database) = (.*),$/gm)].map((match) => [match[1], match[2]]));
  assert.deepEqual(fields('redis://10.0.0.5'), { address: '"10.0.0.5"', port: '6379', tls: 'false', user: 'nil', password: 'nil', database: '0' });
  assert.deepEqual(fields('redis://:p%40ss%22@[::1]:7000/3'), { address: '"\\091::1\\093"', port: '7000', tls: 'false', user: 'nil', password: '"p\\064ss\\034"', database: '3' });
  assert.deepEqual(fields('rediss://me:pw@10.0.0.5:6390/1'), { address: '"10.0.0.5"', port: '6390', tls: 'true', user: '"me"', password: '"pw"', database: '1' });
  assert.deepEqual(fields('unix:///run/redis.sock?db=2'), { address: '"unix:/run/redis.sock"', port: 'nil', tls: 'false', user: 'nil', password: 'nil', database: '2' });
  assert.equal(fields('redis://localhost:6380/0').address, '"127.0.0.1"');
});

test('several listening addresses, IPv6 and trusted networks', () => {
  settingsText({ K_GATEWAY_BIND: '127.0.0.1,::1', K_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::/32, 192.0.2.1' });
  const servers = fs.readFileSync(`${directory}/out/servers.conf`, 'utf8');
  assert.match(servers, /listen 127\.0\.0\.1:8080 /);
  assert.match(servers, /listen \[::1\]:8080 /);
  const main = fs.readFileSync(`${directory}/out/nginx.conf`, 'utf8');
  for (const network of ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1/32']) assert.ok(main.includes(`set_real_ip_from ${network};`));
});
