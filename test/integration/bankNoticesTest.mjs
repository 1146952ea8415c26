// What the bank tells us and asks us: signed or not, once or often, in whatever order. Money is booked once, forgeries change nothing, and
// nothing that is our own fault makes the bank give a customer's money back.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { openBankKey } from '../briSimulator/bank/keys.mjs';
import { readConfig } from '../briSimulator/config.mjs';
import { MerchantClient } from '../briSimulator/merchant/merchantClient.mjs';
import { jakartaTimestamp } from '../briSimulator/snap/jakartaTime.mjs';
import { clientStringToSign, rsaSign } from '../briSimulator/snap/signature.mjs';
import { noticePath } from './bank.mjs';
import { until } from './installation.mjs';
import {
  bank, booked, cancel, checkBooks, checkManners, checkSecrets, createPending, create, down, events, find, history, it, makeOverdue, movements, person, start, synced, untilStatus,
} from './payments.mjs';

const patience = 60_000;
let ann;
let token;
before(async () => {
  await start('bankNotices', { settings: { K_DATABASE_TIMEOUT_S: 3 } });
  ann = await person('ann');
});
after(down);
afterEach(() => bank.clearFaults());

const pending = (more) => createPending(ann.client, more);
const paid = (id) => untilStatus(ann.client, id, 'paid');
const codes = ({ answers }) => answers.map((one) => one.response_code);
const all = (code, times) => Array.from({ length: times }, () => code);
async function bookedOnce(id) {
  assert.deepEqual(await movements(id), booked(1_000_000));
  assert.equal((await history(ann.client, id)).filter((status) => status === 'paid').length, 1);
}
/** Nothing has become of what was refused. */
async function untouched({ id, version, status }) {
  const now = await find(ann.client, id);
  assert.deepEqual([now.status, now.version], [status, version]);
  assert.deepEqual(await movements(id), []);
}

// ---- Pushes about money on virtual accounts (service 34) and codes (52)

test('a push makes a payment paid, once, and asking the bank again adds nothing', async () => {
  const payment = await pending();
  const told = await bank.pay({ va: payment.va.number });
  assert.deepEqual([told.result, codes(told)], ['accepted', ['2003400']]);
  const after = await paid(payment.id);
  assert.deepEqual([after.late, after.paid.value], [false, '10000.00']);
  await bookedOnce(payment.id);
  assert.deepEqual(await history(ann.client, payment.id), ['created', 'pending', 'paid']);
  const asked = await synced(ann.client, payment.id);
  assert.equal(asked.version, after.version);
  await bookedOnce(payment.id);
});

async function codeIsPaid() {
  const payment = await pending({ method: 'bri_qris' });
  const told = await bank.pay({ qr: payment.qr.content });
  assert.deepEqual([told.result, codes(told)], ['accepted', ['2005200']]);
  const after = await paid(payment.id);
  await bookedOnce(payment.id);
  assert.equal((await synced(ann.client, payment.id)).version, after.version, 'the same money by notice and by question');
  await bookedOnce(payment.id);
}
test('a notice about a QR code, signed over client and time', codeIsPaid);

