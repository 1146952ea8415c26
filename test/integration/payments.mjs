// An installation with a bank, and what tests of payments ask of both.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { enrol } from './authenticator.mjs';
import { freePort, startBank } from './bank.mjs';
import { Client } from './client.mjs';
import { buildDir, startInstallation, until } from './installation.mjs';

export const payments = '/api/payment/payments';
export const refunds = '/api/payment/refunds';
export const admins = '/api/admin/payments';
export let it;
export let bank;

/** config: of the bank; settings: of the installation, besides how it reaches the bank. */
export async function start(name, { config, settings } = {}) {
  bank = await startBank(config);
  it = await startInstallation(name, { K_PAYMENT_WAIT_MS: 5000, K_PAYMENT_RECONCILE: 0, ...bank.settings, ...settings });
}

export async function down() {
  try {
    await it?.down();
  } finally {
    await bank?.down();
  }
}

/** A new account, signed in: {id, email, client}. */
export async function person(name) {
  const email = `${name}@example.org`;
  const login = await it.login(await it.makeUser(email));
  return { id: login.user.id, email, client: it.client.withToken(login.access_token) };
}

/** A client with a service's key. */
export async function machine(scopes) {
  const made = await it.kctl('key', 'create', 'shop', '--kind', 'service', '--scopes', scopes, '--json');
  assert.equal(made.status, 0, made.stdout + made.stderr);
  return it.client.withToken(JSON.parse(made.stdout).key);
}

/** An account with this role and a second factor, signed in: {id, email, client, authenticator}. */
export async function staff(admin, role, name = role) {
  const { id, email } = await person(name);
  const given = await admin.request('PUT', `/api/admin/users/${id}/roles`, { body: JSON.stringify({ roles: [role] }), headers: { 'Content-Type': 'application/json' } });
  assert.equal(given.status, 200, given.text);
  const again = await it.login({ email, password: 'a long enough passphrase' });
  const { authenticator, login } = await enrol(it.client.withToken(again.access_token));
  return { id, email, authenticator, client: it.client.withToken(login.access_token) };
}

