// Money that goes back: by hand and by the bank, whatever the bank answers and whoever dies meanwhile. Nothing is paid out twice, and never more
// than was paid.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { Client, inParallel } from './client.mjs';
import { sleep, until } from './installation.mjs';
import {
  admins, askRefund, bank, booked, cancel, checkBank, checkBooks, checkManners, checkSecrets, createPaid, createPending, down, errorOf, events, find, findRefund, firedAll, freed, gatewayRef, history,
  it, machine, makeOverdue, money, movements, paidOut, patience, payments, person, refundOf, refunds, setAside, start, sync, synced, untilRefund,
} from './payments.mjs';
import { startReceiver } from './webhookReceiver.mjs';

let admin;
let ann;
let bob;
let shop;
before(async () => {
  await start('refunds', { settings: { K_WEBHOOK_LOOPBACK: 'on', K_BRI_TIMEOUT_MS: 4000, K_PAYMENT_RECONCILE: 0 } });
  admin = await it.adminLogin();
  ann = await person('ann');
  bob = await person('bob');
  shop = await machine('payments:read,payments:write,payments:refund');
});
after(down);
afterEach(() => bank.clearFaults());

const code = (more = {}) => createPaid(shop, { method: 'bri_qris', ...more });
const complete = (id, body = { bank_reference: 'TRF-1' }, client = admin) => client.post(`${admins}/refunds/${id}/complete`, body);
const giveUp = (id, body = { reason: 'Asked for by mistake' }, client = admin) => client.post(`${admins}/refunds/${id}/cancel`, body);
const ask = (id, value, key) => askRefund(shop, id, { amount: money(value), reason: 'Broken' }, key);
async function completed(id, reference) {
  const answer = await complete(id, { bank_reference: reference });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([answer.json.status, answer.json.bank_reference, answer.json.error], ['succeeded', reference, null]);
  return answer.json;
}
/** What the bank has paid back of a code, in rupiah. */
const atBank = async (id) => (await bank.refundsOf(await gatewayRef(id))).map(({ amount }) => amount);
/** The bank has paid it once, with our reference, and it is booked. */
async function paidOnce(payment, refund, value = '10000.00') {
  const done = await untilRefund(shop, refund.id, 'succeeded', patience);
  assert.ok(done.bank_reference, JSON.stringify(done));
  const [[reference]] = await it.sql(`select reference from payment_refunds where id = '${refund.id}'`);
  const paid = (await bank.refundsOf(await gatewayRef(payment.id))).filter((one) => one.partner_refund_no === reference);
  assert.deepEqual(paid.map(({ amount }) => amount), [value]);
  const own = (await it.sql(`select idem_key from ledger_transactions where idem_key like '%:${refund.id}' order by id`)).flat();
  assert.deepEqual(own, [`refund:${refund.id}`, `refund_done:${refund.id}`]);
}

// ---- By hand

test('by hand: the amount is set aside, then paid out, in two parts', async () => {
  const payment = await createPaid(ann.client);
  const first = await refundOf(shop, payment.id, '4000.00');
  assert.match(first.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual([first.payment_id, first.mode, first.amount, first.reason, first.bank_reference, first.error], [payment.id, 'manual', money('4000.00'), 'The pencils were broken', null, null]);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(400_000)]);
  const waiting = await find(ann.client, payment.id);
  assert.deepEqual([waiting.status, waiting.refunding, waiting.refunded], ['paid', money('4000.00'), money('0.00')]);
  await completed(first.id, 'TRF-1');
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(400_000), paidOut(400_000)]);
  const half = await find(ann.client, payment.id);
  assert.deepEqual([half.status, half.refunding, half.refunded], ['partially_refunded', money('0.00'), money('4000.00')]);
  for (const again of [await complete(first.id), await giveUp(first.id)]) assert.equal(errorOf(again), '409 CONFLICT');

  assert.equal(errorOf(await ask(payment.id, '6001.00')), '409 REFUND_EXCEEDS_BALANCE');
  const second = await refundOf(shop, payment.id, '6000.00');
  assert.equal(errorOf(await ask(payment.id, '1.00')), '409 REFUND_EXCEEDS_BALANCE', 'what is set aside is not there any more');
  await completed(second.id, 'TRF-2');
  const all = await find(ann.client, payment.id);
  assert.deepEqual([all.status, all.refunding, all.refunded, all.paid], ['refunded', money('0.00'), money('10000.00'), money('10000.00')]);
  assert.equal(errorOf(await ask(payment.id, '1.00')), '409 NOT_REFUNDABLE');
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'paid', 'partially_refunded', 'refunded']);
  const steps = await events(ann.client, payment.id);
  assert.deepEqual(steps.slice(-4).map(({ type, actor }) => [type, actor]), [['refund_asked', 'key'], ['refund_done', 'user'], ['refund_asked', 'key'], ['refund_done', 'user']]);
  assert.equal((await synced(ann.client, payment.id)).version, all.version, 'the bank still calls it paid, which is known');
  assert.deepEqual((await ann.client.get(`${payments}/${payment.id}/refunds`)).json.data.map(({ id, status }) => [id, status]), [[second.id, 'succeeded'], [first.id, 'succeeded']]);
});

