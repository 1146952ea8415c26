// Payments over the gateway, with a bank that works: creation and its repetition, bad input, rights, money, cancellation, the ledger.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, inParallel } from './client.mjs';
import { until } from './installation.mjs';
import {
  accountOf, bank, booked, cancel, checkBooks, checkSecrets, create, createPending, down, errorOf, events, find, gatewayRef, history, it, machine, makeOverdue, money, movements,
  order, payments, person, post, start, sync, synced, untilStatus,
} from './payments.mjs';
import { startReceiver } from './webhookReceiver.mjs';

let ann;
let bob;
let admin;
before(async () => {
  await start('payments', { settings: { K_WEBHOOK_LOOPBACK: 'on' } });
  admin = await it.adminLogin();
  ann = await person('ann');
  bob = await person('bob');
});
after(down);

test('a virtual account: the bank has it with our reference and the amount; its history', async () => {
  const body = order();
  const answer = await post(ann.client, body);
  assert.equal(answer.status, 201, answer.text);
  const payment = answer.json;
  assert.match(payment.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(payment.status, 'pending', answer.text);
  assert.deepEqual([payment.merchant_ref, payment.method, payment.amount], [body.merchant_ref, 'bri_va', money('10000.00')]);
  assert.match(payment.va.number, /^77777\d{10}$/);
  assert.equal(payment.va.bank, 'BRI');
  assert.deepEqual([payment.qr ?? null, payment.paid_at ?? null, payment.late], [null, null, false]);
  assert.equal(answer.headers['idempotent-replayed'], undefined);
  const account = await accountOf(payment.id);
  assert.deepEqual([account.va, account.amount, account.name, account.status], [payment.va.number, '10000.00', 'Sabrina', 'open']);
  assert.ok(Math.abs(Date.parse(account.expires_at) - Date.parse(payment.va.expires_at)) < 1000, `${account.expires_at} ${payment.va.expires_at}`);
  assert.equal((await bank.accountsOf(payment.va.number)).length, 1);
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending']);
  const [first] = await events(ann.client, payment.id);
  assert.deepEqual([first.type, first.actor], ['created', 'user']);
  assert.deepEqual(Object.keys(first).sort(), ['actor', 'at', 'from', 'seq', 'to', 'type'], 'who and why is for administrators');
  assert.deepEqual(await find(ann.client, payment.id), payment);
  assert.deepEqual(await movements(payment.id), []);
});

test('a QR code: the bank has it with our reference', async () => {
  const payment = await create(ann.client, { method: 'bri_qris', amount: money('25000.00') });
  assert.equal(payment.status, 'pending');
  assert.equal(payment.va ?? null, null);
  assert.match(payment.qr.content, /^000201.*ID\.CO\.BRI\.WWW.*540525000.*6304[0-9A-F]{4}$/);
  const qr = await bank.qr(await gatewayRef(payment.id));
  assert.deepEqual([qr.content, qr.amount, qr.status], [payment.qr.content, '25000.00', 'open']);
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending']);
});

test('a repeated request gets the first answer, byte for byte, whatever has happened since', async () => {
  const [body, key] = [order(), randomUUID()];
  const first = await post(ann.client, body, key);
  assert.equal(first.status, 201, first.text);
  await bank.payUntold({ va: first.json.va.number });
  assert.equal((await synced(ann.client, first.json.id)).status, 'paid');
  for (let times = 0; times < 3; ++times) {
    const again = await post(ann.client, body, key);
    assert.deepEqual([again.status, again.text, again.headers['idempotent-replayed']], [201, first.text, 'true']);
  }
  assert.equal((await bank.accountsOf(first.json.va.number)).length, 1);
  for (const changed of [{ ...body, amount: money('10001.00') }, { ...body, method: 'bri_qris' }, { ...body, description: 'Other pencils' }, { ...body, merchant_ref: 'another' }]) {
    assert.equal(errorOf(await post(ann.client, changed, key)), '422 IDEMPOTENCY_MISMATCH');
  }
  const others = await post(bob.client, body, key);
  assert.equal(others.status, 201, others.text);
  assert.notEqual(others.json.id, first.json.id);
  assert.notEqual(others.json.va.number, first.json.va.number);
  assert.equal(others.headers['idempotent-replayed'], undefined);
  const taken = await post(ann.client, body);
  assert.equal(errorOf(taken), '409 DUPLICATE_MERCHANT_REF');
  assert.equal(await it.number(`select count(*) from payments where merchant_ref = '${body.merchant_ref}'`), 2);
});

test('100 requests at once with one key make one payment and one account', async () => {
  const [body, key] = [order(), randomUUID()];
  const before = (await bank.state()).accounts;
  const crowd = new Client(it.origin, { sockets: 100, headers: ann.client.headers });
  const answers = await inParallel(100, () => post(crowd, body, key), 100);
  crowd.close();
  const [{ id }] = (await ann.client.get(`${payments}?merchant_ref=${body.merchant_ref}`)).json.data;
  for (const answer of answers) {
    if (answer.status === 201) assert.equal(answer.json.id, id);
    else assert.match(errorOf(answer), /^(409 IDEMPOTENCY_IN_PROGRESS|503 OVERLOADED)$/); // 64 requests wait at once, no more
  }
  const texts = answers.filter(({ status }) => status === 201).map(({ text }) => text);
  assert.ok(texts.length > 0);
  assert.equal(new Set(texts).size, 1);
  assert.equal((await post(ann.client, body, key)).text, texts[0]);
  await untilStatus(ann.client, id, 'pending');
  assert.equal((await bank.state()).accounts, before + 1);
  assert.equal(await it.number(`select count(*) from payments where merchant_ref = '${body.merchant_ref}'`), 1);
});

test('100 requests at once with one merchant reference and a key each make one payment', async () => {
  const body = order();
  const answers = await inParallel(100, () => post(ann.client, body), 30);
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.deepEqual([...new Set(answers.filter(({ status }) => status !== 201).map(errorOf))], ['409 DUPLICATE_MERCHANT_REF']);
});

test('bad input is refused before anything is stored, and does not use up its key', async () => {
  const before = [await it.number('select count(*) from payments'), await it.number('select count(*) from payment_idempotency_keys'), (await bank.state()).accounts];
  const key = randomUUID();
  const bad = [
    ['amount', 10000], ['amount', '10000.00'], ['amount', money(10000)], ['amount', { currency: 'IDR' }], ['amount', { value: '10000.00' }], ['amount', null], ['amount', undefined],
    ...['1e3', '-1.00', '0.00', '10000.5', '10000', '10000.000', '+10000.00', ' 10000.00', '10,000.00', '10000,00', '0x10.00', 'NaN', '', '.00', '\uff11\uff10\uff10\uff10.\uff10\uff10', '\u0661\u0660.\u0660\u0660', '10000.00\u0000', '12345678901234567.00', '9'.repeat(200) + '.00']
      .map((value) => ['amount', money(value)]),
    ...['USD', 'idr', 'XXX', '', null, 360].map((currency) => ['amount', money('10000.00', currency)]),
    ['amount', { ...money('10000.00'), cents: 1 }],
    ['method', 'cash'], ['method', 'BRI_VA'], ['method', undefined], ['method', 1],
    ['expires_in_s', 1], ['expires_in_s', 299], ['expires_in_s', -60], ['expires_in_s', '3600'], ['expires_in_s', 3600.5], ['expires_in_s', 1e12],
    ['merchant_ref', ''], ['merchant_ref', undefined], ['merchant_ref', 'x'.repeat(300)], ['merchant_ref', 7],
    ['customer_name', 'x'.repeat(300)], ['customer_name', undefined], ['customer_name', ''], ['customer_name', 'Sab\u0000rina'], ['description', 'x'.repeat(3000)],
    ['status', 'paid'], ['colour', 'red'],
  ];
  for (const [field, value] of bad) {
    const answer = await post(ann.client, { ...order(), [field]: value }, key);
    assert.equal(answer.status, 400, `${field} ${JSON.stringify(value)}: ${answer.text}`);
    assert.ok(answer.text.includes(field) || answer.json.error.code === 'MALFORMED_JSON', answer.text);
  }
  for (const value of ['10000.50', '10000.01', '0.99']) {
    assert.equal(errorOf(await post(ann.client, order({ amount: money(value) }), key)), '422 AMOUNT_NOT_WHOLE', value);
  }
  const forAnother = await post(ann.client, order({ user_id: bob.id }), key);
  assert.equal(errorOf(forAnother), '400 VALIDATION_FAILED');
  assert.equal((await post(ann.client, order({ method: 'bri_qris', expires_in_s: 1801 }), key)).status, 400, 'a QR code lives half an hour');
  const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': key };
  assert.equal((await ann.client.request('POST', payments, { body: 'amount=1', headers: form })).status, 415);
  for (const wrong of [undefined, '', 'x'.repeat(256), 'k\u00e9y', 'a\tb']) {
    const headers = { 'Content-Type': 'application/json', ...(wrong !== undefined && { 'Idempotency-Key': wrong }) };
    const answer = await ann.client.request('POST', payments, { body: JSON.stringify(order()), headers });
    assert.equal(answer.status, 400, `${wrong}: ${answer.text}`);
    assert.match(answer.text, /Idempotency-Key/i);
  }
  assert.deepEqual([await it.number('select count(*) from payments'), await it.number('select count(*) from payment_idempotency_keys'), (await bank.state()).accounts], before);
  const good = await post(ann.client, order(), key);
  assert.equal(good.status, 201, good.text);
  const longest = await post(ann.client, order({ amount: money('1.00') }), 'x'.repeat(255));
  assert.equal(longest.status, 201, longest.text);
});

test("nobody sees or changes another's payment; who is not signed in nothing at all", async () => {
  const { id } = await createPending(ann.client);
  const none = randomUUID().replace(/^(.{14})./, '$17');
  for (const [client, target] of [[bob.client, id], [ann.client, none]]) {
    const answers = [await client.get(`${payments}/${target}`), await client.get(`${payments}/${target}/events`), await cancel(client, target), await sync(client, target)];
    for (const answer of answers) {
      assert.equal(errorOf(answer), '404 PAYMENT_NOT_FOUND', `${answer.method} ${answer.target}`);
    }
  }
  const listed = (await bob.client.get(`${payments}?limit=100`)).json.data;
  assert.ok(listed.every((one) => one.id !== id));
  assert.equal((await ann.client.get(`${payments}?limit=100&user_id=${bob.id}`)).json.data?.length ?? 0, 0);
  for (const target of [payments, `${payments}/${id}`, `${payments}/${id}/events`]) assert.equal((await it.client.get(target)).status, 401, target);
  assert.equal((await post(it.client, order())).status, 401);
  assert.equal((await cancel(it.client, id)).status, 401);
  assert.equal((await sync(it.client, id)).status, 401);
  assert.equal((await find(ann.client, id)).status, 'pending');
  for (const wrong of ['x', `${id}0`, '1']) assert.ok([400, 404].includes((await ann.client.get(`${payments}/${wrong}`)).status), wrong);
});

test("a machine's key sees all with payments:read, creates for a user with payments:write, and nothing without", async () => {
  const [reader, writer, other] = [await machine('payments:read'), await machine('payments:read,payments:write'), await machine('tokens:introspect')];
  const [{ id }, anns] = [await createPending(bob.client), await createPending(ann.client)];
  assert.equal((await find(reader, id)).id, id);
  assert.ok((await events(reader, id)).length > 0);
  const all = (await reader.get(`${payments}?limit=100`)).json.data.map((one) => one.id);
  assert.ok(all.includes(id) && all.includes(anns.id));
  const before = (await bank.state()).accounts;
  const denied = [
    await post(reader, order()), await cancel(reader, id), await sync(reader, id),
    await other.get(payments), await other.get(`${payments}/${id}`), await other.get(`${payments}/${id}/events`), await post(other, order()), await cancel(other, id), await sync(other, id),
  ];
  for (const answer of denied) {
    assert.equal(errorOf(answer), '403 PERMISSION_DENIED', `${answer.method} ${answer.target}`);
  }
  assert.equal((await bank.state()).accounts, before);
  const made = await create(writer, { user_id: bob.id });
  assert.equal((await find(bob.client, made.id)).id, made.id);
  assert.ok((await bob.client.get(`${payments}?limit=100`)).json.data.some((one) => one.id === made.id));
  assert.equal(errorOf(await ann.client.get(`${payments}/${made.id}`)), '404 PAYMENT_NOT_FOUND');
  const nobodys = await create(writer);
  for (const { client } of [ann, bob]) assert.equal(errorOf(await client.get(`${payments}/${nobodys.id}`)), '404 PAYMENT_NOT_FOUND');
  assert.equal((await find(writer, nobodys.id)).id, nobodys.id);
  assert.equal((await events(writer, made.id))[0].actor, 'key');
  assert.equal((await cancel(writer, nobodys.id)).status, 200);
});

test("a user's own key, without the permission, reaches no payment; an administrator who acts as the user creates none", async () => {
  const own = await ann.client.post('/api/auth/me/api-keys', { name: 'script', scopes: [] });
  assert.equal(own.status, 201, own.text);
  const program = it.client.withToken(own.json.key);
  assert.equal(errorOf(await program.get(payments)), '403 PERMISSION_DENIED');
  assert.equal(errorOf(await post(program, order())), '403 PERMISSION_DENIED');
  const acting = await admin.post(`/api/admin/users/${ann.id}/impersonate`, { reason: 'ticket 7' });
  assert.equal(acting.status, 201, acting.text);
  const actor = it.client.withToken(acting.json.access_token);
  const { id } = await createPending(ann.client);
  assert.equal((await find(actor, id)).id, id);
  for (const answer of [await post(actor, order()), await cancel(actor, id), await sync(actor, id)]) assert.equal(errorOf(answer), '403 IMPERSONATION_DENIED');
  assert.equal(errorOf(await admin.get(`${payments}/${id}`)), '404 PAYMENT_NOT_FOUND', 'a person has the own payments');
});

test('the ways to pay', async () => {
  const { json } = await ann.client.get('/api/payment/methods');
  assert.deepEqual(json.data.map(({ method }) => method).sort(), ['bri_qris', 'bri_va']);
  for (const { least, most } of json.data) assert.deepEqual([least.currency, most.currency, /^\d+\.00$/.test(least.value), /^\d+\.00$/.test(most.value)], ['IDR', 'IDR', true, true]);
});

test('the list: newest first, by status, method, reference and time, page by page', async () => {
  const eve = await person('eve');
  const made = [];
  for (let index = 0; index < 5; ++index) made.unshift(await createPending(eve.client, { method: index % 2 ? 'bri_qris' : 'bri_va' }));
  const ids = async (query) => {
    const answer = await eve.client.get(`${payments}?${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.data.map(({ id }) => id);
  };
  assert.deepEqual(await ids(''), made.map(({ id }) => id));
  const pages = [];
  let cursor = '';
  do {
    const { json } = await eve.client.get(`${payments}?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    pages.push(json.data.map(({ id }) => id));
    assert.equal(json.page.has_more, Boolean(json.page.next_cursor));
    cursor = json.page.next_cursor;
  } while (cursor);
  assert.deepEqual(pages, [[0, 1], [2, 3], [4]].map((page) => page.map((index) => made[index].id)));
  assert.equal((await cancel(eve.client, made[0].id)).status, 200);
  assert.deepEqual(await ids('status=cancelled'), [made[0].id]);
  assert.deepEqual(await ids('method=bri_qris'), [made[1].id, made[3].id]);
  assert.deepEqual(await ids(`merchant_ref=${made[2].merchant_ref}`), [made[2].id]);
  assert.deepEqual(await ids(`from=${made[1].created_at}`), [made[0].id, made[1].id]);
  assert.deepEqual(await ids(`to=${made[3].created_at}`), [made[4].id]);
  for (const query of ['status=gone', 'method=cash', 'from=yesterday', 'limit=0', 'limit=100000', 'cursor=nonsense', 'colour=red']) {
    assert.equal((await eve.client.get(`${payments}?${query}`)).status, 400, query);
  }
});

for (const [method, what] of [['bri_va', ({ va }) => ({ va: va.number })], ['bri_qris', ({ qr }) => ({ qr: qr.content })]]) {
  test(`${method}: money that nobody told of is found by sync and booked once`, async () => {
    const payment = await createPending(ann.client, { method });
    assert.equal((await synced(ann.client, payment.id)).status, 'pending', 'not paid yet');
    const { credit } = await bank.payUntold(what(payment));
    const paid = await synced(ann.client, payment.id);
    assert.deepEqual([paid.status, paid.late], ['paid', false]);
    assert.ok(Math.abs(Date.parse(paid.paid_at) - Date.parse(credit.at)) < 2000, `${paid.paid_at} ${credit.at}`);
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'paid']);
    assert.equal((await synced(ann.client, payment.id)).version, paid.version, 'a second look changes nothing');
    await inParallel(10, () => sync(ann.client, payment.id), 10);
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.equal((await find(ann.client, payment.id)).version, paid.version);
    assert.equal(errorOf(await cancel(ann.client, payment.id)), '409 NOT_CANCELLABLE');
    const trail = () => it.sql(`select action from audit_log where target_id = '${payment.id}' and outcome = 'ok' order by seq`);
    await until('its trail', async () => (await trail()).some(([action]) => action === 'payment.paid'));
    assert.deepEqual((await trail()).flat(), ['payment.create', 'payment.pending', 'payment.paid']);
  });
}

