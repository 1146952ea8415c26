// An installation with a bank, and what tests of payments ask of both.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { startBank } from './bank.mjs';
import { startInstallation, until } from './installation.mjs';

export const payments = '/api/payment/payments';
export let it;
export let bank;

/** config: of the bank; settings: of the installation, besides how it reaches the bank. */
export async function start(name, { config, settings } = {}) {
  bank = await startBank(config);
  it = await startInstallation(name, { K_PAYMENT_WAIT_MS: 5000, ...bank.settings, ...settings });
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

/** A payment that the bank does not know to be paid is past its time, and the grace after it, since a day. */
export const makeOverdue = (id) =>
  it.sql(`update payments set expires_at = now() - interval '1 day', created_at = created_at - interval '2 days' where id = '${id}'`);

/** What holds whatever was done: the ledger, one credit for each money of the bank, no broken rule of the bank's interface. */
export async function checkBooks() {
  const unbalanced = 'select transaction_id from ledger_entries group by 1 having sum(amount_minor) <> 0 or count(*) < 2';
  assert.deepEqual(await it.sql(unbalanced), []);
  assert.equal(await it.number('select coalesce(sum(amount_minor), 0) from ledger_entries'), 0);
  const wrongSums = `select p.id from payments p left join (select t.payment_id,
      sum(case when e.account = 'merchant:payable' then -e.amount_minor else 0 end) payable,
      sum(case when e.account = 'suspense:unmatched' then -e.amount_minor else 0 end) suspense
    from ledger_transactions t join ledger_entries e on e.transaction_id = t.id group by 1) l on l.payment_id = p.id
    where p.paid_minor <> coalesce(l.payable, 0) or p.suspense_minor <> coalesce(l.suspense, 0)`;
  assert.deepEqual(await it.sql(wrongSums), []);
  assert.deepEqual(await it.sql("select payment_id from payment_events group by 1 having count(*) filter (where to_status = 'paid' and from_status <> 'paid') > 1"), []);
  assert.deepEqual(await it.sql('select p.id from payments p where p.version <> (select max(seq) from payment_events e where e.payment_id = p.id)'), []);
  await checkManners();
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