test('by hand: what is given up is free again', async () => {
  const payment = await createPaid(ann.client);
  const refund = await refundOf(shop, payment.id, '10000.00');
  for (const body of [{}, { bank_reference: '' }, { bank_reference: 'x'.repeat(65) }, { bank_reference: 7 }]) assert.equal((await complete(refund.id, body)).status, 400, JSON.stringify(body));
  const answer = await giveUp(refund.id, { reason: 'The customer keeps them' });
  assert.deepEqual([answer.status, answer.json?.status, answer.json?.bank_reference, /customer keeps/.test(answer.json?.error)], [200, 'failed', null, true], answer.text);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(1_000_000), freed(1_000_000)]);
  for (const again of [await giveUp(refund.id), await complete(refund.id)]) assert.equal(errorOf(again), '409 CONFLICT');
  const free = await find(ann.client, payment.id);
  assert.deepEqual([free.status, free.refunding, free.refunded], ['paid', money('0.00'), money('0.00')]);
  const second = await refundOf(shop, payment.id, '10000.00');
  await completed(second.id, 'TRF-3');
  assert.equal((await find(ann.client, payment.id)).status, 'refunded');
  const none = randomUUID().replace(/^(.{14})./, '$17');
  for (const unknown of [await complete(none), await giveUp(none)]) assert.equal(errorOf(unknown), '404 NOT_FOUND');
});

test('20 administrators at once end a refund once', async () => {
  const payment = await createPaid(shop);
  const refund = await refundOf(shop, payment.id, '10000.00');
  const answers = await inParallel(20, (index) => (index % 2 ? complete(refund.id) : giveUp(refund.id)), 20);
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.deepEqual([...new Set(answers.filter(({ status }) => status !== 200).map(errorOf))], ['409 CONFLICT']);
  assert.equal((await movements(payment.id)).length, 3);
});

