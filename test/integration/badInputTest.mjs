// Every kind of malformed request gets a 4xx of the standard form, at the gateway and past it, and nothing gives a 5xx.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Client } from './client.mjs';
import { startInstallation } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
let user;
let admin;
before(async () => {
  it = await startInstallation('badInput');
  const login = await it.login(await it.makeUser('user@example.org', password));
  user = it.client.withToken(login.access_token);
  admin = await it.adminLogin();
});
after(() => it?.down());

/** The same through nginx and straight to k-public's port; client.mjs checks the form of each answer. */
const ways = () => [
  ['gateway', it.client],
  ['direct', new Client(`http://127.0.0.1:${it.env.K_PUBLIC_PORT}`)],
];

async function refusedBody(body, wanted, { target = '/api/auth/register', method = 'POST', headers = { 'Content-Type': 'application/json' } } = {}) {
  for (const [way, client] of ways()) {
    const answer = await client.request(method, target, { body, headers });
    const said = `${way} ${method} ${target} ${String(body).slice(0, 100)} -> ${answer.status} ${answer.text}`;
    assert.ok([wanted].flat().includes(answer.json?.error?.code), said);
    assert.ok(answer.status >= 400 && answer.status < 500, said);
    if (client !== it.client) client.close();
  }
}

const register = (fields) => JSON.stringify({ email: 'a@example.org', password, ...fields });

test('what is not JSON', async () => {
  const bodies = ['{', '}', '', ' ', '[', '{"email":', '{"email" "a"}', "{'email':'a'}", '{"email":"a",}', '{email:"a"}', 'nul', '{"a":1}{', '\ufeff{}', '{"a":01}', '{"a":+1}',
    '{"a":NaN}', '{"a":1e999}', '{"a":"\\u12"}', '{"a":"\\ud800"}', '{"a":"\\q"}', '{"a":"\n"}', '{"a":"\t"}', '{"a":"\u0000"}', '// {}', '{"email":"x"} trailing'];
  for (const body of bodies) await refusedBody(body, ['MALFORMED_JSON', 'REQUIRED', 'VALIDATION_FAILED']);
  for (const bytes of [[0xff, 0xfe], [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d], [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]]) {
    await refusedBody(Buffer.from(bytes), 'MALFORMED_JSON');
  }
});

test('JSON that is no object of ours', async () => {
  for (const body of ['null', 'true', '1', '"text"', '[]', '[{}]']) {
    await refusedBody(body, ['MALFORMED_JSON', 'VALIDATION_FAILED', 'INVALID_FORMAT', 'BAD_REQUEST']);
  }
  await refusedBody('['.repeat(5000) + ']'.repeat(5000), 'MALFORMED_JSON');
  await refusedBody('{"a":'.repeat(5000) + '1' + '}'.repeat(5000), ['MALFORMED_JSON', 'UNKNOWN_FIELD']);
  await refusedBody(`{"email":"a@example.org","email":"b@example.org","password":"${password}"}`, ['MALFORMED_JSON', 'VALIDATION_FAILED', 'INVALID_FORMAT']);
});

test('fields that are unknown, missing or of a wrong type', async () => {
  await refusedBody(register({ role: 'superadmin' }), 'UNKNOWN_FIELD');
  await refusedBody(register({ __proto__x: 1 }), 'UNKNOWN_FIELD');
  await refusedBody(JSON.stringify({ password }), 'REQUIRED');
  await refusedBody('{}', 'VALIDATION_FAILED');
  for (const value of [null, 1, true, [], {}, ['a@example.org']]) {
    await refusedBody(register({ email: value }), ['INVALID_FORMAT', 'REQUIRED', 'INVALID_EMAIL']);
    await refusedBody(register({ password: value }), ['INVALID_FORMAT', 'REQUIRED']);
  }
  const several = await it.client.post('/api/auth/register', { email: 'x', colour: 1 });
  assert.equal(several.status, 400);
  assert.equal(several.json.error.code, 'VALIDATION_FAILED');
  assert.deepEqual(several.json.error.details.map((one) => [one.field, one.code]).sort(), [['colour', 'UNKNOWN_FIELD'], ['email', 'TOO_SHORT'], ['password', 'REQUIRED']]);
});

