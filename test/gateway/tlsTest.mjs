import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { freePort, rawExchange, startGateway } from './gatewayFixture.mjs';

let gateway;
let port;
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ks-tls-'));
before(async () => {
  const files = { K_TLS_CERTIFICATE: path.join(directory, 'cert.pem'), K_TLS_KEY: path.join(directory, 'key.pem') };
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-keyout', files.K_TLS_KEY, '-out', files.K_TLS_CERTIFICATE], { stdio: 'pipe' });
  port = await freePort();
  gateway = await startGateway({ settings: { ...files, K_GATEWAY_TLS_PORT: String(port), K_RATE_LIMITS: 'off' } });
});
after(async () => {
  await gateway.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});

function get(target, headers = {}) {
  return new Promise((resolve, reject) => {
    https
      .get({ host: '127.0.0.1', port, path: target, headers, rejectUnauthorized: false, agent: false }, (response) => {
        let text = '';
        response.on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      })
      .on('error', reject);
  });
}

test('the API over TLS: HSTS, scheme, protocol in the log', async () => {
  const { status, headers, text } = await get('/api/auth/me');
  assert.equal(status, 200);
  assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
  assert.equal(JSON.parse(text).headers['x-forwarded-proto'], 'https');
  const line = await gateway.entry('access.log', (entry) => entry.request_id === headers['x-request-id']);
  assert.equal(line.tls, 'TLSv1.3');
});

test('the plain port redirects, keeping method and query; /health stays', async () => {
  const { status, headers, text } = await gateway.request('/api/auth/login?x=1', { method: 'POST', body: 'abc', headers: { Host: 'k.example', 'Content-Length': 3 } });
  assert.equal(status, 308);
  assert.equal(headers.location, `https://k.example:${port}/api/auth/login?x=1`);
  assert.equal(text, '');
  assert.equal((await gateway.request('/health')).status, 200);
});

test('HTTP/2 with a body', async () => {
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  const exchange = (headers, body) =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers, { endStream: body === undefined });
      let answered;
      let text = '';
      stream.on('response', (fields) => (answered = fields));
      stream.on('data', (part) => (text += part));
      stream.on('error', reject);
      stream.on('end', () => resolve({ headers: answered, text }));
      if (body !== undefined) stream.end(body);
    });
  const known = await exchange({ ':path': '/api/auth/x', ':method': 'POST', 'content-length': '5' }, 'hello');
  assert.equal(known.headers[':status'], 200);
  assert.equal(JSON.parse(known.text).bodyLength, 5);
  const unknown = await exchange({ ':path': '/api/auth/x', ':method': 'POST' }, 'hello again');
  assert.equal(JSON.parse(unknown.text).bodyLength, 11);
  const empty = await exchange({ ':path': '/api/auth/logout', ':method': 'POST' });
  assert.equal(empty.headers[':status'], 200);
  assert.equal(JSON.parse(empty.text).headers['content-length'], '0');
  session.close();
});

// One HTTP/2 stream whose body never ends: what it was answered, and when it ended.
function drip(session, headers) {
  return new Promise((resolve) => {
    const started = Date.now();
    const stream = session.request(headers, { endStream: false });
    let status = 0;
    stream.write('{');
    const pulse = setInterval(() => stream.writable && stream.write(' '), 300);
    stream.on('response', (fields) => (status = fields[':status']));
    stream.on('error', () => {});
    stream.on('close', () => {
      clearInterval(pulse);
      resolve({ status, tookMs: Date.now() - started });
    });
    stream.resume();
  });
}

test('a body that trickles in over HTTP/2 is ended after 10 s, whether its length is told or not', async () => {
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  const post = { ':method': 'POST', ':path': '/api/auth/x' };
  const received = gateway.backends.public.received.length;
  for (const { status, tookMs } of await Promise.all([drip(session, { ...post, 'content-length': '1000' }), drip(session, post), drip(session, { ...post, ':method': 'DELETE' })])) {
    assert.equal(status, 408);
    assert.ok(tookMs > 9000 && tookMs < 13000, `${tookMs} ms`);
  }
  assert.equal(gateway.backends.public.received.length, received);
  session.close();
});

test('no body is waited for over HTTP/2 where none belongs', async () => {
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  for (const [headers, wanted] of [
    [{ ':method': 'GET', ':path': '/api/auth/me' }, 200],
    [{ ':method': 'GET', ':path': '/api/auth/me', 'content-length': '1000' }, 400],
    [{ ':method': 'GET', ':path': '/api/admin/monitoring/metrics/live' }, 200],
    [{ ':method': 'POST', ':path': '/honeypot' }, 200],
    [{ ':method': 'POST', ':path': '/health' }, 200],
  ]) {
    const { status, tookMs } = await drip(session, headers);
    assert.equal(status, wanted, JSON.stringify(headers));
    assert.ok(tookMs < 4000, `${JSON.stringify(headers)}: ${tookMs} ms`);
  }
  session.close();
});

test('an HTTP/2 connection has so many streams, and each counts', async () => {
  const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  assert.equal(session.remoteSettings.maxConcurrentStreams, 64);
  session.close();
});

test('versions before TLS 1.2 are refused', async () => {
  const refused = await new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
  assert.equal(refused, true);
});

test('plain HTTP on the TLS port is 400 in our form', async () => {
  const answer = await rawExchange(port, 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal(answer.status, 400);
  assert.equal(JSON.parse(answer.body).error.code, 'BAD_REQUEST');
});
