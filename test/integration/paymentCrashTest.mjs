// SIGKILL at every place where what is known, what is stored and what was said may differ, the next start, and everything settles: one payment, one
// account, each money once, each refund once, the same answer to the same request and to the same notice.
//
// Before and after what is stored: payment.create.*, payment.change.*, notice.receiving, notice.received. A call to the bank: noted and not sent, sent and
// not answered, answered and not stored: bank.call.*. A notice: stored and not answered: notice.answered. Work that was taken: payment.work.claimed,
// refund.noted. A comparison: reconciliation.*. A webhook that was sent and not noted: webhook.sent.
//
// Midnight in Jakarta cannot be had with the real clock. External ids are counted by the day there: unit/core/payment/jakartaTimeTest (the day changes at
// 17:00 UTC), contract/persistence/payment/paymentWorkContractTest (an id is free again on another day), and the simulation, which begins at any minute of a
// day, goes on into the next morning, has few ids, and whose bank accepts none twice on a day of its own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { inParallel } from './client.mjs';
import { atBank, crash, leasesOver, takeOver, withoutFailPoints } from './failPoints.mjs';
import { sleep, until } from './installation.mjs';
import {
  accountOf, accounts, admins, askRefund, bank, booked, cancel, checkBank, checkBooks, checkManners, checkSecrets, createPaid, createPending, down, errorOf, findRefund, freed, gatewayRef, history,
  it, machine, makeOverdue, money, movements, order, paidOut, patience, post, refundOf, setAside, settles, start, sync, synced, target, untilRefund, untilStatus,
} from './payments.mjs';
import { itemsOf, leaveAlone, listItems, reconcile, runs, snapshot, today, untilRun } from './reconciliation.mjs';
import { isSigned, startReceiver } from './webhookReceiver.mjs';

let admin;
let shop;
let receiver;
let webhookSecret;
before(async () => {
  await start('paymentCrash', { settings: { K_WEBHOOK_LOOPBACK: 'on', K_PAYMENT_RECONCILE: 0, K_DATABASE_TIMEOUT_S: 3, K_BRI_TIMEOUT_MS: 8000 } });
  await takeOver('k-admin', 'k-public');
  admin = await it.adminLogin();
  shop = await machine('payments:read,payments:write,payments:refund');
  receiver = await startReceiver();
  const made = await admin.post('/api/admin/webhooks', { url: receiver.url, events: ['payment.*'] });
  assert.equal(made.status, 201, made.text);
  webhookSecret = made.json.secret;
});
after(async () => {
  await receiver?.close();
  await down();
});
afterEach(() => bank.clearFaults());

/** Each place with what is done when the server passes it; `op`: the place is named when the bank has done its part of that. */
function atEach(what, places, run) {
  for (const [place, op] of places) {
    test(`${what}: ${place}${op ? `, of ${op}` : ''}`, { skip: withoutFailPoints }, async () => run(place, op));
  }
}

/** What a client sees of a request that was cut. */
const checkCut = (cut) => assert.ok(cut === null || cut.status < 300 || cut.status >= 502, `${cut?.status} ${cut?.text}`);

/** The same request once more, and again: who got no answer gets it now, and who got one gets the same. */
async function repeated(ask, cut, stored) {
  checkCut(cut);
  const first = await until('the key is free', async () => {
    const answer = await ask();
    return answer.status === 201 && answer;
  });
  assert.equal(first.headers['idempotent-replayed'], stored ? 'true' : undefined);
  if (cut?.status === 201) assert.equal(first.text, cut.text);
  const again = await ask();
  assert.deepEqual([again.status, again.text, again.headers['idempotent-replayed']], [201, first.text, 'true']);
  return first.json;
}

async function paidOnce(id) {
  assert.deepEqual(await movements(id), booked(1_000_000));
  assert.deepEqual(await history(shop, id), ['created', 'pending', 'paid']);
}
async function paidNow(payment) {
  await bank.payUntold(target(payment));
  assert.equal((await synced(shop, payment.id)).status, 'paid');
  await paidOnce(payment.id);
}
const ordersOf = ({ merchant_ref: ref }) => it.number(`select count(*) from payments where merchant_ref = '${ref}'`);

