// No secret that a client writes gets into a log, and whatever he writes a line is valid UTF-8 and JSON.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { inParallel, sleep, startGateway, until } from './gatewayFixture.mjs';

const ID = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const SECRET = `Sx-_9${'q'.repeat(38)}`;
const KEY = `ks_adm_${ID}_${SECRET}`;
const TOKEN = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_0';
const encoded = (text) => [...text].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');

let gateway;
before(async () => {
  gateway = await startGateway({ settings: { K_RATE_LIMITS: 'off' } });
});
after(() => gateway.stop());

async function lineOf(target, headers = {}) {
  const { headers: said } = await gateway.request(target, { headers });
  const id = said['x-request-id'];
  const file = target.startsWith('/api/auth') ? 'access.log' : 'dos_attempts.log';
  return gateway.entry(file, (entry) => entry.request_id === id);
}

for (const [target, logged] of [
  ['/api/auth/me?password=hunter2', '/api/auth/me?password=***'],
  ['/api/auth/me?a=1&PassWord=hunter2&b=2', '/api/auth/me?a=1&PassWord=***&b=2'],
  ['/api/auth/me?%70assword=hunter2', '/api/auth/me?%70assword=***'],
  [`/api/auth/me?${encoded('token')}=x1y2`, `/api/auth/me?${encoded('token')}=***`],
  ['/api/auth/me?%2570assword=hunter2', '/api/auth/me?%2570assword=***'],
  ['/api/auth/me?access_token=a&refresh-token=b&code=c&otp=d&api_key=e&client_secret=f&sessionId=g&session=h', '/api/auth/me?access_token=***&refresh-token=***&code=***&otp=***&api_key=***&client_secret=***&sessionId=g&session=***'],
  ['/api/auth/me?user[password]=x&user%5Bnew_password%5D=y', '/api/auth/me?user[password]=***&user%5Bnew_password%5D=***'],
  ['/api/auth/me?a=1;password=x;y', '/api/auth/me?a=1;password=***'],
  ['/api/auth/me?password=a=b?c', '/api/auth/me?password=***'],
  ['/api/auth/me?next=https%3A%2F%2Fa.example%2F%3Ftoken%3Dx1y2', '/api/auth/me?***'],
  ['/api/auth/me?limit=5&cursor=abc&q=x%20y', '/api/auth/me?limit=5&cursor=abc&q=x%20y'],
  ['/api/auth/me?from=2026-01-01T00%3A00%3A00Z&to=a%20b', '/api/auth/me?from=2026-01-01T00%3A00%3A00Z&to=a%20b'],
  ['/api/auth/me?from=1;password=x', '/api/auth/me?from=1;password=***'],
  [`/api/auth/me?q=${KEY}`, `/api/auth/me?q=ks_adm_${ID}_***`],
  ['/api/auth/me?password', '/api/auth/me?password'],
  ['/api/auth/me?from=1&to', '/api/auth/me?from=1&to'],
  ['/api/auth/me?from=1?password=x', '/api/auth/me?***'],
  ['/api/auth/me?next=/a?token=x&b=1', '/api/auth/me?***&b=1'],
  ['/api/auth/me?=&&;;?&a', '/api/auth/me?=&&;;?&a'],
  [`/api/auth/me?x=${KEY}&b=2`, `/api/auth/me?x=ks_adm_${ID}_***&b=2`],
  [`/nowhere/${KEY}/more`, `/nowhere/ks_adm_${ID}_***/more`],
  [`/nowhere/ks_live_${SECRET}`, '/nowhere/ks_live_***'],
  [`/nowhere/x${TOKEN}`, '/nowhere/xeyJ***'],
  [`/nowhere/${encoded('ks_svc_')}${ID}_${SECRET}/a`, '/nowhere/***/a'],
  [`/nowhere/${encoded(TOKEN)}`, '/nowhere/***'],
  [`/api/auth/me?x=%2565yJ${TOKEN.slice(3)}`, '/api/auth/me?***'],
  [`/nowhere/ks_adm_${ID}`, `/nowhere/ks_adm_${ID}`],
  ['/nowhere/ks_rate/eyJ/keyJar', '/nowhere/ks_rate/eyJ/keyJar'],
]) {
  test(`the address ${target.slice(0, 60)} is logged without its secrets`, async () => {
    assert.equal((await lineOf(target)).url, logged);
  });
}

