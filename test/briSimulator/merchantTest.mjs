// The bank as caller: token, push, online inquiry and payment, QR notification, in every style that the documents allow.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator, until } from './simulatorProcess.mjs';
import { startMerchant } from './fakeMerchant.mjs';
import { newAccount, newQr, paths, StrictClient } from './strictClient.mjs';

let bank;
let merchant;
let client;

async function startBoth({ callback = {}, ...merchantStyle } = {}) {
  const other = await startMerchant(merchantStyle);
  const simulator = await startSimulator({ callback: { baseUrl: other.url, ...callback } });
  other.bankKey = simulator.bankPublicKey();
  return { merchant: other, bank: simulator, client: new StrictClient(simulator), down: async () => Promise.all([simulator.down(), other.close()]) };
}
before(async () => {
  ({ merchant, bank, client } = await startBoth());
});
after(async () => {
  await bank?.down();
  await merchant?.close();
});
beforeEach(() => {
  merchant.got.length = 0;
  for (const list of Object.values(merchant.answers)) list.length = 0;
});

const create = async (changes, partner = client) => {
  const body = newAccount(changes);
  assert.equal((await partner.create(body)).json.responseCode, '2002700');
  return body;
};
const generate = async (partner = client) => (await partner.call(paths.generate, newQr())).json;
const ids = (op) => merchant.of(op).map(({ headers }) => headers['x-external-id']);

test('34: a payment is pushed with what the document lists, and no amount', async () => {
  const body = await create();
  const { credit, result, answers } = await bank.post('pay', { va: body.virtualAccountNo });
  assert.equal(result, 'accepted');
  assert.deepEqual(answers.map(({ op, response_code: code, answer_faults: faults }) => [op, code, faults]), [['push', '2003400', undefined]]);
  const [seen] = merchant.got;
  assert.equal(seen.signed, true);
  assert.deepEqual(Object.keys(seen.body), ['partnerServiceId', 'customerNo', 'virtualAccountNo', 'paymentRequestId', 'trxDateTime', 'additionalInfo']);
  assert.equal(seen.body.virtualAccountNo, body.virtualAccountNo);
  assert.equal(seen.body.paymentRequestId, credit.id);
  assert.ok(credit.id.length <= 36);
  assert.match(seen.headers['x-external-id'], /^[A-Za-z0-9]{12}$/);
  assert.deepEqual([credit.amount, credit.state, credit.told, credit.trx_id], ['10000.00', 'taken', 'accepted', body.trxId]);
});

test('the token is asked for once and used again, until the partner refuses it', async () => {
  const before = merchant.tokens;
  await bank.post('reset'); // the bank forgets it
  const accounts = [await create(), await create(), await create()];
  await Promise.all(accounts.map(({ virtualAccountNo: va }) => bank.post('pay', { va })));
  assert.equal(merchant.tokens, before + 1);
  merchant.token = 'the partner forgot';
  const body = await create();
  assert.equal((await bank.post('pay', { va: body.virtualAccountNo })).result, 'refused');
  assert.equal((await bank.post('resend', { va: body.virtualAccountNo })).result, 'accepted');
  assert.equal(merchant.tokens, before + 2);
});

test('a partner that gives no token: the money is taken all the same', async () => {
  await bank.post('reset');
  merchant.answers.token.push({ status: 500, body: { responseCode: '5007300', responseMessage: 'General Error' } });
  const body = await create();
  const { credit, result, answers } = await bank.post('pay', { va: body.virtualAccountNo });
  assert.deepEqual([credit.state, result], ['taken', 'unanswered']);
  assert.match(answers[0].error, /^no token from the partner: 500 5007300/);
});