/** A second k-public of the installation, past the gateway, as who has these headers: {client, kill()}. */
export async function secondServer(t, headers) {
  const settings = { K_SOCKET_DIR: it.file('second'), K_PUBLIC_PORT: String(await freePort()) };
  fs.mkdirSync(settings.K_SOCKET_DIR, { recursive: true, mode: 0o700 });
  const log = fs.openSync(it.log('second.log'), 'a');
  const child = spawn(path.join(buildDir, 'apps/k-public'), { env: { ...it.env, ...settings }, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const client = new Client(`http://127.0.0.1:${settings.K_PUBLIC_PORT}`, { headers });
  const kill = () => {
    client.close();
    child.kill('SIGKILL');
    return ended;
  };
  t.after(kill);
  await until('it is ready', async () => (await client.get('/health/ready')).status === 200, 15_000);
  return { client, kill };
}

export const errorOf = (answer) => `${answer.status} ${answer.json?.error?.code}`;

let orders = 0;
export const money = (value, currency = 'IDR') => ({ value, currency });
export const order = (more = {}) => ({
  merchant_ref: `order-${process.pid}-${++orders}`,
  method: 'bri_va',
  amount: money('10000.00'),
  description: 'Ten pencils',
  customer_name: 'Sabrina',
  ...more,
});
export const post = (client, body, key = randomUUID()) => client.post(payments, body, { 'Idempotency-Key': key });

/** A new payment as it was answered. */
export async function create(client, more = {}, key = randomUUID()) {
  const answer = await post(client, order(more), key);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

/** One that can be paid. */
export async function createPending(client, more = {}) {
  const payment = await create(client, more);
  return untilStatus(client, payment.id, 'pending');
}

/** What the bank is to be told of, to pay it. */
export const target = ({ va, qr }) => (va ? { va: va.number } : { qr: qr.content });

/** One that is paid, of which the bank told nobody. */
export async function createPaid(client, more = {}) {
  const payment = await createPending(client, more);
  await bank.payUntold(target(payment));
  const paid = await synced(client, payment.id);
  assert.equal(paid.status, 'paid');
  return paid;
}

export async function find(client, id) {
  const answer = await client.get(`${payments}/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export const untilStatus = (client, id, status, timeoutMs = 10_000) =>
  until(`payment ${id} is ${status}`, async () => {
    const payment = await find(client, id);
    if (payment.status !== status) throw new Error(`it is ${payment.status}`);
    return payment;
  }, timeoutMs);

export const sync = (client, id) => client.post(`${payments}/${id}/sync`);
export const cancel = (client, id) => client.post(`${payments}/${id}/cancel`);

export async function synced(client, id) {
  const answer = await sync(client, id);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export async function events(client, id) {
  const answer = await client.get(`${payments}/${id}/events`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.data;
}

export const askRefund = (client, id, body, key = randomUUID()) => client.post(`${payments}/${id}/refunds`, body, { 'Idempotency-Key': key });

/** A new refund as it was answered. */
export async function refundOf(client, id, value, key) {
  const answer = await askRefund(client, id, { amount: money(value), reason: 'The pencils were broken' }, key);
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.json.status, 'requested');
  return answer.json;
}

export async function findRefund(client, id) {
  const answer = await client.get(`${refunds}/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export const untilRefund = (client, id, status, timeoutMs = 10_000) =>
  until(`refund ${id} is ${status}`, async () => {
    const refund = await findRefund(client, id);
    if (refund.status !== status) throw new Error(`it is ${refund.status}: ${refund.error}`);
    return refund;
  }, timeoutMs);

/** The statuses that a payment went through; the rules that every history obeys are checked on the way. */
export async function history(client, id) {
  const list = await events(client, id);
  let before = 'created';
  list.forEach((event, index) => {
    assert.equal(event.seq, index + 1, JSON.stringify(list));
    assert.equal(event.from, before, JSON.stringify(list));
    before = event.to;
  });
  assert.equal(before, (await find(client, id)).status, JSON.stringify(list));
  return list.map(({ to }) => to).filter((to, index, all) => index === 0 || to !== all[index - 1]);
}

/** Our reference at the bank. */
export const gatewayRef = async (id) => (await it.sql(`select gateway_ref from payments where id = '${id}'`))[0][0];
export const accountOf = async (id) => bank.account(await gatewayRef(id));

export const accounts = async () => (await bank.state()).accounts;
export const firedAll = async () => assert.deepEqual((await bank.faults()).filter(({ fired }) => fired === 0), []);

/** Calls to the bank time out, and what a killed process held is free after a minute. */
export const patience = 120_000;

/** The payment becomes pending, and the bank has one account with its number. */
export async function opened(client, id) {
  const payment = await untilStatus(client, id, 'pending', patience);
  const account = await accountOf(id);
  assert.deepEqual([account.va, account.amount, account.status], [payment.va.number, payment.amount.value, 'open']);
  assert.equal((await bank.accountsOf(payment.va.number)).length, 1);
  assert.deepEqual(await history(client, id), ['created', 'pending']);
  assert.deepEqual(await movements(id), []);
  return payment;
}
/** The same, and the bank has one account more than before. */
export async function settles(client, id, before) {
  const payment = await opened(client, id);
  assert.equal(await accounts(), before + 1);
  return payment;
}

/** {account: hundredths} of each movement of a payment, in order; positive is a debit. */
export async function movements(id) {
  const rows = await it.sql(
    `select t.id, e.account, e.amount_minor from ledger_transactions t join ledger_entries e on e.transaction_id = t.id where t.payment_id = '${id}' order by 1, 2`,
  );
  const found = new Map();
  for (const [movement, account, minor] of rows) found.set(movement, { ...found.get(movement), [account]: Number(minor) });
  return [...found.values()];
}
export const booked = (minor, account = 'merchant:payable') => [{ 'bank:bri:clearing': minor, [account]: -minor }];
/** Movements of a refund: set aside, paid out, free again. */
export const setAside = (minor) => ({ 'merchant:payable': minor, 'refunds:in_transit': -minor });
export const paidOut = (minor) => ({ 'refunds:in_transit': minor, 'bank:bri:clearing': -minor });
export const freed = (minor) => ({ 'refunds:in_transit': minor, 'merchant:payable': -minor });

/** A payment that the bank does not know to be paid is past its time, and the grace after it, since a day. */
export const makeOverdue = (id) =>
  it.sql(`update payments set expires_at = now() - interval '1 day', created_at = created_at - interval '2 days' where id = '${id}'`);

/** The balances of a payment's entries are what its columns say. Of a reversed one what was paid out by hand is missing. */
const wrongSums = `select p.id from payments p left join (select t.payment_id,
    -sum(e.amount_minor) filter (where e.account = 'merchant:payable') payable, -sum(e.amount_minor) filter (where e.account = 'suspense:unmatched') suspense,
    -sum(e.amount_minor) filter (where e.account = 'refunds:in_transit') in_transit, sum(e.amount_minor) filter (where e.account = 'bank:bri:clearing') clearing
  from ledger_transactions t join ledger_entries e on e.transaction_id = t.id group by 1) l on l.payment_id = p.id
  cross join lateral (select case when p.status <> 'reversed' then p.paid_minor - p.refunded_minor
    else -(select coalesce(sum(r.amount_minor), 0) from payment_refunds r where r.payment_id = p.id and r.status = 'succeeded' and r.mode = 'manual') end as held) h
  where coalesce(l.payable, 0) <> h.held - p.refunding_minor or coalesce(l.suspense, 0) <> p.suspense_minor
    or coalesce(l.in_transit, 0) <> p.refunding_minor or coalesce(l.clearing, 0) <> h.held + p.suspense_minor`;
const wrongRefunds = `select p.id from payments p left join (select payment_id, sum(amount_minor) filter (where status = 'succeeded') done,
    sum(amount_minor) filter (where status in ('requested', 'unknown')) open from payment_refunds group by 1) r on r.payment_id = p.id
  where p.refunded_minor <> coalesce(r.done, 0) or p.refunding_minor <> coalesce(r.open, 0)`;
const wrongRefundMovements = `select r.id from payment_refunds r where (select array_agg(t.kind order by t.id) from ledger_transactions t
    where t.idem_key in ('refund:' || r.id, 'refund_done:' || r.id, 'refund_failed:' || r.id))
  is distinct from array_remove(array['refund', case r.status when 'succeeded' then 'refund_done' when 'failed' then 'refund_failed' end], null)`;
/** Money of no payment: booked with its item, given back with its resolution. */
const wrongOrphans = `select i.reference from reconciliation_items i left join ledger_transactions b on b.idem_key = 'orphan_return:' || i.reference
  where i.class = 'orphan_credit' and ((b.id is not null) <> (i.status = 'resolved') or i.bank_minor is distinct from (select sum(e.amount_minor)
    from ledger_transactions a join ledger_entries e on e.transaction_id = a.id where a.idem_key = 'orphan:' || i.reference and e.account = 'bank:bri:clearing'))`;
/** Money that came is not taken back by a status. */
const wrongSteps = `select payment_id, seq from payment_events where from_status in ('paid', 'partially_refunded', 'refunded', 'reversed', 'review')
  and to_status in ('created', 'pending', 'expired', 'cancelled', 'failed')`;

/** What holds whatever was done: the ledger, one credit for each money of the bank, no broken rule of the bank's interface. */
export async function checkBooks() {
  const unbalanced = 'select transaction_id from ledger_entries group by 1 having sum(amount_minor) <> 0 or count(*) < 2';
  const paidTwice = "select payment_id from payment_events group by 1 having count(*) filter (where to_status = 'paid' and from_status <> 'paid') > 1";
  const lostEvents = 'select p.id from payments p where p.version <> (select max(seq) from payment_events e where e.payment_id = p.id)';
  for (const query of [unbalanced, wrongSums, wrongRefunds, wrongRefundMovements, wrongOrphans, wrongSteps, paidTwice, lostEvents]) {
    assert.deepEqual(await it.sql(query), [], query);
  }
  assert.equal(await it.number('select coalesce(sum(amount_minor), 0) from ledger_entries'), 0);
  assert.equal(await it.number("select count(*) from ledger_transactions where kind = 'orphan'"), await it.number("select count(*) from reconciliation_items where class = 'orphan_credit'"));
  await checkManners();
}

export const minorOf = (value) => Number(value.replace('.', ''));
export const clearing = () => it.number("select coalesce(sum(amount_minor), 0) from ledger_entries where account = 'bank:bri:clearing'");

/**
 * The money of the bank's books is what is booked here, and each refund that it paid was asked for here and is known to be paid. What was
 * paid out by hand left by another way.
 */
export async function checkBank() {
  const paid = await bank.refunds();
  const known = new Map((await it.sql("select reference, amount_minor from payment_refunds where status = 'succeeded'")).map(([reference, minor]) => [reference, Number(minor)]));
  for (const one of paid) assert.equal(known.get(one.partner_refund_no), minorOf(one.amount), JSON.stringify(one));
  assert.equal(new Set(paid.map((one) => one.partner_refund_no)).size, paid.length);
  const refunded = [...known.values()].reduce((total, one) => total + one, 0);
  const returned = -(await it.number(`select coalesce(sum(e.amount_minor), 0) from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where e.account = 'bank:bri:clearing' and t.kind in ('return', 'orphan_return')`));
  const { credited, reversed } = (await bank.credits()).totals;
  assert.equal((await clearing()) + refunded + returned, minorOf(credited) - minorOf(reversed));
}

/** What the bank counts of us, which it forgets when it starts anew. */
export async function checkManners() {
  const state = await bank.state();
  assert.deepEqual([state.external_id_repeats, state.answer_faults], [0, 0], JSON.stringify((await bank.journal('dir=out')).filter((one) => one.answer_faults)));
}

const logs = () => fs.readdirSync(it.env.K_LOG_DIR).map((name) => [name, fs.readFileSync(it.log(name), 'utf8')]);

/** No log, and no row about calls to the bank, has a secret of either side. */
export async function checkSecrets(...more) {
  const key = bank.privateKey.split('\n').filter((line) => !line.startsWith('---') && line.length === 64);
  assert.ok(key.length > 20);
  const secrets = [...bank.secrets, ...key, ...more];
  const places = [...logs(), ['bank_calls', JSON.stringify(await it.sql('select * from bank_calls'))], ['payment_events', JSON.stringify(await it.sql('select * from payment_events'))]];
  for (const [name, text] of places) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${name} has a secret`);
    assert.doesNotMatch(text, /accessToken|Bearer [\w-]{20}|PRIVATE KEY/, name);
  }
}
