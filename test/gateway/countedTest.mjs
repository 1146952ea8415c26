// Nothing reaches a backend uncounted: every route of the documents, in every spelling and with every method.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { awayFromWindowEdge, inParallel, startGateway, until } from './gatewayFixture.mjs';

const documentOf = (name) => JSON.parse(fs.readFileSync(new URL(`../../web/shared/api/${name}.json`, import.meta.url)));
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const ID = '01900000-0000-7000-8000-000000000001';

const routes = ['public', 'admin'].flatMap((name) =>
  Object.entries(documentOf(name).paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      method: method.toUpperCase(),
      path,
      streams: Object.values(item[method].responses).some(({ content }) => content?.['text/event-stream']),
    })),
  ),
);
const samplePath = (path) => path.replace(/\{[^}]+\}/g, ID);

const LOGIN = ['login', 'mfa/verify', 'password/forgot', 'password/reset', 'password/change', 'verify-email', 'verify-email/resend', 'devices/link', 'devices/trust'];

// The zone that a route belongs to; '' for what is open to everybody as often as he likes.
function zoneOf(method, path) {
  if (['GET', 'HEAD'].includes(method) && /\/(health(\/(live|ready))?|\.well-known\/jwks\.json)$/.test(path)) return '';
  if (path.startsWith('/api/admin/')) return 'admin';
  if (path.startsWith('/api/payment/')) return 'payment';
  const rest = path.slice('/api/auth/'.length);
  if (method !== 'OPTIONS' && LOGIN.includes(rest)) return 'auth-login';
  if (method !== 'OPTIONS' && rest === 'register') return 'auth-register';
  return 'auth-session';
}

// As the processes match: whole segments, as they are written; a literal wins over a parameter.
function routeOf(path) {
  const fits = (template) => {
    const [wanted, given] = [template.split('/'), path.split('/')];
    return wanted.length === given.length && wanted.every((part, i) => part === given[i] || (part.startsWith('{') && given[i] !== ''));
  };
  return routes.map((route) => route.path).find((template) => template === path || fits(template));
}

const encoded = (text) => [...text].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
const SPELLINGS = {
  plain: (path) => path,
  'one letter encoded': (path) => path.replace(/\/([a-z])([^/]*)$/, (_, first, rest) => `/${encoded(first)}${rest}`),
  'last segment encoded': (path) => path.replace(/[^/]+$/, encoded),
  'prefix encoded': (path) => path.replace('/api/a', '/%61pi/%61'),
  'slash encoded': (path) => path.replace(/\/([^/]+)$/, '%2F$1'),
  'two slashes': (path) => path.replace(/\/([^/]+)$/, '//$1'),
  'dot segment': (path) => path.replace(/\/([^/]+)$/, '/./$1'),
  'encoded dot segments': (path) => path.replace(/\/([^/]+)$/, '/x/%2e%2E/$1'),
  'out of another service': (path) => path.replace(/^\/api\/[a-z]+\//, (start) => `/api/payment/..${start.slice(4)}`),
  'matrix parameter': (path) => `${path};a=b`,
  'upper case': (path) => path.replace(/[^/]+$/, (last) => last.toUpperCase()),
  'slash behind': (path) => `${path}/`,
  'line break behind': (path) => `${path}%0a`,
  'space behind': (path) => `${path}%20`,
  'question mark encoded': (path) => `${path}%3fa=b`,
  'encoded twice': (path) => path.replace(/\/([a-z])([^/]*)$/, (_, first, rest) => `/%25${encoded(first).slice(1)}${rest}`),
  backslash: (path) => path.replace(/\/([^/]+)$/, '\\$1'),
  'overlong slash': (path) => path.replace(/\/([^/]+)$/, '%c0%af$1'),
  'absolute form': (path) => `http://other.example${path}`,
  query: (path) => `${path}?x=/api/auth/health`,
};
const OTHER_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'M-SEARCH', 'LOCK', 'TRACE', 'QUERY'];
const RAW_METHODS = ['GET_', 'GET-', '_', '-', 'POST_X', 'X-GET', 'HEALTH'];
const HEADERS = [{}, { Accept: 'text/event-stream' }, { Connection: 'Upgrade', Upgrade: 'websocket' }];

let gateway;
before(async () => {
  gateway = await startGateway({ settings: { K_RATE_LIMITS: 'off' } });
});
after(() => gateway.stop());

const agent = new http.Agent({ keepAlive: true, maxSockets: 24 });
const exchange = (method, target, headers) =>
  new Promise((resolve) => {
    const request = http.request({ host: '127.0.0.1', port: gateway.port, path: target, method, headers, agent });
    request.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
    request.on('upgrade', (response, socket) => resolve(socket.destroy() && 101));
    request.on('error', () => resolve(0));
    request.end();
  });

let sent = 0;
async function tryAll(variants) {
  const tried = await inParallel(
    variants.length,
    async (i) => {
      const id = `counted-${++sent}`;
      const { method, target, headers } = variants[i];
      return { ...variants[i], id, status: await exchange(method, target, { ...headers, 'X-Request-ID': id }) };
    },
    24,
  );
  return withTraces(tried);
}