test('values out of bounds', async () => {
  for (const email of ['a', 'a@', '@a.b', 'a b@example.org', 'a@b@c.org', 'a@example..org', 'a@-x.org', 'a\u0000@example.org', 'a@example.org\r\nBcc: b@example.org']) {
    await refusedBody(register({ email }), ['INVALID_EMAIL', 'TOO_SHORT', 'INVALID_FORMAT', 'MALFORMED_JSON']);
  }
  await refusedBody(register({ email: `${'a'.repeat(300)}@example.org` }), ['TOO_LONG', 'INVALID_EMAIL']);
  await refusedBody(register({ username: 'ab' }), ['TOO_SHORT', 'INVALID_FORMAT']);
  await refusedBody(register({ username: 'a b c' }), 'INVALID_FORMAT');
  await refusedBody(register({ username: 'x'.repeat(33) }), ['TOO_LONG', 'INVALID_FORMAT']);
  await refusedBody(register({ display_name: '' }), 'TOO_SHORT');
  await refusedBody(register({ display_name: 'x'.repeat(101) }), 'TOO_LONG');
  await refusedBody(register({ display_name: 'a\u0000b' }), 'INVALID_FORMAT');
  await refusedBody(register({ locale: 'xx' }), ['INVALID_FORMAT', 'OUT_OF_RANGE']);
  await refusedBody(register({ password: '' }), 'TOO_SHORT');
  await refusedBody(register({ password: 'short' }), 'PASSWORD_TOO_SHORT');
  await refusedBody(register({ password: 'x'.repeat(300) }), 'PASSWORD_TOO_LONG');
  await refusedBody(register({ password: 'x'.repeat(2000) }), 'TOO_LONG');
  const login = { target: '/api/auth/login' };
  await refusedBody(JSON.stringify({ identifier: 'a\u0000b', password }), ['INVALID_FORMAT', 'INVALID_CREDENTIALS'], login);
  await refusedBody(JSON.stringify({ identifier: 'a', password: 'a\u0000b' }), ['INVALID_FORMAT', 'INVALID_CREDENTIALS'], login);
  await refusedBody(JSON.stringify({ identifier: 'a', password, transport: 'pigeon' }), ['INVALID_FORMAT', 'OUT_OF_RANGE'], login);
  await refusedBody(JSON.stringify({ identifier: 'a', password, device: { id: '', nam: 1 } }), 'VALIDATION_FAILED', login);
  await refusedBody(JSON.stringify({ token: 'x'.repeat(257) }), 'TOO_LONG', { target: '/api/auth/verify-email' });
});

test('bodies of a wrong type or size', async () => {
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', 'multipart/form-data; boundary=x', 'json', '/']) {
    await refusedBody(register({}), 'UNSUPPORTED_MEDIA_TYPE', { headers: { 'Content-Type': type } });
  }
  await refusedBody(register({}), 'UNSUPPORTED_MEDIA_TYPE', { headers: {} });
  await refusedBody('x'.repeat(3 << 20), 'PAYLOAD_TOO_LARGE');
  await refusedBody(register({ display_name: 'x'.repeat(200_000) }), ['PAYLOAD_TOO_LARGE', 'TOO_LONG']);
  await refusedBody('{}', ['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE'], { headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } }).catch((error) => {
    // An encoding that is not looked at must at least not make anything of the body.
    assert.match(error.message, /VALIDATION_FAILED|REQUIRED/);
  });
});

test('methods and paths that do not exist', async () => {
  for (const [method, target] of [['GET', '/api/auth/login'], ['PUT', '/api/auth/me'], ['PUT', '/api/auth/register'], ['PATCH', '/api/auth/sessions'], ['POST', '/api/auth/sessions']]) {
    for (const [, client] of ways()) {
      const answer = await client.request(method, target);
      assert.deepEqual([answer.status, answer.json.error.code], [405, 'METHOD_NOT_ALLOWED'], `${method} ${target}`);
      assert.ok(answer.headers.allow, `${method} ${target}: no Allow`);
    }
  }
  for (const method of ['TRACE', 'PROPFIND', 'MKCOL']) {
    const answer = await it.client.request(method, '/api/auth/me');
    assert.ok(answer.status === 405 || answer.status === 400, `${method}: ${answer.status}`);
  }
  for (const target of ['/api/auth/nothing', '/api/auth/', '/api/auth/me/', '/api/payment/nothing', '/api/admin/nothing', '/api/auth/../admin/nothing', '/api/auth/%6de/x', '/api/auth/sessions/x/y']) {
    const answer = await user.get(target);
    assert.ok(answer.status === 404 || answer.status === 400, `${target}: ${answer.status} ${answer.text}`);
  }
  for (const id of ['x', '0', '%00', '%2e%2e', "'; drop table users; --".replaceAll(' ', '%20'), '01900000-0000-7000-8000-00000000000g', '01900000-0000-7000-8000-0000000000001', 'x'.repeat(1000)]) {
    const answer = await user.delete(`/api/auth/sessions/${id}`);
    assert.ok([400, 404, 414].includes(answer.status), `${id}: ${answer.status} ${answer.text}`);
  }
  const missing = await user.delete('/api/auth/sessions/01900000-0000-7000-8000-000000000001');
  assert.deepEqual([missing.status, missing.json.error.code], [404, 'SESSION_NOT_FOUND']);
});

