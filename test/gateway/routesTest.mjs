import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { startGateway, until } from './gatewayFixture.mjs';

let gateway;
before(async () => {
  gateway = await startGateway({ settings: { K_RATE_LIMITS: 'off' } });
});
after(() => gateway.stop());

test('the API goes to the right process', async () => {
  for (const [target, backend] of [
    ['/api/auth/me', 'public'],
    ['/api/payment/payments?limit=5', 'public'],
    ['/api/admin/monitoring/dashboard/summary?range=24h', 'admin'],
  ]) {
    const { status, json } = await gateway.request(target);
    assert.equal(status, 200);
    assert.equal(json.backend, backend);
    assert.equal(json.url, target);
  }
});

test('nginx answers /health by itself', async () => {
  const { status, json, headers } = await gateway.request('/health');
  assert.equal(status, 200);
  assert.equal(json.status, 'healthy');
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(headers['x-request-id'], /^[0-9a-f-]{36}$/);
});

test('every other path is the honeypot, whatever the method, with one line in the dos log only', async () => {
  const paths = ['/honeypot', '/', '/wp-login.php', '/api', '/api/', '/api/other/x', '/.env', '/administrator/', '/metrics'];
  for (const target of paths) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, text, headers } = await gateway.request(`${target}?probe=${method}`, { method });
      assert.equal(status, 200, `${method} ${target}`);
      assert.match(text, /Nice try, Diddy!/);
      assert.match(headers['content-type'], /^text\/html/);
    }
  }
  const wanted = paths.length * 5;
  await until('dos lines', () => gateway.entries('dos_attempts.log').length >= wanted);
  assert.equal(gateway.entries('dos_attempts.log').length, wanted);
  assert.ok(!gateway.logText('access.log').includes('probe='));
  assert.equal(gateway.backends.public.received.filter((seen) => seen.url.includes('probe=')).length, 0);
});

