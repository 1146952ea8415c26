// demoHistory.mjs SEED DIRECTORY [DAYS]: a week of a gateway's logs, or so many days, one access and one dos file a UTC day, the current day up to
// its last full hour. The same seed and hour always give the same lines, so that a day's file only ever grows and
// importing it again, later in the day or the next, brings only what is new.
import fs from 'node:fs';
import path from 'node:path';
import { generator, hex } from './demoRandom.mjs';

const [seed, directory] = [Number(process.argv[2] ?? 42), process.argv[3]];
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const linesAnHour = 1900; // on the average
const days = Number(process.argv[4] ?? 7);

// [share, method, url, route, zone, typical ms, statuses besides 200 with their shares]
const places = [
  [18, 'GET', () => '/api/auth/me', '/api/auth/me', 'auth-session', 4, { 401: 0.06 }],
  [12, 'POST', () => '/api/auth/token/refresh', '/api/auth/token/refresh', 'auth-session', 9, { 401: 0.05 }],
  [8, 'POST', () => '/api/auth/login', '/api/auth/login', 'auth-login', 48, { 401: 0.14, 403: 0.02 }],
  [2, 'POST', () => '/api/auth/register', '/api/auth/register', 'auth-register', 52, { 409: 0.06, 422: 0.1 }],
  [6, 'GET', () => '/api/auth/sessions', '/api/auth/sessions', 'auth-session', 6, {}],
  [5, 'GET', () => '/api/auth/.well-known/jwks.json', '/api/auth/.well-known/jwks.json', 'auth', 2, {}],
  [12, 'GET', (r) => `/api/payment/transactions/${r.below(9000)}`, '/api/payment/transactions/{id}', 'payment', 14, { 404: 0.03 }],
  [5, 'POST', () => '/api/payment/charges', '/api/payment/charges', 'payment', 95, { 402: 0.05, 422: 0.02 }],
  [4, 'GET', () => '/api/admin/monitoring/dashboard/summary', '/api/admin/monitoring/dashboard/summary', 'admin', 7, { 401: 0.02 }],
  [2, 'GET', (r) => `/api/admin/monitoring/metrics/timeseries?metric=${r.pick(['requests', 'latency', 'errors'])}`, '/api/admin/monitoring/metrics/timeseries', 'admin', 11, {}],
  [14, 'GET', (r) => r.pick(['/', '/admin/', '/assets/app.js', '/assets/app.css', '/favicon.ico']), '', 'static', 0.4, { 304: 0.4 }],
  [3, 'GET', (r) => r.pick(['/robots.txt', '/apple-touch-icon.png', '/old/page', '/sitemap.xml']), '', 'static', 0.3, { 404: 1 }],
];
const total = places.reduce((sum, [share]) => sum + share, 0);
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'okhttp/4.12.0',
  'python-requests/2.32.3',
];
const honeypots = ['/wp-login.php', '/.env', '/phpmyadmin/index.php', '/.git/config', '/cgi-bin/luci', '/actuator/env', '/xmlrpc.php'];

/** Few visitors come often, many seldom; every tenth has IPv6. */
function visitor(random) {
  const number = Math.floor(5000 * random.next() ** 2.5);
  return number % 10 === 0 ? `2001:db8:${(number % 997).toString(16)}:${(number % 89).toString(16)}::${(number + 1).toString(16)}` : `198.${18 + (number % 2)}.${(number >> 5) % 256}.${1 + (number % 250)}`;
}

function entry(random, at, fields) {
  const { method = 'GET', url, status = 200, limited = false, ip, agent, ms, asked = true, route = '', zone, user = '' } = fields;
  const seconds = (ms / 1000).toFixed(3);
  return {
    at,
    text: `${JSON.stringify({
      timestamp: new Date(at).toISOString().replace(/\.\d+Z$/, '+00:00'), category: 'system', type: 'http_access', service: 'nginx_gateway',
      request_id: hex(random, 32), remote_ip: ip, x_forwarded_for: '', method, url, status, rate_limited: limited, user_agent: agent,
      nginx_latency_s: Number(seconds), backend_latency_s: asked ? ((ms * 0.93) / 1000).toFixed(3) : '', user_id: user, timestamp_ms: at, zone,
      bytes_sent: 180 + random.below(status === 200 ? 6000 : 300), request_length: 150 + random.below(500), upstream_addr: asked ? 'unix:public.http.sock' : '', tls: '', route,
    })}\n`,
  };
}

/** Traffic by the hour of the day and the day of the week: quiet nights, quieter weekends. */
function curve(hour) {
  const date = new Date(hour);
  const day = 0.2 + 1.6 * Math.max(0, Math.sin(((date.getUTCHours() - 5) / 18) * Math.PI)) ** 1.3;
  return day * ([0, 6].includes(date.getUTCDay()) ? 0.6 : 1.1);
}

