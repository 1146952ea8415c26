// POST /sim/history: the past as if the simulator had run then.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { newQr, newRefund, now, paths, StrictClient } from './strictClient.mjs';

const dayMs = 86_400_000;
let bank;
let client;
before(async () => {
  bank = await startSimulator();
  client = new StrictClient(bank);
});
after(() => bank?.down());
beforeEach(() => bank.post('reset'));

let last = 0;
/** Days ago at noon in Jakarta, so that a few hours more are of the same day. */
const noon = Date.parse(`${now().slice(0, 10)}T12:00:00+07:00`);
const ago = (days, seconds = 0) => now(noon - days * dayMs + seconds * 1000);
const account = (changes = {}) => {
  const number = String(++last).padStart(10, '0');
  return { va: `77777${number}`, trx_id: `old${number}`, name: 'Sabrina', amount: '10000.00', created_at: ago(40), expires_at: ago(39), paid_at: ago(40, 600), request_id: `R${number}`, ...changes };
};
const code = (changes = {}) => ({ partner_reference_no: `oldqr${++last}`, amount: '25000.00', created_at: ago(40), expires_at: ago(40, 1800), paid_at: ago(40, 60), ...changes });
const give = (body) => bank.control('POST', 'history', body);
const report = async (days) => {
  const { json } = await client.call(paths.report, { partnerServiceId: '   77777', startDate: ago(days).slice(0, 10), startTime: '00:00:00+07:00', endTime: '23:59:59+07:00' });
  return json.virtualAccountData;
};
const query = async (referenceNo) => (await client.call(paths.query, { originalReferenceNo: referenceNo, serviceCode: '47', additionalInfo: { terminalId: '10049258' } })).json;

test('a payment of an account is in the report of its day, in status and inquiry', async () => {
  const [paid, unpaid, other] = [account(), account({ paid_at: undefined, request_id: undefined }), account({ paid_at: ago(40, 60), paid_amount: '9000.00', told: false })];
  assert.deepEqual((await give({ accounts: [paid, unpaid, other] })).json, { accounts: 3, qrs: 0, credits: 2, refunds: 0, skipped: 0 });
  const list = await report(40);
  assert.deepEqual(list.map(({ trxId, paymentRequestId, paidAmount }) => [trxId, paymentRequestId, paidAmount.value]), [[other.trx_id, other.request_id, '9000.00'], [paid.trx_id, paid.request_id, '10000.00']]);
  assert.equal(list[1].trxDateTime, `${paid.paid_at.slice(0, 19)}+07:00`);
  assert.equal(list[1].virtualAccountNo, `   ${paid.va}`);
  assert.deepEqual(await report(38), []);
  const named = { partnerServiceId: '   77777', customerNo: paid.va.slice(5), virtualAccountNo: `   ${paid.va}` };
  const status = (await client.call(paths.status, { ...named, inquiryRequestId: 'x' })).json;
  assert.equal(status.virtualAccountData.paymentRequestId, paid.request_id);
  const found = (await client.call(paths.inquiry, { ...named, trxId: paid.trx_id })).json;
  assert.deepEqual([found.virtualAccountData.totalAmount.value, found.virtualAccountData.additionalInfo.paidStatus], ['10000.00', 'Y']);
  const shown = async (one) => (await bank.get(`accounts?trx_id=${one.trx_id}`)).accounts[0];
  assert.deepEqual([(await shown(paid)).status, (await shown(unpaid)).status], ['paid', 'expired']);
  assert.deepEqual([(await shown(paid)).credits[0].told, (await shown(other)).credits[0].told], ['accepted', 'not_sent']);
  const { totals } = await bank.get('state');
  assert.deepEqual([totals.credited, totals.held], ['19000.00', '19000.00']);
});

test('codes with refunds are as the query tells', async () => {
  const refunds = [{ partner_refund_no: 'back1', amount: '5000.00', at: ago(39) }, { partner_refund_no: 'back2', refund_no: 'BANK2', amount: '1000.00', at: ago(38), reason: 'late' }];
  const [paid, given, open] = [code({ qr: '000000000077', content: 'CONTENT', refunds }), code({ refunds: [{ partner_refund_no: 'back3', amount: '25000.00', at: ago(39) }] }), code({ paid_at: undefined, expires_at: ago(-1) })];
  assert.deepEqual((await give({ qrs: [paid, given, open] })).json, { accounts: 0, qrs: 3, credits: 2, refunds: 3, skipped: 0 });
  const answer = await query('000000000077');
  assert.deepEqual([answer.latestTransactionStatus, answer.originalPartnerReferenceNo, answer.paidTime], ['00', paid.partner_reference_no, `${paid.paid_at.slice(0, 19)}+07:00`]);
  assert.deepEqual(answer.refundHistory.map(({ partnerRefundNo, refundAmount, reason }) => [partnerRefundNo, refundAmount.value, reason]), [['back1', '5000.00', 'REFUND'], ['back2', '1000.00', 'late']]);
  assert.equal(answer.refundHistory[1].refundNo, 'BANK2');
  const { qrs } = await bank.get('qrs');
  assert.deepEqual(qrs.map(({ status }) => status), ['open', 'refunded', 'paid']);
  assert.deepEqual([qrs[2].content, (await query(qrs[1].qr)).latestTransactionStatus], ['CONTENT', '04']);
  // The books go on from there.
  assert.equal((await bank.post('pay', { qr: qrs[0].qr })).credit.amount, '25000.00');
  const made = { partnerReferenceNo: paid.partner_reference_no, referenceNo: '000000000077' };
  const left = (value, more) => client.call(paths.refund, newRefund(made, { refundAmount: { value, currency: 'IDR' }, ...more })).then(({ json }) => json.responseCode);
  assert.deepEqual([await left('1.00', { partnerRefundNo: 'back1' }), await left('19001.00'), await left('19000.00')], ['4097801', '4047813', '2007800']);
});