test('query parameters', async () => {
  const base = '/api/admin/monitoring';
  const targets = [
    '/dashboard/summary?range=2h', '/dashboard/summary?range=', '/dashboard/summary?range=24h&range=1h', '/dashboard/summary?service=x', '/dashboard/summary?colour=1',
    '/dashboard/summary?from=2026-01-01T00:00:00Z', '/dashboard/summary?to=2026-01-01T00:00:00Z', '/dashboard/summary?from=yesterday&to=now', '/dashboard/summary?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    '/dashboard/summary?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/dashboard/summary?from=2026-02-30T00:00:00Z&to=2026-03-01T00:00:00Z', '/dashboard/summary?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
    '/dashboard/summary?range=1h&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z', '/dashboard/summary?range=%ff', '/dashboard/summary?range=%00', '/dashboard/summary?range=%zz', '/dashboard/summary?=', '/dashboard/summary?range=24h%0a',
    '/metrics/timeseries', '/metrics/timeseries?metric=', '/metrics/timeseries?metric=sleep', '/metrics/timeseries?metric=requests&interval=1s', '/metrics/timeseries?metric=requests&range=7d&interval=1m',
    '/metrics/hourly?limit=0', '/metrics/hourly?limit=501', '/metrics/hourly?limit=-1', '/metrics/hourly?limit=1.5', '/metrics/hourly?limit=x', '/metrics/hourly?limit=99999999999999999999', '/metrics/hourly?cursor=x', '/metrics/hourly?cursor=%00', `/metrics/hourly?cursor=${'A'.repeat(300)}`,
    '/metrics/raw?range=7d', '/metrics/raw?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00.001Z', '/metrics/raw?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/metrics/raw?service=x', '/metrics/raw?limit=0', '/metrics/raw?limit=501',
    '/metrics/raw?status=4x', '/metrics/raw?status=0xx', '/metrics/raw?status=4044', '/metrics/raw?remote_ip=10.0.0.1/8', '/metrics/raw?remote_ip=x', '/metrics/raw?remote_ip=10.0.0.0/33', '/metrics/raw?method=get', '/metrics/raw?rate_limited=maybe',
    `/metrics/raw?request_id=${'r'.repeat(65)}`, `/metrics/raw?route=${'r'.repeat(257)}`, '/metrics/raw?cursor=x', '/metrics/raw?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAA', '/metrics/raw?colour=1', '/metrics/raw?status=404&status=500',
    '/metrics/heatmap?service=x', '/metrics/heatmap?range=1y', '/metrics/heatmap?latency=x', '/metrics/heatmap?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/metrics/heatmap?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/metrics/heatmap?route=', '/metrics/heatmap?x=1',
    '/metrics/hourly?service=x', '/metrics/hourly?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/metrics/timeseries?metric=requests&service=x', '/metrics/timeseries?metric=requests&from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    '/health/current?x=1', '/collector?x=1',
  ];
  for (const target of targets) {
    const answer = await admin.get(base + target);
    assert.equal(answer.status, 400, `${target}: ${answer.status} ${answer.text}`);
    const { field, details = [] } = answer.json.error;
    assert.ok(field || details.length > 0 || /%|\?=$/.test(target), `names no field: ${target}: ${answer.text}`);
  }
  for (const [target, field, limit] of [
    ['/metrics/raw?range=7d', 'from', '24 hours'],
    ['/metrics/raw?limit=501', 'limit', '500'],
    ['/metrics/heatmap?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from', '92 days'],
    ['/metrics/timeseries?metric=requests&range=7d&interval=1m', 'interval', '300 points'],
    ['/metrics/hourly?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from', '92 days'],
  ]) {
    const { error } = (await admin.get(base + target)).json;
    const said = `${target}: ${JSON.stringify(error)}`;
    assert.equal(error.field ?? error.details?.[0]?.field, field, said);
    assert.ok(JSON.stringify(error).includes(limit), said);
  }
  for (const target of ['/api/auth/me?x=1', '/api/auth/sessions?limit=1']) {
    const answer = await user.get(target);
    assert.equal(answer.status, 400, `${target}: ${answer.status} ${answer.text}`);
  }
  const long = await user.get(`/api/auth/me?x=${'a'.repeat(40_000)}`);
  assert.ok(long.status === 414 || long.status === 431, String(long.status));
  const headers = await user.get('/api/auth/me', { 'X-Long': 'a'.repeat(40_000) });
  assert.ok(headers.status === 431 || headers.status === 400, String(headers.status));
});