test('who has a webhook for payments hears of each step, once', async (t) => {
  const receiver = await startReceiver();
  t.after(() => receiver.close());
  const made = await admin.post('/api/admin/webhooks', { url: receiver.url, events: ['payment.*'] });
  assert.equal(made.status, 201, made.text);
  const payment = await createPending(ann.client);
  await bank.payUntold({ va: payment.va.number });
  assert.equal((await synced(ann.client, payment.id)).status, 'paid');
  await synced(ann.client, payment.id);
  const heard = () => receiver.got.map(({ body }) => JSON.parse(body)).filter((event) => JSON.stringify(event).includes(payment.id));
  await until('all events, in whatever order', () => heard().length >= 3);
  assert.deepEqual(heard().map(({ type }) => type).sort(), ['payment.create', 'payment.paid', 'payment.pending']);
  for (const event of heard()) assert.ok(!('ip' in event) && !('session_id' in event), JSON.stringify(event));
  assert.equal((await admin.delete(`/api/admin/webhooks/${made.json.webhook.id}`)).status, 204);
});

test('20 questions at once about a paid account book its money once', async () => {
  const payment = await createPending(ann.client);
  await bank.payUntold({ va: payment.va.number });
  const answers = await inParallel(20, () => sync(ann.client, payment.id), 20);
  const later = answers.filter(({ status }) => status === 503); // people leave places for shops
  assert.ok(later.length <= 4, `${later.length}`);
  for (const answer of later) assert.equal(errorOf(answer), '503 OVERLOADED');
  for (const answer of answers.filter((one) => !later.includes(one))) assert.deepEqual([answer.status, answer.json.status], [200, 'paid'], answer.text);
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
});

