// What administrators decide about money that does not fit, what the bank has told, and who may. The bank offers no refunds here.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { inParallel } from './client.mjs';
import { until } from './installation.mjs';
import {
  admins, bank, booked, cancel, checkBooks, checkSecrets, create, createPaid, createPending, down, errorOf, events, find, history, it, machine, money, movements, paidOut, patience, payments, person,
  refundOf, setAside, staff, start, synced, target, untilRefund, untilStatus,
} from './payments.mjs';
import { items, leaveAlone, reconcile, runs } from './reconciliation.mjs';

const none = randomUUID().replace(/^(.{14})./, '$17');
let admin;
let shop;
let ann;
before(async () => {
  await start('paymentDecisions', { settings: { K_BRI_QR_REFUND_PATH: '', K_PAYMENT_RECONCILE: 0 } });
  admin = await it.adminLogin();
  shop = await machine('payments:read,payments:write,payments:refund');
  ann = await person('ann');
});
after(down);
afterEach(() => bank.clearFaults());

/** About the payment as it is now, unless the headers say otherwise. */
async function decide(id, body, client = admin, headers = {}) {
  const { headers: { etag = '"1"' } } = await admin.get(`${admins}/${id}`);
  return client.post(`${admins}/${id}/decide`, body, { 'If-Match': etag, ...headers });
}
const adminEvents = async (id) => (await admin.get(`${admins}/${id}/events`)).json.data;
async function decided(id, body) {
  const requestId = `decide-${randomUUID()}`;
  const answer = await decide(id, body, admin, { 'X-Request-ID': requestId });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.etag, `"${answer.json.version}"`);
  const trail = await until('its entry in the audit trail', async () => {
    const rows = await it.sql(`select action, outcome, target_id from audit_log where request_id = '${requestId}'`);
    return rows.length > 0 && rows;
  });
  return { payment: answer.json, trail };
}
/** One whose money does not fit. */
async function inReview(value = '12000.00', more = {}) {
  const payment = await createPending(shop, more);
  await bank.payUntold({ ...target(payment), amount: value, force: true });
  assert.equal((await synced(shop, payment.id)).status, 'review');
  return payment;
}
/** One that was paid twice. */
async function paidTwice() {
  const payment = await createPaid(shop);
  await bank.pay({ ...target(payment), force: true });
  await until('both are in the ledger', async () => (await movements(payment.id)).length === 2);
  return payment;
}
const toMerchant = (minor) => ({ 'suspense:unmatched': minor, 'merchant:payable': -minor });
const toCustomer = (minor) => ({ 'suspense:unmatched': minor, 'bank:bri:clearing': -minor });
const extra = [...booked(1_000_000), ...booked(1_000_000, 'suspense:unmatched')];

// ---- Money that does not fit

test('review, accepted: what came is the merchant\'s, and can be refunded', async () => {
  const { id } = await inReview();
  const { payment, trail } = await decided(id, { verdict: 'accept', note: 'He paid the delivery too' });
  assert.deepEqual([payment.status, payment.paid, payment.suspense, payment.amount], ['paid', money('12000.00'), money('0.00'), money('10000.00')]);
  assert.ok(payment.paid_at);
  assert.deepEqual(trail, [['payment.paid', 'ok', id]]);
  assert.deepEqual(await movements(id), [...booked(1_200_000, 'suspense:unmatched'), toMerchant(1_200_000)]);
  assert.deepEqual(await history(shop, id), ['created', 'pending', 'review', 'paid']);
  const last = (await adminEvents(id)).at(-1);
  assert.deepEqual([last.type, last.actor, /delivery/.test(last.detail)], ['accepted', 'user', true]);
  for (const client of [shop, ann.client]) assert.doesNotMatch((await client.get(`${payments}/${id}/events`)).text, /delivery/, 'notes are for administrators');
  const asked = await synced(shop, id);
  assert.equal(asked.version, payment.version, 'the bank tells of the same money');
  for (const verdict of ['accept', 'return']) assert.equal(errorOf(await decide(id, { verdict, bank_reference: 'TRF-1' })), '409 CONFLICT');
  const refund = await refundOf(shop, id, '12000.00');
  assert.equal((await admin.post(`${admins}/refunds/${refund.id}/complete`, { bank_reference: 'TRF-2' })).status, 200);
  assert.equal((await find(shop, id)).status, 'refunded');
});

