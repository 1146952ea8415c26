// What one address can hold, and for how long: connections, slow bodies, bodies that nobody asked for.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { inParallel, sleep, startGateway, until } from './gatewayFixture.mjs';

const ATTACKERS = 1500; // more connections than the two workers have
const WORKER_CONNECTIONS = 512;
const LIMIT = 20;

const web = { 'auth/index.html': '<h1>auth</h1>' };
let small; // few connections in all
let limited; // few a client, whom tests choose
before(async () => {
  small = await startGateway({
    settings: { K_RATE_LIMITS: 'off', K_GATEWAY_BIND: '127.0.0.1,127.0.0.2', K_GATEWAY_WORKERS: '2' },
    edit(directory) {
      const file = `${directory}/nginx.conf`;
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/worker_connections \d+;/, `worker_connections ${WORKER_CONNECTIONS};`));
    },
  });
  limited = await startGateway({ settings: { K_RATE_LIMITS: 'off', K_TRUSTED_PROXIES: '127.0.0.1', K_GATEWAY_CLIENT_CONNECTIONS: String(LIMIT) }, web });
});
after(() => Promise.all([small.stop(), limited.stop()]));

function slowBodies(port, count) {
  let running = true;
  const sockets = new Set();
  const attack = () => {
    if (!running) return;
    const socket = net.connect({ host: '127.0.0.1', port, localAddress: '127.0.0.1' });
    sockets.add(socket);
    socket.on('connect', () => socket.write('POST /api/auth/me HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{'));
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      setTimeout(attack, 3000);
    });
    socket.resume();
  };
  for (let i = 0; i < count; ++i) setTimeout(attack, i / 3);
  const drip = setInterval(() => sockets.forEach((socket) => socket.writable && !socket.connecting && socket.write(' ')), 2000);
  return () => {
    running = false;
    clearInterval(drip);
    sockets.forEach((socket) => socket.destroy());
  };
}