// ---- Refunds by hand. First, because an administrator's sign-in is recent for ten minutes only.

const refundBody = { amount: money('10000.00'), reason: 'Broken' };

for (const [end, body, status, last] of [['complete', { bank_reference: 'TRF-1' }, 'succeeded', paidOut], ['cancel', { reason: 'They keep them' }, 'failed', freed]]) {
  atEach(`a refund by hand, asked for and then ended (${end})`, [['payment.change.deciding'], ['payment.change.stored']], async (place) => {
    const stored = place.endsWith('stored');
    const payment = await createPaid(shop);
    const key = randomUUID();
    const ask = () => askRefund(shop, payment.id, refundBody, key);
    const { id } = await repeated(ask, await crash(place, ask), stored);
    const finish = () => admin.post(`${admins}/refunds/${id}/${end}`, body);
    checkCut(await crash(place, finish, { server: 'k-admin' }));
    const again = await finish();
    assert.equal(stored ? errorOf(again) : again.status, stored ? '409 CONFLICT' : 200, again.text);
    assert.equal((await findRefund(shop, id)).status, status);
    assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(1_000_000), last(1_000_000)]);
    assert.equal(await it.number(`select count(*) from payment_refunds where payment_id = '${payment.id}'`), 1);
  });
}

test('webhook.sent: what was sent and not noted is sent again, the same', { skip: withoutFailPoints }, async () => {
  const twice = () => {
    const counts = new Map();
    for (const one of receiver.got) counts.set(one.id, [...(counts.get(one.id) ?? []), one]);
    return [...counts.values()].filter((all) => all.length > 1);
  };
  await until('nothing is under way', async () => (await it.number("select count(*) from webhook_deliveries where status = 'pending'")) === 0, patience);
  const known = twice().length;
  await crash('webhook.sent', () => createPending(shop), { server: 'k-admin' });
  const [first, second] = (await until('it comes again', () => twice().length > known && twice(), patience)).at(-1);
  assert.equal(first.body, second.body);
  for (const one of [first, second]) assert.ok(isSigned(one, webhookSecret));
});

// ---- Creations

atEach('an account', [
  ['payment.create.deciding'], ['payment.create.stored'], ['bank.call.noted'], ['bank.call.sent', 'create_va'], ['bank.call.answered'], ['payment.change.deciding'], ['payment.change.stored'],
], async (place, op) => {
  const before = await accounts();
  const [body, key] = [order(), randomUUID()];
  const ask = () => post(shop, body, key);
  const { id } = await repeated(ask, await crash(place, ask, await atBank(op)), place !== 'payment.create.deciding');
  const payment = await settles(shop, id, before);
  assert.equal(await ordersOf(body), 1);
  await paidNow(payment);
});

test('an account that is asked for once more: payment.work.claimed', { skip: withoutFailPoints }, async () => {
  const before = await accounts();
  await bank.fault('create_va', 'http:500');
  const [body, key] = [order(), randomUUID()];
  const ask = () => post(shop, body, key);
  const cut = await crash('payment.work.claimed', ask);
  assert.equal(cut?.json.status, 'created', cut?.text);
  const { id } = await repeated(ask, cut, true);
  await paidNow(await settles(shop, id, before));
});

// A code whose making was not answered cannot be asked for: another one is made, and nobody has seen the first.
const codesMade = { 'payment.create.stored': 1, 'bank.call.noted': 1, 'bank.call.answered': 2, 'payment.change.stored': 1 };
atEach('a code', Object.keys(codesMade).map((place) => [place]), async (place) => {
  const before = (await bank.state()).qrs;
  const [body, key] = [order({ method: 'bri_qris' }), randomUUID()];
  const ask = () => post(shop, body, key);
  const { id } = await repeated(ask, await crash(place, ask), true);
  const payment = await untilStatus(shop, id, 'pending', patience);
  const code = await bank.qr(await gatewayRef(id));
  assert.deepEqual([code.content, code.status, code.amount], [payment.qr.content, 'open', '10000.00']);
  assert.deepEqual([(await bank.state()).qrs - before, await ordersOf(body)], [codesMade[place], 1]);
  assert.deepEqual(await movements(id), []);
  await paidNow(payment);
});

// ---- The end of a payment that was not paid