test('review, returned: the customer has the money back, and the payment is refunded without having been paid', async () => {
  const { id } = await inReview('9000.00');
  for (const body of [{ verdict: 'return' }, { verdict: 'return', note: 'No reference' }]) assert.equal(errorOf(await decide(id, body)), '400 REQUIRED');
  for (const body of [{}, { verdict: 'keep' }, { verdict: 'return', bank_reference: '' }, { verdict: 'accept', note: 'x'.repeat(501) }, { verdict: 'accept', amount: money('1.00') }]) {
    assert.equal((await decide(id, body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await find(shop, id)).status, 'review');
  const { payment, trail } = await decided(id, { verdict: 'return', bank_reference: 'TRF-3', note: 'Too little' });
  assert.deepEqual([payment.status, payment.paid, payment.suspense, payment.paid_at], ['refunded', money('0.00'), money('0.00'), null]);
  assert.deepEqual(trail, [['payment.refunded', 'ok', id]]);
  assert.deepEqual(await movements(id), [...booked(900_000, 'suspense:unmatched'), toCustomer(900_000)]);
  assert.deepEqual(await history(shop, id), ['created', 'pending', 'review', 'refunded']);
  assert.match((await adminEvents(id)).at(-1).detail, /TRF-3/);
  assert.equal((await synced(shop, id)).version, payment.version, 'the bank tells of the same money');
  assert.equal(errorOf(await decide(id, { verdict: 'accept' })), '409 CONFLICT');
});

for (const [verdict, event, movement, paid] of [['accept', 'accepted', toMerchant, '20000.00'], ['return', 'returned', toCustomer, '10000.00']]) {
  test(`money of a second payment, ${event}: the payment stays paid; a third is decided on its own`, async () => {
    const { id } = await paidTwice();
    const first = await decided(id, { verdict, bank_reference: 'TRF-4' });
    assert.deepEqual([first.payment.status, first.payment.paid, first.payment.suspense], ['paid', money(paid), money('0.00')]);
    assert.deepEqual(first.trail, [[`payment.${event}`, 'ok', id]]);
    assert.deepEqual(await movements(id), [...extra, movement(1_000_000)]);
    await bank.pay({ va: first.payment.va.number, amount: '7000.00', force: true });
    await until('it is in the ledger', async () => (await movements(id)).length === 4);
    const second = await decided(id, { verdict, bank_reference: 'TRF-5' });
    assert.equal(second.payment.status, 'paid');
    assert.deepEqual((await movements(id)).at(-1), movement(700_000));
    assert.deepEqual(await history(shop, id), ['created', 'pending', 'paid']);
  });
}

test('what has changed since it was looked at is not decided', async () => {
  const { id } = await paidTwice();
  const seen = await admin.get(`${admins}/${id}`);
  assert.equal(seen.headers.etag, `"${seen.json.version}"`);
  await bank.pay({ ...target(seen.json), amount: '7000.00', force: true });
  await until('it is in the ledger', async () => (await movements(id)).length === 3);
  for (const [verdict, bank_reference] of [['accept'], ['return', 'TRF-12'], ['reverse']]) {
    assert.equal(errorOf(await decide(id, { verdict, bank_reference }, admin, { 'If-Match': seen.headers.etag })), '412 VERSION_MISMATCH', verdict);
  }
  assert.equal(errorOf(await admin.post(`${admins}/${id}/decide`, { verdict: 'accept' })), '428 PRECONDITION_REQUIRED');
  for (const tag of ['', '*', '"x"', '"-1"', '"1", "2"']) assert.match(errorOf(await decide(id, { verdict: 'accept' }, admin, { 'If-Match': tag })), /^4(00|12|28) /, tag);
  assert.equal((await movements(id)).length, 3);
  assert.deepEqual((await decided(id, { verdict: 'accept' })).payment.paid, money('27000.00'));
});

test('20 decisions at once are one', async () => {
  const { id } = await paidTwice();
  const { headers: { etag } } = await admin.get(`${admins}/${id}`);
  const answers = await inParallel(20, (index) => decide(id, { verdict: index % 2 ? 'accept' : 'return', bank_reference: 'TRF-6' }, admin, { 'If-Match': etag }), 20);
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const answer of answers.filter(({ status }) => status !== 200)) assert.match(errorOf(answer), /^(412 VERSION_MISMATCH|409 CONFLICT)$/); // of the same moment: decided
  assert.equal((await movements(id)).length, 3);
});

test('where nothing waits there is nothing to decide', async () => {
  const pending = await createPending(shop);
  const cancelled = await createPending(shop);
  await cancel(shop, cancelled.id);
  const paid = await createPaid(shop);
  const review = await inReview();
  const wrong = [...['accept', 'return'].flatMap((verdict) => [pending, cancelled, paid].map((payment) => [payment, verdict])), ...[pending, cancelled, review].map((payment) => [payment, 'reverse'])];
  for (const [{ id }, verdict] of wrong) {
    const before = await find(shop, id);
    assert.equal(errorOf(await decide(id, { verdict, bank_reference: 'TRF-7' })), '409 CONFLICT', `${verdict} ${before.status}`);
    assert.equal((await find(shop, id)).version, before.version);
  }
  assert.equal(errorOf(await decide(none, { verdict: 'accept' })), '404 PAYMENT_NOT_FOUND');
  assert.ok([400, 404].includes((await decide('7', { verdict: 'accept' })).status));
});

test('a partly refunded payment whose money the bank took back is reversed as a whole; money that comes later can only be returned', async () => {
  const payment = await createPaid(shop);
  const refund = await refundOf(shop, payment.id, '4000.00');
  assert.equal(errorOf(await decide(payment.id, { verdict: 'reverse' })), '409 CONFLICT', 'a refund has not ended');
  assert.equal((await admin.post(`${admins}/refunds/${refund.id}/complete`, { bank_reference: 'TRF-8' })).status, 200);
  await leaveAlone(payment.id);
  const { payment: reversed, trail } = await decided(payment.id, { verdict: 'reverse', note: 'The bank took it back' });
  assert.deepEqual([reversed.status, reversed.paid, reversed.refunded], ['reversed', money('10000.00'), money('4000.00')]);
  assert.deepEqual(trail, [['payment.reversed', 'ok', payment.id]]);
  const left = { 'merchant:payable': 1_000_000, 'bank:bri:clearing': -1_000_000 };
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), setAside(400_000), paidOut(400_000), left]);
  await bank.reverse({ va: payment.va.number });
  await bank.pay({ va: payment.va.number, amount: '3000.00', force: true });
  await until('it is in the ledger', async () => (await movements(payment.id)).length === 5);
  assert.equal(errorOf(await decide(payment.id, { verdict: 'accept' })), '409 CONFLICT');
  assert.equal((await decided(payment.id, { verdict: 'return', bank_reference: 'TRF-9' })).payment.status, 'reversed');
});

