// measure.mjs ROOT WORK LOAD, called by payments.sh with the installation's settings and BENCH_KEY, a machine's key: payments created and the
// bank's notices booked, by k-public and by the peer in turn; then both books.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { openBankKey } from '../../test/briSimulator/bank/keys.mjs';
import { machine, version } from '../reportPage.mjs';
import { checkBank, checkBooks } from './books.mjs';
import { sleep, startPeer } from './peerProcess.mjs';
import { report } from './report.mjs';
import { bankToken, creations, notices, replay } from './requests.mjs';

const [root, work, load] = process.argv.slice(2);
const { env } = process;
const count = Number(env.K_BENCH_PAYMENTS ?? 6000);
const rounds = Number(env.K_BENCH_ROUNDS ?? 3);
const connections = Number(env.K_BENCH_CONNECTIONS ?? 32);
const limitS = Number(env.K_BENCH_LIMIT_S ?? 120);
const drainS = 1800;
const program = path.join(env.K_BUILD_DIR, 'bench', 'replayRequests');
const database = `postgresql:///k?host=${env.K_SOCKET_DIR}&user=k`;
const run = promisify(execFile);

async function query(schema, text) {
  const { stdout } = await run('psql', ['-XAtqF', '\t', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', text], {
    env: { ...env, PGOPTIONS: `-c search_path=${schema}` },
    maxBuffer: 256 << 20,
  });
  return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
}
const sql = (text) => query('public', text);
const peerSql = (text) => query('peer', text);
const number = async (text) => Number((await sql(text))[0][0]);
const show = (name) => version('psql', '-XAtc', `show ${name}`, '-d', database);

const bankPid = Number(fs.readFileSync(path.join(env.K_RUN_DIR, 'pids/bank-simulator.process'), 'utf8').split(' ')[0]);
const signalBank = (signal) => process.kill(bankPid, signal);
process.once('SIGTERM', () => process.exit(143));
process.on('exit', () => {
  try {
    signalBank('SIGCONT'); // a stopped process hears no request to end
  } catch { /* it has ended */ }
});

const bank = {
  place: '/api/payment/bri',
  clientId: env.K_BRI_NOTICE_CLIENT_ID,
  secret: env.K_BRI_NOTICE_CLIENT_SECRET,
  key: openBankKey(path.join(env.K_RUN_DIR, 'bank')),
};
const serviceId = env.K_BRI_PARTNER_SERVICE_ID;
const ours = { name: 'ours', port: Number(env.K_PUBLIC_PORT), key: env.BENCH_KEY, sql, answered: { payments: new Map(), notices: 0 } };
const peerKey = randomBytes(24).toString('base64url');
const peerToken = randomBytes(24).toString('base64url');
const peerAnswered = { payments: new Map(), notices: 0 }; // both styles have one set of tables
const peerSettings = { PEER_DATABASE_URL: database, PEER_KEY: peerKey, PEER_TOKEN: peerToken, PEER_SECRET: bank.secret };
const startStyle = (style, pool) =>
  startPeer({ script: path.join(root, 'bench/peers/fastifyPayments.mjs'), work, style, pool, settings: peerSettings });
const asSide = (peer) => ({ name: peer.style, port: peer.port, key: peerKey, sql: peerSql, answered: peerAnswered });

// ---- The machine between two runs

const written = () => number("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");

/** How often the disk was told to keep what it has; nothing where the kernel does not count it, as for partitions. */
function flushes() {
  const { dev } = fs.statSync(path.join(env.K_RUN_DIR, 'postgres'));
  try {
    const place = `/sys/dev/block/${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}/stat`;
    return Number(fs.readFileSync(place, 'utf8').trim().split(/\s+/)[15]);
  } catch {
    return NaN;
  }
}

/** Until nothing is written any more: what a run left to do disturbs no other. Answers whether it came to rest. */
async function rest(limitMs = 120_000) {
  const end = Date.now() + limitMs;
  let before = await written();
  while (Date.now() < end) {
    await sleep(1000);
    const now = await written();
    if (now - before < 65_536) return true;
    before = now;
  }
  return false;
}

