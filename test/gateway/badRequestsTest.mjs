import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startGateway } from './gatewayFixture.mjs';

const MIB = 1024 * 1024;

let gateway;
before(async () => {
  gateway = await startGateway({
    settings: { K_RATE_LIMITS: 'off' },
    edit(directory) {
      const file = `${directory}/locations.conf`;
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('proxy_read_timeout 35s;', 'proxy_read_timeout 1s;'));
    },
  });
});
after(() => gateway.stop());

function assertErrorForm(body, code) {
  const json = typeof body === 'string' ? JSON.parse(body) : body;
  assert.deepEqual(Object.keys(json), ['error', 'request_id', 'timestamp']);
  assert.equal(json.error.code, code);
  assert.equal(typeof json.error.message, 'string');
  assert.match(json.request_id, /^[A-Za-z0-9_.-]{1,64}$/);
  assert.match(json.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(Math.abs(Date.parse(json.timestamp) - Date.now()) < 60000);
  return json;
}

async function logged(json, status, method) {
  const line = await gateway.entry('access.log', (entry) => entry.request_id === json.request_id);
  assert.equal(line.status, status);
  assert.equal(line.method, method);
  return line;
}

for (const [name, bytes, status, code, method] of [
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 400, 'BAD_REQUEST', '-'],
  ['a lower-case method', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', '-'],
  ['no Host', 'GET /api/auth/me HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST', 'GET'],
  ['two lengths', 'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 400, 'BAD_REQUEST', 'POST'],
  ['length and chunks', 'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'BAD_REQUEST', 'POST'],
  ['an unknown coding', 'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 400, 'BAD_REQUEST', 'POST'],
  ['an unknown version', 'GET /api/auth/me HTTP/7.0\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', 'GET'],
  ['a path that leaves the root', 'GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', 'GET'],
  ['a NUL in the path', 'GET /api/auth/%00 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', 'GET'],
  ['TRACE', 'TRACE /api/auth/me HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'METHOD_NOT_ALLOWED', 'TRACE'],
  ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'BAD_REQUEST', 'CONNECT'],
  ['a long address', `GET /api/auth/${'x'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, 'URI_TOO_LONG', 'GET'],
  ['a long header', `GET /api/auth/me HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(9000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE', 'GET'],
  ['much header', `GET /api/auth/me HTTP/1.1\r\nHost: a\r\n${`X-A: ${'x'.repeat(4000)}\r\n`.repeat(12)}\r\n`, 431, 'HEADERS_TOO_LARGE', 'GET'],
]) {
  test(`${name}: ${status} ${code}`, async () => {
    const answer = await gateway.raw(bytes);
    assert.equal(answer.status, status, answer.received);
    const json = assertErrorForm(answer.body, code);
    assert.match(answer.received, new RegExp(`X-Request-ID: ${json.request_id}`));
    const line = await logged(json, status, method);
    assert.equal(line.rate_limited, false);
  });
}

test('1 MiB passes, one byte more is 413 before the backend sees anything', async () => {
  const headers = (length) => ({ 'Content-Length': length });
  const fits = await gateway.request('/api/auth/x', { method: 'POST', body: Buffer.alloc(MIB), headers: headers(MIB) });
  assert.equal(fits.json.bodyLength, MIB);
  const before = gateway.backends.public.received.length;
  const large = await gateway.raw(`POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: ${MIB + 1}\r\n\r\nabc`);
  assert.equal(large.status, 413);
  const line = await logged(assertErrorForm(large.body, 'PAYLOAD_TOO_LARGE'), 413, 'POST');
  assert.equal(line.zone, 'auth-login');
  assert.equal(line.url, '/api/auth/login');
  const chunk = `${(64 * 1024).toString(16)}\r\n${'a'.repeat(64 * 1024)}\r\n`;
  const chunked = await gateway.raw(
    `POST /api/auth/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`,
  );
  assert.equal(chunked.status, 413);
  assertErrorForm(chunked.body, 'PAYLOAD_TOO_LARGE');
  assert.equal(gateway.backends.public.received.length, before);
});

test('a body that trickles in is ended after 10 s, however small its pauses', async () => {
  const answer = await gateway.raw('POST /api/auth/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n', {
    timeoutMs: 14000,
    keepWriting: { text: 'a', everyMs: 500 },
  });
  assert.equal(answer.status, 408);
  assertErrorForm(answer.body, 'TIMEOUT');
  assert.ok(answer.tookMs > 9000, `${answer.tookMs} ms`);
  const line = await gateway.entry('access.log', (entry) => entry.status === 408 && entry.url === '/api/auth/x');
  assert.ok(line.nginx_latency_s > 9 && line.nginx_latency_s < 12);
  assert.equal(line.upstream_addr, '');
});

test('a body that stops coming is ended after 10 s', async () => {
  const answer = await gateway.raw('POST /api/auth/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc', { timeoutMs: 14000 });
  assert.equal(answer.closed, true);
  assert.ok(answer.tookMs > 9000 && answer.tookMs < 12500, `${answer.tookMs} ms`);
});

test('a header that trickles in is ended after 10 s', async () => {
  const answer = await gateway.raw('GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ', {
    timeoutMs: 14000,
    keepWriting: { text: 'a', everyMs: 500 },
  });
  assert.equal(answer.closed, true);
  assert.ok(answer.tookMs > 9000 && answer.tookMs < 12500, `${answer.tookMs} ms`);
});

test('a client that goes away in the midst of its body leaves nothing behind', async () => {
  const before = gateway.backends.public.received.length;
  await gateway.raw('POST /api/auth/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc', { timeoutMs: 100 });
  const { status } = await gateway.request('/health');
  assert.equal(status, 200);
  assert.equal(gateway.backends.public.received.length, before);
});

test("a backend's own error passes untouched", async () => {
  for (const status of [400, 401, 404, 429, 500, 503]) {
    const { json, headers, ...rest } = await gateway.request('/api/auth/x', {
      headers: { 'X-Echo-Status': String(status), 'X-Echo-Set': '{"Retry-After":"7"}' },
    });
    assert.equal(rest.status, status);
    assert.equal(json.backend, 'public');
    assert.equal(headers['retry-after'], '7');
  }
});

test('a backend that hangs up: 502; one that is late: 504', async () => {
  const dropped = await gateway.request('/api/admin/x', { headers: { 'X-Echo-Drop': '1' } });
  assert.equal(dropped.status, 502);
  assertErrorForm(dropped.json, 'BAD_GATEWAY');
  const late = await gateway.request('/api/admin/x', { headers: { 'X-Echo-Delay-Ms': '2500' } });
  assert.equal(late.status, 504);
  await logged(assertErrorForm(late.json, 'TIMEOUT'), 504, 'GET');
});

test('a HEAD request gets the error without a body', async () => {
  const { status, text, headers } = await gateway.request('/admin/x', { method: 'HEAD' });
  assert.equal(status, 404);
  assert.equal(text, '');
  assert.equal(headers['content-type'], 'application/json');
});

test('every line of the log is an object, whatever was sent', () => {
  assert.ok(gateway.entries('access.log').length > 20);
});
