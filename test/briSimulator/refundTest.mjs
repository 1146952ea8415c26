// Refunds of QR payments: service 78, what the query says of them, and the books.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { newAccount, newQr, newRefund, now, paths, StrictClient } from './strictClient.mjs';

let bank;
let client;
before(async () => {
  bank = await startSimulator({}, '--seed', '3');
  client = new StrictClient(bank);
});
after(() => bank?.down());
beforeEach(() => bank.post('reset'));

const generate = async (changes) => (await client.call(paths.generate, newQr(changes))).json;
/** A code of 25,000 rupiah that was paid. */
async function paidCode() {
  const code = await generate();
  await bank.post('pay', { qr: code.referenceNo });
  return code;
}
const rupiah = (value) => ({ refundAmount: { value, currency: 'IDR' } });
const refund = (code, changes, change) => client.call(paths.refund, newRefund(code, changes), change);
const code = async (promise, wanted) => {
  const answer = await promise;
  assert.equal(answer.json?.responseCode, wanted, answer.text);
  assert.equal(answer.status, Number(wanted.slice(0, 3)));
  return answer.json;
};
const query = ({ referenceNo }) => code(client.call(paths.query, { originalReferenceNo: referenceNo, serviceCode: '47', additionalInfo: { terminalId: '10049258' } }), '2005100');
const totals = async () => (await bank.get('state')).totals;

test('78: in parts, then all of it', async () => {
  const made = await paidCode();
  assert.deepEqual((await query(made)).refundHistory, []);
  const first = newRefund(made, rupiah('10000.00'));
  const answer = await code(client.call(paths.refund, first), '2007800');
  assert.match(answer.refundNo, /^\d{12}$/);
  assert.match(answer.refundTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$/);
  const { originalPartnerReferenceNo, originalReferenceNo, partnerRefundNo, refundAmount } = answer;
  assert.deepEqual({ originalPartnerReferenceNo, originalReferenceNo, partnerRefundNo, refundAmount }, {
    originalPartnerReferenceNo: made.partnerReferenceNo, originalReferenceNo: made.referenceNo, partnerRefundNo: first.partnerRefundNo, refundAmount: first.refundAmount,
  });

  const partly = await query(made);
  assert.deepEqual([partly.latestTransactionStatus, partly.amount.value], ['00', '25000.00']);
  assert.deepEqual(partly.refundHistory, [{ refundNo: answer.refundNo, partnerRefundNo: first.partnerRefundNo, refundAmount: first.refundAmount, refundStatus: '00', refundDate: answer.refundTime, reason: 'damaged' }]);
  assert.equal((await bank.get('qrs')).qrs[0].status, 'paid');

  const rest = await code(refund(made, rupiah('15000.00')), '2007800');
  const all = await query(made);
  assert.deepEqual([all.latestTransactionStatus, all.transactionStatusDesc], ['04', 'Refunded']);
  assert.deepEqual(all.refundHistory.map(({ refundNo }) => refundNo), [answer.refundNo, rest.refundNo]);
  await code(refund(made, rupiah('1.00')), '4037815');
  assert.equal((await bank.control('POST', 'pay', { qr: made.referenceNo })).json.error.code, 'qr_paid');
});

test('78: never more than is left', async () => {
  const made = await paidCode();
  await code(refund(made, rupiah('25001.00')), '4047813');
  await code(refund(made, rupiah('20000.00')), '2007800');
  await code(refund(made, rupiah('5001.00')), '4047813');
  const both = await Promise.all([refund(made, rupiah('5000.00')), refund(made, rupiah('5000.00'))]);
  assert.deepEqual(both.map(({ json }) => json.responseCode).sort(), ['2007800', '4037815']);
  assert.equal((await totals()).refunded, '25000.00');
});

test('78: a reference counts once, also for another code and another amount', async () => {
  const [made, other] = [await paidCode(), await paidCode()];
  const first = newRefund(made, rupiah('25000.00'));
  await code(client.call(paths.refund, first), '2007800');
  await code(client.call(paths.refund, first), '4097801');
  await code(client.call(paths.refund, newRefund(other, { partnerRefundNo: first.partnerRefundNo })), '4097801');
  assert.deepEqual([(await totals()).refunds, (await query(other)).refundHistory], [1, []]);
});

test('78: what is refused', async () => {
  const made = await paidCode();
  const other = await paidCode();
  const open = await generate();
  const refused = (changes, wanted) => code(refund(made, changes), wanted);
  for (const name of ['merchantId', 'originalPartnerReferenceNo', 'originalReferenceNo', 'partnerRefundNo', 'refundAmount', 'reason']) await refused({ [name]: undefined }, '4007802');
  await refused({ partnerRefundNo: 'with space' }, '4007801');
  await refused({ partnerRefundNo: 'x'.repeat(65) }, '4007801');
  await refused({ reason: 'x'.repeat(257) }, '4007801');
  await refused({ additionalInfo: [] }, '4007801');
  await refused({ merchantId: '1' }, '4047808');
  await refused({ additionalInfo: { terminalId: '1' } }, '4047817');
  await refused({ originalReferenceNo: '000000000000' }, '4047801');
  await refused({ originalReferenceNo: other.referenceNo }, '4047801');
  await refused({ originalPartnerReferenceNo: other.partnerReferenceNo }, '4047801');
  await refused(rupiah('10000'), '4007801');
  await refused({ refundAmount: { value: '1.00', currency: 'USD' } }, '4007801');
  for (const value of ['0.00', '10.50']) await refused(rupiah(value), '4047813');
  await code(refund(open), '4037815');
  await bank.post('reverse', { qr: other.referenceNo });
  await code(refund(other), '4037815');
  await code(refund(made, {}, { secret: 'another' }), '4017800');
  await code(refund(made, {}, { token: 'none' }), '4017801');
  await code(refund(made, {}, { timestamp: now(Date.now() - 301_000) }), '4017800');
  const externalId = '777000777';
  await code(refund(made, {}, { externalId }), '2007800');
  await code(refund(made, {}, { externalId }), '4097800');
  assert.equal((await totals()).refunds, 1);
  await code(refund(made, { additionalInfo: undefined }), '2007800');
});