atEach('a cancellation', [
  ['payment.change.deciding'], ['payment.change.stored'], ['bank.call.noted'], ['bank.call.sent', 'delete_va'], ['bank.call.answered'], ['payment.change.deciding', 'delete_va'],
  ['payment.change.stored', 'delete_va'],
], async (place, op) => {
  const { id } = await createPending(shop);
  checkCut(await crash(place, () => cancel(shop, id), await atBank(op, 'slow:1000')));
  // The gateway may still have a connection to the dead server, and sends no POST twice.
  const again = await until('the server is answering', async () => {
    const answer = await cancel(shop, id);
    return answer.status !== 502 && answer;
  });
  assert.ok(again.status === 200 || errorOf(again) === '409 NOT_CANCELLABLE', again.text);
  await untilStatus(shop, id, 'cancelled', patience);
  assert.equal((await accountOf(id)).status, 'deleted');
  assert.deepEqual(await history(shop, id), ['created', 'pending', 'cancelled']);
  assert.deepEqual(await movements(id), []);
});

atEach('an expiry', [['payment.work.claimed'], ['bank.call.answered'], ['payment.change.deciding'], ['payment.change.stored']], async (place) => {
  const { id } = await createPending(shop);
  await makeOverdue(id);
  await crash(place, () => it.sql(`update payment_work set next_at = now() where payment_id = '${id}' and kind = 'ask'`));
  await untilStatus(shop, id, 'expired', patience);
  assert.deepEqual(await history(shop, id), ['created', 'pending', 'expired']);
  assert.deepEqual(await movements(id), []);
});

// ---- Money that the bank is asked about

atEach('a sync', [['bank.call.noted'], ['bank.call.sent', 'status'], ['bank.call.answered'], ['payment.change.deciding'], ['payment.change.stored']], async (place, op) => {
  const payment = await createPending(shop);
  await bank.payUntold(target(payment));
  checkCut(await crash(place, () => sync(shop, payment.id), await atBank(op)));
  assert.equal((await synced(shop, payment.id)).status, 'paid');
  await paidOnce(payment.id);
});

atEach('a refund by the bank', [
  ['payment.change.deciding'], ['payment.change.stored'], ['payment.work.claimed'], ['refund.noted'], ['bank.call.noted'], ['bank.call.sent', 'qr_refund'], ['bank.call.answered'],
  ['payment.change.deciding', 'qr_refund'], ['payment.change.stored', 'qr_refund'],
], async (place, op) => {
  const payment = await createPaid(shop, { method: 'bri_qris' });
  const key = randomUUID();
  const ask = () => askRefund(shop, payment.id, refundBody, key);
  const { id } = await repeated(ask, await crash(place, ask, await atBank(op, 'slow:1000')), op !== undefined || place !== 'payment.change.deciding');
  await untilRefund(shop, id, 'succeeded', patience);
  assert.deepEqual((await bank.refundsOf(await gatewayRef(payment.id))).map(({ amount }) => amount), ['10000.00']);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(1_000_000), paidOut(1_000_000)]);
  assert.deepEqual(await history(shop, payment.id), ['created', 'pending', 'paid', 'refunded']);
  assert.equal(await it.number(`select count(*) from payment_refunds where payment_id = '${payment.id}'`), 1);
});

atEach('a comparison', [['reconciliation.reporting'], ['bank.call.answered'], ['reconciliation.booking'], ['payment.change.deciding'], ['payment.change.stored']], async (place) => {
  const payment = await createPending(shop);
  await leaveAlone(payment.id);
  await bank.payUntold(target(payment));
  const asked = await crash(place, () => admin.post(runs, { day: today() }));
  assert.equal(asked?.status, 202, asked?.text);
  const run = await untilRun(admin, asked.json.id);
  assert.deepEqual([run.attempts, run.error, run.counts.items], [2, null, 0]);
  await paidOnce(payment.id);
  assert.deepEqual((await itemsOf(admin, payment.id)).map((item) => [item.class, item.status]), [['missing_notification', 'healed']]);
});

// ---- Notices of the bank

const codes = ({ answers }) => answers.map((one) => one.response_code);

