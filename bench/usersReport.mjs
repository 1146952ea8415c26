// usersReport.mjs ROOT DATABASE PORT USERS ROUNDS LOAD FILL_MS: asks k-admin for accounts and writes how long the answers take. The
// administrator's tokens come on descriptor 3 (adminAsk.mjs).
import { agent, ask as askAdmin } from './adminAsk.mjs';
import { machine, median, printTable, table, thousands, version, writeReport } from './reportPage.mjs';

const [root, database, port, users, rounds, load, fillMs] = process.argv.slice(2);
const ask = (query) => askAdmin(port, `/api/admin/users?${query}`);

const names = ['budi', 'siti', 'agus', 'dewi', 'andi', 'rina', 'joko', 'ann', 'bob', 'wati', 'eko', 'ayu', 'dian', 'putri', 'rizky', 'fajar'];
const one = (index) => 1 + ((index * 7919 * 131) % Number(users));
const search = (text, more = '') => `q=${encodeURIComponent(text)}${more}`;
/** Every question is another one: a name in turn, a number anywhere. */
const QUESTIONS = [
  { name: 'newest 50', query: () => '' },
  { name: 'by the beginning of the address (2 letters)', query: (i) => search(names[i % 16].slice(0, 2)) },
  { name: 'the same, in order of the address', query: (i) => search(names[i % 16].slice(0, 2), '&sort=email') },
  { name: 'a part of an address that many have', query: (i) => search(['gmail', 'yahoo', 'telkom.co'][i % 3]) },
  { name: 'a number in the middle of few addresses', query: (i) => search(`${one(i)}@`) },
  { name: 'a part that nobody has', query: (i) => search(`zzq${i}qzz`) },
  { name: 'by first name', query: (i) => search(names[i % 16]) },
  { name: 'by first name, in order of the address', query: (i) => search(names[i % 16], '&sort=email') },
  { name: 'by three letters of a last name', query: (i) => search(`${names[i % 16]} ${'abcdefghijklmnop'[i % 16]}${'abcdefghijklmnop'[(i * 7) % 16]}`) },
  { name: 'pending ones', query: () => 'status=pending' },
  { name: 'suspended ones of a name', query: (i) => search(names[i % 16], '&status=suspended') },
  { name: 'of a role that few have', query: () => 'role=support' },
  { name: 'made within a day', query: (i) => `created_after=${new Date(Date.now() - (i + 2) * 864e5).toISOString()}&created_before=${new Date(Date.now() - (i + 1) * 864e5).toISOString()}` },
  { name: 'long not signed in', query: () => `last_login_before=${new Date(Date.now() - 90 * 864e5).toISOString()}&sort=last_login_at` },
];

const rounded = (value, digits = 2) => Number(value.toFixed(digits));
async function timesOf(query) {
  const times = [];
  let rows = 0;
  for (let i = 0; i < Number(rounds) + 5; i += 1) {
    const { tookMs, json } = await ask(query(i));
    if (i >= 5) times.push(tookMs);
    rows += json.data.length;
  }
  times.sort((a, b) => a - b);
  return { p50_ms: rounded(median(times)), p99_ms: rounded(times[Math.ceil(times.length * 0.99) - 1]), rows: Math.round(rows / (Number(rounds) + 5)) };
}

const questions = [];
for (const { name, query } of QUESTIONS) {
  questions.push({ name, ...(await timesOf(query)) });
  console.log(`${name}: ${questions.at(-1).p50_ms} ms (p99 ${questions.at(-1).p99_ms} ms), ${questions.at(-1).rows} rows`);
}
/** A hundred pages on, in big steps. */
async function deepPages(name, query) {
  let cursor = '';
  for (let page = 0; page < 100; page += 1) {
    const { json } = await ask(`${query}&limit=500${cursor && `&cursor=${cursor}`}`);
    cursor = json.page.next_cursor;
  }
  const small = [];
  for (let page = 0; page < Number(rounds); page += 1) {
    const { tookMs, json } = await ask(`${query}&limit=500&cursor=${cursor}`);
    cursor = json.page.next_cursor ?? cursor;
    small.push(tookMs);
  }
  small.sort((a, b) => a - b);
  questions.push({ name, p50_ms: rounded(median(small)), p99_ms: rounded(small[Math.ceil(small.length * 0.99) - 1]), rows: 500 });
  console.log(`${name}: ${questions.at(-1).p50_ms} ms (p99 ${questions.at(-1).p99_ms} ms)`);
}
await deepPages('500 more after 50,000, by address', 'sort=email');
await deepPages('500 more after 50,000 of a mail provider', 'q=gmail&sort=-created_at');
const counts = [];
for (const kind of ['approx', 'exact']) counts.push({ kind, took_ms: rounded((await ask(`limit=1&q=budi&count=${kind}`)).tookMs) });

const small = questions.filter(({ rows }) => rows < 500);
const worst = Math.max(...small.map((item) => item.p99_ms));
const goals = [{ what: 'slowest p99 of a page of 50, ms', is: worst, goal: '< 50', reached: worst < 50 }];
const result = {
  name: 'users',
  at: new Date().toISOString(),
  commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
  machine: machine(load),
  versions: { postgresql: version('psql', '-XAtc', 'show server_version', '-d', database), node: process.version },
  settings: {
    users: Number(users),
    rounds: Number(rounds),
    shared_buffers: version('psql', '-XAtc', 'show shared_buffers', '-d', database),
    table_size: version('psql', '-XAtc', "select pg_size_pretty(pg_total_relation_size('users'))", '-d', database),
    fill_s: rounded(Number(fillMs) / 1000, 1),
  },
  questions,
  counts,
  goals,
};
const HEAD = ['search', 'rows', 'p50 ms', 'p99 ms'];
const rows = questions.map((item) => [item.name, String(item.rows), item.p50_ms.toFixed(2), item.p99_ms.toFixed(2)]);
const GOAL_HEAD = ['what', 'is', 'goal', 'reached'];
const goalRows = goals.map((goal) => [goal.what, String(goal.is), goal.goal, goal.reached ? 'yes' : 'no']);
const busy = Number(load) > 2.5 ? '\n\nThe machine was busy with other work: the times are high.' : '';
writeReport(
  root,
  'users',
  result,
  `## Searching accounts

${result.at.slice(0, 10)}, commit ${result.commit}, ${result.machine.cpu}, ${result.machine.cores} cores, load average ${load} before the
first question. ${thousands(Number(users))} accounts (${result.settings.table_size} with indexes), made by SQL in ${result.settings.fill_s} s. Answers of k-admin over HTTP,
${rounds} of each kind one after the other, each another question. PostgreSQL ${result.versions.postgresql}, shared_buffers ${result.settings.shared_buffers}.${busy}

${table(HEAD, rows)}

Counting what "budi" finds: ${counts.map(({ kind, took_ms: took }) => `${kind} ${took} ms`).join(', ')} (with a page of one).

${table(GOAL_HEAD, goalRows)}
`,
);
printTable([HEAD, ...rows]);
printTable([GOAL_HEAD, ...goalRows]);
agent.destroy();
