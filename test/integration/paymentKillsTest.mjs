// The bank, PostgreSQL and the servers are killed in the middle of payments: one account a payment, each money once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { inParallel } from './client.mjs';
import { until } from './installation.mjs';
import {
  accountOf, accounts, bank, booked, cancel, checkBooks, checkManners, checkSecrets, create, createPending, down, errorOf, find, history, it, makeOverdue, movements, opened, order, patience,
  payments, person, post, secondServer, settles, start, sync, synced, untilStatus,
} from './payments.mjs';

let ann;
before(async () => {
  await start('paymentKills', { settings: { K_PAYMENT_WAIT_MS: 1500, K_BRI_TIMEOUT_MS: 4000 } });
  ann = await person('ann');
});
after(down);
afterEach(() => bank.clearFaults());

test('a bank that is down: payments wait for it, and a wish to cancel too', async () => {
  await checkManners();
  const before = await accounts();
  const open = await createPending(ann.client);
  await bank.stop('SIGKILL');
  const waiting = await create(ann.client);
  const unwanted = await create(ann.client);
  const code = await create(ann.client, { method: 'bri_qris' });
  for (const one of [waiting, unwanted, code]) assert.equal(one.status, 'created');
  assert.equal(errorOf(await sync(ann.client, open.id)), '504 GATEWAY_TIMEOUT');
  assert.equal((await cancel(ann.client, unwanted.id)).status, 200);
  await makeOverdue(open.id);
  assert.equal(errorOf(await sync(ann.client, open.id)), '504 GATEWAY_TIMEOUT');
  assert.equal((await find(ann.client, open.id)).status, 'pending', 'nobody has said that it is unpaid');
  await bank.start();
  await untilStatus(ann.client, waiting.id, 'pending', patience);
  await untilStatus(ann.client, code.id, 'pending', patience);
  await untilStatus(ann.client, unwanted.id, 'cancelled', patience);
  assert.equal((await accountOf(waiting.id)).status, 'open');
  assert.equal((await accountOf(unwanted.id))?.status ?? 'deleted', 'deleted');
  assert.ok((await accounts()) <= before + 3);
  assert.equal((await synced(ann.client, open.id)).status, 'expired');
});

/** Kills k-public while the bank works at the creation of body, and starts it again. */
async function killDuringCreation(fault, body, key) {
  await bank.clearFaults();
  await bank.fault('create_va', fault);
  const cut = post(ann.client, body, key).then(({ status }) => status, () => 'no answer');
  await until('the bank has the order', async () => (await bank.faults())[0].fired === 1);
  it.kill('k-public', 'SIGKILL');
  assert.ok([502, 503, 504, 'no answer'].includes(await cut));
  await it.start('k-public');
}

test('k-public is killed while the bank works at a creation: one payment, one account', async () => {
  const before = await accounts();
  const cut = [];
  for (const fault of ['slow:2000', 'timeout_before', 'timeout_after_processing']) {
    const [body, key] = [order(), randomUUID()];
    await killDuringCreation(fault, body, key);
    const [[id]] = await it.sql(`select id from payments where merchant_ref = '${body.merchant_ref}'`);
    cut.push({ id, body, key });
  }
  for (const { id, body, key } of cut) {
    const payment = await opened(ann.client, id);
    const again = await until('the key is free', async () => {
      const answer = await post(ann.client, body, key);
      return answer.status === 201 && answer;
    }, patience);
    assert.deepEqual([again.json.id, again.headers['idempotent-replayed']], [id, 'true']);
    assert.equal((await post(ann.client, body, key)).text, again.text);
    await bank.payUntold({ va: payment.va.number });
    assert.equal((await synced(ann.client, id)).status, 'paid');
    assert.deepEqual(await movements(id), booked(1_000_000));
  }
  assert.equal(await accounts(), before + cut.length);
});

test('k-public is killed while it asks for a paid account, five times', async () => {
  const made = await inParallel(5, () => createPending(ann.client), 5);
  for (const payment of made) await bank.payUntold({ va: payment.va.number });
  for (const payment of made) {
    const seen = (await bank.journal('op=status')).at(-1)?.seq ?? 0;
    const asked = sync(ann.client, payment.id).catch(() => {});
    await until('the bank is asked', async () => (await bank.journal(`op=status&after=${seen}`)).length > 0);
    it.kill('k-public', 'SIGKILL');
    await it.start('k-public');
    await asked;
  }
  for (const payment of made) {
    assert.equal((await synced(ann.client, payment.id)).status, 'paid');
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'paid']);
  }
});