/** What the gateway said in place of a dead server is not in the bank's form. The bank counts that, until it starts anew. */
async function forgetCut() {
  const state = await bank.state();
  assert.ok(state.answer_faults <= 1 && state.external_id_repeats === 0, JSON.stringify(state));
  await bank.restart({});
}

async function noticed(place, { method = 'bri_va', way = 'push', op, code }) {
  const payment = await createPending(shop, { method });
  await bank.fault(op, 'dropped');
  const { credit } = await bank.pay({ ...target(payment), way });
  await checkManners();
  const cut = await crash(place, () => bank.resend({ credit: credit.id }));
  assert.ok(cut, 'the bank lives');
  assert.notEqual(cut.result, 'reversed');
  for (const externalId of ['same', 'new', 'same']) {
    const told = await bank.resend({ credit: credit.id, external_id: externalId });
    assert.deepEqual([codes(told), told.credit.state], [[code], 'taken']);
  }
  assert.equal((await untilStatus(shop, payment.id, 'paid', patience)).late, false);
  await paidOnce(payment.id);
  await until('its questions have ended', async () => (await it.number(`select count(*) from payment_work where payment_id = '${payment.id}' and next_at < now() + interval '2 minutes'`)) === 0);
  await forgetCut();
}

const stored = [['notice.receiving'], ['notice.received'], ['notice.answered']];
atEach('a push', [...stored, ['payment.work.claimed'], ['bank.call.answered'], ['payment.change.deciding'], ['payment.change.stored']], (place) => noticed(place, { op: 'push', code: '2003400' }));
atEach('a QR notice', [...stored, ['payment.work.claimed'], ['payment.change.stored']], (place) => noticed(place, { method: 'bri_qris', op: 'qr_notify', code: '2005200' }));
atEach('BRIVA Online', [['notice.receiving'], ['notice.answered'], ['payment.change.deciding'], ['payment.change.stored']], (place) => noticed(place, { way: 'online', op: 'payment', code: '2002500' }));

atEach('BRIVA Online, the question before the money', stored, async (place) => {
  const payment = await createPending(shop);
  await checkManners();
  const pay = () => bank.pay({ ...target(payment), way: 'online' });
  assert.equal((await crash(place, pay))?.result, 'not_offered');
  assert.deepEqual(codes(await pay()), ['2002400', '2002500']);
  await paidOnce(payment.id);
  await forgetCut();
});

// ---- What everybody needs is away

const taken = ({ result }) => result === 'accepted' || result === 'success';

/** A customer orders and pays, and the bank tells of it; each of them again until it is answered. The payment, paid. */
async function buy(index) {
  const [body, key] = [order({ method: index % 3 === 2 ? 'bri_qris' : 'bri_va' }), randomUUID()];
  const ordered = await until('it is ordered', async () => {
    const answer = await post(shop, body, key);
    return answer.status === 201 && answer;
  }, patience);
  const payment = await untilStatus(shop, ordered.json.id, 'pending', patience);
  const told = await until('it is offered', async () => {
    const one = await bank.pay({ ...target(payment), way: index % 3 === 1 ? 'online' : 'push' });
    return one.result !== 'not_offered' && one;
  }, patience);
  assert.notEqual(told.result, 'reversed', JSON.stringify(told.answers));
  if (!taken(told)) await until('the bank is answered', async () => taken(await bank.resend({ credit: told.credit.id })), patience);
  return untilStatus(shop, payment.id, 'paid', patience);
}

const countPayments = () => it.number('select count(*) from payments');

test('PostgreSQL stops and starts in the middle of 50 creations and payments', async () => {
  await checkManners();
  const [before, accountsBefore] = [await countPayments(), await accounts()];
  let ended = 0;
  const buying = inParallel(50, (index) => buy(index).finally(() => ++ended), 10);
  buying.catch(() => {}); // it is awaited below
  await until('some are paid', () => ended >= 10, patience);
  await it.stop('postgres');
  assert.ok(ended < 50, 'the others are under way');
  await sleep(500);
  await it.start('postgres');
  await sleep(12_000); // what was begun before has ended: nothing waits longer for PostgreSQL
  await leasesOver();
  const bought = await buying;
  assert.equal(await countPayments(), before + 50);
  assert.equal(await accounts(), accountsBefore + bought.filter(({ va }) => va).length);
  for (const { id } of bought) await paidOnce(id);
  await checkManners();
});