for (const [what, op, code] of [['va', 'push', '34'], ['qr', 'qr_notify', '52']]) {
  const make = () => pending({ method: what === 'va' ? 'bri_va' : 'bri_qris' });
  const target = (payment) => (what === 'va' ? { va: payment.va.number } : { qr: payment.qr.content });

  for (const fault of ['duplicate_same_extid', 'duplicate_new_extid']) {
    test(`${op}: ${fault} is accepted and changes nothing more`, async () => {
      const payment = await make();
      await bank.fault(op, fault);
      assert.deepEqual(codes(await bank.pay(target(payment))), all(`200${code}00`, 2));
      await paid(payment.id);
      const { version } = await find(ann.client, payment.id);
      assert.deepEqual(codes(await bank.resend({ ...target(payment), external_id: 'new', times: 3 })), all(`200${code}00`, 3));
      assert.deepEqual(codes(await bank.resend({ ...target(payment), external_id: 'same' })), [`200${code}00`]);
      await bookedOnce(payment.id);
      assert.equal((await synced(ann.client, payment.id)).version, version);
    });
  }

  test(`${op}: 30 times at once`, async () => {
    const payment = await make();
    await bank.fault(op, 'flood:30');
    const told = await bank.pay(target(payment));
    assert.equal(told.answers.length, 30);
    assert.deepEqual(told.answers.filter(({ http }) => http !== 200 && http < 500), []);
    assert.ok(told.answers.some(({ result }) => result === 'accepted'));
    await paid(payment.id);
    await bookedOnce(payment.id);
  });

  const refusals = {
    wrong_signature: `401${code}00`,
    unsigned: new RegExp(`^(400${code}02|401${code}00)$`),
    stale_timestamp: `401${code}00`,
    expired_token: `401${code}01`,
    ...(what === 'va' && { altered_amount: '4013400' }),
  };
  for (const [fault, wanted] of Object.entries(refusals)) {
    test(`${op}: ${fault} is refused and changes nothing`, async () => {
      const payment = await make();
      await bank.fault(op, fault);
      const told = await bank.pay(target(payment));
      assert.equal(told.result, 'refused');
      assert.match(codes(told)[0], wanted instanceof RegExp ? wanted : new RegExp(`^${wanted}$`));
      await untouched(payment);
      // The true one, with the same external id: what was refused has not used it up.
      assert.deepEqual(codes(await bank.resend({ ...target(payment), external_id: 'same' })), [`200${code}00`]);
      await paid(payment.id);
      await bookedOnce(payment.id);
    });
  }

  test(`${op}: told before the creation is answered`, async () => {
    await bank.fault(what === 'va' ? 'create_va' : 'qr_generate', 'out_of_order');
    const made = await create(ann.client, { method: what === 'va' ? 'bri_va' : 'bri_qris' });
    await untilStatus(ann.client, made.id, 'paid', patience);
    await bookedOnce(made.id);
    assert.deepEqual((await history(ann.client, made.id)).filter((status) => status !== 'pending'), ['created', 'paid']);
  });

  test(`${op}: the bank tells, but does not answer the question after it`, async () => {
    const payment = await make();
    await bank.fault(what === 'va' ? 'status' : 'qr_query', 'http:500', { count: 2 });
    assert.equal((await bank.pay(target(payment))).result, 'accepted');
    await untilStatus(ann.client, payment.id, 'paid', patience);
    await bookedOnce(payment.id);
  });

  test(`${op}: another amount than the payment's goes to review`, async () => {
    const payment = await make();
    assert.equal((await bank.pay({ ...target(payment), amount: '9000.00', force: true })).result, 'accepted');
    await untilStatus(ann.client, payment.id, 'review');
    assert.deepEqual(await movements(payment.id), booked(900_000, 'suspense:unmatched'));
  });

  test(`${op}: money on a payment that is cancelled or expired makes it paid, late`, async () => {
    const [cancelled, overdue] = [await make(), await make()];
    assert.equal((await cancel(ann.client, cancelled.id)).status, 200);
    await makeOverdue(overdue.id);
    assert.equal((await synced(ann.client, overdue.id)).status, 'expired');
    for (const payment of [cancelled, overdue]) {
      assert.equal((await bank.pay({ ...target(payment), force: true })).result, 'accepted');
      assert.equal((await paid(payment.id)).late, true);
      await bookedOnce(payment.id);
    }
  });
}

test('a second payment of the same account is booked apart', async () => {
  const payment = await pending();
  await bank.pay({ va: payment.va.number });
  await paid(payment.id);
  assert.equal((await bank.pay({ va: payment.va.number, amount: '10000.00', force: true })).result, 'accepted');
  await until('it is in the ledger', async () => (await movements(payment.id)).length === 2);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), ...booked(1_000_000, 'suspense:unmatched')]);
  assert.equal((await find(ann.client, payment.id)).status, 'paid');
});

test('a QR notice whose body was altered, which its signature does not show, books what the bank says when it is asked', async () => {
  const payment = await pending({ method: 'bri_qris' });
  await bank.fault('qr_notify', 'altered_amount');
  await bank.pay({ qr: payment.qr.content });
  await paid(payment.id);
  await bookedOnce(payment.id);
});

test('a push about an account that is not ours is refused, and no payment changes', async () => {
  const before = await it.sql('select max(version), sum(paid_minor), count(*) from payments');
  const told = await bank.pay({ va: '777779999999998', amount: '10000.00', force: true });
  assert.match(codes(told)[0], /^404341[26]$/);
  assert.deepEqual(await it.sql('select max(version), sum(paid_minor), count(*) from payments'), before);
});

// ---- BRIVA Online: the bank asks before it takes the money (24) and says that it has (25)