/** Writes bytes as they are; resolves to what came back before the server closed. */
function exchange(port, text) {
  return new Promise((resolve) => {
    let received = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    const timer = setTimeout(() => socket.destroy(), 8000);
    socket.on('data', (part) => (received += part.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}

test('broken HTTP, at the gateway and at the port behind it', async () => {
  const host = 'Host: x\r\nConnection: close\r\n';
  const cases = [
    'NONSENSE\r\n\r\n', 'GET\r\n\r\n', 'GET /api/auth/me HTTP/9.9\r\n\r\n', `GET /api/auth/me\x00 HTTP/1.1\r\n${host}\r\n`, 'GET /api/auth/me HTTP/1.1\r\n\r\n',
    `GET /api/auth/me HTTP/1.1\r\n${host}Bad Header: x\r\n\r\n`, `GET /api/auth/me HTTP/1.1\r\n${host}X: a\x00b\r\n\r\n`,
    `POST /api/auth/login HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, `POST /api/auth/login HTTP/1.1\r\n${host}Content-Length: 99999999999999999999\r\n\r\n`,
    `POST /api/auth/login HTTP/1.1\r\n${host}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`, `POST /api/auth/login HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/auth/login HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`, `POST /api/auth/login HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  ];
  for (const port of [it.env.K_GATEWAY_PORT, it.env.K_PUBLIC_PORT]) {
    for (const text of cases) {
      const received = await exchange(Number(port), text);
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1] ?? 0);
      const said = `port ${port}: ${JSON.stringify(text)} -> ${JSON.stringify(received.slice(0, 300))}`;
      if (received === '') continue; // closed without a word: what came was no HTTP
      assert.ok(status >= 400 && status < 500 || status === 501 || status === 505, said);
      const body = received.slice(received.indexOf('\r\n\r\n') + 4);
      assert.match(body, /"error":\{"code":"[A-Z_]+"/, said);
    }
  }
});

test('requests of chance and malice, a thousand: never a 5xx', async () => {
  // Numbers of a fixed seed, so that a failure comes again.
  let state = 20261121;
  const random = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % n;
  };
  const pick = (list) => list[random(list.length)];
  const targets = ['/api/auth/register', '/api/auth/login', '/api/auth/verify-email', '/api/auth/verify-email/resend', '/api/auth/token/refresh', '/api/auth/password/change', '/api/auth/logout', '/api/auth/me', '/api/auth/sessions', '/api/admin/monitoring/collector'];
  const names = ['email', 'password', 'identifier', 'token', 'refresh_token', 'current_password', 'new_password', 'device', 'transport', 'remember', 'locale', '', '\u0000', 'x'.repeat(100)];
  const values = [null, 0, -1, 1e308, true, '', 'a@example.org', password, '\u0000', '\ud800', '\u202e', 'x'.repeat(5000), [], [[[]]], {}, { id: 'x' }, { a: { b: {} } }];
  const headers = [{}, { Authorization: 'Bearer x' }, { Authorization: 'Bearer' }, { Cookie: '__Host-ks_at=x; __Host-ks_rt=y' }, { Cookie: ';;==;' }, { Origin: 'null' }, { 'X-CSRF-Token': 'x' }, { 'X-Forwarded-For': '1.2.3.4, x' }, { Accept: 'text/html' }];
  for (let index = 0; index < 1000; index += 1) {
    const fields = Object.fromEntries(Array.from({ length: random(5) }, () => [pick(names), pick(values)]));
    let body = JSON.stringify(fields);
    if (random(3) === 0) {
      const at = random(body.length);
      body = body.slice(0, at) + String.fromCharCode(random(256)) + body.slice(at + random(3));
    }
    const method = pick(['POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH']);
    const target = pick(targets) + pick(['', '', '', '?a=b', '?%', '/x']);
    const answer = await it.client.request(method, target, { body, headers: { 'Content-Type': 'application/json', ...pick(headers) } });
    assert.ok(answer.status < 500 || answer.status === 503, `${method} ${target} ${body}: ${answer.status} ${answer.text}`);
  }
});

test('after all that: everything still healthy, no fault in any log', async () => {
  for (const service of ['auth', 'payment', 'admin']) {
    const health = await it.client.get(`/api/${service}/health`);
    assert.equal(health.json.status, 'healthy', service);
    for (const kind of ['live', 'ready']) assert.equal((await it.client.get(`/api/${service}/health/${kind}`)).status, 200, service);
  }
  for (const name of ['k-public.log', 'k-admin.log']) {
    assert.deepEqual(it.lines(name).filter((line) => line.type === 'error'), [], name);
  }
  const actors = JSON.parse((await it.kctl('ps', '--json')).stdout).actors;
  assert.deepEqual(actors.filter((one) => one.restarts > 0), []);
});

test('the served API documents are those that the programs print', async () => {
  for (const [service, program] of [['auth', 'k-public'], ['admin', 'k-admin']]) {
    const served = await it.client.get(`/api/${service}/openapi.json`);
    const { status, stdout } = await it.program(program, ['--openapi']);
    assert.deepEqual([served.status, status], [200, 0]);
    assert.deepEqual(served.json, JSON.parse(stdout));
  }
});