test('the parameters of our own API are no secrets, and known to the configuration as such', () => {
  const names = ['public', 'admin'].flatMap((name) =>
    Object.values(JSON.parse(fs.readFileSync(new URL(`../../web/shared/api/${name}.json`, import.meta.url))).paths).flatMap((item) =>
      Object.values(item).flatMap(({ parameters = [] }) => parameters.filter((one) => one.in === 'query').map((one) => one.name)),
    ),
  );
  const [, known] = /\\\?\(\?:\(\?:([a-z_|]+)\)=/.exec(fs.readFileSync(gateway.inside('nginx/logs.conf'), 'utf8'));
  assert.deepEqual(known.split('|'), [...new Set(names)].sort());
});

test('masking looks at a long text once, and finds what stands behind what is no token', async () => {
  // As many beginnings of tokens as a header has room for: work that grows with their square would hold a worker for a tenth of a second.
  const many = 'eyJ'.repeat(2600);
  for (const [agent, logged] of [
    [many, many.slice(0, 256)],
    [`eyJab.${TOKEN} eyJ.${TOKEN}`, 'eyJab.eyJ*** eyJ.eyJ***'],
    [`${'eyJ'.repeat(40)}.a.b.c`, 'eyJ***.c'],
    [`${'a'.repeat(255)}\u00e9b`, `${'a'.repeat(255)}`],
  ]) {
    const line = await lineOf('/api/auth/me', { 'User-Agent': Buffer.from(agent).toString('latin1') });
    assert.equal(line.user_agent, logged);
  }
  const { headers } = await gateway.request('/api/auth/me', { headers: { 'X-Request-ID': many } });
  assert.match(headers['x-request-id'], /^[0-9a-f]{8}-/);
});

test('keys are masked in the user agent, in X-Forwarded-For and as a request id', async () => {
  const line = await lineOf('/api/auth/me', { 'User-Agent': `curl ${KEY} ${TOKEN}`, 'X-Forwarded-For': `${KEY}, 1.2.3.4` });
  assert.equal(line.user_agent, `curl ks_adm_${ID}_*** eyJ***`);
  assert.equal(line.x_forwarded_for, `ks_adm_${ID}_***, 1.2.3.4`);
  for (const id of [KEY.slice(0, 64), TOKEN]) {
    const { headers } = await gateway.request('/api/auth/me', { headers: { 'X-Request-ID': id } });
    assert.match(headers['x-request-id'], /^[0-9a-f]{8}-/, id);
  }
});

for (const header of ['User-Agent', 'X-Forwarded-For']) {
  for (const [secret, masked] of [[KEY, `ks_adm_${ID}_***`], [TOKEN, 'eyJ***']]) {
    test(`${masked.slice(0, 3)} is masked in ${header} alone`, async () => {
      const line = await lineOf('/api/auth/me', { [header]: `x ${secret}` });
      assert.equal(line[header.replaceAll('-', '_').toLowerCase()], `x ${masked}`);
    });
  }
}

const rawBytes = (bytes) =>
  new Promise((resolve) => {
    const socket = net.connect(gateway.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.resume();
    setTimeout(() => socket.destroy(), 2000);
  });

test('broken UTF-8 becomes an escape in the address, U+FFFD elsewhere; valid UTF-8 stays', async () => {
  const request = (id, path, agent) =>
    Buffer.concat([Buffer.from('GET /nowhere/'), Buffer.from(path), Buffer.from(` HTTP/1.1\r\nHost: a\r\nX-Request-ID: ${id}\r\nConnection: close\r\nUser-Agent: `), Buffer.from(agent), Buffer.from('\r\n\r\n')]);
  for (const [id, path, agent, url, userAgent] of [
    ['utf-1', [0xff, 0x41], [0xff, 0x41, 0xc3], '%FFA', '\ufffdA\ufffd'],
    ['utf-2', [0xc3, 0xa9], [0xc3, 0xa9, 0xe2, 0x82, 0xac], '%C3%A9', '\u00e9\u20ac'],
    ['utf-3', [0xc0, 0xaf], [0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80], '%C0%AF', '\ufffd'.repeat(9)],
    ['utf-4', [0x22, 0x5c], [0x22, 0x5c, 0x09, 0xf0, 0x9f, 0x99, 0x82], '"\\', '"\\\t\u{1f642}'],
    ['utf-5', [0x41], Buffer.from('\u20ac'.repeat(100)), 'A', '\u20ac'.repeat(85)], // cut at 256 bytes
  ]) {
    await rawBytes(request(id, path, agent));
    const line = await gateway.entry('dos_attempts.log', (entry) => entry.request_id === id);
    assert.equal(line.url, `/nowhere/${url}`);
    assert.equal(line.user_agent, userAgent);
  }
});

test('random bytes and secrets: every line is valid UTF-8 and JSON, and holds no secret', async () => {
  let seed = 20260229;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const pieces = [KEY, TOKEN, encoded(KEY), 'password=hunter2', '&token=hunter2', '?', '&', ';', '=', '%', '%zz', '%00', '"', '\\', '\t', '\x01', '\x7f', 'ks_', 'eyJ', '/', '..', 'x'.repeat(300)].map((text) => Buffer.from(text, 'latin1'));
  const noise = () =>
    Buffer.concat(Array.from({ length: 1 + random(8) }, () => (random(3) === 0 ? Buffer.from(Array.from({ length: random(6) }, () => random(256))) : pieces[random(pieces.length)])));
  const clean = (bytes) => Buffer.from(bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 32));
  await inParallel(400, async (i) => {
    await rawBytes(
      Buffer.concat([
        Buffer.from(`${['GET', 'POST', 'M-X', 'get'][random(4)]} ${['/', '/api/auth/', '/admin/', '/honeypot?'][random(4)]}`), clean(noise()),
        Buffer.from(` HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-ID: fuzz-${i}\r\nUser-Agent: `), clean(noise()),
        Buffer.from('\r\nX-Forwarded-For: '), clean(noise()), Buffer.from('\r\nReferer: http://a/?token=hunter2\r\n\r\n'),
      ]),
    );
  }, 8);
  await sleep(500);
  let lines = 0;
  for (const file of ['access.log', 'dos_attempts.log']) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(fs.readFileSync(gateway.inside('logs', file)));
    for (const line of text.split('\n').filter(Boolean)) {
      const { url, user_agent: agent, x_forwarded_for: forwarded, request_id: id } = JSON.parse(line);
      if (!id.startsWith('fuzz-')) continue;
      ++lines;
      for (const value of [url, agent, forwarded]) {
        assert.ok(!value.includes(SECRET) && !value.includes('c2lnbmF0dXJl'), value);
        let plain = value;
        for (let i = 0; i < 3; ++i) plain = plain.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
        assert.ok(!plain.includes(SECRET), value);
      }
    }
  }
  assert.ok(lines > 100, `${lines} lines`);
});