test('online: the offer is what was asked for, and the payment is paid when it is answered', async () => {
  const payment = await pending();
  const told = await bank.pay({ va: payment.va.number, way: 'online' });
  assert.deepEqual([told.result, codes(told)], ['success', ['2002400', '2002500']]);
  assert.equal(told.credit.amount, '10000.00');
  assert.equal((await find(ann.client, payment.id)).status, 'paid');
  await bookedOnce(payment.id);
  await synced(ann.client, payment.id);
  await bookedOnce(payment.id);
});

test('online: a paid account is offered no more, and a second payment is given back', async () => {
  const payment = await pending();
  await bank.pay({ va: payment.va.number, way: 'online' });
  const { version } = await find(ann.client, payment.id);
  const asked = await bank.pay({ va: payment.va.number, way: 'online' });
  assert.deepEqual([asked.result, codes(asked)], ['not_offered', ['4042414']]);
  const forced = await bank.pay({ va: payment.va.number, way: 'online', amount: '10000.00', force: true });
  assert.deepEqual([forced.result, codes(forced).at(-1), forced.credit.state], ['reversed', '4042514', 'reversed']);
  assert.equal((await find(ann.client, payment.id)).version, version);
  await bookedOnce(payment.id);
});

test('online: another amount is given back, the right one taken', async () => {
  const payment = await pending();
  for (const amount of ['12000.00', '9999.00', '1.00']) {
    const told = await bank.pay({ va: payment.va.number, way: 'online', amount, force: true });
    assert.deepEqual([told.result, codes(told).at(-1)], ['reversed', '4042513'], amount);
    await untouched(payment);
  }
  assert.equal((await bank.pay({ va: payment.va.number, way: 'online' })).result, 'success');
  await bookedOnce(payment.id);
});

test('online: an account that is not ours, cancelled or expired is not offered, and its money is given back', async () => {
  const [cancelled, overdue] = [await pending(), await pending()];
  assert.equal((await cancel(ann.client, cancelled.id)).status, 200);
  await makeOverdue(overdue.id);
  assert.equal((await synced(ann.client, overdue.id)).status, 'expired');
  for (const [va, wanted, id] of [['777779999999997', /^40425(12|16)$/], [cancelled.va.number, /^40425(12|19)$/, cancelled.id], [overdue.va.number, /^4042519$/, overdue.id]]) {
    assert.equal((await bank.pay({ va, way: 'online', amount: '10000.00' })).result, 'not_offered');
    const told = await bank.pay({ va, way: 'online', amount: '10000.00', force: true });
    assert.equal(told.result, 'reversed');
    assert.match(codes(told).at(-1), wanted);
    if (id) assert.deepEqual(await movements(id), []);
  }
  assert.deepEqual([(await find(ann.client, cancelled.id)).status, (await find(ann.client, overdue.id)).status], ['cancelled', 'expired']);
});

for (const fault of ['duplicate_same_extid', 'duplicate_new_extid', 'flood:20']) {
  test(`online: ${fault} of a payment never gives its money back`, async () => {
    const payment = await pending();
    await bank.fault('payment', fault);
    const told = await bank.pay({ va: payment.va.number, way: 'online' });
    const answers = told.answers.slice(1);
    assert.deepEqual(answers.filter(({ result }) => result === 'reversed'), []);
    if (!fault.startsWith('flood')) assert.deepEqual(answers.map((one) => one.response_code), all('2002500', 2));
    assert.equal(told.credit.state, 'taken');
    assert.equal((await bank.resend({ credit: told.credit.id, external_id: 'new' })).result, 'success');
    assert.equal((await find(ann.client, payment.id)).status, 'paid');
    await bookedOnce(payment.id);
  });
}

for (const [fault, code] of [['wrong_signature', '4012500'], ['altered_amount', '4012500'], ['stale_timestamp', '4012500'], ['expired_token', '4012501']]) {
  test(`online: ${fault} of a payment is refused and changes nothing`, async () => {
    const payment = await pending();
    await bank.fault('payment', fault);
    const told = await bank.pay({ va: payment.va.number, way: 'online' });
    assert.deepEqual([told.result, codes(told).at(-1)], ['reversed', code]);
    await untouched(payment);
    assert.equal((await bank.pay({ va: payment.va.number, way: 'online' })).result, 'success');
    await bookedOnce(payment.id);
  });
}

