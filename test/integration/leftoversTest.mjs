// What is left of a start whose processes were killed or whose records are lost: ./k down and ./k up end it or name it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, startInstallation, until } from './installation.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
let it;
before(async () => (it = await startInstallation('leftovers')));
after(() => it?.down());

/** ./k with what a person has in his environment: the addresses of PostgreSQL and Redis are derived anew. */
function k(...words) {
  const { K_DATABASE_URL, K_DATABASE_OWNER_URL, K_REDIS_URL, K_GATEWAY_REDIS_URL, K_CRYPTO_MASTER_KEYS_FILE, ...env } = it.env;
  return runProgram(path.join(checkout, 'k'), words, { env, timeoutMs: 90_000 });
}

const said = ({ status, stdout, stderr }) => `exit ${status}\n${stdout}${stderr}`;

async function works(command, ...words) {
  const done = await k(command, ...words);
  assert.equal(done.status, 0, said(done));
  return done.stdout + done.stderr;
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket.destroy() && true));
    socket.on('error', () => resolve(false));
  });

const healthy = async () => assert.equal((await it.client.get('/api/auth/health')).status, 200);

/** The pids of all processes that write to a service's log. */
function writersOf(service) {
  return fs.readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readlinkSync(`/proc/${pid}/fd/1`) === it.log(`${service}.log`);
    } catch {
      return false;
    }
  });
}

test('a killed nginx master: down ends its workers and frees the port', async () => {
  it.kill('nginx', 'SIGKILL');
  await until('the master is gone', () => !fs.existsSync(`/proc/${it.pid('nginx')}/exe`));
  assert.ok(await listens(it.env.K_GATEWAY_PORT), 'its workers live on');
  assert.match(await works('down'), /leftovers of nginx/);
  assert.equal(await listens(it.env.K_GATEWAY_PORT), false);
  await works('up', '--no-build');
  await healthy();
});

test('a killed nginx master: up alone mends it', async () => {
  it.kill('nginx', 'SIGKILL');
  await until('the master is gone', () => !fs.existsSync(`/proc/${it.pid('nginx')}/exe`));
  assert.match(await works('up', '--no-build'), /leftovers of nginx/);
  await healthy();
});

test('lost and stale records: the servers behind them are ended', async () => {
  const services = ['postgres', 'redis', 'nginx', 'k-public', 'k-admin'];
  for (const service of services) fs.rmSync(it.file('pids', `${service}.process`));
  fs.writeFileSync(it.file('pids', 'redis.process'), `${process.pid} 1\n`);
  const told = await works('down');
  for (const service of services) {
    assert.match(told, new RegExp(`leftovers of ${service}`));
    assert.deepEqual(writersOf(service), []);
  }
  await works('up', '--no-build');
  await healthy();
});

test("a killed PostgreSQL whose pid file's number is another process's now", async () => {
  await works('down');
  fs.writeFileSync(it.file('postgres', 'postmaster.pid'), `${process.pid}\n${it.file('postgres')}\n`);
  await works('up', '--no-build');
  await healthy();
});

test('another installation with the same folder of logs is refused, and ends nobody', async () => {
  const { K_DATABASE_URL, K_DATABASE_OWNER_URL, K_REDIS_URL, K_GATEWAY_REDIS_URL, K_CRYPTO_MASTER_KEYS_FILE, ...env } = it.env;
  const ports = Object.fromEntries(['K_GATEWAY_PORT', 'K_PUBLIC_PORT', 'K_ADMIN_PORT', 'K_BANK_SIMULATOR_PORT'].map((name, i) => [name, String(21000 + i + (process.pid % 9000))]));
  const other = { ...env, ...ports, K_RUN_DIR: it.file('other'), K_SOCKET_DIR: it.file('other', 'sock'), K_LOG_DIR: path.dirname(it.log('nginx.log')) };
  for (const word of ['up', 'down']) {
    const done = await runProgram(path.join(checkout, 'k'), word === 'up' ? ['up', '--no-build'] : ['down'], { env: other, timeoutMs: 90_000 });
    assert.equal(done.status === 0, word === 'down', said(done));
    if (word === 'up') assert.match(done.stderr, /writes its logs to .*: set K_LOG_DIR to another folder/);
    await healthy();
  }
});

test('what no record tells of is named, and down does not say that all is well', async () => {
  await works('down');
  const words = ['-p', it.file('nginx'), '-c', it.file('nginx', 'nginx.conf'), '-e', it.log('byHand.log'), '-g', 'daemon off;'];
  const byHand = spawn('nginx', words, { stdio: 'ignore' });
  try {
    await until('it listens', () => listens(it.env.K_GATEWAY_PORT));
    const done = await k('down');
    assert.equal(done.status, 1, said(done));
    assert.match(done.stderr, new RegExp(`port ${it.env.K_GATEWAY_PORT} \\(K_GATEWAY_PORT\\).*nginx \\(pid \\d+\\)`));
  } finally {
    byHand.kill('SIGTERM');
    await new Promise((resolve) => byHand.once('exit', resolve));
  }
  await works('up', '--no-build');
  await healthy();
});