test('Redis is away: payments go on; and when it is there again', async () => {
  const before = await countPayments();
  await it.stop('redis');
  try {
    assert.notEqual(await it.redis('ping'), 'PONG');
    for (const { id } of await inParallel(6, buy, 3)) await paidOnce(id);
    const unwanted = await createPending(shop);
    assert.equal((await cancel(shop, unwanted.id)).status, 200);
    await untilStatus(shop, unwanted.id, 'cancelled', patience);
    const code = await createPaid(shop, { method: 'bri_qris' });
    await untilRefund(shop, (await refundOf(shop, code.id, '10000.00')).id, 'succeeded', patience);
  } finally {
    await it.start('redis');
  }
  assert.equal(await it.redis('ping'), 'PONG');
  for (const { id } of await inParallel(3, buy, 3)) await paidOnce(id);
  assert.equal(await countPayments(), before + 11);
});

// ---- After all of it

test('whoever has a webhook has heard of everything; of what was paid once only, if perhaps twice the same', async () => {
  const events = () => receiver.got.map(({ body }) => JSON.parse(body));
  const wanted = async () => (await it.sql("select id from audit_log where action like 'payment.%' union select id from audit_pending where action like 'payment.%'")).flat();
  await until('all of it', async () => {
    const heard = new Set(events().map(({ id }) => id));
    return (await wanted()).every((id) => heard.has(id));
  }, patience);
  const told = new Map(events().filter(({ type }) => type === 'payment.paid').map(({ id, target: about }) => [id, about.id]));
  const paid = (await it.sql('select id from payments where paid_at is not null')).flat();
  assert.deepEqual([...told.values()].sort(), paid.sort());
});

test('a comparison finds nothing more, and a second one changes nothing', async () => {
  await reconcile(admin);
  const before = await snapshot();
  const { counts } = await reconcile(admin);
  assert.deepEqual([counts.matched, counts.healed, counts.items], [counts.credits, 0, 0]);
  assert.deepEqual(await snapshot(), before);
  assert.deepEqual(await listItems(admin, 'status=open'), []);
});

test('books of both sides, manners and logs', async () => {
  await checkBooks();
  await checkBank();
  await checkSecrets();
});

const services = { push: '34', inquiry: '24', payment: '25', qr_notify: '52' };
/** What makes it the same notice. */
function noticeOf({ op, body }) {
  const { virtualAccountNo, paymentRequestId, inquiryRequestId, originalReferenceNo, latestTransactionStatus } = JSON.parse(body);
  const key = op === 'qr_notify' ? `${originalReferenceNo}:${latestTransactionStatus}` : `${virtualAccountNo.trim()}:${op === 'inquiry' ? inquiryRequestId : paymentRequestId}`;
  return `${services[op]} ${key}`;
}

test('the bank saw each external id once a day, and only of calls that were noted; a notice has one answer, which is kept', async () => {
  await bank.restart({}); // its journal is written when it ends
  const journal = fs.readFileSync(path.join(bank.data, 'journal.ndjson'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const calls = journal.filter(({ dir, op, external_id: id }) => dir === 'in' && op !== 'token' && id);
  assert.ok(calls.length > 50, `${calls.length} calls`);
  assert.equal(new Set(calls.map(({ at, external_id: id }) => `${at.slice(0, 10)} ${id}`)).size, calls.length);
  const noted = new Set((await it.sql('select external_id from bank_calls')).flat());
  assert.deepEqual(calls.filter(({ external_id: id }) => !noted.has(id)), []);

  const answers = new Map();
  for (const entry of journal.filter(({ dir, http, op }) => dir === 'out' && http === 200 && services[op])) {
    const notice = noticeOf(entry);
    answers.set(notice, new Set([...(answers.get(notice) ?? []), entry.answer]));
  }
  assert.deepEqual([...answers].filter(([, all]) => all.size !== 1), []);
  const kept = new Set((await it.sql("select service || ' ' || dedup_key from bank_notices where answer_status = 200")).flat());
  assert.deepEqual([...answers.keys()].filter((notice) => !kept.has(notice)), []);
});
