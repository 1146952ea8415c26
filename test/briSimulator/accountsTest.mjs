// Virtual accounts, reports and the bank statement, each operation as a partner uses it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { fourOf, inDays, newAccount, now, paths, StrictClient } from './strictClient.mjs';

let bank;
let client;
before(async () => {
  bank = await startSimulator();
  client = new StrictClient(bank);
});
after(() => bank?.down());

const ok = (answer, code) => {
  assert.equal(answer.json?.responseCode, code, answer.text);
  assert.equal(answer.status, Number(code.slice(0, 3)));
  assert.equal(answer.json.responseMessage, code.startsWith('200') ? 'Successful' : answer.json.responseMessage);
  return answer.json;
};
const create = async (changes) => {
  const body = newAccount(changes);
  ok(await client.create(body), '2002700');
  return body;
};
const pay = async (body) => {
  const { status, json } = await bank.control('POST', 'pay', body);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
};
const today = () => now().slice(0, 10);
const wholeDay = (changes = {}) => ({ partnerServiceId: '   77777', startDate: today(), startTime: '00:00:00+07:00', endTime: '23:59:59+07:00', ...changes });

test('73: a token of 28 characters that works, its life as text', async () => {
  const { status, json } = await client.askToken();
  assert.equal(status, 200);
  assert.match(json.accessToken, /^[A-Za-z0-9_-]{28}$/);
  assert.equal(json.tokenType, 'BearerToken');
  assert.equal(json.expiresIn, '899');
  ok(await client.create(newAccount(), { token: json.accessToken }), '2002700');
});

test('27, 30: a created account is found with every member', async () => {
  const body = newAccount();
  const { virtualAccountData } = ok(await client.create(body), '2002700');
  assert.deepEqual(virtualAccountData, body);
  const found = ok(await client.call(paths.inquiry, fourOf(body)), '2003000').virtualAccountData;
  assert.deepEqual(found, { ...body, additionalInfo: { ...body.additionalInfo, paidStatus: 'N' } });
});

test('27: the form at its edges', async () => {
  for (const changes of [{ totalAmount: { value: '1.00', currency: 'IDR' } }, { totalAmount: { value: '9999999999999999.00', currency: 'IDR' } }, { virtualAccountName: 'x'.repeat(255) }, { trxId: 'T'.repeat(32) }, { customerNo: '1234567890123' }, { customerNo: '1' }, { additionalInfo: undefined }, { expiredDate: new Date(Date.now() + 60_000).toISOString() }]) {
    ok(await client.create(newAccount(changes)), '2002700');
  }
});

test('28: terms change while unpaid, not after', async () => {
  const body = await create();
  const changed = { ...body, virtualAccountName: 'Budi', totalAmount: { value: '12000.00', currency: 'IDR' }, expiredDate: inDays(2) };
  assert.deepEqual(ok(await client.call(paths.update, changed), '2002800').virtualAccountData, changed);
  assert.equal(ok(await client.call(paths.inquiry, fourOf(body)), '2003000').virtualAccountData.totalAmount.value, '12000.00');
  assert.equal((await pay({ va: body.virtualAccountNo })).credit.amount, '12000.00');
  ok(await client.call(paths.update, changed), '4042814');
  ok(await client.call(paths.update, newAccount()), '4042812');
});

test('29: the partner marks an account as paid, and the bank takes no money then', async () => {
  const body = await create();
  assert.equal(ok(await client.call(paths.updateStatus, { ...fourOf(body), paidStatus: 'Y' }), '2002900').virtualAccountData.paidStatus, 'Y');
  assert.equal((await bank.control('POST', 'pay', { va: body.virtualAccountNo })).json.error.code, 'va_paid');
  ok(await client.call(paths.updateStatus, { ...fourOf(body), paidStatus: 'N' }), '2002900');
  await pay({ va: body.virtualAccountNo });
  ok(await client.call(paths.updateStatus, { ...fourOf(body), paidStatus: 'X' }), '4002901');
  ok(await client.call(paths.updateStatus, fourOf(body)), '4002902');
});

test('31: a deleted account is gone, its number free, its trxId not', async () => {
  const body = await create();
  const { virtualAccountData } = ok(await client.call(paths.delete, fourOf(body)), '2003100');
  assert.deepEqual(Object.keys(virtualAccountData), ['partnerServiceId', 'customerNo', 'virtualAccountNo']);
  ok(await client.call(paths.inquiry, fourOf(body)), '4043012');
  ok(await client.call(paths.delete, fourOf(body)), '4043112');
  assert.equal((await bank.control('POST', 'pay', { va: body.virtualAccountNo })).json.error.code, 'va_unknown');
  ok(await client.create(body), '4092701');
  ok(await client.create({ ...body, trxId: `${body.trxId}B` }), '2002700');
});

test('31: a paid account stays', async () => {
  const body = await create();
  await pay({ va: body.virtualAccountNo });
  ok(await client.call(paths.delete, fourOf(body)), '4043114');
});

test('27: the same trxId, and a number that is in use, are duplicates; a paid number is free', async () => {
  const body = await create();
  ok(await client.create(body), '4092701');
  ok(await client.create({ ...body, trxId: `${body.trxId}B` }), '4092701');
  await pay({ va: body.virtualAccountNo });
  ok(await client.create({ ...body, trxId: `${body.trxId}C` }), '2002700');
});