test('the error log holds no request line, whatever goes wrong', async () => {
  const target = '/api/admin/x?password=tr0ub4dor&token=tr0ub4dor';
  const headers = { Referer: 'http://a.example/?token=tr0ub4dor' };
  assert.equal((await gateway.request(target, { headers: { ...headers, 'X-Echo-Drop': '1' } })).status, 502);
  await gateway.backends.admin.stop();
  assert.equal((await gateway.request(target, { headers })).status, 502);
  gateway.redis.pause();
  await gateway.request('/api/auth/me?password=tr0ub4dor', { headers: { ...headers, Authorization: 'Bearer abc' } });
  await until('a warning', () => /\[warn\].*redis: /.test(gateway.logText('nginx.log')), 5000);
  gateway.redis.resume();
  await gateway.raw('GET /%00?password=tr0ub4dor HTTP/1.1\r\nHost: a\r\nReferer: http://a/?token=tr0ub4dor\r\n\r\n');
  await gateway.raw('GET /x?password=tr0ub4dor HTTP/1.1\r\nbad header\r\n\r\n');
  await gateway.raw('GET /x?password=tr0ub4dor HTTP/1.1\r\nContent-Length: a\r\n\r\n');
  await gateway.raw('GET /x?password=tr0ub4dor HTTP/1.1\r\nHost: a\r\n', { timeoutMs: 100 });
  await gateway.raw('GET /x?password=tr0ub4dor', { timeoutMs: 100 });
  await sleep(700);
  for (const file of fs.readdirSync(gateway.inside('logs'))) assert.deepEqual(gateway.logText(file).split('\n').filter((line) => line.includes('tr0ub4dor')), [], file);
});

test('an error in our own code is in the error log, without the request', async () => {
  const broken = await startGateway({
    edit(directory) {
      const file = `${directory}/locations.conf`;
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('location = /health {', `location = /broken { access_by_lua_block { require("report").guarded(function() error("it broke") end)() } content_by_lua_block { ngx.say("no") } }\nlocation = /health {`));
    },
  });
  try {
    assert.equal((await broken.request('/broken?password=tr0ub4dor')).status, 500);
    await until('the line', () => broken.logText('nginx.log').includes('it broke'));
    assert.ok(!broken.logText('nginx.log').includes('tr0ub4dor'));
  } finally {
    await broken.stop();
  }
});

test('what is rendered makes logs that others cannot read', () => {
  assert.equal(fs.statSync(gateway.inside('logs')).mode & 0o777, 0o750);
});