test('the books: ledger, credits, statement and counts', async () => {
  const made = await paidCode();
  const first = await code(refund(made, rupiah('10000.00')), '2007800');
  const { entries } = await bank.get('ledger');
  const [line] = entries.filter(({ kind }) => kind === 'refund');
  assert.deepEqual([line.refund_no, line.qr, line.amount, line.reason], [first.refundNo, made.referenceNo, '10000.00', 'damaged']);
  const view = async () => (await bank.get('ledger?view=credits')).credits[0];
  const seen = await view();
  assert.deepEqual([seen.state, seen.amount, seen.refunded, seen.refunds.length], ['taken', '25000.00', '10000.00', 1]);
  assert.deepEqual(seen.refunds[0], { refund_no: first.refundNo, partner_refund_no: first.partnerRefundNo, amount: '10000.00', at: line.at, reason: 'damaged' });
  assert.deepEqual((await bank.get('qrs')).qrs[0].refunds, seen.refunds);
  const state = await bank.get('state');
  assert.deepEqual([state.refunds, state.qrsPaid, state.requests.in.qr_refund, state.codes[2007800]], [1, 1, 1, 1]);
  assert.deepEqual(state.totals, { credits: 1, credited: '25000.00', reversals: 0, reversed: '0.00', refunds: 1, refunded: '10000.00', held: '15000.00' });

  await code(refund(made, rupiah('15000.00')), '2007800');
  assert.deepEqual([(await view()).state, (await bank.get('state')).qrsPaid, (await totals()).held], ['refunded', 0, '0.00']);
  assert.deepEqual((await bank.get('qrs?status=refunded')).qrs.length, 1);
  assert.equal((await bank.control('POST', 'reverse', { qr: made.referenceNo })).json.error.code, 'already_refunded');
  const times = { fromDateTime: now(Date.now() - 60_000), toDateTime: now(Date.now() + 60_000) };
  const statement = (await client.call(paths.statement, { accountNo: '001901000378301', ...times })).json;
  assert.deepEqual([statement.totalDebitEntries.numberOfEntries, statement.totalDebitEntries.amount.value], ['2', '25000.00']);
  const debits = statement.detailData.filter(({ type }) => type === 'DEBIT');
  assert.deepEqual(debits.map(({ amount, remark }) => [amount.value, remark]), [['10000.00', `REFUND QRIS ${made.referenceNo}`], ['15000.00', `REFUND QRIS ${made.referenceNo}`]]);
  assert.equal(debits[0].transactionId, first.refundNo);
});

test('a reversal gives back what refunds have left', async () => {
  const made = await paidCode();
  await code(refund(made, rupiah('10000.00')), '2007800');
  const { credit } = await bank.post('reverse', { qr: made.referenceNo });
  assert.deepEqual([credit.state, credit.refunded], ['reversed', '10000.00']);
  assert.deepEqual(await totals(), { credits: 1, credited: '25000.00', reversals: 1, reversed: '15000.00', refunds: 1, refunded: '10000.00', held: '0.00' });
  const answer = await query(made);
  assert.deepEqual([answer.latestTransactionStatus, answer.refundHistory.length], ['04', 1]);
});

test('a reversed payment of an account is in no report', async () => {
  const [kept, gone] = [newAccount(), newAccount()];
  const days = [];
  for (const one of [kept, gone]) {
    await client.create(one);
    days.push((await bank.post('pay', { va: one.virtualAccountNo })).credit.at.slice(0, 10));
  }
  await bank.post('reverse', { va: gone.virtualAccountNo });
  const { json } = await client.call(paths.report, { partnerServiceId: '   77777', startDate: days[0], endDate: days[1], startTime: '00:00:00+07:00', endTime: '23:59:59+07:00' });
  assert.deepEqual(json.virtualAccountData.map(({ trxId }) => trxId), [kept.trxId]);
});

test('faults: what was processed counts, and a repeat says so', async () => {
  const outcomes = {
    timeout_before: false, timeout_after_processing: true, 'http:500': false, 'http:500:after': true, 'http:503': false, drop_connection: false, 'drop_connection:half': true,
    garbage_json: true, unlisted_code: true, 'unlisted_code:before': false, redirect: false, 'slow:20': true,
  };
  for (const [fault, processed] of Object.entries(outcomes)) {
    const made = await paidCode();
    const body = newRefund(made);
    await bank.post('faults', { op: '78', fault });
    await client.call(paths.refund, body, { timeoutMs: fault.startsWith('timeout') ? 150 : 5000 }).catch(() => {});
    assert.equal((await query(made)).refundHistory.length, processed ? 1 : 0, fault);
    assert.equal((await client.call(paths.refund, body)).json.responseCode, processed ? '4097801' : '2007800', fault);
    assert.equal((await query(made)).refundHistory.length, 1, fault);
  }
  const made = await paidCode();
  await bank.post('faults', { op: 'qr_refund', fault: 'other_payment' });
  const body = newRefund(made);
  const strange = await code(client.call(paths.refund, body), '2007800');
  assert.notEqual(strange.partnerRefundNo, body.partnerRefundNo);
  assert.notEqual(strange.originalReferenceNo, made.referenceNo);
  await bank.post('faults', { op: 'qr_refund', fault: 'expired_token' });
  await code(refund(made), '4017801');
  client.token = null;
  await code(refund(made), '2007800');
});