test('a body sent to the honeypot does not disturb the next request on the connection', async () => {
  const body = 'x'.repeat(200000);
  const { received } = await gateway.raw(
    `POST /cgi-bin/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
      'GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  assert.equal(received.match(/HTTP\/1\.1 200 OK/g).length, 2);
  assert.match(received, /Nice try/);
  assert.match(received, /"healthy"/);
});

test('internal headers of a backend do not reach the client, and a client cannot send them in', async () => {
  const { json, headers } = await gateway.request('/api/auth/me', {
    headers: {
      'X-User-ID': 'forged',
      'X-Route': '/forged',
      Forwarded: 'for=9.9.9.9',
      'X-Echo-Set': JSON.stringify({ 'X-User-ID': 'u1', 'X-Route': '/api/auth/me', 'X-Powered-By': 'x', Server: 'y' }),
    },
  });
  for (const name of ['x-user-id', 'x-route', 'forwarded']) assert.equal(json.headers[name], undefined, name);
  for (const name of ['x-user-id', 'x-route', 'x-powered-by']) assert.equal(headers[name], undefined, name);
  assert.equal(headers.server, 'nginx');
});

test('a POST without body and length gets Content-Length: 0', async () => {
  const { status, body } = await gateway.raw('POST /api/auth/logout HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.equal(status, 200);
  assert.equal(JSON.parse(body).headers['content-length'], '0');
});

test('bodies arrive whole, with length and chunked', async () => {
  const bytes = Buffer.alloc(300000, 'b');
  const sized = await gateway.request('/api/auth/x', {
    method: 'POST',
    body: bytes,
    headers: { 'Content-Length': bytes.length },
  });
  assert.equal(sized.json.bodyLength, bytes.length);
  const chunked = await gateway.request('/api/auth/x', {
    method: 'POST',
    body: bytes,
    headers: { 'Transfer-Encoding': 'chunked' },
  });
  assert.equal(chunked.json.bodyLength, bytes.length);
  assert.equal(chunked.json.headers['content-length'], String(bytes.length));
});

test('the backend sees the path that was counted: decoded once and normalized', async () => {
  for (const target of ['/api/auth//login', '/api/auth/%6cogin', '/api/auth/x/../login', '/api/x/../auth/./login']) {
    const { json } = await gateway.request(target);
    assert.equal(json.url, '/api/auth/login', target);
    await gateway.entry('access.log', (line) => line.url === target && line.zone === 'auth-login');
  }
});

test("the key of a payment reaches the backend as it was sent, and the caller learns of a repetition", async () => {
  for (const key of ['k', 'a b~"!', 'x'.repeat(255)]) {
    const headers = { 'Idempotency-Key': key, 'X-Echo-Set': '{"Idempotent-Replayed":"true"}' };
    const answer = await gateway.post('/api/payment/payments', {}, headers);
    assert.equal(answer.json.headers['idempotency-key'], key);
    assert.equal(answer.headers['idempotent-replayed'], 'true');
  }
});

test('connections to a backend are kept', async () => {
  const before = gateway.backends.public.opened.count;
  for (let i = 0; i < 40; ++i) await gateway.request('/api/auth/me');
  assert.ok(gateway.backends.public.opened.count - before < 10);
});

test('large JSON answers are compressed, small ones and streams are not', async () => {
  const large = await gateway.request('/api/auth/x', { headers: { 'Accept-Encoding': 'gzip', 'X-Echo-Text': '5000' } });
  assert.equal(large.headers['content-encoding'], 'gzip');
  assert.equal(zlib.gunzipSync(large.bytes).length, 5000);
  const small = await gateway.request('/api/auth/x', { headers: { 'Accept-Encoding': 'gzip', 'X-Echo-Text': '100' } });
  assert.equal(small.headers['content-encoding'], undefined);
});

test('server-sent events pass as they happen', async () => {
  const started = Date.now();
  const first = new Promise((resolve, reject) => {
    const socket = net.connect(gateway.port, '127.0.0.1', () =>
      socket.write('GET /api/admin/monitoring/metrics/live HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n'),
    );
    let text = '';
    socket.on('error', reject);
    socket.on('data', (part) => {
      text += part;
      if (text.includes('data: first')) {
        resolve({ text, ms: Date.now() - started });
        socket.destroy();
      }
    });
  });
  const { text, ms } = await first;
  assert.ok(ms < 1000, `${ms} ms`);
  assert.match(text, /text\/event-stream/);
});

test('a WebSocket upgrade passes', async () => {
  const socket = net.connect(gateway.port, '127.0.0.1');
  let text = '';
  socket.on('data', (part) => (text += part.toString('latin1')));
  socket.write(
    'GET /api/admin/monitoring/metrics/live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await until('101', () => text.includes('101 Switching Protocols'));
  assert.match(text, /s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/);
  socket.write('ping-through');
  await until('echo', () => text.includes('ping-through'));
  socket.destroy();
});

test('what asks for a stream elsewhere, or for another protocol, gets neither', async () => {
  const { json: plain } = await gateway.request('/api/auth/me', { headers: { Connection: 'Upgrade', Upgrade: 'websocket', Accept: 'text/event-stream' } });
  assert.equal(plain.headers.upgrade, undefined);
  const { json } = await gateway.request('/api/auth/me', { headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c' } });
  assert.equal(json.headers.upgrade, undefined);
});

test('security headers are on every answer', async () => {
  for (const target of ['/health', '/api/auth/me', '/honeypot', '/admin/', '/api/auth/x?status=1']) {
    const { headers } = await gateway.request(target, { headers: { 'X-Echo-Status': '500' } });
    assert.equal(headers['x-content-type-options'], 'nosniff', target);
    assert.equal(headers['x-frame-options'], 'DENY', target);
    assert.equal(headers['referrer-policy'], 'same-origin', target);
    assert.match(headers['content-security-policy'], /frame-ancestors 'none'/, target);
    assert.equal(headers['strict-transport-security'], undefined, 'no TLS, no HSTS');
    assert.match(headers['x-request-id'], /^[0-9a-f-]{36}$/, target);
  }
});

test('a backend that repeats a security header does not double it', async () => {
  const { headers } = await gateway.request('/api/auth/me', {
    headers: { 'X-Echo-Set': JSON.stringify({ 'X-Frame-Options': 'SAMEORIGIN', 'X-Request-ID': 'other' }) },
  });
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.match(headers['x-request-id'], /^[0-9a-f-]{36}$/);
});

test('an API answer is not kept by anybody unless the backend says so', async () => {
  const silent = await gateway.request('/api/auth/me');
  assert.equal(silent.headers['cache-control'], 'no-store');
  const refused = await gateway.request('/api/auth/me', { headers: { 'X-Echo-Status': '404' } });
  assert.equal(refused.headers['cache-control'], 'no-store');
  const said = await gateway.request('/api/auth/.well-known/jwks.json', {
    headers: { 'X-Echo-Set': '{"Cache-Control":"public, max-age=300"}' },
  });
  assert.equal(said.headers['cache-control'], 'public, max-age=300');
});