test('24, 25: asked, paid with the partner\'s amount, answered', async () => {
  const body = await create();
  merchant.total = '12345.00';
  const { credit, result, answers } = await bank.post('pay', { va: body.virtualAccountNo, way: 'online' });
  merchant.total = '10000.00';
  assert.equal(result, 'success');
  assert.deepEqual(answers.map(({ op, response_code: code, answer_faults: faults }) => [op, code, faults]), [['inquiry', '2002400', undefined], ['payment', '2002500', undefined]]);
  const [inquiry, payment] = merchant.got;
  assert.deepEqual([inquiry.op, inquiry.signed, payment.op, payment.signed], ['inquiry', true, 'payment', true]);
  assert.deepEqual(payment.body.paidAmount, { value: '12345.00', currency: 'IDR' });
  assert.equal(payment.body.paymentRequestId, inquiry.body.inquiryRequestId);
  assert.equal(payment.body.trxId, body.trxId);
  assert.equal(inquiry.body.sourceBankCode, '002');
  assert.equal(typeof inquiry.body.channelCode, 'number');
  for (const { headers } of merchant.got) assert.match(headers['x-external-id'], /^\d{9,36}$/);
  assert.deepEqual([credit.amount, credit.state, credit.told], ['12345.00', 'taken', 'accepted']);
});

test('24: what the partner does not offer is not paid, unless the customer forces it', async () => {
  const refusal = { status: 404, body: { responseCode: '4042412', responseMessage: 'Invalid Bill/Virtual Account' } };
  merchant.answers.inquiry.push(refusal, refusal);
  const refused = await bank.post('pay', { va: '7777700000001', way: 'online', amount: 500 });
  assert.equal(refused.result, 'not_offered');
  assert.equal(merchant.of('payment').length, 0);
  const forced = await bank.post('pay', { va: '7777700000001', way: 'online', amount: 500, force: true });
  assert.deepEqual([forced.result, forced.credit.amount, forced.credit.trx_id], ['success', '500.00', undefined]);
});

test('52: the QR notification, signed over client and time with the bank\'s key', async () => {
  const { referenceNo, partnerReferenceNo } = await generate();
  const { result } = await bank.post('pay', { qr: referenceNo });
  assert.equal(result, 'accepted');
  const [{ signed, body, headers }] = merchant.of('qr_notify');
  assert.equal(signed, true);
  assert.deepEqual([body.originalReferenceNo, body.originalPartnerReferenceNo, body.latestTransactionStatus], [referenceNo, partnerReferenceNo, '00']);
  assert.deepEqual(body.amount, { value: '25000.00', currency: 'IDR' });
  for (const name of ['origin', 'x-ip-address', 'x-device-id', 'x-latitude', 'x-longitude']) assert.ok(headers[name], name);
});

