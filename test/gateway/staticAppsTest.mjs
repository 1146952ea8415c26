import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from './gatewayFixture.mjs';

let gateway;
before(async () => {
  gateway = await startGateway({
    web: {
      'admin/index.html': '<!doctype html><title>admin</title>',
      'admin/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'admin/assets/index-3f2a9c1b.js': `console.log(1);${' '.repeat(3000)}`,
      'admin/assets/index-3f2a9c1b.css': 'body{}',
      'auth/index.html': '<!doctype html><title>auth</title>',
      'secret.txt': 'outside of every app',
    },
  });
});
after(() => gateway.stop());

test("an app's index is served and never kept", async () => {
  for (const [target, title] of [['/admin/', 'admin'], ['/admin/index.html', 'admin'], ['/auth/', 'auth']]) {
    const { status, text, headers } = await gateway.request(target);
    assert.equal(status, 200);
    assert.match(text, new RegExp(`<title>${title}</title>`));
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  }
});

test("unknown paths fall back to their own app's index", async () => {
  for (const [target, title] of [['/admin/users/5', 'admin'], ['/admin/a/b/c?x=1', 'admin'], ['/auth/account', 'auth']]) {
    const { status, text, headers } = await gateway.request(target);
    assert.equal(status, 200);
    assert.match(text, new RegExp(`<title>${title}</title>`));
    assert.equal(headers['cache-control'], 'no-store');
  }
});

test('hashed assets are kept for ever, compressed, with their type; missing ones are 404 and not kept', async () => {
  const { status, headers } = await gateway.request('/admin/assets/index-3f2a9c1b.js', { headers: { 'Accept-Encoding': 'gzip' } });
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.match(headers['content-type'], /javascript/);
  assert.equal(headers['content-encoding'], 'gzip');
  const style = await gateway.request('/admin/assets/index-3f2a9c1b.css');
  assert.match(style.headers['content-type'], /^text\/css/);
  const missing = await gateway.request('/admin/assets/index-00000000.js');
  assert.equal(missing.status, 404);
  assert.equal(missing.json.error.code, 'NOT_FOUND');
  assert.equal(missing.headers['cache-control'], 'no-store');
});

test('the policy of the apps allows own scripts only', async () => {
  const { headers } = await gateway.request('/admin/');
  const policy = Object.fromEntries(
    headers['content-security-policy'].split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1).join(' ')]),
  );
  assert.equal(policy['default-src'], "'none'");
  assert.equal(policy['script-src'], "'self'");
  assert.equal(policy['connect-src'], "'self'");
  assert.equal(policy['frame-ancestors'], "'none'");
  assert.ok(!headers['content-security-policy'].includes('unsafe-eval'));
});

test('an app that is not built is 404 in our form', async () => {
  for (const target of ['/payment/', '/payment/new', '/payment/assets/x.js']) {
    const { status, json } = await gateway.request(target);
    assert.equal(status, 404);
    assert.equal(json.error.code, 'NOT_FOUND');
  }
});

test('nothing outside of the apps can be read', async () => {
  for (const target of ['/admin/../secret.txt', '/admin/%2e%2e/secret.txt', '/secret.txt']) {
    const { text } = await gateway.request(target);
    assert.match(text, /Nice try/, target);
  }
  const slashes = await gateway.request('/admin/..%2fsecret.txt');
  assert.ok(!slashes.text.includes('outside of every app'));
});

test('a path without its slash is redirected; a POST to an app is 405', async () => {
  const { status, headers } = await gateway.request('/admin');
  assert.equal(status, 308);
  assert.equal(headers.location, '/admin/');
  const post = await gateway.request('/admin/', { method: 'POST' });
  assert.equal(post.status, 405);
  assert.equal(post.json.error.code, 'METHOD_NOT_ALLOWED');
  assert.equal(post.headers.allow, 'GET, HEAD');
});

test('an unchanged file is answered 304', async () => {
  const first = await gateway.request('/admin/favicon.svg');
  assert.match(first.headers['content-type'], /^image\/svg\+xml/);
  const second = await gateway.request('/admin/favicon.svg', { headers: { 'If-None-Match': first.headers.etag } });
  assert.equal(second.status, 304);
});
