// CORS through the gateway: exact origins, preflights, and what they cost of a limit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstallation } from './installation.mjs';

const trusted = 'https://app.example.org';
let it;
before(async () => (it = await startInstallation('crossOrigin', { K_CORS_ORIGINS: `${trusted},http://localhost:3000`, K_RATE_LIMITS: 'on' })));
after(() => it?.down());

const preflight = (target, origin, method) =>
  it.client.request('OPTIONS', target, {
    headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type' },
  });

test('a preflight of a trusted origin is granted by both processes, of another it is not', async () => {
  for (const [target, method] of [['/api/auth/login', 'POST'], ['/api/admin/monitoring/dashboard/summary', 'GET']]) {
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
  for (const target of ['/api/auth/health', '/api/auth/me', '/api/admin/health', '/api/admin/nothing']) {
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