test('what the bank knows is skipped, with its payment', async () => {
  const [one, two] = [account(), code({ qr: '000000000078', request_id: 'Q1', refunds: [{ partner_refund_no: 'once', amount: '1.00', at: ago(1) }] })];
  await give({ accounts: [one], qrs: [two] });
  const before = await bank.get('ledger');
  const same = { accounts: [one, account({ va: one.va }), account({ trx_id: one.trx_id }), account({ request_id: one.request_id })], qrs: [two, code({ qr: two.qr }), code({ partner_reference_no: two.partner_reference_no }), code({ request_id: 'Q1' }), code({ refunds: two.refunds })] };
  assert.deepEqual((await give(same)).json, { accounts: 0, qrs: 0, credits: 0, refunds: 0, skipped: 9 });
  assert.deepEqual(await bank.get('ledger'), before);
  const [first, second] = [account(), account()];
  assert.deepEqual((await give({ accounts: [first, { ...second, va: first.va }, second] })).json, { accounts: 2, qrs: 0, credits: 2, refunds: 0, skipped: 1 });
  const twice = code({ refunds: [{ partner_refund_no: 'twice', amount: '1.00', at: ago(1) }, { partner_refund_no: 'twice', amount: '1.00', at: ago(1) }] });
  assert.equal((await give({ qrs: [twice] })).json.skipped, 1);
});

test('one wrong entry, and none is taken', async () => {
  const good = account();
  const wrong = [
    { va: '88888123' }, { va: '77777' }, { va: '77777x' }, { va: `77777${'1'.repeat(14)}` }, { va: 7 }, { trx_id: 'with space' }, { trx_id: undefined }, { name: '' }, { amount: '10000' }, { amount: '0.00' }, { amount: '1.50' },
    { amount: 10000 }, { created_at: 'yesterday' }, { created_at: ago(-1) }, { created_at: ago(401) }, { expires_at: ago(41) }, { expires_at: undefined }, { paid_at: ago(41) }, { paid_at: ago(-1) },
    { paid_at: undefined }, { paid_amount: '0.00' }, { request_id: 'a b' }, { request_id: 'x'.repeat(37) }, { told: 'yes' }, { content: 'x' }, { other: 1 },
  ].map((changes) => ({ accounts: [good, account(changes)] }));
  const refund = (changes) => ({ refunds: [{ partner_refund_no: 'wrong', amount: '1.00', at: ago(1), ...changes }] });
  const wrongCodes = [
    { qr: '77' }, { partner_reference_no: undefined }, { content: '' }, { refunds: {} }, { va: '777771' }, refund({ amount: '25001.00' }), refund({ amount: '0.50' }), refund({ at: ago(41) }), refund({ at: ago(-1) }),
    refund({ partner_refund_no: undefined }), refund({ refund_no: 'a b' }), refund({ more: 1 }), { refunds: [null] }, { ...refund({}), paid_at: undefined },
  ].map((changes) => ({ accounts: [good], qrs: [code(changes)] }));
  for (const body of [...wrong, ...wrongCodes, { accounts: [good, null] }, { accounts: {} }, { qrs: 'x' }, { accounts: [good], more: [] }]) {
    const { status, json } = await give(body);
    assert.deepEqual([status, json.error?.code], [400, 'history_invalid'], JSON.stringify(body));
  }
  assert.match((await give({ accounts: [good, account({ name: 7 })] })).json.error.message, /^accounts\[1\]: name is wrong$/);
  assert.deepEqual((await bank.get('state')).accounts, 0);
  assert.deepEqual((await give({})).json, { accounts: 0, qrs: 0, credits: 0, refunds: 0, skipped: 0 });
});

test('2,000 entries in a call, in the order of time, and the same after a kill', async () => {
  const many = Array.from({ length: 2001 }, (_, index) => account({ created_at: ago(50), paid_at: ago(49, 4000 - index) }));
  assert.equal((await give({ accounts: many })).json.error.code, 'too_many');
  const codes = Array.from({ length: 1000 }, () => code());
  assert.deepEqual((await give({ accounts: many.slice(0, 1000), qrs: codes })).json, { accounts: 1000, qrs: 1000, credits: 2000, refunds: 0, skipped: 0 });
  const ids = async () => (await report(49)).concat(await report(48)).map(({ paymentRequestId }) => paymentRequestId);
  const seen = await ids();
  assert.deepEqual(seen, many.slice(0, 1000).map(({ request_id: id }) => id).reverse());
  const books = async () => JSON.stringify([await bank.get('ledger?view=credits&limit=10000'), await bank.get('qrs'), await bank.get('accounts')]);
  const before = await books();
  await bank.stop('SIGKILL');
  await bank.start();
  client.token = null;
  assert.equal(await books(), before);
  assert.deepEqual(await ids(), seen);
});

test('numbers that the bank gives are none of the past', async () => {
  const first = (await client.call(paths.generate, newQr())).json.referenceNo;
  const next = String(BigInt(first) + 1n).padStart(12, '0');
  await give({ qrs: [code({ qr: next, request_id: 'Q2' })] });
  const { json } = await client.call(paths.generate, newQr());
  assert.equal(json.responseCode, '2004700');
  assert.notEqual(json.referenceNo, next);
});
