// Every fault of what the bank sends: what arrives at the partner, and what the ledger says.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator, until } from './simulatorProcess.mjs';
import { startMerchant } from './fakeMerchant.mjs';
import { inDays, newAccount, newQr, paths, StrictClient } from './strictClient.mjs';

let bank;
let merchant;
let client;
before(async () => {
  merchant = await startMerchant();
  bank = await startSimulator({ callback: { baseUrl: merchant.url } });
  merchant.bankKey = bank.bankPublicKey();
  client = new StrictClient(bank);
});
after(async () => {
  await bank?.down();
  await merchant?.close();
});
beforeEach(async () => {
  await bank.post('reset');
  merchant.got.length = 0;
});

const create = async (changes) => {
  const body = newAccount(changes);
  assert.equal((await client.create(body)).json.responseCode, '2002700');
  return body.virtualAccountNo;
};
const ids = (op = 'push') => merchant.of(op).map(({ headers }) => headers['x-external-id']);
const credits = async () => (await bank.get('ledger?view=credits')).credits;
/** Pays an account under a fault of the operation. */
async function payUnder(fault, { op = 'push', way = 'push', ...changes } = {}) {
  const va = await create(changes);
  await bank.post('faults', { op, fault });
  return { va, ...(await bank.post('pay', { va, way })) };
}
const faultLine = async (fault) => {
  const [found] = (await bank.get(`journal?dir=out&fault=${fault}`)).entries.slice(-1);
  assert.ok(found, `the journal has no ${fault}`);
  assert.equal(typeof found.seed, 'number');
  return found;
};

test('wrong_signature, unsigned, stale_timestamp, expired_token, altered_amount: each is seen by who checks', async () => {
  for (const [fault, seen] of [['wrong_signature', 'signature'], ['unsigned', 'unsigned'], ['stale_timestamp', 'age'], ['expired_token', 'token'], ['altered_amount', 'signature']]) {
    merchant.got.length = 0;
    const { result, credit } = await payUnder(fault);
    assert.equal(merchant.got[0].signed, seen, fault);
    assert.deepEqual([result, credit.state, credit.told], ['refused', 'taken', 'refused'], fault);
    await faultLine(fault);
    assert.equal((await bank.get('state')).answer_faults, 0);
  }
});

test('the same of an online payment: the partner\'s 401 gives the customer the money back', async () => {
  for (const fault of ['wrong_signature', 'unsigned', 'stale_timestamp', 'expired_token', 'altered_amount']) {
    const { result, credit } = await payUnder(fault, { op: 'payment', way: 'online' });
    assert.deepEqual([result, credit.state, credit.reversed_by], ['reversed', 'reversed', 'answer'], fault);
  }
});

test('altered_amount: the amount of an online payment and of a QR notification, whose signature does not cover it', async () => {
  await payUnder('altered_amount', { op: '25', way: 'online' });
  assert.equal(merchant.of('payment')[0].body.paidAmount.value, '10001.00');
  const { referenceNo: qr } = (await client.call(paths.generate, newQr())).json;
  await bank.post('faults', { op: '52', fault: 'altered_amount' });
  const { credit } = await bank.post('pay', { qr });
  const [{ signed, body }] = merchant.of('qr_notify');
  assert.deepEqual([signed, body.amount.value, credit.amount], [true, '25001.00', '25000.00']);
});

test('wrong_signature of a QR notification', async () => {
  const { referenceNo: qr } = (await client.call(paths.generate, newQr())).json;
  await bank.post('faults', { op: '52', fault: 'wrong_signature' });
  assert.equal((await bank.post('pay', { qr })).result, 'refused');
  assert.equal(merchant.got[0].signed, 'signature');
});

test('wrong_encoding: a right signature in the other encoding', async () => {
  assert.equal((await payUnder('wrong_encoding')).result, 'accepted');
  assert.equal(merchant.encoding, 'base64');
  await payUnder('unsigned');
  await bank.post('pay', { va: await create() });
  assert.equal(merchant.encoding, 'hex');
});

test('duplicates with the same and with a new external id: one credit', async () => {
  for (const [fault, different] of [['duplicate_same_extid', 1], ['duplicate_new_extid', 2]]) {
    merchant.got.length = 0;
    const { answers } = await payUnder(fault);
    assert.equal(answers.length, 2);
    assert.equal(merchant.got.length, 2);
    assert.equal(new Set(ids()).size, different, fault);
    assert.equal(new Set(merchant.got.map(({ body }) => body.paymentRequestId)).size, 1);
  }
  assert.equal((await credits()).length, 2);
});

test('flood: copies at once, one credit', async () => {
  const { answers, credit } = await payUnder('flood:40');
  assert.equal(answers.length, 40);
  assert.equal(new Set(ids()).size, 40);
  assert.deepEqual([credit.sends, credit.told, (await credits()).length], [40, 'accepted', 1]);
});

test('dropped: nobody is told, the money is taken; online it is suspended', async () => {
  const pushed = await payUnder('dropped');
  assert.deepEqual([pushed.result, pushed.credit.state, merchant.got.length], ['not_sent', 'taken', 0]);
  const online = await payUnder('dropped', { op: 'payment', way: 'online' });
  assert.deepEqual([online.result, online.credit.state, merchant.of('payment').length], ['suspended', 'suspended', 0]);
  await faultLine('dropped');
});

test('late: paid in time, told after the account\'s expiry, by the bank\'s clock', async () => {
  const { result, due, va } = await payUnder('late:30', { expiredDate: inDays(1) });
  assert.equal(result, 'scheduled');
  assert.ok(Date.parse(due) >= Date.now() + 86_400_000 + 25_000);
  assert.deepEqual([merchant.got.length, (await bank.get('state')).scheduled], [0, 1]);
  await bank.post('clock', { offset_s: 86_390 });
  assert.equal(merchant.got.length, 0);
  await bank.post('clock', { offset_s: 86_431 });
  await until('the push', () => merchant.got.length === 1);
  await until('it is told', async () => (await bank.get(`accounts?va=${va.trim()}`)).accounts[0].credits[0].sends === 1);
  const [credit] = await credits();
  assert.ok(Math.abs(Date.parse(credit.at) - Date.now()) < 30_000);
});

test('a fault of the inquiry keeps the customer from paying', async () => {
  const { result } = await payUnder('wrong_signature', { op: 'inquiry', way: 'online' });
  assert.equal(result, 'not_offered');
  assert.deepEqual(await credits(), []);
});

test('with probability and seed: the same order meets the same faults', async () => {
  const run = async (seed) => {
    await bank.post('reset');
    await bank.post('faults', { op: 'push', fault: 'dropped', probability: 0.5, seed });
    const seen = [];
    for (let index = 0; index < 24; ++index) seen.push((await bank.post('pay', { va: await create() })).result === 'not_sent' ? 1 : 0);
    return seen.join('');
  };
  const first = await run(3);
  assert.equal(await run(3), first);
  assert.notEqual(await run(4), first);
  assert.match(first, /0.*1|1.*0/);
});