test('a code is refunded by hand where the bank offers nothing', async () => {
  const payment = await createPaid(shop, { method: 'bri_qris' });
  const refund = await refundOf(shop, payment.id, '10000.00');
  assert.equal(refund.mode, 'manual');
  assert.equal((await admin.post(`${admins}/refunds/${refund.id}/complete`, { bank_reference: 'TRF-10' })).status, 200);
  await untilRefund(shop, refund.id, 'succeeded');
  assert.deepEqual([(await find(shop, payment.id)).status, await bank.refunds()], ['refunded', []]);
  assert.equal(await it.number("select count(*) from bank_calls where operation = 'refund'"), 0);
});

test('kctl: refunds, the end of one, a question', async () => {
  const kctl = async (...words) => {
    const { status, stdout, stderr } = await it.kctl('payments', ...words, '--json');
    assert.equal(status, 0, stdout + stderr);
    return JSON.parse(stdout);
  };
  const payment = await createPaid(shop);
  const refund = await refundOf(shop, payment.id, '2000.00');
  assert.deepEqual((await kctl('refunds', '--payment', payment.id)).refunds.map(({ id, status }) => [id, status]), [[refund.id, 'requested']]);
  assert.notEqual((await it.kctl('payments', 'complete', refund.id)).status, 0, 'without a reference');
  const ended = (await kctl('complete', refund.id, '--reference', 'TRF-12')).refund;
  assert.deepEqual([ended.status, ended.bank_reference], ['succeeded', 'TRF-12']);
  assert.deepEqual((await kctl('refunds', '--status', 'succeeded', '--mode', 'manual', '--payment', payment.id)).refunds.map(({ id }) => id), [refund.id]);
  assert.notEqual((await it.kctl('payments', 'complete', refund.id, '--reference', 'TRF-13')).status, 0);
  const unknown = await createPending(shop);
  await leaveAlone(unknown.id);
  await bank.payUntold(target(unknown));
  const asked = await kctl('sync', unknown.id);
  assert.deepEqual([asked.changed, asked.payment.status], [true, 'paid']);
});

