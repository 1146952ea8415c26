// A bank that answers late, wrongly or not at all: one account a payment, each money once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { Client, inParallel } from './client.mjs';
import {
  accountOf, accounts, bank, booked, cancel, checkBooks, checkSecrets, create, createPending, down, errorOf, events, find, firedAll, gatewayRef, history, it, machine, movements, order, patience,
  person, post, settles, start, sync, synced, untilStatus,
} from './payments.mjs';

let ann;
before(async () => {
  await start('paymentFaults', { config: { maxExpiryDays: 20 }, settings: { K_PAYMENT_WAIT_MS: 1500, K_BRI_TIMEOUT_MS: 4000 } });
  ann = await person('ann');
});
after(down);
afterEach(() => bank.clearFaults());

// Whether the bank had processed it is not known from any of these answers.
for (const fault of [
  'http:500', 'http:500:after', 'http:503', 'http:429', 'drop_connection', 'drop_connection:processed', 'drop_connection:half', 'garbage_json', 'wrong_encoding:body', 'unlisted_code', 'other_payment',
  'redirect', 'timeout_after_processing',
]) {
  test(`a creation that the bank answers with ${fault} is settled by asking, not by guessing`, async () => {
    const before = await accounts();
    await bank.fault('create_va', fault);
    const [body, key] = [order(), randomUUID()];
    const first = await post(ann.client, body, key);
    assert.deepEqual([first.status, first.json.status, first.json.va ?? null], [201, 'created', null], first.text);
    await firedAll();
    const payment = await settles(ann.client, first.json.id, before);
    const again = await post(ann.client, body, key);
    assert.deepEqual([again.text, again.headers['idempotent-replayed']], [first.text, 'true'], 'the answer of then');
    await bank.payUntold({ va: payment.va.number });
    assert.equal((await synced(ann.client, payment.id)).status, 'paid');
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
  });
}

test('who waits for a slow bank leaves places for everybody else', async () => {
  const before = await accounts();
  const shop = await machine('payments:read,payments:write');
  await bank.fault('create_va', 'slow:1200', { count: 60 });
  const crowd = new Client(it.origin, { sockets: 60, headers: shop.headers });
  const waiting = inParallel(60, () => post(crowd, order()), 60);
  await new Promise((done) => setTimeout(done, 400));
  const others = await inParallel(20, () => ann.client.get('/api/auth/sessions'), 20); // 64 requests wait at once, no more
  assert.deepEqual([...new Set(others.map(({ status }) => status))], [200]);
  const made = await waiting;
  crowd.close();
  assert.deepEqual([...new Set(made.map(({ status }) => status))], [201]);
  assert.ok(made.some(({ json }) => json.status === 'created'), 'not all of them waited');
  for (const { json } of made) await untilStatus(shop, json.id, 'pending', patience);
  assert.equal(await accounts(), before + 60);
});

test('more new payments than the bank is given at once are work that waits', async () => {
  const before = await accounts();
  const inquiries = async () => (await bank.state()).requests.in.inquiry_va ?? 0;
  const asked = await inquiries();
  const shop = await machine('payments:read,payments:write');
  await bank.fault('create_va', 'slow:1200', { count: 150 });
  const crowd = new Client(it.origin, { sockets: 40, headers: shop.headers });
  const made = await inParallel(150, () => post(crowd, order()), 40);
  crowd.close();
  assert.deepEqual([...new Set(made.map(({ status }) => status))], [201]);
  assert.ok(await it.number("select count(*) from payment_work where kind = 'create' and attempts = 0") > 0, 'some nobody has tried yet');
  for (const { json } of made) await untilStatus(shop, json.id, 'pending', patience);
  assert.equal(await accounts(), before + 150);
  assert.equal(await inquiries(), asked, 'what nobody has tried is not looked for');
});

test('people who ask about their payments leave places for shops', async () => {
  const shop = await machine('payments:read,payments:write');
  const payment = await createPending(ann.client);
  await bank.fault('status', 'slow:2000', { count: 60 });
  const crowd = new Client(it.origin, { sockets: 24, headers: ann.client.headers });
  const waiting = inParallel(24, () => sync(crowd, payment.id), 24);
  await new Promise((done) => setTimeout(done, 500));
  assert.equal((await create(shop)).status, 'pending', 'a shop has the account at once');
  const answers = await waiting;
  crowd.close();
  assert.deepEqual([...new Set(answers.filter(({ status }) => status !== 200).map(errorOf))], ['503 OVERLOADED']);
  assert.equal(answers.filter(({ status }) => status === 503).length, 8);
});