test('another amount is for a person to decide, and its money waits apart', async () => {
  for (const [amount, minor] of [['12000.00', 1_200_000], ['9999.00', 999_900]]) {
    const payment = await createPending(ann.client);
    await bank.payUntold({ va: payment.va.number, amount, force: true });
    assert.equal((await synced(ann.client, payment.id)).status, 'review');
    assert.deepEqual(await movements(payment.id), booked(minor, 'suspense:unmatched'));
    assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'review']);
    await synced(ann.client, payment.id);
    assert.deepEqual(await movements(payment.id), booked(minor, 'suspense:unmatched'));
  }
});

test('a cancelled payment has no account any more; twice is refused', async () => {
  const payment = await createPending(ann.client);
  const answer = await cancel(ann.client, payment.id);
  assert.deepEqual([answer.status, answer.json?.status], [200, 'cancelled'], answer.text);
  assert.equal((await accountOf(payment.id)).status, 'deleted');
  assert.equal(errorOf(await cancel(ann.client, payment.id)), '409 NOT_CANCELLABLE');
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'cancelled']);
  const code = await createPending(ann.client, { method: 'bri_qris' });
  assert.deepEqual([(await cancel(ann.client, code.id)).status, (await find(ann.client, code.id)).status], [200, 'cancelled']);
});