test('two processes share keys and work; one takes over what the other leaves', async (t) => {
  const second = await secondServer(t, ann.client.headers);
  const clients = [ann.client, second.client];
  const before = await accounts();
  const [body, key] = [order(), randomUUID()];
  const answers = await inParallel(50, (index) => post(clients[index % 2], body, key), 20);
  const texts = new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text));
  assert.equal(texts.size, 1);
  assert.deepEqual([...new Set(answers.filter(({ status }) => status !== 201).map(errorOf))].filter((one) => one !== '409 IDEMPOTENCY_IN_PROGRESS'), []);
  await settles(ann.client, JSON.parse([...texts][0]).id, before);

  const paid = await createPending(ann.client);
  await bank.payUntold({ va: paid.va.number });
  await inParallel(20, (index) => sync(clients[index % 2], paid.id), 20);
  assert.equal((await find(ann.client, paid.id)).status, 'paid');
  assert.deepEqual(await movements(paid.id), booked(1_000_000));

  await bank.fault('create_va', 'http:500:after', { count: 10 });
  await bank.fault('create_va', 'http:500', { count: 10 });
  const made = await inParallel(20, (index) => create(clients[index % 2]), 10);
  await second.kill();
  for (const { id } of made) {
    const payment = await untilStatus(ann.client, id, 'pending', patience);
    assert.equal((await bank.accountsOf(payment.va.number)).length, 1);
    assert.deepEqual(await history(ann.client, id), ['created', 'pending']);
  }
  assert.equal(await accounts(), before + 22);
});

test('PostgreSQL is stopped and started: what was answered is kept, what waits is settled', async () => {
  const before = await accounts();
  const open = await createPending(ann.client);
  await bank.fault('create_va', 'slow:1000');
  const cut = post(ann.client, order());
  await until('the bank has the order', async () => (await bank.faults())[0].fired === 1);
  await it.stop('postgres');
  const answer = await cut;
  assert.ok(answer.status === 201 || answer.status >= 500, answer.text);
  await it.start('postgres');
  await until('payments are found again', async () => (await ann.client.get(`${payments}/${open.id}`)).status === 200, 20_000);
  const [newest] = (await ann.client.get(`${payments}?limit=1`)).json.data;
  await settles(ann.client, newest.id, before + 1);
});

test('everything goes wrong at times: in the end both sides count the same money', async () => {
  const before = (await bank.credits()).totals;
  const clearing = () => it.number("select coalesce(sum(amount_minor), 0) from ledger_entries where account = 'bank:bri:clearing'");
  const booksBefore = await clearing();
  const rules = ['create_va', 'inquiry_va', 'status', 'qr_generate', 'qr_query'].flatMap((op, index) =>
    ['http:500:after', 'drop_connection:processed', 'garbage_json', 'unlisted_code'].map((fault, place) => ({ op, fault, probability: 0.08, seed: 10 * index + place })));
  await bank.faultRules(rules);
  const made = await inParallel(60, (index) => create(ann.client, { method: index % 3 === 2 ? 'bri_qris' : 'bri_va' }), 10);
  const pending = await inParallel(made.length, (index) => untilStatus(ann.client, made[index].id, 'pending', patience), 10);
  await bank.fault('push', 'dropped', { probability: 1 });
  await bank.fault('qr_notify', 'dropped', { probability: 1 });
  const paying = await bank.pay({ va: pending.filter(({ va }) => va).map(({ va }) => va.number), qr: pending.filter(({ qr }) => qr).map(({ qr }) => qr.content) });
  assert.equal(paying.payments, 60);
  await inParallel(60, (index) => until('it is paid', async () => (await sync(ann.client, pending[index].id)).json?.status === 'paid', patience), 10);
  const state = (await bank.credits()).totals;
  const minor = ({ credited }) => Number(credited.replace('.', ''));
  assert.equal(minor(state) - minor(before), 60 * 1_000_000);
  assert.equal((await clearing()) - booksBefore, 60 * 1_000_000);
  for (const { id } of pending) assert.deepEqual(await movements(id), booked(1_000_000));
});

test('books, manners and logs after all of it', async () => {
  await bank.clearFaults();
  await checkBooks();
  await checkSecrets();
});