test('a token that the bank refuses in whatever form is not used again', async () => {
  const payment = await createPending(ann.client);
  const tokens = async () => (await bank.state()).requests.in.token ?? 0;
  const given = await tokens();
  await bank.fault('status', 'http:401');
  assert.equal(errorOf(await sync(ann.client, payment.id)), '504 GATEWAY_TIMEOUT');
  assert.equal((await sync(ann.client, payment.id)).status, 200);
  assert.equal(await tokens(), given + 1);
});

test('a token that has died costs nothing', async () => {
  const before = await accounts();
  await bank.fault('create_va', 'expired_token');
  const { id } = await create(ann.client);
  await firedAll();
  await settles(ann.client, id, before);
});

test('without a token nothing is asked, and everything is settled later', async () => {
  const before = await accounts();
  await bank.fault('create_va', 'expired_token');
  await bank.fault('token', 'http:503', { count: 2 });
  const { id } = await create(ann.client);
  await firedAll();
  await settles(ann.client, id, before);
});

test('answers that are unclear again and again', async () => {
  const before = await accounts();
  await bank.fault('create_va', 'http:500:after');
  await bank.fault('inquiry_va', 'http:500', { count: 2 });
  const { id } = await create(ann.client);
  await settles(ann.client, id, before);
  await firedAll();
  assert.deepEqual((await events(ann.client, id)).map(({ type }) => type), ['created', 'gateway_unknown', 'gateway_open']);
});

for (const fault of ['http:500', 'http:500:after', 'drop_connection:processed', 'garbage_json', 'other_payment']) {
  test(`a QR code that the bank answers with ${fault} can be paid later`, async () => {
    await bank.fault('qr_generate', fault);
    const made = await create(ann.client, { method: 'bri_qris' });
    assert.equal(made.status, 'created');
    await firedAll();
    const payment = await untilStatus(ann.client, made.id, 'pending', patience);
    await bank.payUntold({ qr: payment.qr.content });
    assert.equal((await synced(ann.client, payment.id)).status, 'paid');
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
  });
}

test('what the bank refuses definitely has failed, and is not asked for again', async () => {
  const before = await accounts();
  const answer = await post(ann.client, order({ expires_in_s: 30 * 86_400 }));
  assert.equal(answer.status, 201, answer.text);
  const { id } = answer.json;
  const failed = await untilStatus(ann.client, id, 'failed');
  assert.equal(failed.va ?? null, null);
  assert.deepEqual(await history(ann.client, id), ['created', 'failed']);
  assert.match((await it.sql(`select detail from payment_events where payment_id = '${id}' order by seq desc limit 1`))[0][0], /4002701/);
  assert.equal(errorOf(await cancel(ann.client, id)), '409 NOT_CANCELLABLE');
  const ref = await gatewayRef(id);
  const asked = (await bank.journal('op=create_va&limit=5000')).filter(({ body }) => body.includes(ref));
  assert.equal(asked.length, 1);
  assert.equal(await accounts(), before);
  assert.equal(await it.number(`select count(*) from payment_work where payment_id = '${id}' and kind = 'create'`), 0);
});

test('a question that the bank does not answer changes nothing and is told', async () => {
  const payment = await createPending(ann.client);
  await bank.payUntold({ va: payment.va.number });
  for (const fault of ['http:500', 'drop_connection', 'garbage_json', 'other_payment', 'unlisted_code']) {
    await bank.fault('status', fault, { probability: 1 });
    assert.equal(errorOf(await sync(ann.client, payment.id)), '504 GATEWAY_TIMEOUT', fault);
    await bank.clearFaults();
    assert.equal((await find(ann.client, payment.id)).version, payment.version, fault);
  }
  assert.equal((await synced(ann.client, payment.id)).status, 'paid');
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
});

for (const fault of ['http:500', 'drop_connection:processed', 'garbage_json', 'timeout_after_processing']) {
  test(`a cancellation that the bank answers with ${fault} is carried out later`, async () => {
    const payment = await createPending(ann.client);
    await bank.fault('delete_va', fault);
    const answer = await cancel(ann.client, payment.id);
    assert.equal(answer.status, 200, answer.text);
    await firedAll();
    await untilStatus(ann.client, payment.id, 'cancelled', patience);
    assert.equal((await accountOf(payment.id)).status, 'deleted');
    assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'cancelled']);
  });
}

test('money that arrives while a cancellation is under way wins', async () => {
  const payment = await createPending(ann.client);
  await bank.fault('delete_va', 'http:500', { count: 2 });
  assert.equal((await cancel(ann.client, payment.id)).status, 200);
  await bank.payUntold({ va: payment.va.number });
  await untilStatus(ann.client, payment.id, 'paid', patience);
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
});

test('books, manners and logs after all of it', async () => {
  await bank.clearFaults();
  await checkBooks();
  await checkSecrets();
});