test('20 cancellations at once give one', async () => {
  const payment = await createPending(ann.client);
  const answers = await inParallel(20, () => cancel(ann.client, payment.id), 20);
  for (const answer of answers) assert.ok(answer.status === 200 || errorOf(answer) === '409 NOT_CANCELLABLE', answer.text);
  await untilStatus(ann.client, payment.id, 'cancelled');
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'cancelled']);
});

test('money that was at the bank before the cancellation wins', async () => {
  const payment = await createPending(ann.client);
  await bank.payUntold({ va: payment.va.number });
  const answer = await cancel(ann.client, payment.id);
  assert.notEqual(answer.json.status, 'cancelled', answer.text);
  await until('it is paid', async () => (await synced(ann.client, payment.id)).status === 'paid');
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'paid']);
});

test('money that arrives after a cancellation is not lost', async () => {
  const payment = await createPending(ann.client);
  assert.equal((await cancel(ann.client, payment.id)).status, 200);
  await bank.payUntold({ va: payment.va.number, force: true });
  const paid = await synced(ann.client, payment.id);
  assert.deepEqual([paid.status, paid.late], ['paid', true]);
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'cancelled', 'paid']);
});

test('a payment expires when the bank says that nobody paid; money that arrives later is not lost', async () => {
  const payment = await createPending(ann.client);
  await makeOverdue(payment.id);
  assert.equal((await synced(ann.client, payment.id)).status, 'expired');
  assert.equal(errorOf(await cancel(ann.client, payment.id)), '409 NOT_CANCELLABLE');
  assert.deepEqual(await movements(payment.id), []);
  await bank.payUntold({ va: payment.va.number, force: true });
  const paid = await synced(ann.client, payment.id);
  assert.deepEqual([paid.status, paid.late], ['paid', true]);
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'expired', 'paid']);
});