test('online: without PostgreSQL money is kept for later, not given back, and not answered as taken', async () => {
  const payment = await pending();
  await it.stop('postgres');
  let told;
  try {
    told = await bank.pay({ va: payment.va.number, way: 'online', amount: '10000.00', force: true });
  } finally {
    await it.start('postgres');
  }
  assert.deepEqual([told.result, told.credit.state], ['suspended', 'suspended'], JSON.stringify(told.answers));
  assert.match(codes(told).at(-1), /^50[04]25\d\d$/);
  const again = await until('it is taken', async () => {
    const answer = await bank.resend({ credit: told.credit.id, external_id: 'new' });
    assert.notEqual(answer.result, 'reversed');
    return answer.result === 'success' && answer;
  }, 20_000);
  assert.equal(again.credit.state, 'taken');
  assert.equal((await find(ann.client, payment.id)).status, 'paid');
  await bookedOnce(payment.id);
});

// ---- The door itself

const url = (place) => `${it.origin}${noticePath}${place}`;
const tokenPlace = '/snap/v1.0/access-token/b2b';
const pushPlace = '/snap/v1.0/transfer-va/notify-payment-intrabank';

async function askToken({ clientId = bank.config.callback.clientId, at = Date.now(), body = '{"grantType":"client_credentials"}', signature } = {}) {
  const timestamp = jakartaTimestamp(at);
  const headers = {
    'Content-Type': 'application/json',
    'X-CLIENT-KEY': clientId,
    'X-TIMESTAMP': timestamp,
    'X-SIGNATURE': signature ?? rsaSign(openBankKey(bank.data), clientStringToSign(clientId, timestamp)),
  };
  const answer = await fetch(url(tokenPlace), { method: 'POST', headers, body });
  return { status: answer.status, json: await answer.json() };
}

test('tokens: only for who signs with the key of the bank, now', async () => {
  const good = await askToken();
  assert.equal(good.status, 200, JSON.stringify(good.json));
  ({ accessToken: token } = good.json);
  assert.match(token, /^[\w.~+/=-]{20,}$/);
  assert.match(good.json.expiresIn, /^\d+$/, 'a string, as the bank has it');
  assert.equal(good.json.tokenType, 'BearerToken');
  assert.notEqual((await askToken()).json.accessToken, token);
  const other = rsaSign(bank.partner.privateKey, clientStringToSign(bank.config.callback.clientId, jakartaTimestamp(Date.now())));
  for (const [wrong, status, code] of [
    [{ signature: other }, 401, '4017300'],
    [{ signature: 'AAAA' }, 401, '4017300'],
    [{ signature: 'no base64!' }, 401, '4017300'],
    [{ clientId: 'somebody' }, 401, '4017300'],
    [{ at: Date.now() - 3_600_000 }, 401, '4017300'],
    [{ at: Date.now() + 3_600_000 }, 401, '4017300'],
    [{ body: '{}' }, 400, '4007302'],
    [{ body: '{"grantType":"password"}' }, 400, '4007301'],
    [{ body: '{' }, 400, '4007300'],
  ]) {
    const answer = await askToken(wrong);
    assert.deepEqual([answer.status, answer.json.responseCode, answer.json.accessToken], [status, code, undefined], JSON.stringify(wrong));
  }
});

test('who is not the bank gets nothing, and a person\'s token opens nothing', async () => {
  const payment = await pending();
  const body = JSON.stringify({ partnerServiceId: '   77777', customerNo: payment.va.number.slice(5), virtualAccountNo: `   ${payment.va.number}`, paymentRequestId: 'forged', trxDateTime: jakartaTimestamp(Date.now()) });
  const headers = { 'Content-Type': 'application/json', 'X-TIMESTAMP': jakartaTimestamp(Date.now()), 'X-SIGNATURE': 'a'.repeat(128), 'X-PARTNER-ID': 'BRI', 'CHANNEL-ID': '00009', 'X-EXTERNAL-ID': '1' };
  for (const authorization of [undefined, 'Bearer ', 'Bearer nonsense', ann.client.headers.Authorization, `Basic ${token}`, `Bearer ${token}`]) {
    const answer = await fetch(url(pushPlace), { method: 'POST', headers: { ...headers, ...(authorization && { Authorization: authorization }) }, body });
    assert.ok([400, 401].includes(answer.status), `${authorization}: ${answer.status}`);
    assert.match((await answer.json()).responseCode, /^40[01]34\d\d$/);
  }
  assert.ok([404, 405].includes((await fetch(url(pushPlace), { headers })).status));
  await untouched(payment);
});

