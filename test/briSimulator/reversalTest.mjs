// The bank's table: what an answer to an online payment does to the customer's money.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { startMerchant } from './fakeMerchant.mjs';
import { newAccount, paths, StrictClient } from './strictClient.mjs';

const timeoutMs = 250;
let bank;
let merchant;
let client;
before(async () => {
  merchant = await startMerchant();
  bank = await startSimulator({ callback: { baseUrl: merchant.url, timeoutMs } });
  merchant.bankKey = bank.bankPublicKey();
  client = new StrictClient(bank);
});
after(async () => {
  await bank?.down();
  await merchant?.close();
});
beforeEach(() => {
  for (const list of Object.values(merchant.answers)) list.length = 0;
});

/** Pays online; the partner answers the payment so. */
async function answered(answer) {
  const account = newAccount();
  assert.equal((await client.create(account)).status, 200);
  merchant.answers.payment.push(answer);
  const paid = await bank.post('pay', { va: account.virtualAccountNo, way: 'online' });
  const { accounts } = await bank.get(`accounts?trx_id=${account.trxId}`);
  return { ...paid, account: accounts[0], answer: paid.answers.at(-1) };
}
const withCode = (responseCode, status = Number(responseCode.slice(0, 3)), more = {}) => ({ status, body: { responseCode, responseMessage: 'as the test says', ...more } });

test('success keeps the money', async () => {
  const { result, credit, account } = await answered(undefined);
  assert.deepEqual([result, credit.state, credit.told, account.status], ['success', 'taken', 'accepted', 'paid']);
});

test('202 and every 400, 401, 403, 404, 405, 409 give it back', async () => {
  const listed = ['2022500', '4002500', '4002501', '4002502', '4012500', '4012501', '4032500', '4042512', '4042513', '4042514', '4042519', '4052500', '4092500'];
  for (const code of listed) {
    const { result, credit, account } = await answered(withCode(code));
    assert.deepEqual([result, credit.state, credit.reversed_by, account.status], ['reversed', 'reversed', 'answer', 'open'], code);
  }
  const { totals } = await bank.get('ledger');
  assert.equal(totals.reversals, listed.length);
});

test('an unlisted 4xx code, and a 404 page of a gateway, give it back too', async () => {
  assert.equal((await answered(withCode('4042599'))).result, 'reversed');
  const page = await answered({ status: 404, text: '<html>not found</html>', headers: { 'Content-Type': 'text/html' } });
  assert.equal(page.result, 'reversed');
  assert.ok(page.answer.answer_faults.includes('body is no JSON'));
});

test('what the partner has not answered yet is nobody\'s money: it is in no report', async () => {
  const account = newAccount();
  const { partnerServiceId, customerNo, virtualAccountNo } = account;
  assert.equal((await client.create(account)).status, 200);
  const startDate = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
  const listed = async () => {
    const day = { partnerServiceId, startDate, startTime: '00:00:00+07:00', endTime: '23:59:59+07:00' };
    const { virtualAccountData } = (await client.call(paths.report, day)).json;
    return virtualAccountData.filter((one) => one.trxId === account.trxId).length;
  };
  const statusCode = async () => (await client.call(paths.status, { partnerServiceId, customerNo, virtualAccountNo, inquiryRequestId: 'any' })).json.responseCode;
  let seen;
  merchant.answers.payment.push(async (request, response, { body }) => {
    seen = [await listed(), await statusCode()];
    response.end(JSON.stringify({ responseCode: '2002500', responseMessage: 'Successful', virtualAccountData: { ...body, paymentFlagStatus: '00' } }));
  });
  const paid = await bank.post('pay', { va: virtualAccountNo, way: 'online' });
  assert.deepEqual([paid.credit.state, seen], ['taken', [0, '4042601']]);
  assert.deepEqual([await listed(), await statusCode()], [1, '2002600']);
});

test('429, 500, 504 suspend it', async () => {
  for (const code of ['4292500', '5002500', '5002501', '5042500']) {
    const { result, credit, account } = await answered(withCode(code));
    assert.deepEqual([result, credit.state, account.status], ['suspended', 'suspended', 'paid'], code);
  }
});