function visits(random, hour, troubled) {
  const count = Math.round(linesAnHour * curve(hour) * (0.9 + 0.2 * random.next()));
  const lines = [];
  for (let i = 0; i < count; ++i) {
    const at = hour + random.below(hourMs);
    let share = random.next() * total;
    const [, method, url, route, zone, typical, others] = places.find(([part]) => (share -= part) < 0) ?? places[0];
    const minute = Math.floor((at - hour) / 60_000);
    const outage = troubled && minute >= 12 && minute < 30 && route.startsWith('/api/payment');
    let status = 200;
    let dice = random.next();
    for (const [code, part] of Object.entries(others)) if ((dice -= part) < 0) { status = Number(code); break; }
    if (route !== '' && random.next() < 0.002) status = 500;
    if (outage && random.next() < 0.7) status = random.pick([502, 503, 504]);
    const slow = outage ? 30 : random.next() < 0.004 ? 60 : new Date(hour).getUTCHours() === 2 && minute < 10 ? 4 : 1;
    const ip = visitor(random);
    const known = route !== '' && status === 200 && !/login|register|jwks/.test(route);
    lines.push(entry(random, at, {
      method, url: url(random), status, ip, agent: agents[(ip.length + ip.charCodeAt(ip.length - 1)) % agents.length], asked: route !== '', route, zone,
      ms: Math.min(random.around(typical * slow), 9000), user: known ? `0197${hex(random, 8).slice(0, 4)}-0000-7000-8000-${String(random.below(4000)).padStart(12, '0')}` : '',
    }));
  }
  return lines;
}

/** One attack in some hours: too many requests, paths that are not there, or guessed passwords. */
function attack(random, hour) {
  const kind = random.below(9);
  const begin = hour + random.below(45 * 60_000);
  const ip = `203.0.113.${1 + random.below(60)}`;
  if (kind === 0) {
    return Array.from({ length: 240 + random.below(300) }, (_, i) =>
      entry(random, begin + i * 180, { url: '/api/auth/me', status: i < 40 ? 401 : 429, limited: i >= 40, ip, agent: 'wrk', zone: 'auth-session', ms: 0.2, asked: i < 40, route: i < 40 ? '/api/auth/me' : '' }));
  }
  if (kind === 1) {
    return Array.from({ length: 45 + random.below(60) }, (_, i) =>
      entry(random, begin + i * 700, { url: `/${random.pick(['backup', 'admin', 'old', 'test', 'api/v1', 'db'])}/${hex(random, 8)}.${random.pick(['zip', 'sql', 'bak', 'php'])}`, status: 404, ip, agent: 'gobuster/3.6', zone: 'static', ms: 0.3, asked: false }));
  }
  if (kind === 2) {
    return Array.from({ length: 60 + random.below(90) }, (_, i) =>
      entry(random, begin + i * 1500, { method: 'POST', url: '/api/auth/login', status: i % 12 > 9 ? 429 : 401, limited: i % 12 > 9, ip, agent: 'curl/7.88.1', zone: 'auth-login', ms: 45, asked: i % 12 <= 9, route: i % 12 <= 9 ? '/api/auth/login' : '' }));
  }
  return [];
}

function scanner(random, hour) {
  if (random.below(4) !== 0) return [];
  const ip = `192.0.2.${1 + random.below(40)}`;
  const begin = hour + random.below(40 * 60_000);
  return Array.from({ length: 3 + random.below(40) }, (_, i) =>
    entry(random, begin + i * (400 + random.below(2000)), { url: random.pick(honeypots), ip, agent: 'masscan/1.3', zone: 'honeypot', ms: 0.1, asked: false }));
}

const inOrder = (lines) => lines.sort((a, b) => a.at - b.at).map(({ text }) => text).join('');

fs.mkdirSync(directory, { recursive: true });
const now = Date.now();
const today = Math.floor(now / dayMs) * dayMs;
for (let day = today - days * dayMs; day <= today; day += dayMs) {
  let access = '';
  let dos = '';
  const troubledHour = generator(seed, day / dayMs).below(10) < 3 ? 8 + generator(seed, day / dayMs, 1).below(10) : -1;
  for (let hour = day; hour + hourMs <= Math.min(day + dayMs, now); hour += hourMs) {
    const random = generator(seed, hour / hourMs);
    // What runs over the hour stays in its own hour's block, late: a block that is written never changes.
    access += inOrder([...visits(random, hour, (hour - day) / hourMs === troubledHour), ...attack(random, hour)]);
    dos += inOrder(scanner(random, hour));
  }
  const name = new Date(day).toISOString().slice(0, 10);
  if (access) fs.writeFileSync(path.join(directory, `access-${name}.log`), access);
  if (dos) fs.writeFileSync(path.join(directory, `dos_attempts-${name}.log`), dos);
}