test('what is signed well but is no notice is refused by its fields; an external id that comes with something else is a conflict', async () => {
  const { callback } = readConfig(path.join(bank.folder, 'config.json'));
  const caller = new MerchantClient(callback, openBankKey(bank.data), { now: () => Date.now() });
  let number = 0;
  const push = async (body, externalId = `77${process.pid}${++number}`) => JSON.parse((await caller.call({ path: callback.paths.push, body, externalId })).text).responseCode;
  const [first, second] = [await pending(), await pending()];
  const notice = ({ va }, id) => ({ partnerServiceId: '   77777', customerNo: va.number.slice(5), virtualAccountNo: `   ${va.number}`, paymentRequestId: id, trxDateTime: jakartaTimestamp(Date.now()) });
  const good = notice(first, 'unpaid-1');
  for (const name of ['partnerServiceId', 'customerNo', 'virtualAccountNo', 'paymentRequestId']) assert.match(await push({ ...good, [name]: undefined }), /^4003402$/, name);
  for (const [name, value] of [['partnerServiceId', 77777], ['customerNo', 'x'], ['virtualAccountNo', '   77777'], ['paymentRequestId', {}], ['paymentRequestId', 'x'.repeat(5000)]]) {
    assert.match(await push({ ...good, [name]: value }), /^40[04]34\d\d$/, `${name} ${value}`);
  }
  // What cannot be read is kept with its answer, and shown to a person.
  assert.equal(await it.number("select count(*) from bank_notices where service = '34' and answer_status between 400 and 404 and payment_id is null and dedup_key like 'body %'"), await it.number("select count(*) from reconciliation_items where class = 'unclear_credit' and detail like 'the notice cannot be read%'"));
  assert.ok(await it.number("select count(*) from reconciliation_items where class = 'unclear_credit' and status = 'open' and run_id is null") >= 5);
  // The bank is asked, and knows of no such money: signed words alone make nothing paid.
  const id = `88${process.pid}`;
  const told = await push(good, id);
  assert.equal(await push(good, id), told, 'the same again has the same answer');
  assert.equal(await push(notice(second, 'unpaid-2'), id), '4093400');
  const calls = () => it.number(`select count(*) from bank_calls where payment_id = '${first.id}' and operation = 'status' and outcome is not null`);
  await until('the bank was asked', async () => (await calls()) > 0);
  for (const payment of [first, second]) {
    assert.equal((await find(ann.client, payment.id)).status, 'pending');
    assert.deepEqual(await movements(payment.id), []);
  }
  assert.ok((await events(ann.client, second.id)).every(({ to }) => to !== 'paid'));
  caller.close();
});

// ---- Other ways in which the bank may call, all of them right; each is the bank started anew

for (const style of [{ qrSignature: 'hmac' }, { hmacEncoding: 'base64' }, { bodyStyle: 'spacedRaw' }, { bodyStyle: 'spacedMinified', hmacEncoding: 'hex' }, { bodyStyle: 'minified', pushAmount: true }]) {
  test(`a bank that calls with ${JSON.stringify(style)}`, async () => {
    await checkManners();
    await bank.restart(style);
    await codeIsPaid();
    const payment = await pending();
    assert.deepEqual(codes(await bank.pay({ va: payment.va.number })), ['2003400']);
    await paid(payment.id);
    await bookedOnce(payment.id);
    const online = await pending();
    assert.equal((await bank.pay({ va: online.va.number, way: 'online' })).result, 'success');
    await bank.fault('push', 'altered_amount');
    const forged = await pending();
    assert.deepEqual(codes(await bank.pay({ va: forged.va.number })), ['4013400']);
    await untouched(forged);
  });
}

test('k-public is killed: the bank keeps the money, and its next try is answered', async () => {
  await checkBooks();
  const payment = await pending();
  it.kill('k-public', 'SIGKILL');
  const told = await bank.pay({ va: payment.va.number, way: 'online', amount: '10000.00', force: true });
  await it.start('k-public');
  assert.deepEqual([told.result, told.credit.state], ['suspended', 'suspended'], JSON.stringify(told.answers));
  assert.equal((await bank.resend({ credit: told.credit.id, external_id: 'new' })).result, 'success');
  await bookedOnce(payment.id);
  await bank.restart({}); // the gateway's answer, which is not in the bank's form, was counted
});

test('books, manners and logs after all of it', async () => {
  await checkBooks();
  await checkSecrets('simulated-pass', token);
});
