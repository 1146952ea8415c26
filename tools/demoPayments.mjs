// demoPayments.mjs past SEED DAYS: days of payments before today, into the database and into the books of the simulated bank, each day
// once however often this runs. demoPayments.mjs now SEED: payments through the gateway. Prints what was done in one line.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generator, hex } from './demoRandom.mjs';
import { accountsOfDay, amountOf, dayOf, firstPaymentOf, moneyText, pastDay, shops, startOf } from './demoPaymentsPast.mjs';

const program = fileURLToPath(new URL('../k', import.meta.url));
const keysFile = path.join(process.env.K_RUN_DIR, 'secrets', 'demoKeys');
const payments = '/api/payment/payments';
const bankUrl = process.env.K_BRI_URL;

async function kctl(...words) {
  const { stdout } = await promisify(execFile)(program, ['kctl', ...words, '--json']);
  return JSON.parse(stdout);
}

/** {status, json, headers} of the gateway; where there were too many requests it waits. */
async function gateway(method, target, { key, address, body, headers }) {
  for (let tries = 0; ; ++tries) {
    const answer = await new Promise((resolve, reject) => {
      const request = http.request({
        host: '127.0.0.1', port: process.env.K_GATEWAY_PORT, localAddress: address, method, path: target, timeout: 30_000,
        headers: { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }), ...headers },
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${target}: no answer`)));
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('error', reject).on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      });
      request.end(body && JSON.stringify(body));
    });
    if (answer.status !== 429 || tries === 5) return answer;
    await sleep(1000 * Math.min(Number(answer.headers['retry-after']) || 1, 60));
  }
}

async function ask(method, target, options, wanted = [200, 201]) {
  const { status, text } = await gateway(method, target, options);
  if (!wanted.includes(status)) throw new Error(`${method} ${target}: ${status} ${text}`);
  return JSON.parse(text);
}

async function bank(name, body, wanted = [200]) {
  const answer = await fetch(`${bankUrl}/sim/${name}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(60_000) });
  const json = await answer.json();
  if (!wanted.includes(answer.status)) throw new Error(`POST /sim/${name}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}

/** [{id, key, address}] of the shops, made once. */
async function shopKeys() {
  const known = fs.existsSync(keysFile) ? JSON.parse(fs.readFileSync(keysFile, 'utf8')) : {};
  for (const [index, name] of shops.entries()) {
    if (known[name] && (await gateway('GET', `${payments}?limit=1`, known[name])).status === 200) continue;
    const { details, key } = await kctl('key', 'create', name, '--kind', 'service', '--scopes', 'payments:read,payments:write,payments:refund');
    known[name] = { id: details.id, key, address: `127.30.0.${index + 1}` };
    fs.writeFileSync(keysFile, JSON.stringify(known), { mode: 0o600 });
  }
  return shops.map((name) => known[name]);
}

/** The ids of the demo's users who are there. */
async function payersOf(seed) {
  const found = await Promise.allSettled([1, 2, 3, 4].map((number) => kctl('user', 'show', `demo${number}.${seed}@example.test`)));
  return found.filter(({ status }) => status === 'fulfilled').map(({ value }) => value.user.id);
}

/** psql as the tables' owner, a statement at a time. */
class Database {
  #said = '';
  #wakes = () => {};

  constructor() {
    const url = process.env.K_DATABASE_OWNER_URL || process.env.K_DATABASE_URL;
    this.child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdin.on('error', () => {});
    this.child.stdout.setEncoding('utf8').on('data', (part) => this.#wakes((this.#said += part)));
    this.ended = new Promise((resolve) => {
      this.child.on('error', resolve);
      this.child.on('close', (status) => resolve(status === 0 ? null : new Error(`psql ended with ${status}`)));
    });
  }

  /** The rows as lines. */
  async ask(statement) {
    const mark = randomUUID();
    const answered = new Promise((resolve) => {
      this.#wakes = () => this.#said.includes(mark) && resolve(null);
    });
    this.child.stdin.write(`${statement};\n\\echo ${mark}\n`);
    const ended = await Promise.race([answered, this.ended.then((error) => error ?? new Error('psql ended'))]);
    if (ended) throw ended;
    const lines = this.#said.split('\n').filter((line) => line !== '' && line !== mark);
    this.#said = '';
    return lines;
  }

  async end() {
    this.child.stdin.end();
    const error = await this.ended;
    if (error) throw error;
  }
}

const quoted = (value) => `'${JSON.stringify(value).replaceAll("'", "''")}'`;

async function insert(database, table, rows) {
  if (rows.length === 0) return;
  const names = Object.keys(rows[0]).join(', ');
  await database.ask(`INSERT INTO ${table} (${names}) SELECT ${names} FROM jsonb_populate_recordset(NULL::${table}, ${quoted(rows)})`);
}

/** As CreatePayment makes them, from the same sequence: nobody else gets them. */
const takeAccounts = (database, count) =>
  database.ask(`SELECT '${process.env.K_BRI_PARTNER_SERVICE_ID}' || lpad(((nextval('payment_customer_numbers')::numeric * 7368787811 + 1234567891) % 10000000000)::text, 10, '0')
    FROM generate_series(1, ${count})`);

async function insertMovements(database, movements) {
  const list = quoted(movements);
  await database.ask(`WITH given AS (
      SELECT * FROM jsonb_to_recordset(${list}) g (idem_key text, payment_id uuid, kind text, at timestamptz, debit text, credit text, minor bigint)
    ), made AS (
      INSERT INTO ledger_transactions (idem_key, payment_id, kind, at) SELECT idem_key, payment_id, kind, at FROM given ORDER BY at RETURNING id, idem_key
    )
    INSERT INTO ledger_entries SELECT made.id, e.account, e.minor FROM made JOIN given USING (idem_key), LATERAL (VALUES (debit, minor), (credit, -minor)) e (account, minor)`);
}

/** As if an administrator had asked for it; a day that has not ended up to now. */
const reconcile = (database, day, id) =>
  database.ask(`INSERT INTO reconciliation_runs (id, kind, slot, starts_at, ends_at, status, next_at, created_at)
    VALUES ('${id}', 'day', 'asked:${id}', to_timestamp(${startOf(day) / 1000}),
      least(to_timestamp(${startOf(day + 1) / 1000 - 1}), date_trunc('second', clock_timestamp())), 'waiting', now(), now())`);

/** Rows and books at once: no reconciliation sees one without the other. */
async function storeDays(database, seed, days, who) {
  await database.ask('BEGIN');
  await database.ask('SELECT pg_advisory_xact_lock(7368787811)');
  const known = new Set(await database.ask(`SELECT id FROM payments WHERE id IN (${days.map((day) => `'${firstPaymentOf(seed, day)}'`)})`));
  const fresh = [];
  for (const day of days.filter((one) => !known.has(firstPaymentOf(seed, one)))) {
    const made = pastDay({ seed, day, ...who, accounts: await takeAccounts(database, accountsOfDay) });
    for (const [table, rows] of Object.entries(made.rows)) await insert(database, table, rows);
    await insertMovements(database, made.movements);
    await reconcile(database, day, made.runId);
    fresh.push(made);
  }
  await database.ask('SET CONSTRAINTS ALL IMMEDIATE');
  if (fresh.length > 0) {
    await bank('history', { accounts: fresh.flatMap(({ bank: { accounts: list } }) => list), qrs: fresh.flatMap(({ bank: { qrs } }) => qrs) });
    for (const credit of fresh.flatMap(({ reversed }) => reversed)) await bank('reverse', { credit }, [200, 409]);
  }
  await database.ask('COMMIT');
  return fresh;
}

/** Customers pay a second time: it is booked as extra money, or left to the reconciliation. True: something is left to it. */
async function payAgain(days) {
  for (const va of days.map(({ again }) => again).filter(Boolean)) await bank('pay', { va, force: true });
  const untold = days.map((day) => day.untold).filter(Boolean);
  for (const va of untold) {
    await bank('faults', { op: 'push', fault: 'dropped' });
    await bank('pay', { va, force: true });
  }
  return untold.length > 0;
}

async function past(seed, count) {
  const today = dayOf(Date.now());
  const days = Array.from({ length: count }, (_, index) => today - count + index);
  const keys = await shopKeys();
  const who = { shopIds: keys.map(({ id }) => id), payers: await payersOf(seed) };
  const database = new Database();
  let fresh;
  try {
    fresh = await storeDays(database, seed, days, who);
    if (await payAgain(fresh)) await reconcile(database, dayOf(Date.now()), randomUUID());
  } finally {
    await database.end();
  }
  const made = fresh.reduce((sum, { rows }) => sum + rows.payments.length, 0);
  console.log(made === 0 ? 'there since before' : `${made} payments, and the same in the books of the simulated bank`);
}

const settled = ['paid', 'review', 'cancelled', 'failed'];

async function until(shop, id, statuses) {
  for (let tries = 0; tries < 60; ++tries) {
    const payment = await ask('GET', `${payments}/${id}`, shop);
    if (statuses.includes(payment.status)) return payment;
    await sleep(500);
  }
  throw new Error(`payment ${id} is none of: ${statuses.join(', ')}`);
}

async function create(shop, fields) {
  const headers = { 'Idempotency-Key': randomUUID() };
  const made = await ask('POST', payments, { ...shop, headers, body: fields });
  return until(shop, made.id, ['pending', ...settled]);
}

/** What becomes of a payment that can be paid; nothing: a person may pay it. */
const outcomes = {
  async paid(shop, { id, va, qr }) {
    await bank('pay', va ? { va: va.number } : { qr: qr.content });
    return until(shop, id, settled);
  },
  async online(shop, { id, va }) {
    await bank('pay', { va: va.number, way: 'online' });
    return until(shop, id, settled);
  },
  async wrong(shop, { id, va, amount }) {
    await bank('pay', { va: va.number, amount: `${Number(amount.value.slice(0, -3)) + 5000}`, force: true });
    return until(shop, id, settled);
  },
  async cancelled(shop, { id }) {
    await ask('POST', `${payments}/${id}/cancel`, shop, [200, 202]);
  },
  async refunded(shop, payment) {
    await outcomes.paid(shop, payment);
    const headers = { 'Idempotency-Key': randomUUID() };
    let refund = await ask('POST', `${payments}/${payment.id}/refunds`, { ...shop, headers, body: { amount: payment.amount, reason: 'sent back' } });
    for (let tries = 0; refund.mode === 'api' && ['requested', 'unknown'].includes(refund.status) && tries < 40; ++tries) {
      await sleep(500);
      refund = await ask('GET', `/api/payment/refunds/${refund.id}`, shop);
    }
  },
  async open() {},
};

async function now(seed) {
  const random = generator(seed, 1);
  const keys = await shopKeys();
  const payers = await payersOf(seed);
  const run = hex(generator(Math.floor(Date.now() / 1000)), 8).toUpperCase();
  const orders = [
    ...Array.from({ length: 8 }, () => ['bri_va', 'paid']), ...Array.from({ length: 4 }, () => ['bri_qris', 'paid']),
    ['bri_va', 'online'], ['bri_va', 'online'], ['bri_qris', 'refunded'], ['bri_va', 'cancelled'], ['bri_va', 'wrong'],
    ['bri_va', 'open'], ['bri_va', 'open'], ['bri_va', 'open'], ['bri_qris', 'open'],
  ].map(([method, outcome], index) => ({
    shop: keys[index % keys.length], outcome,
    fields: {
      merchant_ref: `INV-${run}-${index + 1}`, method, amount: { value: moneyText(amountOf(random)), currency: 'IDR' }, description: `Demo order ${index + 1}`,
      customer_name: random.pick(['Sari Wulandari', 'Budi Santoso', 'Dewi Lestari', 'Agus Prasetyo']),
      ...(payers.length > 0 && random.below(2) === 0 && { user_id: random.pick(payers) }),
    },
  }));
  const count = orders.length;
  const one = async () => {
    for (let order = orders.shift(); order; order = orders.shift()) {
      await outcomes[order.outcome](order.shop, await create(order.shop, order.fields));
    }
  };
  await Promise.all([one(), one(), one(), one()]);
  console.log(`${count} payments; 4 can be paid at ${bankUrl}/`);
}

const [what, seed, days] = process.argv.slice(2);
await (what === 'past' ? past(Number(seed), Number(days)) : now(Number(seed)));
