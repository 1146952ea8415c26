// kctl logs import: old files into their own days, nothing twice, the live log not held up, interrupted ones go on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { sleep, startInstallation, until } from './installation.mjs';

let it;
before(async () => (it = await startInstallation('import')));
after(() => it?.down());

const dayMs = 86_400_000;
let numbers = 0;

/** Lines of old traffic; their ids begin with `name`. */
function lines(name, count, at) {
  let text = '';
  for (let i = 0; i < count; ++i) {
    const time = at + i * 20;
    text += `${JSON.stringify({
      timestamp: new Date(time).toISOString().replace(/\.\d+Z$/, '+00:00'),
      category: 'system', type: 'http_access', service: 'nginx_gateway', request_id: `${name}-${numbers++}`, remote_ip: `10.1.${i % 200}.7`,
      x_forwarded_for: '', method: 'GET', url: '/api/auth/me', status: i % 10 ? 200 : 500, rate_limited: false, user_agent: 'import', nginx_latency_s: 0.012,
      backend_latency_s: '0.010', user_id: '', timestamp_ms: time, zone: 'auth', bytes_sent: 300, request_length: 200, upstream_addr: '', tls: '', route: '/api/auth/me',
    })}\n`;
  }
  return text;
}

const rowsOf = (name) => it.number(`select count(*) from metric_snapshot where request_id like '${name}-%'`);
const importing = async (...words) => {
  const done = await it.kctl('logs', 'import', '--json', ...words);
  return { ...done, files: done.stdout.startsWith('{') ? JSON.parse(done.stdout).files : [] };
};

test('a file goes into its own days, once', async () => {
  const file = it.file('old.log');
  const midnight = Math.floor(Date.now() / dayMs) * dayMs - 3 * dayMs;
  fs.writeFileSync(file, lines('old', 300, midnight - 3000) + 'rubbish\n');
  const first = await importing(file);
  assert.equal(first.status, 0, first.stderr);
  assert.deepEqual(
    first.files.map(({ state, lines: count, bad_lines, source, offset, size }) => [state, count, bad_lines, source, offset, size]),
    [['done', 300, 1, 'access', fs.statSync(file).size, fs.statSync(file).size]],
  );
  assert.equal(await rowsOf('old'), 300);
  const partition = (at) => `metric_snapshot_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`;
  assert.equal(await it.number(`select count(*) from ${partition(midnight - 1)}`), 150);
  assert.equal(await it.number(`select count(*) from ${partition(midnight)}`), 150);
  assert.equal(await it.number("select sum(total) from metric_rollup_minute where route = '' and service = 'auth' and bucket_start < now() - interval '1 day'"), 300);

  fs.writeFileSync(it.file('copy.log'), fs.readFileSync(file));
  fs.writeFileSync(it.file('copy.log.gz'), zlib.gzipSync(fs.readFileSync(file)));
  const again = await importing(file, it.file('copy.log'), it.file('copy.log.gz'));
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(again.files.map(({ state, lines: count }) => [state, count]), [['done', 0], ['done', 0], ['done', 0]]);
  assert.match(again.files[0].note, /nothing new/);
  assert.equal(await rowsOf('old'), 300);

  // It grew: what is new is read.
  fs.appendFileSync(file, lines('old', 20, midnight + dayMs));
  const grown = await importing(file);
  assert.equal(grown.files[0].lines, 20, grown.stderr);
  assert.equal(await rowsOf('old'), 320);
});

test('a compressed file, a torn end, and lines that are too old', async () => {
  const packed = it.file('packed.log.gz');
  fs.writeFileSync(packed, zlib.gzipSync(lines('packed', 100, Date.now() - 2 * dayMs)));
  const mixed = it.file('mixed.log');
  fs.writeFileSync(mixed, lines('mixed', 40, Date.now() - 30 * dayMs) + lines('mixed', 60, Date.now() - dayMs) + '{"timestamp":"20');
  const plain = await it.kctl('logs', 'import', packed, mixed);
  assert.equal(plain.status, 0, plain.stderr);
  assert.match(plain.stdout, /packed\.log\.gz: 100 lines\n/);
  assert.match(plain.stdout, /mixed\.log: 60 lines, 40 too old; 16 bytes after the last line end/);
  assert.deepEqual([await rowsOf('packed'), await rowsOf('mixed')], [100, 60]);
  assert.equal(await it.number("select count(*) from metric_rollup_hour where hour_start < now() - interval '8 days'"), 0);
});

test('what the collector has read already is not read again', async () => {
  for (let i = 0; i < 30; ++i) await it.client.get('/api/auth/health', { 'X-Request-ID': `live-${i}` });
  await it.client.get('/wp-login.php');
  await until('the lines', async () => (await rowsOf('live')) === 30);
  const live = await importing(it.log('access.log'));
  assert.match(live.files[0].note, /reading this text already/, live.stderr);
  fs.renameSync(it.log('access.log'), it.log('access.log.1'));
  it.kill('nginx', 'SIGUSR1');
  await it.client.get('/api/auth/health', { 'X-Request-ID': 'live-30' });
  fs.copyFileSync(it.log('access.log.1'), it.file('rotated.log'));
  const copies = await importing(it.log('access.log.1'), it.file('rotated.log'), it.log('dos_attempts.log'));
  assert.deepEqual(copies.files.map(({ state, lines: count, source }) => [state, count, source]), [['done', 0, 'access'], ['done', 0, 'access'], ['done', 0, 'dos']], copies.stderr);
  await until('the line', async () => (await rowsOf('live')) === 31);
});

test('what cannot be read is refused in plain words', async () => {
  fs.writeFileSync(it.file('no.gz'), zlib.gzipSync('a line that is cut off\n'.repeat(50)).subarray(0, 14));
  fs.writeFileSync(it.file('empty.log'), '');
  for (const [file, words] of [[it.file('missing.log'), /No such file/], [it.env.K_RUN_DIR, /no regular file/], [it.file('no.gz'), /cannot be read|no whole line/], [it.file('empty.log'), /no whole line/]]) {
    const { status, stderr } = await it.kctl('logs', 'import', file);
    assert.equal(status, 1, file);
    assert.match(stderr, words);
  }
  assert.equal((await it.kctl('logs', 'import')).status, 64);
  assert.equal((await it.kctl('logs', 'import', 'x', '--source', 'other')).status, 64);
});

test('the live log is not held up, and an import goes on after k-admin was killed', async () => {
  const file = it.file('large.log');
  fs.writeFileSync(file, lines('large', 60_000, Date.now() - 2 * dayMs));
  const child = importing(file);
  await until('it has begun', async () => (await rowsOf('large')) > 0, 30_000);
  const delays = [];
  for (let i = 0; i < 3; ++i) {
    await it.client.get('/api/auth/health', { 'X-Request-ID': `beside-${i}` });
    const begin = Date.now();
    await until('the live line', async () => (await rowsOf('beside')) === i + 1, 15_000);
    delays.push(Date.now() - begin);
  }
  assert.ok(Math.max(...delays) < 5000, `${delays} ms`);
  it.kill('k-admin', 'SIGKILL');
  await child;
  await it.start('k-admin');
  await until('the rest', async () => (await rowsOf('large')) === 60_000, 60_000);
  await sleep(1500);
  const again = await importing(file);
  assert.equal(again.status, 0, again.stderr);
  assert.equal(await rowsOf('large'), 60_000);
  assert.equal(await it.number("select count(distinct id) from metric_snapshot"), await it.number('select count(*) from metric_snapshot'));
});