async function withTraces(tried) {
  const lines = await until('all lines', () => {
    const found = new Map(['access.log', 'dos_attempts.log'].flatMap((file) => gateway.entries(file)).map((line) => [line.request_id, line]));
    return tried.every(({ id, status }) => found.has(id) || status === 0 || status === 400) && found;
  });
  const seen = new Map(Object.values(gateway.backends).flatMap(({ received }) => received).map((one) => [one.headers['x-request-id'], one]));
  return tried.map((one) => ({ ...one, line: lines.get(one.id), seen: seen.get(one.id) }));
}

function assertCounted({ method, target, line, seen }) {
  const what = `${method} ${target}`;
  if (!line || line.upstream_addr === '') {
    assert.equal(seen, undefined, what);
    return;
  }
  assert.ok(seen, `${what}: went on to a backend, which could not read it`);
  const path = seen.url.split('?')[0];
  const route = routeOf(path);
  if (route) assert.equal(line.zone, zoneOf(seen.method, route), what);
  else assert.ok(['auth-login', 'auth-register', 'auth-session', 'payment', 'payment-notifications', 'admin'].includes(line.zone), `${what}: zone "${line.zone}"`);
}

test('every route in every spelling', async () => {
  const variants = routes.flatMap(({ method, path }) =>
    Object.values(SPELLINGS).map((spelling, i) => ({ method, target: spelling(samplePath(path)), headers: HEADERS[i % HEADERS.length] })),
  );
  const tried = await tryAll(variants);
  for (const one of tried) assertCounted(one);
  assert.ok(tried.filter(({ seen }) => seen).length > routes.length * 5);
});

test('every route by every method, known or not', async () => {
  const paths = [...new Set(routes.map(({ path }) => path))];
  const tried = await tryAll(paths.flatMap((path) => OTHER_METHODS.map((method) => ({ method, target: samplePath(path), headers: {} }))));
  for (const one of tried) {
    assertCounted(one);
    if (!['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(one.method)) {
      assert.equal(one.status, 405, `${one.method} ${one.target}`);
      assert.equal(one.line.upstream_addr, '', `${one.method} ${one.target}`);
    }
  }
});

test('the routes that stream, in every spelling and with every header', async () => {
  const variants = routes.filter(({ streams }) => streams).flatMap(({ path }) =>
    Object.values(SPELLINGS).flatMap((spelling) =>
      ['GET', 'HEAD', 'POST', 'QUERY'].flatMap((method) => HEADERS.map((headers) => ({ method, target: spelling(path), headers })))),
  );
  assert.ok(variants.length > 100);
  for (const one of await tryAll(variants)) assertCounted(one);
});

test('methods that are no words are refused in the standard form, and counted', async () => {
  for (const method of RAW_METHODS) {
    for (const target of ['/api/auth/login', '/api/auth/openapi.json', '/api/admin/users', '/api/auth/health']) {
      const id = `raw-${++sent}`;
      const { status, body, received } = await gateway.raw(`${method} ${target} HTTP/1.1\r\nHost: a\r\nX-Request-ID: ${id}\r\nConnection: close\r\n\r\n`);
      assert.equal(status, 405, `${method} ${target}`);
      assert.equal(JSON.parse(body).error.code, 'METHOD_NOT_ALLOWED');
      assert.match(received, /\r\nAllow: GET, HEAD, POST/);
      const line = await gateway.entry('access.log', (entry) => entry.request_id === id);
      assert.equal(line.upstream_addr, '');
      assert.equal(line.zone, 'unclaimed', `${method} ${target}`);
    }
  }
});

test('what no route can be is refused: 400 in the standard form', async () => {
  for (const target of ['/api/auth/me%0a', '/api/auth/me%3b', '/api/auth/me;x', '/api/auth/%256de', '/api/auth/m%5ce', '/api/auth/%e4', '/api/auth/m%20e', '/api/admin/users/%22', '/api/admin/users/%7f']) {
    const { status, json } = await gateway.request(target);
    assert.equal(status, 400, target);
    assert.equal(json.error.code, 'BAD_REQUEST', target);
  }
});

test('only the routes that stream are unbuffered, and all of them', () => {
  const text = fs.readFileSync(gateway.inside('nginx/locations.conf'), 'utf8');
  const unbuffered = [...text.matchAll(/^location = (\S+) \{\n(?: .*\n)*? *proxy_buffering off;/gm)].map((match) => match[1]);
  assert.deepEqual(unbuffered.sort(), routes.filter(({ streams }) => streams).map(({ path }) => path).sort());
  assert.equal(text.match(/proxy_buffering off/g).length, unbuffered.length);
});

test('what no zone claims gets the strictest, whatever its path, characters or method', async () => {
  await awayFromWindowEdge();
  const strict = await startGateway();
  try {
    const targets = [['GET', '/api/other/1'], ['PROPFIND', '/api/x'], ['POST', '/api/auth/log;in'], ['M-SEARCH', '/api/auth/login'], ['GET_', '/api/admin/users']];
    const tried = await inParallel(20, (i) => strict.request(targets[i % 5][1], { method: targets[i % 5][0] }), 1);
    assert.deepEqual(tried.slice(0, 3).map(({ status }) => status), [200, 200, 400]);
    assert.ok(tried.slice(3).every(({ status }) => status === 429));
  } finally {
    await strict.stop();
  }
});