test(`${ATTACKERS} slow bodies from one address: another is answered, always`, async () => {
  const stop = slowBodies(small.port, ATTACKERS);
  try {
    await sleep(2500);
    const body = '{"a":1}';
    const honest = await inParallel(
      200,
      (i) =>
        small
          .request('/api/auth/me', {
            localAddress: '127.0.0.2',
            ...(i % 2 ? {} : { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Content-Length': body.length } }),
            signal: AbortSignal.timeout(4000),
          })
          .then(({ status }) => status, (error) => error.code ?? error.name),
      4,
    );
    const counts = {};
    for (const status of honest) counts[status] = (counts[status] ?? 0) + 1;
    assert.deepEqual(counts, { 200: 200 });
    const refused = small.entries('access.log').filter(({ status, remote_ip }) => status === 429 && remote_ip === '127.0.0.1');
    assert.ok(refused.length > ATTACKERS / 2, `${refused.length} refused`);
  } finally {
    stop();
  }
});

const held = (client, extra = {}, target = '/api/auth/me') =>
  limited.request(target, { headers: { 'X-Forwarded-For': client, 'X-Echo-Delay-Ms': '1500', ...extra } });

async function passed(clients) {
  const answers = await Promise.all(clients.map((client) => held(client)));
  for (const { status, headers, json } of answers) {
    if (status === 200) continue;
    assert.equal(status, 429);
    assert.equal(json.error.code, 'RATE_LIMITED');
    assert.equal(json.error.retry_after, 1);
    assert.equal(headers['retry-after'], '1');
    assert.equal(headers.connection, 'close');
  }
  return answers.filter(({ status }) => status === 200).length;
}

test('so many requests at once are for one address, and no more; others are apart', async () => {
  const [one, other] = await Promise.all([
    passed(Array(40).fill('198.51.100.1')),
    passed(Array(10).fill('198.51.100.2')),
  ]);
  assert.deepEqual([one, other], [LIMIT, 10]);
  const line = await limited.entry('access.log', ({ status, remote_ip }) => status === 429 && remote_ip === '198.51.100.1');
  assert.equal(line.rate_limited, true);
  assert.equal(line.zone, 'auth-session');
  assert.equal(line.upstream_addr, '');
  assert.equal((await held('198.51.100.1')).status, 200, 'they are free again');
});

test('an IPv6 client is its /64, IPv4 written as IPv6 is the same client', async () => {
  const inNetwork = (network) => Array.from({ length: 15 }, (_, i) => `2001:db8:1:${network}::${(i + 1).toString(16)}`);
  const [both, mapped] = await Promise.all([
    passed([...inNetwork('a'), ...inNetwork('a').map((address) => `${address}f`), ...inNetwork('b')]),
    passed([...Array(15).fill('198.51.100.9'), ...Array(15).fill('::ffff:198.51.100.9')]),
  ]);
  assert.deepEqual([both, mapped], [LIMIT + 15, LIMIT]);
});

test('the limit holds for the pages, the honeypot and health too', async () => {
  const hold = Array.from({ length: LIMIT }, () => held('198.51.100.20'));
  await sleep(500);
  for (const target of ['/auth/', '/honeypot', '/.env', '/health', '/api/other', '/api/auth', '/api/admin/x', '/auth/none']) {
    assert.equal((await held('198.51.100.20', {}, target)).status, 429, target);
  }
  await Promise.all(hold);
});

// Milliseconds until the server closes a connection whose body never ends.
async function heldByBody(lead, { body = 'Content-Length: 100000\r\n' } = {}) {
  const { tookMs, status, closed, received } = await limited.raw(`${lead} HTTP/1.1\r\nHost: a\r\n${body}\r\n{`, {
    timeoutMs: 14000,
    keepWriting: { text: ' ', everyMs: 300 },
  });
  assert.ok(closed, `${lead}: not closed after ${tookMs} ms`);
  return { status, tookMs, received };
}

test('where no body belongs none is waited for', async () => {
  const cases = [
    ['GET /api/auth/me', 400],
    ['HEAD /api/auth/me', 400],
    ['OPTIONS /api/auth/login', 400],
    ['GET /api/admin/monitoring/metrics/live', 400],
    ['POST /auth/', 405],
    ['GET /auth/', 200],
    ['POST /honeypot', 200],
    ['POST /.env', 200],
    ['POST /api/other', 200],
    ['POST /health', 200],
    ['POST /api/auth', 308],
    ['PROPFIND /api/auth/me', 405],
    ['POST /api/auth/me%0a', 400],
  ];
  await Promise.all(
    cases.map(async ([lead, wanted]) => {
      const { status, tookMs } = await heldByBody(lead);
      assert.equal(status, wanted, lead);
      assert.ok(tookMs < 8000, `${lead}: ${tookMs} ms`);
    }),
  );
  for (const lead of ['GET /api/auth/me', 'POST /honeypot', 'POST /health', 'POST /auth/']) {
    const malformed = await heldByBody(lead, { body: 'Transfer-Encoding: chunked\r\n' });
    assert.ok([0, 400, 405].includes(malformed.status), `${lead}: ${malformed.status}`);
    assert.ok(malformed.tookMs < 8000, `${lead}: ${malformed.tookMs} ms`);
  }
});

test('a body that was refused or not wanted is never read as the next request', async () => {
  const inner = 'GET /api/auth/inner HTTP/1.1\r\nHost: a\r\n\r\n';
  for (const lead of ['POST /auth/', 'POST /auth/none', 'POST /honeypot', 'POST /health', 'POST /auth', 'POST /api/auth', 'DELETE /auth/']) {
    const before = limited.backends.public.received.length;
    const { received } = await limited.raw(
      `${lead} HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}GET /api/auth/outer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    const seen = limited.backends.public.received.slice(before).map(({ url }) => url);
    assert.ok(!seen.includes('/api/auth/inner'), `${lead}: ${received}`);
  }
});

test('a keep-alive connection ends after its requests', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let sockets = 0;
  for (let i = 0; i < 1005; ++i) {
    await new Promise((resolve, reject) => {
      http.get({ host: '127.0.0.1', port: limited.port, path: '/health', agent }, (response) => response.resume().on('end', resolve))
        .on('socket', (socket) => (sockets += socket.counted ? 0 : (socket.counted = 1)))
        .on('error', reject);
    });
  }
  agent.destroy();
  assert.equal(sockets, 2);
});

test('connections fit the descriptors, with a reserve', () => {
  const text = fs.readFileSync(limited.inside('nginx/nginx.conf'), 'utf8');
  const [, connections] = /worker_connections (\d+);/.exec(text);
  const [, files] = /worker_rlimit_nofile (\d+);/.exec(text);
  assert.ok(Number(files) >= Number(connections) * 1.1, `${connections} of ${files}`);
});