test('everything else suspends it: no answer, half an answer, garbage, redirects, a code that disagrees', async () => {
  const cases = {
    'no answer in time': () => {},
    'a cut connection': (request, response) => response.socket.destroy(),
    'half a body': (request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
      response.write('{"responseCode":"2002500"', () => response.socket.destroy());
    },
    garbage: { text: '{"responseCode":"2002500"' },
    redirect: { status: 307, text: '', headers: { Location: 'http://127.0.0.1:9/' } },
    'a gateway\'s 502': { status: 502, text: '<html></html>' },
    'a gateway\'s 503': { status: 503, text: '<html></html>' },
    'a 200 that says 404': withCode('4042512', 200),
    'a 200 of another service': withCode('2003400', 200),
    'a 200 without code': { body: {} },
    'a 200 that is a number': { text: '7' },
    'a 422': withCode('4222500'),
  };
  for (const [name, answer] of Object.entries(cases)) {
    const { result, credit } = await answered(answer);
    assert.deepEqual([result, credit.state], ['suspended', 'suspended'], name);
  }
});

test('the time that the partner has is counted', async () => {
  const started = performance.now();
  const { answer } = await answered(() => {});
  assert.equal(answer.error, 'timeout');
  assert.ok(performance.now() - started >= timeoutMs - 10);
  const late = await answered((request, response, { body }) => setTimeout(() => response.end(JSON.stringify({ responseCode: '2002500', body })), timeoutMs * 2));
  assert.equal(late.result, 'suspended');
});

test('a suspended payment is settled by what the partner answers next', async () => {
  const paid = await answered(withCode('5002500'));
  assert.equal((await bank.post('resend', { credit: paid.credit.id })).credit.state, 'taken');
  const other = await answered(withCode('5042500'));
  merchant.answers.payment.push(withCode('4042514'));
  const again = await bank.post('resend', { credit: other.credit.id });
  assert.deepEqual([again.result, again.credit.state], ['reversed', 'reversed']);
  assert.equal((await bank.control('POST', 'resend', { credit: other.credit.id })).json.error.code, 'already_reversed');
});

test('a duplicate that is answered with 4xx gives the customer the money back', async () => {
  const { credit } = await answered(undefined);
  merchant.answers.payment.push(withCode('4092500'));
  const again = await bank.post('resend', { credit: credit.id });
  assert.deepEqual([again.result, again.credit.state], ['reversed', 'reversed']);
  assert.equal(merchant.of('payment').at(-1).body.paymentRequestId, credit.id);
});

test('a push moves no money, whatever is answered', async () => {
  for (const answer of [withCode('4043416'), withCode('5003400'), { text: 'garbage' }]) {
    const account = newAccount();
    await client.create(account);
    merchant.answers.push.push(answer);
    const { result, credit } = await bank.post('pay', { va: account.virtualAccountNo });
    assert.deepEqual([result, credit.state, credit.told], ['refused', 'taken', 'refused']);
  }
});

test('answers that a real bank may stumble over are counted', async () => {
  const before = (await bank.get('state')).answer_faults;
  const data = { partnerServiceId: '   77777', customerNo: '1', virtualAccountNo: '   777771', virtualAccountName: 'x', paymentRequestId: 'another', paidAmount: { value: '1', currency: 'IDR' }, paymentFlagStatus: '01' };
  const { result, answer } = await answered(withCode('2002500', 200, { virtualAccountData: data }));
  assert.equal(result, 'success');
  assert.deepEqual(answer.answer_faults, ['customerNo is not what was sent', 'virtualAccountNo is not what was sent', 'paymentRequestId is not what was sent', 'paymentFlagStatus is not 00', 'paidAmount is no amount']);
  assert.equal((await bank.get('state')).answer_faults, before + 1);
});

test('the ledger: credits minus reversals is what the bank holds', async () => {
  await bank.post('reset');
  await answered(undefined);
  await answered(withCode('4042513'));
  await answered(withCode('5002500'));
  const { entries, totals } = await bank.get('ledger');
  assert.deepEqual(totals, { credits: 3, credited: '30000.00', reversals: 1, reversed: '10000.00', refunds: 0, refunded: '0.00', held: '20000.00' });
  const sum = (kind) => entries.filter((one) => one.kind === kind).reduce((total, { amount }) => total + Number.parseInt(amount, 10), 0);
  assert.equal(sum('credit') - sum('reversal'), 20_000);
  const [reversal] = entries.filter(({ kind }) => kind === 'reversal');
  assert.deepEqual([reversal.cause, reversal.http, reversal.response_code], ['answer', 404, '4042513']);
});