test('other styles: base64, HMAC for QR, white space with either hash, an amount in the push, another signed path', async () => {
  for (const style of [
    { callback: { hmacEncoding: 'base64', qrSignature: 'hmac', bodyStyle: 'spacedMinified', pushAmount: true }, qrSignature: 'hmac' },
    { callback: { bodyStyle: 'spacedRaw', qrSignature: 'hmac' }, qrSignature: 'hmac', hash: 'raw' },
  ]) {
    const other = await startBoth(style);
    try {
      const { virtualAccountNo: va } = await create({}, other.client);
      assert.equal((await other.bank.post('pay', { va })).result, 'accepted');
      assert.equal((await other.bank.post('pay', { qr: (await generate(other.client)).referenceNo })).result, 'accepted');
      assert.deepEqual(other.merchant.got.map(({ signed }) => signed), [true, true]);
      assert.equal(other.merchant.encoding, style.callback.hmacEncoding ?? 'hex');
      const [{ text, body }] = other.merchant.of('push');
      assert.match(text, /^\{\n/);
      assert.deepEqual(body.paidAmount, style.callback.pushAmount && { value: '10000.00', currency: 'IDR' });
    } finally {
      await other.down();
    }
  }
  const elsewhere = await startBoth({ callback: { signedPathPrefix: '/outside' } });
  try {
    const { virtualAccountNo: va } = await create({}, elsewhere.client);
    assert.equal((await elsewhere.bank.post('pay', { va })).result, 'refused');
    assert.equal(elsewhere.merchant.got[0].signed, 'signature');
  } finally {
    await elsewhere.down();
  }
});

test('times with the same or new external ids, one payment', async () => {
  for (const [choice, different] of [['same', 1], ['new', 3]]) {
    merchant.got.length = 0;
    const { virtualAccountNo: va } = await create();
    const { answers } = await bank.post('pay', { va, times: 3, external_id: choice });
    assert.equal(answers.length, 3);
    assert.equal(new Set(ids('push')).size, different);
    assert.equal(new Set(merchant.of('push').map(({ body }) => body.paymentRequestId)).size, 1);
    assert.equal((await bank.get(`accounts?va=${va.trim()}`)).accounts[0].credits.length, 1);
  }
});

test('resend: by payment, account or QR, with the same or a new external id', async () => {
  const { virtualAccountNo: va } = await create();
  const { credit } = await bank.post('pay', { va });
  await bank.post('resend', { va });
  await bank.post('resend', { credit: credit.id, external_id: 'new', times: 2 });
  const sent = ids('push');
  assert.equal(sent.length, 4);
  assert.equal(sent[0], sent[1]);
  assert.equal(new Set(sent).size, 3);
  const { referenceNo: qr } = await generate();
  await bank.post('pay', { qr });
  await bank.post('resend', { qr });
  assert.equal(ids('qr_notify').length, 2);
  assert.equal((await bank.control('POST', 'resend', { credit: 'none' })).status, 404);
});

test('a push is not repeated by itself, unless the configuration says so', async () => {
  const no = { status: 500, body: { responseCode: '5003400', responseMessage: 'General Error' } };
  merchant.answers.push.push(no);
  const { virtualAccountNo: va } = await create();
  assert.equal((await bank.post('pay', { va })).result, 'refused');
  assert.equal((await bank.get('state')).scheduled, 0);
  const other = await startBoth({ callback: { retries: 2, retryDelayMs: 20 } });
  try {
    other.merchant.answers.push.push(no, no);
    const account = await create({}, other.client);
    await other.bank.post('pay', { va: account.virtualAccountNo });
    await until('the third attempt', () => other.merchant.got.length === 3);
    await until('it is told', async () => (await other.bank.get('ledger?view=credits')).credits[0].told === 'accepted');
  } finally {
    await other.down();
  }
});

test('what the bank itself refuses, and what force does', async () => {
  const { virtualAccountNo: va } = await create();
  const code = async (body) => (await bank.control('POST', 'pay', body)).json.error?.code;
  await bank.post('pay', { va });
  assert.equal(await code({ va }), 'va_paid');
  assert.equal(await code({ va: '7777709' }), 'va_unknown');
  assert.equal(await code({ va: '8888809' }), 'va_invalid');
  assert.equal(await code({ va, amount: '1.5', force: true }), 'amount_invalid');
  assert.equal(await code({ va, times: 0 }), 'times_invalid');
  assert.equal(await code({ va, way: 'mail' }), 'way_invalid');
  assert.equal(await code({}), 'target_missing');
  assert.equal(await code({ va: '7777709', force: true }), 'amount_missing');
  assert.equal(await code({ va, force: true, amount: 777 }), undefined);
  const { accounts } = await bank.get(`accounts?va=${va.trim()}`);
  assert.deepEqual(accounts[0].credits.map(({ amount }) => amount), ['10000.00', '777.00']);
  const late = await create();
  await bank.post('clock', { offset_s: 90_000 });
  assert.equal(await code({ va: late.virtualAccountNo }), 'va_expired');
  assert.equal(await code({ va: late.virtualAccountNo, force: true }), undefined);
  await bank.post('clock', { offset_s: 0 });
});

test('many at once: each is paid and told, refusals are counted', async () => {
  const list = [];
  for (let count = 0; count < 30; ++count) list.push((await create()).virtualAccountNo);
  const { referenceNo: qr } = await generate();
  const { payments, results } = await bank.post('pay', { va: [...list, list[0], '7777700000002'], qr: [qr], concurrency: 8 });
  assert.equal(payments, 33);
  assert.deepEqual(results, { accepted: 31, va_paid: 1, va_unknown: 1 });
  assert.equal(merchant.got.length, 31);
  assert.equal((await bank.control('POST', 'pay', { va: list, concurrency: 0 })).json.error.code, 'concurrency_invalid');
  assert.equal((await bank.control('POST', 'pay', { va: '7777709', qr: [] })).json.error.code, 'targets_invalid');
});

test('without a partner the money is taken and nobody told', async (t) => {
  const alone = await startSimulator();
  t.after(() => alone.down());
  const { virtualAccountNo: va } = await create({}, new StrictClient(alone));
  assert.equal((await alone.post('pay', { va })).result, 'not_sent');
  assert.equal((await alone.control('POST', 'pay', { va, way: 'online' })).json.error.code, 'not_configured');
});
