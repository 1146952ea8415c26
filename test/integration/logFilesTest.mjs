// Who can read the logs, and that no key of ours gets into one.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startInstallation, until } from './installation.mjs';

const KEY = `ks_live_0a1b2c3d4e5f60718293a4b5c6d7e8f9_Sx-_9${'q'.repeat(38)}`;

let it;
before(async () => (it = await startInstallation('logFiles', {})));
after(() => it?.down());

const modes = () =>
  Object.fromEntries(fs.readdirSync(it.env.K_LOG_DIR).map((name) => [name, (fs.statSync(it.log(name)).mode & 0o777).toString(8)]));

test('logs are 0640 and their folder 0750, after a rotation too', async () => {
  const check = () => {
    assert.equal((fs.statSync(it.env.K_LOG_DIR).mode & 0o777).toString(8), '750');
    for (const [name, mode] of Object.entries(modes())) assert.ok(['640', '600'].includes(mode), `${name}: ${mode}`);
  };
  await it.client.get('/api/auth/health');
  check();
  fs.renameSync(it.log('access.log'), it.log('access.log.1'));
  it.kill('nginx', 'SIGUSR1');
  await until('the new file', () => fs.existsSync(it.log('access.log')));
  await it.client.get('/api/auth/health');
  check();
  assert.equal(modes()['access.log'], '640');
});

test('a key is in no log, wherever a client writes it', async () => {
  const headers = { Authorization: `Bearer ${KEY}`, 'User-Agent': KEY, 'X-Forwarded-For': KEY, 'X-Request-ID': KEY.slice(0, 64), Referer: `http://a.example/?key=${KEY}` };
  for (const target of [`/api/auth/me?key=${KEY}`, `/api/auth/sessions/${KEY}`, `/api/auth/config?${KEY}=1`, `/${KEY}`]) {
    const through = await it.client.get(target, headers);
    assert.ok(through.status < 500, `${target}: ${through.status}`);
    const direct = await fetch(`http://127.0.0.1:${it.env.K_PUBLIC_PORT}${target}`, { headers });
    assert.ok(direct.status < 500, `${target}: ${direct.status}`);
  }
  await until('the lines', () => it.lines('access.log').filter(({ user_agent: agent }) => agent.includes('ks_live_')).length >= 3);
  for (const name of fs.readdirSync(it.env.K_LOG_DIR)) assert.ok(!fs.readFileSync(it.log(name), 'latin1').includes('Sx-_9'), name);
});