test('a payment that was paid in time but found after it does not expire', async () => {
  const payment = await createPending(ann.client);
  await bank.payUntold({ va: payment.va.number });
  await makeOverdue(payment.id);
  assert.equal((await synced(ann.client, payment.id)).status, 'paid');
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'paid']);
});

test('history and ledger are only added to, also by their owner; what does not add up to zero is refused', async () => {
  assert.ok((await it.number('select count(*) from ledger_entries')) > 0);
  for (const url of [it.env.K_DATABASE_URL, it.env.K_DATABASE_OWNER_URL, it.superuserUrl]) {
    for (const query of [
      "update payment_events set detail = 'x'", 'delete from payment_events', 'truncate payment_events', 'update ledger_entries set amount_minor = amount_minor * 2', 'delete from ledger_entries',
      'truncate ledger_entries', "update ledger_transactions set kind = 'x'", 'delete from ledger_transactions', 'truncate ledger_transactions cascade',
    ]) {
      await assert.rejects(it.sql(query, url), /permission denied|append-only/, query);
    }
  }
  const [[payment]] = await it.sql('select id from payments limit 1');
  const movement = (...entries) => `with t as (insert into ledger_transactions (idem_key, payment_id, kind, at) values ('test', '${payment}', 'credit', now()) returning id)
    insert into ledger_entries select t.id, e.account, e.minor from t, (values ${entries.map(([account, minor]) => `('${account}', ${minor}::bigint)`)}) e (account, minor)`;
  for (const entries of [[['bank:bri:clearing', 100]], [['bank:bri:clearing', 100], ['merchant:payable', -99]]]) {
    await assert.rejects(it.sql(movement(...entries), it.env.K_DATABASE_URL), /does not add up to zero/);
  }
  await assert.rejects(it.sql(`insert into ledger_transactions (idem_key, payment_id, kind, at) values ('test', '${payment}', 'credit', now())`, it.env.K_DATABASE_URL), /does not add up to zero/);
  const [[used]] = await it.sql('select idem_key from ledger_transactions limit 1');
  await assert.rejects(it.sql(movement(['bank:bri:clearing', 100], ['merchant:payable', -100]).replace("'test'", `'${used}'`), it.env.K_DATABASE_URL), /duplicate key/);
});

test('books, manners and logs after all of it', async () => {
  await checkBooks();
  await checkSecrets();
  const credits = (await bank.credits()).totals;
  assert.equal(await it.number("select sum(amount_minor) from ledger_entries where account = 'bank:bri:clearing'"), Number(credits.credited.replace('.', '')));
});
