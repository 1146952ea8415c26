// Clients that ask for much and read nothing, through the gateway and directly: the others are answered meanwhile.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { startInstallation } from './installation.mjs';

const DEAF = 80; // more than a process has worker threads
const REQUESTS = 60; // more answers than the buffers between the two take

let it;
before(async () => (it = await startInstallation('slowReaders', {})));
after(() => it?.down());

/** Connections whose requests are sent and whose answers are never read. */
async function deafClients(port, target, accept) {
  const request = `GET ${target} HTTP/1.1\r\nHost: a\r\nAccept: ${accept}\r\n\r\n`.repeat(REQUESTS);
  const sockets = await Promise.all(
    Array.from({ length: DEAF }, () =>
      new Promise((resolve, reject) => {
        const socket = net.connect({ host: '127.0.0.1', port, onread: { buffer: Buffer.alloc(1), callback: () => false } });
        socket.once('connect', () => {
          socket.pause();
          socket.write(request, () => resolve(socket));
        });
        socket.once('error', reject);
      }),
    ),
  );
  sockets.forEach((socket) => socket.on('error', () => {}));
  return () => sockets.forEach((socket) => socket.destroy());
}

async function answersMeanwhile(origins) {
  const worst = { ms: 0 };
  const until = Date.now() + 4000;
  let asked = 0;
  while (Date.now() < until) {
    for (const url of origins) {
      const begin = performance.now();
      const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
      await answer.arrayBuffer();
      assert.ok([200, 401].includes(answer.status), `${url}: ${answer.status}`);
      const ms = performance.now() - begin;
      if (ms > worst.ms) Object.assign(worst, { ms, url });
      ++asked;
    }
  }
  assert.ok(asked > 20, `${asked} answers`);
  assert.ok(worst.ms < 2000, `${worst.url}: ${worst.ms} ms`);
}

for (const [name, port, targets] of [
  ['through the gateway', 'K_GATEWAY_PORT', ['/api/auth/me', '/api/auth/config', '/api/auth/openapi.json', '/api/auth/health']],
  ['directly', 'K_PUBLIC_PORT', ['/api/auth/me', '/api/auth/config', '/api/auth/openapi.json', '/health']],
]) {
  test(`${DEAF} clients that read nothing, ${name}`, async () => {
    for (const accept of ['text/event-stream', '*/*']) {
      const hangUp = await deafClients(it.env[port], '/api/auth/openapi.json', accept);
      try {
        await answersMeanwhile(targets.map((target) => `http://127.0.0.1:${it.env[port]}${target}`));
      } finally {
        hangUp();
      }
    }
  });
}

/** {status, headers, bytes} as they came. */
const wire = (target, headers = {}) =>
  new Promise((resolve, reject) => {
    http.get(`${it.origin}${target}`, { headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) }));
    }).on('error', reject);
  });

test('the documents are small on the wire, and empty when they are known', async () => {
  for (const target of ['/api/auth/openapi.json', '/api/admin/openapi.json']) {
    const plain = await wire(target);
    const packed = await wire(target, { 'Accept-Encoding': 'gzip' });
    assert.deepEqual([plain.status, packed.status, packed.headers['content-encoding']], [200, 200, 'gzip']);
    assert.match(packed.headers.etag, /^W\/"[0-9a-f]{16}"$/);
    assert.equal(plain.headers.etag, packed.headers.etag);
    assert.equal(packed.headers['cache-control'], 'no-cache');
    assert.deepEqual(zlib.gunzipSync(packed.bytes), plain.bytes);
    assert.ok(packed.bytes.length < plain.bytes.length / 4, `${packed.bytes.length} of ${plain.bytes.length}`);
    const known = await wire(target, { 'Accept-Encoding': 'gzip', 'If-None-Match': packed.headers.etag });
    assert.deepEqual([known.status, known.headers.etag, known.bytes.length], [304, packed.headers.etag, 0]);
  }
});
