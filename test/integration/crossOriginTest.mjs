// CORS through the gateway: exact origins, preflights, and what they cost of a limit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstallation } from './installation.mjs';

const trusted = 'https://app.example.org';
let it;
before(async () => (it = await startInstallation('crossOrigin', { K_CORS_ORIGINS: `${trusted},http://localhost:3000`, K_RATE_LIMITS: 'on', K_RATE_LIMIT_LOGIN: '15' })));
after(() => it?.down());

const preflight = (target, origin, method) =>
  it.client.request('OPTIONS', target, {
    headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type' },
  });

test('a preflight of a trusted origin is granted, of another it is not', async () => {
  for (const [target, method] of [['/api/auth/login', 'POST'], ['/api/auth/me', 'PATCH']]) {
    for (const origin of [trusted, 'http://localhost:3000']) {
      const { status, headers } = await preflight(target, origin, method);
      assert.equal(status, 204);
      assert.equal(headers['access-control-allow-origin'], origin);
      assert.equal(headers['access-control-allow-credentials'], 'true');
      assert.ok(headers['access-control-allow-methods'].split(', ').includes(method));
      assert.match(headers['access-control-allow-headers'], /Content-Type/);
      assert.match(headers.vary, /Origin/);
    }
    const { headers } = await preflight(target, 'https://evil.example', method);
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['access-control-allow-methods'], undefined);
    assert.match(headers.vary, /Origin/);
  }
});

test('answers and errors can be read by a trusted origin only, and none says *', async () => {
  for (const target of ['/api/auth/health', '/api/auth/me', '/api/auth/nothing']) {
    const allowed = await it.client.get(target, { Origin: trusted });
    assert.equal(allowed.headers['access-control-allow-origin'], trusted, target);
    assert.match(allowed.headers['access-control-expose-headers'], /X-Request-ID/);
    for (const headers of [{ Origin: 'https://app.example.org.evil.example' }, { Origin: 'null' }, {}]) {
      const other = await it.client.get(target, headers);
      assert.equal(other.headers['access-control-allow-origin'], undefined, target);
      assert.match(other.headers.vary, /Origin/);
    }
  }
});

test('preflights of a sign-in are not sign-ins: 20 of them leave its limit alone', async () => {
  for (let i = 0; i < 20; ++i) assert.equal((await preflight('/api/auth/login', trusted, 'POST')).status, 204);
  const login = await it.client.post('/api/auth/login', { identifier: 'nobody@example.org', password: 'not the password' }, { Origin: trusted });
  assert.equal(login.status, 401);
  assert.equal(login.headers['access-control-allow-origin'], trusted);
});

test("the administration trusts no origin but its own, whatever an administrator's cookies say", async () => {
  const { headers } = await preflight('/api/admin/monitoring/dashboard/summary', trusted, 'GET');
  assert.equal(headers['access-control-allow-origin'], undefined);
  assert.equal(headers['access-control-allow-methods'], undefined);
  for (const target of ['/api/admin/health', '/api/admin/nothing']) {
    assert.equal((await it.client.get(target, { Origin: trusted })).headers['access-control-allow-origin'], undefined, target);
  }
  const admin = await it.adminLogin();
  const cookie = { Cookie: `__Host-ks_at=${admin.headers.Authorization.slice('Bearer '.length)}` };
  const at = (origin) => it.client.with({ ...cookie, Origin: origin });
  const csrf = (await at(trusted).get('/api/auth/csrf')).json.csrf_token;
  assert.ok(csrf);
  const make = (origin) => at(origin).post('/api/admin/roles', { name: `made-at-${origin.length}`, rank: 1, permissions: [] }, { 'X-CSRF-Token': csrf });
  const foreign = await make(trusted);
  assert.deepEqual([foreign.status, foreign.json.error.code], [403, 'ORIGIN_DENIED'], foreign.text);
  assert.equal((await make(new URL(it.client.origin).origin)).status, 201);
});