// ---- Asking the bank, and what it has told

test('sync plans a question, and does not wait for its answer', async () => {
  for (const method of ['bri_va', 'bri_qris']) {
    const payment = await createPending(shop, { method });
    await leaveAlone(payment.id);
    await bank.payUntold(target(payment));
    const answer = await admin.post(`${admins}/${payment.id}/sync`);
    assert.deepEqual([answer.status, answer.json?.id, answer.json?.status], [202, payment.id, 'pending'], answer.text);
    await untilStatus(shop, payment.id, 'paid', patience);
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.equal((await admin.post(`${admins}/${payment.id}/sync`)).status, 202, 'also of one that is paid');
  }
  assert.equal(errorOf(await admin.post(`${admins}/${none}/sync`)), '404 PAYMENT_NOT_FOUND');
});

const inbox = async (query, client = admin) => {
  const answer = await client.get(`${admins}/inbox?limit=200&${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.data;
};
const replay = (id, client = admin) => client.post(`${admins}/inbox/${id}/replay`);

test('the inbox: what the bank has told, without its password', async () => {
  const account = await createPending(shop);
  const code = await createPending(shop, { method: 'bri_qris' });
  const online = await createPending(shop);
  for (const payment of [account, code]) await bank.pay(target(payment));
  await bank.pay({ va: online.va.number, way: 'online' });
  for (const [payment, services] of [[account, ['34']], [code, ['52']], [online, ['25', '24']]]) {
    await untilStatus(shop, payment.id, 'paid');
    const rows = await inbox(`payment_id=${payment.id}`);
    assert.deepEqual(rows.map(({ service }) => service), services);
    for (const row of rows) {
      assert.deepEqual([row.payment_id, row.answer_status], [payment.id, 200]);
      assert.equal(JSON.parse(row.answer_body).responseCode, `200${row.service}00`);
      const body = JSON.parse(row.body);
      assert.equal(body.virtualAccountNo?.trim() ?? body.originalPartnerReferenceNo.length, payment.va?.number ?? 32);
    }
  }
  const [[kept]] = await it.sql(`select convert_from(raw_body, 'UTF8') from bank_notices where payment_id = '${account.id}'`);
  assert.match(kept, /simulated-pass/, 'the bank has sent it');
  const all = await admin.get(`${admins}/inbox?limit=200`);
  assert.doesNotMatch(all.text, /simulated-pass/);
  assert.match(all.text, /passApp/);
  const rows = all.json.data;
  for (const [query, of] of [['service=24', ({ service }) => service === '24'], ['matched=true', ({ payment_id: id }) => id !== null], ['matched=false', ({ payment_id: id }) => id === null],
    ['answered=true', ({ answer_status: status }) => status !== null], ['answered=false', ({ answer_status: status }) => status === null]]) {
    assert.deepEqual(await inbox(query), rows.filter(of), query);
  }
  for (const query of ['service=26', 'matched=perhaps', 'payment_id=1', 'colour=red', 'cursor=x']) assert.equal((await admin.get(`${admins}/inbox?${query}`)).status, 400, query);
});

/** Takes what the bank knows a payment by out of the database, as if that were of a moment before. */
async function hide({ id, va, qr }) {
  const [columns] = await it.sql(`select va_number, gateway_ref, bank_ref from payments where id = '${id}'`);
  const hidden = va ? 'va_number = null' : `bank_ref = null, gateway_ref = 'hidden${Date.now()}'`;
  const shown = va ? `va_number = '${columns[0]}'` : `gateway_ref = '${columns[1]}', bank_ref = '${columns[2]}'`;
  assert.ok(va || qr);
  await it.sql(`update payments set ${hidden} where id = '${id}'`);
  return () => it.sql(`update payments set ${shown} where id = '${id}'`);
}

for (const [method, service] of [['bri_va', '34'], ['bri_qris', '52']]) {
  test(`${method}: a notice of a payment that was not there yet is replayed when it is`, async () => {
    const payment = await createPending(shop, { method });
    await leaveAlone(payment.id);
    const show = await hide(payment);
    const told = await bank.pay(target(payment));
    assert.match(told.answers[0].response_code, new RegExp(`^404${service}`));
    const [notice] = await inbox(`matched=false&service=${service}`);
    assert.deepEqual([notice.payment_id, notice.answer_status], [null, 404]);
    const early = await replay(notice.id);
    assert.deepEqual([early.status, early.json?.payment_id], [200, null], early.text);
    await show();
    assert.equal((await find(shop, payment.id)).status, 'pending');
    const answer = await replay(notice.id);
    assert.deepEqual([answer.status, answer.json?.payment_id, answer.json?.answer_status, answer.json?.answer_body], [200, payment.id, 404, notice.answer_body], answer.text);
    const paid = await untilStatus(shop, payment.id, 'paid', patience);
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.equal((await replay(notice.id)).status, 200);
    const again = await bank.resend({ credit: told.credit.id, external_id: 'same' });
    assert.equal(again.answers[0].response_code, told.answers[0].response_code, 'the bank gets the answer of then');
    assert.equal((await synced(shop, payment.id)).version, paid.version);
    assert.deepEqual((await inbox(`payment_id=${payment.id}`)).map(({ id }) => id), [notice.id]);
  });
}

test('a notice that was before its code was answered is replayed, and changes nothing', async () => {
  await bank.fault('qr_generate', 'out_of_order');
  const made = await create(shop, { method: 'bri_qris' });
  const paid = await untilStatus(shop, made.id, 'paid', patience);
  const [notice] = await inbox(`payment_id=${made.id}`);
  assert.deepEqual([notice.service, notice.answer_status], ['52', 200]);
  assert.equal((await replay(notice.id)).status, 200);
  assert.equal((await synced(shop, made.id)).version, paid.version);
  assert.deepEqual(await movements(made.id), booked(1_000_000));
  assert.equal(errorOf(await replay(none)), '404 NOT_FOUND');
});

// ---- Who may

const adminKey = async (scopes) => {
  const made = await it.kctl('key', 'create', 'books', '--scopes', scopes, '--json');
  assert.equal(made.status, 0, made.stderr);
  return it.client.withToken(JSON.parse(made.stdout).key);
};

test('administrators decide; support and auditors read; nobody else sees anything', async () => {
  const review = await inReview();
  const manual = await refundOf(shop, (await createPaid(shop)).id, '1000.00');
  await bank.payUntold({ va: '777779999999998', amount: '1000.00', force: true }); // of no payment: a difference
  await reconcile(admin);
  const [[item]] = await it.sql("select id from reconciliation_items where status = 'open' limit 1");
  const [[run]] = await it.sql('select id from reconciliation_runs limit 1');
  const [[notice]] = await it.sql('select id from bank_notices limit 1');
  const writes = [
    [`/${review.id}/decide`, { verdict: 'accept' }], [`/${review.id}/sync`], ['/reconciliation/runs', {}],
    [`/reconciliation/items/${item}/resolve`, { note: 'x', bank_reference: 'x' }], [`/inbox/${notice}/replay`],
    [`/refunds/${manual.id}/complete`, { bank_reference: 'x' }], [`/refunds/${manual.id}/cancel`, { reason: 'x' }], [`/${review.id}/refunds`, { amount: money('1.00'), reason: 'x' }],
  ];
  const reads = ['/refunds', `/refunds/${manual.id}`, '/reconciliation/runs', `/reconciliation/runs/${run}`, '/reconciliation/items', '/inbox'];
  const [support, auditor] = [(await staff(admin, 'support')).client, (await staff(admin, 'auditor')).client];
  const reader = await adminKey('payments:read');
  const counts = () => it.sql('select (select count(*) from payment_events), (select count(*) from reconciliation_runs), (select count(*) from payment_refunds)');
  const before = await counts();
  for (const [path, body] of writes) {
    const key = { 'Idempotency-Key': randomUUID() };
    for (const client of [support, auditor, reader, ann.client]) assert.equal(errorOf(await client.post(admins + path, body, key)), '403 PERMISSION_DENIED', path);
    assert.equal(errorOf(await it.client.post(admins + path, body, key)), '401 TOKEN_MISSING', path);
  }
  assert.deepEqual(await counts(), before);
  const writer = await adminKey('payments:reconcile');
  for (const path of reads) {
    for (const client of [admin, support, auditor, reader]) assert.equal((await client.get(admins + path)).status, 200, path);
    for (const client of [ann.client, writer]) assert.equal(errorOf(await client.get(admins + path)), '403 PERMISSION_DENIED', path);
    assert.equal(errorOf(await it.client.get(admins + path)), '401 TOKEN_MISSING', path);
  }
  const named = (await staff(admin, 'admin', 'decider')).client;
  assert.equal((await decide(review.id, { verdict: 'accept' }, named)).status, 200);
  const byKey = await inReview();
  assert.equal((await decide(byKey.id, { verdict: 'accept' }, writer)).status, 200);
  assert.equal((await events(shop, byKey.id)).at(-1).actor, 'key');
});

test('what moves money needs a sign-in of the last minutes', async () => {
  const review = await inReview();
  const refund = await refundOf(shop, (await createPaid(shop)).id, '1000.00');
  const other = await staff(admin, 'admin', 'late');
  await it.sql(`update sessions set created_at = created_at - interval '11 minutes' where user_id = '${other.id}'`);
  await it.emptyRedis(); // both keep copies of sessions
  await it.stop('k-admin');
  await it.start('k-admin');
  const writes = [
    [`/${review.id}/decide`, { verdict: 'accept' }], [`/refunds/${refund.id}/complete`, { bank_reference: 'TRF-11' }], [`/refunds/${refund.id}/cancel`, { reason: 'x' }],
    [`/${review.id}/refunds`, { amount: money('1.00'), reason: 'x' }], [`/reconciliation/items/${none}/resolve`, { note: 'x', bank_reference: 'TRF-11' }],
  ];
  for (const [path, body] of writes) assert.equal(errorOf(await other.client.post(admins + path, body, { 'Idempotency-Key': randomUUID() })), '403 REAUTH_REQUIRED', path);
  assert.equal((await other.client.post(`${admins}/${review.id}/sync`)).status, 202, 'a question moves nothing');
  const fresh = await other.client.post('/api/auth/reauthenticate', { totp: await other.authenticator.code() });
  assert.equal(fresh.status, 200, fresh.text);
  const again = it.client.withToken(fresh.json.access_token);
  assert.equal((await decide(review.id, { verdict: 'accept' }, again)).status, 200);
  assert.equal((await again.post(`${admins}/refunds/${refund.id}/complete`, { bank_reference: 'TRF-11' })).status, 200);
});

test('every decision is in the audit trail, with who made it', async () => {
  const wanted = ['payment.accepted', 'payment.paid', 'payment.reconcile', 'payment.refunded', 'payment.replay', 'payment.returned', 'payment.reversed'];
  const named = wanted.map((action) => `'${action}'`).join();
  const query = `select distinct action from audit_log where outcome = 'ok' and actor_type = 'user' and actor_id in (select id::text from users) and action in (${named}) order by 1`;
  await until('all of them', async () => (await it.sql(query)).length === wanted.length);
});

test('books, manners and logs after all of it', async () => {
  await checkBooks();
  await checkSecrets();
});
