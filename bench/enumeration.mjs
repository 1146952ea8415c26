// enumeration.mjs ROOT SOCKET DATABASE_URL TRIES LOAD: measures login, register and forgot for known and unknown accounts,
// compares the answers and, by medians and a two-sample Kolmogorov-Smirnov test, their times.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { machine, median, printTable, table, version, writeReport } from './reportPage.mjs';

const [root, socketPath, databaseUrl, triesText, load] = process.argv.slice(2);
const tries = Number(triesText);
const TRIES_OF_ONE = 4; // fewer than the ladder's first lock
const GOAL = { difference_ms: 1, difference_share: 0.02, p: 0.01 };
const password = 'correct horse battery staple';

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
function post(path, body) {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), 'X-Real-IP': '127.0.0.1' };
    const begin = process.hrtime.bigint();
    const request = http.request({ socketPath, agent, method: 'POST', path, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const ms = Number(process.hrtime.bigint() - begin) / 1e6;
        resolve({ status: response.statusCode, body: Buffer.concat(parts).toString(), names: Object.keys(response.headers).sort().join(), ms });
      });
    });
    request.setTimeout(30_000, () => request.destroy(new Error(`no answer: ${path}`)));
    request.on('error', reject);
    request.end(text);
  });
}

const sql = (query) => execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', databaseUrl, '-c', query], { encoding: 'utf8' }).trim();

/** What the answers of one side look like, without what differs by request. */
const shape = (answer) => {
  const body = JSON.parse(answer.body);
  delete body.request_id;
  delete body.timestamp;
  return JSON.stringify([answer.status, answer.names, body]);
};

/** Asymptotic p of the two-sample test (Numerical Recipes, 14.3). */
function kolmogorovSmirnov(a, b) {
  const [x, y] = [a, b].map((values) => [...values].sort((p, q) => p - q));
  let [i, j, d] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] <= value) ++i;
    while (j < y.length && y[j] <= value) ++j;
    d = Math.max(d, Math.abs(i / x.length - j / y.length));
  }
  const root = Math.sqrt((x.length * y.length) / (x.length + y.length));
  const lambda = (root + 0.12 + 0.11 / root) * d;
  let p = 0;
  for (let k = 1; k <= 100; ++k) p += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return { d, p: Math.min(Math.max(p, 0), 1) };
}

// Accounts that are like registered ones: the hash of one that was, under ids and addresses of their own.
const accounts = Math.ceil(tries / TRIES_OF_ONE);
await post('/api/auth/register', { email: 'pattern@example.test', password });
sql(`WITH pattern AS (SELECT u.id, c.phc FROM users u JOIN password_credentials c ON c.user_id = u.id WHERE u.email = 'pattern@example.test'),
made AS (INSERT INTO users (id, email, email_verified_at, status, created_at, updated_at)
  SELECT gen_random_uuid(), 'known' || n || '@example.test', now(), 'active', now(), now() FROM generate_series(0, ${accounts - 1}) n RETURNING id)
INSERT INTO password_credentials (user_id, phc, changed_at) SELECT made.id, pattern.phc, now() FROM made, pattern`);
// Accounts that were imported with the dearest hash that K_LOGIN_ANSWER_MS takes by default, which a wrong password leaves.
sql(`WITH made AS (INSERT INTO users (id, email, email_verified_at, status, created_at, updated_at)
  SELECT gen_random_uuid(), 'imported' || n || '@example.test', now(), 'active', now(), now() FROM generate_series(0, ${accounts - 1}) n RETURNING id)
INSERT INTO password_credentials (user_id, phc, changed_at)
SELECT made.id, '$2b$10$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu', now() FROM made`);
sql('VACUUM ANALYZE users, password_credentials');

const ROUTES = {
  login: (who, n) => ['/api/auth/login', { identifier: `${who}${n % accounts}@example.test`, password: 'a wrong passphrase indeed' }],
  'login, imported': (who, n) => ROUTES.login(who === 'known' ? 'imported' : 'stranger', n),
  register: (who, n) => ['/api/auth/register', { email: who === 'known' ? `known${n % accounts}@example.test` : `fresh${n}@example.test`, password }],
  forgot: (who, n) => ['/api/auth/password/forgot', { email: `${who}${n % accounts}@example.test` }],
};

const figures = {};
for (const [route, make] of Object.entries(ROUTES)) {
  for (let n = 0; n < 10; ++n) await post(...make('warm', n));
  const times = { known: [], unknown: [] };
  const shapes = new Set();
  const left = { known: tries, unknown: tries };
  while (left.known + left.unknown > 0) {
    const who = Math.random() * (left.known + left.unknown) < left.known ? 'known' : 'unknown';
    const answer = await post(...make(who, --left[who]));
    await new Promise((resolve) => setTimeout(resolve, 1)); // below 1,000 a second, the widest that the limits go
    times[who].push(answer.ms);
    shapes.add(shape(answer));
  }
  const [known, unknown] = [median(times.known), median(times.unknown)];
  const { d, p } = kolmogorovSmirnov(times.known, times.unknown);
  const difference = Math.abs(known - unknown);
  figures[route] = {
    known_ms: known,
    unknown_ms: unknown,
    difference_ms: difference,
    difference_share: difference / Math.max(known, unknown),
    ks_d: d,
    ks_p: p,
    answers: [...shapes].map((text) => JSON.parse(text)[0]),
    same_answer: shapes.size === 1,
    medians_met: difference < GOAL.difference_ms || difference / Math.max(known, unknown) < GOAL.difference_share,
    p_met: p > GOAL.p,
  };
}
agent.destroy();

const fixed = (value, digits) => value.toFixed(digits);
const head = ['route', 'known, median', 'unknown, median', 'difference', 'KS D', 'KS p', 'status and body', 'goal'];
const rows = Object.entries(figures).map(([route, f]) => [
  route,
  `${fixed(f.known_ms, 2)} ms`,
  `${fixed(f.unknown_ms, 2)} ms`,
  `${fixed(f.difference_ms, 3)} ms (${fixed(f.difference_share * 100, 2)} %)`,
  fixed(f.ks_d, 4),
  f.ks_p < 0.0001 ? '< 0.0001' : fixed(f.ks_p, 4),
  f.same_answer ? `the same (${f.answers[0]})` : 'DIFFERENT',
  f.same_answer && f.medians_met && f.p_met ? 'met' : f.same_answer && f.medians_met ? 'medians met, p not' : 'not met',
]);
printTable([head, ...rows]);
const environment = { ...machine(load), postgres: version('psql', '--version'), node: process.version };
const section = `## Known and unknown accounts

${tries} tries of each kind, one after the other in random order, asked of k-public's socket; ladder and limits on, tries spread
over ${accounts} identifiers. Goal: the same answer, medians less than 1 ms or 2 % apart, and p over 0.01 in a two-sample
Kolmogorov-Smirnov test. ${environment.cpu}, ${environment.cores} cores, load before ${environment.load_before}.

${table(head, rows)}

`;
writeReport(root, 'enumeration', { measured_at: new Date().toISOString(), tries, accounts, goal: GOAL, environment, figures }, section);
process.exitCode = Object.values(figures).every((f) => f.same_answer && f.medians_met && f.p_met) ? 0 : 1;