/** The bank is asked whether a payment was paid a minute after it was made; here no run is to have such questions. */
const postponeQuestions = () =>
  sql("update payment_work set next_at = next_at + interval '1 day' where kind = 'ask' and next_at < now() + interval '12 hours'");

/** Until the bank has every payment: seconds. */
async function drain() {
  const begun = Date.now();
  while ((await number("select count(*) from payments where status = 'created'")) > 0) {
    if (Date.now() - begun > drainS * 1000) throw new Error(`the bank has not all payments after ${drainS} s`);
    await postponeQuestions();
    await sleep(500);
  }
  await postponeQuestions();
  return Math.round((Date.now() - begun) / 100) / 10;
}

// ---- Runs

const runs = [];
let serial = 0;
let restless = 0;

/** makeRequests() signs, which has to be soon before they are sent. */
async function measured(what, side, makeRequests, isRight) {
  restless += (await rest()) ? 0 : 1;
  const requests = await makeRequests();
  const [bytesBefore, flushesBefore] = [await written(), flushes()];
  const sending = { program, folder: work, port: side.port, isRight, limitS };
  const { answers, failed, ...figures } = await replay({ ...sending, connections, requests });
  const [flushed, bytes] = [flushes() - flushesBefore, (await written()) - bytesBefore];
  const each = { wal_bytes_each: Math.round(bytes / requests.length), flushes_each: flushed > 0 ? Math.round((flushed / requests.length) * 100) / 100 : null };
  // What was not answered well is sent again, as shops and the bank do, before the books are compared.
  for (let tries = 0; tries < 5 && failed.length > 0; ++tries) {
    const again = await replay({ ...sending, connections: 4, limitS: 120, requests: failed.splice(0) });
    answers.push(...again.answers);
    failed.push(...again.failed);
  }
  return { done: { what, side: side.label ?? side.name, ...figures, ...each }, answers };
}

const isCreated = ({ status, text }) => status === 201 && /"status":"(created|pending)"/.test(text);
const isBooked = ({ status, text }) => status === 200 && text.includes('"responseCode":"2002500"');

async function create(side, size = count) {
  const name = `${side.label ?? side.name}-${++serial}`;
  const { done, answers } = await measured('created', side, () => creations(name, size, side.key), isCreated);
  for (const { text } of answers) {
    const { id, merchant_ref: ref } = JSON.parse(text);
    side.answered.payments.set(id, ref);
  }
  return { name, done };
}

/** Ours, with the bank answering or silent meanwhile; afterwards the bank gets what it has not. */
async function createOurs(silent, size) {
  if (silent) signalBank('SIGSTOP');
  let made;
  try {
    made = await create({ ...ours, label: silent ? 'oursSilent' : 'ours' }, size);
    made.done.bank_calls_meanwhile = await number(`select count(*) from bank_calls c join payments p on p.id = c.payment_id
      where p.merchant_ref like '${made.name}-%' and c.outcome is not null`);
  } finally {
    signalBank('SIGCONT');
  }
  made.done.to_bank_s = await drain();
  return made;
}

async function createPeer(peer, size) {
  const made = await create(asSide(peer), size);
  await peerSql(`update payments set status = 'pending' where merchant_ref like '${made.name}-%'`);
  return made;
}

async function book(side, name) {
  const rows = await side.sql(`select va_number, customer_name, amount_minor from payments
    where merchant_ref like '${name}-%' and status = 'pending' order by id`);
  const accounts = rows.map(([va, customer, minor]) => ({ number: va, name: customer, minor }));
  const makeRequests = async () => {
    const token = side === ours ? await bankToken(side.port, bank) : peerToken;
    return notices(accounts, { bank, token, serviceId });
  };
  const { done, answers } = await measured('booked', side, makeRequests, isBooked);
  side.answered.notices += answers.length;
  return done;
}