test('30: all four members name the account', async () => {
  const body = await create();
  const other = await create();
  ok(await client.call(paths.inquiry, { ...fourOf(body), trxId: other.trxId }), '4043012');
  ok(await client.call(paths.inquiry, { ...fourOf(body), trxId: 'NONE' }), '4043012');
});

test('26: unpaid is not found, paid tells how much, given back is unpaid again', async () => {
  const body = await create();
  const { partnerServiceId, customerNo, virtualAccountNo } = body;
  const asked = { partnerServiceId, customerNo, virtualAccountNo, inquiryRequestId: 'any-1' };
  ok(await client.call(paths.status, asked), '4042601');
  ok(await client.call(paths.status, { ...asked, customerNo: '9', virtualAccountNo: '   777779' }), '4042612');
  const { credit } = await pay({ va: virtualAccountNo });
  const { virtualAccountData } = ok(await client.call(paths.status, asked), '2002600');
  assert.deepEqual(virtualAccountData.paidAmount, body.totalAmount);
  assert.equal(virtualAccountData.paymentRequestId, credit.id);
  assert.equal(virtualAccountData.inquiryRequestId, 'any-1');
  assert.equal(virtualAccountData.paymentFlagStatus, '00');
  await bank.post('reverse', { va: virtualAccountNo });
  ok(await client.call(paths.status, asked), '4042601');
});

test('35: the payments of a part of a day', async () => {
  const body = await create();
  const { credit } = await pay({ va: body.virtualAccountNo });
  const rows = ok(await client.call(paths.report, wholeDay()), '2003500').virtualAccountData;
  const [row] = rows.filter(({ trxId }) => trxId === body.trxId);
  assert.deepEqual(row.paidAmount, body.totalAmount);
  assert.equal(row.paymentRequestId, credit.id);
  assert.equal(row.virtualAccountNo, body.virtualAccountNo);
  assert.equal(row.trxDateTime, `${credit.at.slice(0, 19)}+07:00`);
  const none = ok(await client.call(paths.report, wholeDay({ startDate: '2020-01-01' })), '2003500').virtualAccountData;
  assert.deepEqual(none, []);
  const minute = `${credit.at.slice(11, 16)}:00+07:00`;
  const before = ok(await client.call(paths.report, wholeDay({ endTime: minute, startTime: '00:00:00+07:00' })), '2003500').virtualAccountData;
  assert.ok(!before.some(({ trxId }) => trxId === body.trxId) || credit.at.slice(17, 19) === '00');
  await bank.post('reverse', { credit: credit.id });
  assert.ok(!ok(await client.call(paths.report, wholeDay()), '2003500').virtualAccountData.some(({ trxId }) => trxId === body.trxId));
});

test('35: the fields\' forms', async () => {
  ok(await client.call(paths.report, wholeDay({ startDate: '2026-02-30' })), '4003501');
  ok(await client.call(paths.report, wholeDay({ endTime: undefined })), '4003502');
  ok(await client.call(paths.report, wholeDay({ startTime: '25:00:00+07:00' })), '4003501');
  ok(await client.call(paths.report, wholeDay({ startTime: '23:00:00+07:00', endTime: '01:00:00+07:00' })), '4003501');
  ok(await client.call(paths.report, wholeDay({ partnerServiceId: '   88888' })), '4043516');
  ok(await client.call(paths.report, wholeDay({ startTime: '00:00', endTime: '23:59', endDate: today() })), '2003500');
});

test('14: credits and what was given back, with totals', async () => {
  await bank.post('reset');
  const [first, second] = [await create(), await create({ totalAmount: { value: '500.00', currency: 'IDR' } })];
  const { credit } = await pay({ va: first.virtualAccountNo });
  await pay({ va: second.virtualAccountNo });
  await bank.post('reverse', { credit: credit.id });
  const asked = { accountNo: '001901000378301', fromDateTime: now(Date.now() - 60_000), toDateTime: now(Date.now() + 60_000) };
  const { totalCreditEntries, totalDebitEntries, detailData } = ok(await client.call(paths.statement, asked), '2001400');
  assert.deepEqual(totalCreditEntries, { numberOfEntries: '2', amount: { value: '10500.00', currency: 'IDR' } });
  assert.deepEqual(totalDebitEntries, { numberOfEntries: '1', amount: { value: '10000.00', currency: 'IDR' } });
  assert.deepEqual(detailData.map(({ type, transactionId }) => [type, transactionId === credit.id]), [['CREDIT', true], ['CREDIT', false], ['DEBIT', true]]);
  ok(await client.call(paths.statement, { ...asked, accountNo: '001901000378302' }), '4041411');
  ok(await client.call(paths.statement, { ...asked, accountNo: '1' }), '4001401');
  ok(await client.call(paths.statement, { ...asked, fromDateTime: inDays(-40) }), '4001401');
  ok(await client.call(paths.statement, { ...asked, toDateTime: undefined }), '4001402');
});

test('the other spelling of virtualAccountData', async (t) => {
  const other = await startSimulator({ lowerCaseDataKey: true });
  t.after(() => other.down());
  const partner = new StrictClient(other);
  const body = newAccount();
  ok(await partner.create(body), '2002700');
  assert.ok(Array.isArray(ok(await partner.call(paths.report, wholeDay()), '2003500').virtualAccountdata));
  assert.equal(ok(await partner.call(paths.delete, fourOf(body)), '2003100').virtualAccountdata.customerNo, body.customerNo);
});