test('administrators refund too; lists by payment, status and mode', async () => {
  const payment = await createPaid(ann.client);
  const body = { amount: money('2500.00'), reason: 'Ticket 7' };
  const key = randomUUID();
  const place = `${admins}/${payment.id}/refunds`;
  const made = await admin.post(place, body, { 'Idempotency-Key': key });
  assert.deepEqual([made.status, made.json?.status, made.json?.mode], [201, 'requested', 'manual'], made.text);
  const again = await admin.post(place, body, { 'Idempotency-Key': key });
  assert.deepEqual([again.text, again.headers['idempotent-replayed']], [made.text, 'true']);
  assert.equal((await admin.post(place, body)).status, 400, 'without a key');
  const others = await refundOf(shop, payment.id, '1000.00');
  await completed(others.id, 'TRF-4');
  const list = async (query) => {
    const answer = await admin.get(`${admins}/refunds?${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.data.map(({ id }) => id);
  };
  assert.deepEqual(await list(`payment_id=${payment.id}`), [others.id, made.json.id]);
  assert.deepEqual(await list(`payment_id=${payment.id}&status=succeeded`), [others.id]);
  assert.deepEqual(await list(`payment_id=${payment.id}&mode=api`), []);
  const one = await admin.get(`${admins}/refunds/${made.json.id}`);
  assert.match(one.json.reference, /^[0-9a-f]{32}$/, 'what the bank would know it by');
  for (const query of ['status=gone', 'mode=cash', 'payment_id=1', 'colour=red', 'limit=201']) assert.equal((await admin.get(`${admins}/refunds?${query}`)).status, 400, query);
});

// ---- Who may, and what is refused

test('people ask for no refund, and see those of their own payments; keys with the scope only', async () => {
  const payment = await createPaid(ann.client);
  const body = { amount: money('1000.00'), reason: 'Broken' };
  const weak = await machine('payments:read,payments:write');
  const own = await ann.client.post('/api/auth/me/api-keys', { name: 'script', scopes: [] });
  const before = await it.number('select count(*) from payment_refunds');
  for (const client of [ann.client, bob.client, admin, weak, it.client.withToken(own.json.key)]) assert.equal(errorOf(await askRefund(client, payment.id, body)), '403 PERMISSION_DENIED');
  assert.equal((await askRefund(it.client, payment.id, body)).status, 401);
  assert.equal(await it.number('select count(*) from payment_refunds'), before);
  const refund = await refundOf(shop, payment.id, '1000.00');
  const list = `${payments}/${payment.id}/refunds`;
  for (const client of [ann.client, weak]) {
    assert.deepEqual(await findRefund(client, refund.id), refund);
    assert.deepEqual((await client.get(list)).json.data, [refund]);
  }
  assert.equal(errorOf(await bob.client.get(list)), '404 PAYMENT_NOT_FOUND');
  assert.equal(errorOf(await bob.client.get(`${refunds}/${refund.id}`)), '404 NOT_FOUND');
  assert.equal(errorOf(await (await machine('payments:write')).get(`${refunds}/${refund.id}`)), '403 PERMISSION_DENIED');
  for (const path of [list, `${refunds}/${refund.id}`]) assert.equal((await it.client.get(path)).status, 401, path);
  for (const ended of [await complete(refund.id, undefined, ann.client), await giveUp(refund.id, undefined, ann.client)]) assert.equal(ended.status, 403, ended.text);
  assert.equal((await findRefund(shop, refund.id)).status, 'requested');
});

test('bad amounts, reasons and keys are refused, and do not use up the key', async () => {
  const payment = await createPaid(ann.client);
  const key = randomUUID();
  const before = await find(ann.client, payment.id);
  const bad = [
    ['amount', 1000], ['amount', '1000.00'], ['amount', money(1000)], ['amount', { value: '1000.00' }], ['amount', null], ['amount', undefined],
    ...['0.00', '-1.00', '1e3', '1000', '1000.0', '1000.000', '+1000.00', ' 1000.00', '1,000.00', '0x10.00', 'NaN', '', '\uff11\uff10\uff10.\uff10\uff10', '\u0661.\u0660\u0660', '12345678901234567.00']
      .map((value) => ['amount', money(value)]),
    ...['USD', 'idr', '', null].map((currency) => ['amount', money('1000.00', currency)]),
    ['reason', 'x'.repeat(3000)], ['reason', 'Bro\u0000ken'], ['reason', ''], ['reason', undefined], ['reason', 7], ['mode', 'api'], ['status', 'succeeded'], ['bank_reference', 'TRF-9'], ['colour', 'red'],
  ];
  for (const [field, value] of bad) {
    const answer = await askRefund(shop, payment.id, { amount: money('1000.00'), reason: 'Broken', [field]: value }, key);
    assert.equal(answer.status, 400, `${field} ${JSON.stringify(value)}: ${answer.text}`);
    assert.ok(answer.text.includes(field) || answer.json.error.code === 'MALFORMED_JSON', answer.text);
  }
  for (const value of ['1.50', '0.01', '9999.99']) assert.equal(errorOf(await ask(payment.id, value, key)), '422 AMOUNT_NOT_WHOLE', value);
  for (const value of ['10001.00', '9999999999999999.00']) assert.equal(errorOf(await ask(payment.id, value, key)), '409 REFUND_EXCEEDS_BALANCE', value);
  for (const wrong of ['', 'x'.repeat(256), 'k\u00e9y']) assert.equal((await ask(payment.id, '1000.00', wrong)).status, 400, wrong);
  assert.equal((await shop.post(`${payments}/${payment.id}/refunds`, { amount: money('1000.00'), reason: 'Broken' })).status, 400, 'without a key');
  const none = randomUUID().replace(/^(.{14})./, '$17');
  assert.equal(errorOf(await ask(none, '1000.00', key)), '404 PAYMENT_NOT_FOUND');
  assert.deepEqual(await find(ann.client, payment.id), before);
  assert.equal((await ask(payment.id, '10000.00', key)).status, 201);
});

test('nothing is refunded of what is not paid', async () => {
  const pending = await createPending(ann.client);
  const cancelled = await createPending(ann.client);
  await cancel(ann.client, cancelled.id);
  const expired = await createPending(ann.client);
  await makeOverdue(expired.id);
  await sync(ann.client, expired.id);
  const review = await createPending(ann.client);
  await bank.payUntold({ va: review.va.number, amount: '12000.00', force: true });
  await sync(ann.client, review.id);
  for (const [{ id }, status] of [[pending, 'pending'], [cancelled, 'cancelled'], [expired, 'expired'], [review, 'review']]) {
    const before = await find(ann.client, id);
    assert.equal(before.status, status);
    for (const value of ['1.00', '10000.00']) assert.equal(errorOf(await ask(id, value)), '409 NOT_REFUNDABLE', status);
    assert.equal((await find(ann.client, id)).version, before.version);
  }
});

// ---- The same again, and at once

test('a repeated request gets the first answer, byte for byte, whatever has happened since', async () => {
  const payment = await createPaid(ann.client);
  const key = randomUUID();
  const first = await ask(payment.id, '3000.00', key);
  assert.equal(first.status, 201, first.text);
  const repeat = async () => {
    const again = await ask(payment.id, '3000.00', key);
    assert.deepEqual([again.status, again.text, again.headers['idempotent-replayed']], [201, first.text, 'true']);
  };
  await repeat();
  await completed(first.json.id, 'TRF-5');
  await repeat();
  await completed((await refundOf(shop, payment.id, '7000.00')).id, 'TRF-6');
  await repeat();
  assert.equal(first.headers['idempotent-replayed'], undefined);
  const other = await createPaid(ann.client);
  const changed = [
    await ask(payment.id, '3001.00', key), await ask(other.id, '3000.00', key), await askRefund(shop, payment.id, { amount: money('3000.00'), reason: 'Lost' }, key),
  ];
  for (const answer of changed) assert.equal(errorOf(answer), '422 IDEMPOTENCY_MISMATCH');
  const second = await machine('payments:refund');
  assert.equal((await askRefund(second, other.id, { amount: money('3000.00'), reason: 'Broken' }, key)).status, 201, "another machine's key is another request");
  assert.equal(await it.number(`select count(*) from payment_refunds where idempotency_key = '${key}'`), 2);
});

test('40 requests at once with one key make one refund', async () => {
  const payment = await createPaid(ann.client);
  const key = randomUUID();
  const crowd = new Client(it.origin, { sockets: 40, headers: shop.headers });
  const answers = await inParallel(40, () => askRefund(crowd, payment.id, { amount: money('1000.00'), reason: 'Broken' }, key), 40);
  crowd.close();
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201], answers.find(({ status }) => status !== 201)?.text);
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  assert.equal(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length, 1);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(100_000)]);
});

for (const method of ['bri_va', 'bri_qris']) {
  test(`${method}: 40 refunds at once never exceed what was paid`, async () => {
    const payment = await createPaid(shop, { method });
    const crowd = new Client(it.origin, { sockets: 40, headers: shop.headers });
    const answers = await inParallel(40, () => askRefund(crowd, payment.id, { amount: money('1000.00'), reason: 'Broken' }), 40);
    crowd.close();
    const taken = answers.filter(({ status }) => status === 201);
    assert.equal(taken.length, 10);
    // The bank may be done with all of them while the last requests arrive.
    for (const answer of answers.filter(({ status }) => status !== 201)) assert.match(errorOf(answer), method === 'bri_va' ? /^409 REFUND_EXCEEDS_BALANCE$/ : /^409 (REFUND_EXCEEDS_BALANCE|NOT_REFUNDABLE)$/);
    if (method === 'bri_va') {
      for (const { json } of taken) await completed(json.id, `TRF-${json.id.slice(-12)}`);
    } else {
      for (const { json } of taken) await paidOnce(payment, json, '1000.00');
      assert.deepEqual(await atBank(payment.id), taken.map(() => '1000.00'));
    }
    const after = await find(shop, payment.id);
    assert.deepEqual([after.status, after.refunded, after.refunding], ['refunded', money('10000.00'), money('0.00')]);
  });
}

// ---- By the bank

test('by the bank: in parts, then all of it', async () => {
  const payment = await code({ amount: money('25000.00') });
  const first = await refundOf(shop, payment.id, '5000.00');
  assert.equal(first.mode, 'api');
  await paidOnce(payment, first, '5000.00');
  assert.equal((await find(shop, payment.id)).status, 'partially_refunded');
  const second = await refundOf(shop, payment.id, '20000.00');
  await paidOnce(payment, second, '20000.00');
  const after = await find(shop, payment.id);
  assert.deepEqual([after.status, after.refunded], ['refunded', money('25000.00')]);
  assert.deepEqual(await atBank(payment.id), ['5000.00', '20000.00']);
  assert.deepEqual(await movements(payment.id), [...booked(2_500_000), setAside(500_000), paidOut(500_000), setAside(2_000_000), paidOut(2_000_000)]);
  assert.deepEqual(await history(shop, payment.id), ['created', 'pending', 'paid', 'partially_refunded', 'refunded']);
  for (const ended of [await complete(second.id), await giveUp(second.id)]) assert.equal(errorOf(ended), '409 CONFLICT');
  assert.equal((await synced(shop, payment.id)).version, after.version, 'the bank calls it refunded, which is known');
});

for (const fault of [
  'timeout_before', 'timeout_after_processing', 'http:500', 'http:500:after', 'http:429', 'http:503', 'drop_connection', 'drop_connection:processed', 'drop_connection:half', 'garbage_json',
  'wrong_encoding:body', 'other_payment', 'unlisted_code', 'unlisted_code:before', 'expired_token', 'redirect',
]) {
  test(`a refund that the bank answers with ${fault} is paid once`, async () => {
    const payment = await code();
    await bank.fault('qr_refund', fault);
    const refund = await refundOf(shop, payment.id, '10000.00');
    await paidOnce(payment, refund);
    await firedAll();
    assert.equal((await find(shop, payment.id)).status, 'refunded');
    assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(1_000_000), paidOut(1_000_000)]);
  });
}

test('answers that are unclear again and again, to the refund and to the question after it', async () => {
  const payment = await code();
  for (const fault of ['http:500:after', 'garbage_json']) await bank.fault('qr_refund', fault);
  await bank.fault('qr_query', 'http:500', { count: 2 });
  const refund = await refundOf(shop, payment.id, '4000.00');
  await paidOnce(payment, refund, '4000.00');
  assert.deepEqual(await atBank(payment.id), ['4000.00']);
});

test('a refund that the bank never answers is unknown, its amount stays set aside, and it is told', async () => {
  const payment = await code();
  await bank.fault('qr_refund', 'http:500', { probability: 1 });
  const refund = await refundOf(shop, payment.id, '10000.00');
  await untilRefund(shop, refund.id, 'unknown', patience);
  const waiting = await find(shop, payment.id);
  assert.deepEqual([waiting.status, waiting.refunding, waiting.refunded], ['paid', money('10000.00'), money('0.00')]);
  await until('its reason is with its work', async () => (await it.number(`select count(*) from payment_work where payment_id = '${payment.id}' and kind = 'refund' and error <> ''`)) === 1, patience);
  assert.deepEqual((await admin.get(`${admins}/refunds?status=unknown`)).json.data.map(({ id }) => id), [refund.id]);
  assert.equal(errorOf(await giveUp(refund.id)), '409 CONFLICT', 'the bank may have paid it');
  assert.equal(errorOf(await ask(payment.id, '1.00')), '409 REFUND_EXCEEDS_BALANCE');
  await bank.clearFaults();
  await paidOnce(payment, refund);
});

test('an administrator ends what the bank never answers: it was paid out by hand, and the bank is asked no more', async () => {
  const payment = await code();
  await bank.fault('qr_refund', 'http:500', { probability: 1 });
  const refund = await refundOf(shop, payment.id, '10000.00');
  await untilRefund(shop, refund.id, 'unknown', patience);
  await completed(refund.id, 'TRF-7');
  const work = () => it.number(`select count(*) from payment_work where payment_id = '${payment.id}' and kind = 'refund'`);
  await until('its work has ended', async () => (await work()) === 0, patience);
  await bank.clearFaults();
  assert.deepEqual([(await find(shop, payment.id)).status, await atBank(payment.id)], ['refunded', []]);
});

test('a bank that is down pays when it is there again', async () => {
  await checkManners();
  const payment = await code();
  await bank.stop('SIGKILL');
  const refund = await refundOf(shop, payment.id, '10000.00');
  await untilRefund(shop, refund.id, 'unknown', patience);
  await bank.start();
  await paidOnce(payment, refund);
});

// ---- Whoever dies

test('k-public is killed before the bank has paid, while it does, and after it: each refund is paid once', async () => {
  const cut = [];
  for (const fault of ['timeout_before', 'slow:2000', 'timeout_after_processing']) {
    const payment = await code();
    await bank.clearFaults();
    await bank.fault('qr_refund', fault);
    const refund = await refundOf(shop, payment.id, '10000.00');
    await until('the bank has it', async () => (await bank.faults())[0].fired === 1);
    it.kill('k-public', 'SIGKILL');
    await it.start('k-public');
    cut.push([payment, refund]);
  }
  for (const [payment, refund] of cut) {
    await paidOnce(payment, refund);
    assert.deepEqual([(await find(shop, payment.id)).status, await atBank(payment.id)], ['refunded', ['10000.00']]);
  }
});

test('k-public is killed at any moment after, and before, it has answered: one refund for each key, each paid once', async () => {
  const made = [];
  for (const pause of [0, 1, 3, 6, 12, 25, 50]) {
    const payment = await code();
    const key = randomUUID();
    const cut = ask(payment.id, '10000.00', key).catch(() => {});
    await sleep(pause);
    it.kill('k-public', 'SIGKILL');
    await cut;
    await it.start('k-public');
    const again = await until('it answers', async () => {
      const answer = await ask(payment.id, '10000.00', key);
      return answer.status === 201 && answer;
    }, patience);
    made.push([payment, again.json]);
  }
  for (const [payment, refund] of made) {
    await paidOnce(payment, refund);
    assert.deepEqual(await atBank(payment.id), ['10000.00']);
  }
});

test('who has a webhook hears that a refund was asked for, and of its end', async (t) => {
  admin = await it.adminAgain(); // the sign-in of the beginning is no recent one any more
  const receiver = await startReceiver();
  t.after(() => receiver.close());
  const made = await admin.post('/api/admin/webhooks', { url: receiver.url, events: ['payment.*'] });
  assert.equal(made.status, 201, made.text);
  const [byBank, byHand] = [await code(), await createPaid(ann.client)];
  await paidOnce(byBank, await refundOf(shop, byBank.id, '10000.00'));
  await giveUp((await refundOf(shop, byHand.id, '1000.00')).id);
  await completed((await refundOf(shop, byHand.id, '1000.00')).id, 'TRF-8');
  const heard = (id) => receiver.got.map(({ body }) => JSON.parse(body)).filter((event) => JSON.stringify(event).includes(id)).map(({ type }) => type).filter((type) => /refund/.test(type)).sort();
  const wanted = [['payment.refund_asked', 'payment.refunded'], ['payment.partially_refunded', 'payment.refund_asked', 'payment.refund_asked', 'payment.refund_failed']];
  await until('all of them', () => heard(byBank.id).length >= wanted[0].length && heard(byHand.id).length >= wanted[1].length);
  assert.deepEqual([heard(byBank.id), heard(byHand.id)], wanted);
  assert.equal((await admin.delete(`/api/admin/webhooks/${made.json.webhook.id}`)).status, 204);
});

test('what the bank refuses definitely has failed, and is free again', async () => {
  const payment = await code();
  await bank.reverse({ qr: payment.qr.content }); // what it has given back it cannot refund
  const refund = await refundOf(shop, payment.id, '10000.00');
  const failed = await untilRefund(shop, refund.id, 'failed', patience);
  assert.match(failed.error, /^403/);
  const after = await find(shop, payment.id);
  assert.deepEqual([after.status, after.refunding, after.refunded], ['paid', money('0.00'), money('0.00')]);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(1_000_000), freed(1_000_000)]);
  assert.deepEqual(await atBank(payment.id), []);
  const decided = await admin.post(`${admins}/${payment.id}/decide`, { verdict: 'reverse' }, { 'If-Match': `"${(await find(shop, payment.id)).version}"` });
  assert.deepEqual([decided.status, decided.json?.status], [200, 'reversed'], decided.text);
});

test('books of both sides, manners and logs after all of it', async () => {
  await checkBooks();
  await checkBank();
  await checkSecrets();
});