function note(done, counted) {
  const { what, side, per_second: speed, p50_ms: p50, p99_ms: p99, errors, example } = done;
  const times = `p50 ${p50} ms, p99 ${p99} ms, ${errors} errors${example ? `: ${example}` : ''}`;
  console.log(`  ${counted ? '' : '(warm-up) '}${what.padEnd(8)} ${side.padEnd(10)} ${String(speed).padStart(8)} a second, ${times}`);
  if (counted) runs.push(done);
}

/** The number of connections of a worker with which this style makes the most payments a second. */
async function bestPeer(style) {
  let best = null;
  for (const pool of [4, 8, 12]) {
    const peer = await startStyle(style, pool);
    await createPeer(peer, Math.ceil(count / 8)); // opens the connections, compiles
    const { done } = await createPeer(peer, Math.ceil(count / 2));
    console.log(`  (warm-up) ${style} with ${pool} connections a worker: ${done.per_second} a second`);
    await peer.stop();
    if (!best || done.per_second > best.speed) best = { pool, speed: done.per_second };
  }
  const peer = await startStyle(style, best.pool);
  await createPeer(peer, Math.ceil(count / 8));
  return peer;
}

async function round(peers, first, size, counted) {
  const turns = (list) => (first ? list : [...list].reverse());
  const made = new Map();
  for (const turn of turns([
    async () => made.set(ours, await createOurs(false, size)),
    ...peers.map((peer) => async () => made.set(peer, await createPeer(peer, size))),
    async () => made.set('silent', await createOurs(true, size)),
  ])) await turn();
  for (const { done } of made.values()) note(done, counted);
  for (const turn of turns([
    async () => note(await book(ours, made.get(ours).name), counted),
    ...peers.map((peer) => async () => note(await book(asSide(peer), made.get(peer).name), counted)),
  ])) await turn();
}

// ---- All of it

const durable = ['fsync', 'synchronous_commit', 'full_page_writes'];
const settings = Object.fromEntries([...durable, 'wal_sync_method', 'shared_buffers', 'max_wal_size'].map((name) => [name, show(name)]));
if (durable.some((name) => settings[name] !== 'on')) throw new Error(`commits are not durable here: ${JSON.stringify(settings)}`);
await run('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', path.join(root, 'bench/payments/peerSchema.sql')]);

const peers = [await bestPeer('steps'), await bestPeer('single')];
await round(peers, true, Math.ceil(count / 8), false);
await sql('analyze');
for (let at = 0; at < rounds; ++at) {
  console.log(`  round ${at + 1} of ${rounds}`);
  await round(peers, at % 2 === 0, count, true);
}
for (const peer of peers) await peer.stop();

const state = await (await fetch(`http://127.0.0.1:${env.K_BANK_SIMULATOR_PORT}/sim/state`)).json();
const books = {
  ours: [
    ...(await checkBooks(sql, ours.answered, "select count(*) from bank_notices where service = '25' and answer_status = 200")),
    ...(await checkBank(sql, state.accounts)),
  ],
  peer: await checkBooks(peerSql, peerAnswered, 'select count(*) from inbox'),
};

const packages = JSON.parse(fs.readFileSync(path.join(root, 'bench/peers/package-lock.json'), 'utf8')).packages;
process.exitCode = report(root, {
  name: 'payments',
  at: new Date().toISOString(),
  commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
  machine: machine(load),
  versions: {
    postgresql: show('server_version'), node: process.version, fastify: packages['node_modules/fastify'].version, pg: packages['node_modules/pg'].version,
  },
  settings: {
    payments: count, rounds, connections, postgresql: settings,
    pool: Object.fromEntries(peers.map(({ style, pool }) => [style, pool])),
    data_on: version('df', '--output=fstype', path.join(env.K_RUN_DIR, 'postgres')).split('\n').at(-1),
  },
  restless_runs: restless,
  payments: { ours: ours.answered.payments.size, peer: peerAnswered.payments.size },
  notices: { ours: ours.answered.notices, peer: peerAnswered.notices },
  books,
  runs,
});
