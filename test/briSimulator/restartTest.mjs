// The simulator may be killed: its books are the same afterwards.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startSimulator, until } from './simulatorProcess.mjs';
import { startMerchant } from './fakeMerchant.mjs';
import { fourOf, newAccount, newExternalId, newQr, newRefund, paths, StrictClient } from './strictClient.mjs';

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

const books = async () => {
  const { totals, accounts, paid, deleted, qrs, qrsPaid, credits, reversals, refunds, results } = await bank.get('state');
  return JSON.stringify([totals, accounts, paid, deleted, qrs, qrsPaid, credits, reversals, refunds, results, await bank.get('ledger'), await bank.get('ledger?view=credits'), await bank.get('accounts'), await bank.get('qrs')]);
};
async function restart(signal) {
  const code = await bank.stop(signal);
  await bank.start();
  client.token = null;
  return code;
}
const create = async () => {
  const body = newAccount();
  assert.equal((await client.create(body)).json.responseCode, '2002700');
  return body;
};

test('kill -9 and SIGTERM: the same books, keys and external ids; tokens are gone', async () => {
  const externalId = newExternalId();
  const [paid, deleted, changed, reversed] = [newAccount(), await create(), await create(), await create()];
  await client.create(paid, { externalId });
  await bank.post('pay', { va: paid.virtualAccountNo });
  await client.call(paths.delete, fourOf(deleted));
  await client.call(paths.update, { ...changed, totalAmount: { value: '77.00', currency: 'IDR' } });
  await client.call(paths.updateStatus, { ...fourOf(changed), paidStatus: 'Y' });
  await bank.post('pay', { va: reversed.virtualAccountNo, way: 'online' });
  await bank.post('reverse', { va: reversed.virtualAccountNo });
  const code = (await client.call(paths.generate, newQr())).json;
  await bank.post('pay', { qr: code.referenceNo });
  const refund = newRefund(code);
  assert.equal((await client.call(paths.refund, refund)).json.responseCode, '2007800');
  const [before, key, token] = [await books(), bank.bankPublicKey(), client.token];
  for (const [signal, code] of [['SIGKILL', 'SIGKILL'], ['SIGTERM', 0]]) {
    assert.equal(await restart(signal), code);
    assert.equal(await books(), before);
    assert.equal(bank.bankPublicKey(), key);
    assert.equal((await client.create(newAccount(), { token })).json.responseCode, '4012701');
    assert.equal((await client.create(newAccount(), { externalId })).json.responseCode, '4092700');
    assert.equal((await client.create(paid)).json.responseCode, '4092701');
    assert.equal((await client.call(paths.refund, refund)).json.responseCode, '4097801');
  }
  assert.equal((await bank.control('POST', 'pay', { va: paid.virtualAccountNo })).json.error.code, 'va_paid');
});

test('numbers that the bank gives are never given twice', async () => {
  const seen = () => [...merchant.got.map(({ headers }) => headers['x-external-id'])];
  await bank.post('pay', { va: (await create()).virtualAccountNo });
  await restart('SIGKILL');
  for (let count = 0; count < 3; ++count) await bank.post('pay', { va: (await create()).virtualAccountNo, way: 'online' });
  assert.equal(new Set(seen()).size, seen().length);
  assert.ok(seen().every((one) => one.length === 12));
});

test('a line that the kill cut off is removed, the others stay', async () => {
  await create();
  const before = await books();
  await bank.stop('SIGKILL');
  fs.appendFileSync(path.join(bank.data, 'ledger.ndjson'), '{"seq":99,"kind":"cre');
  await bank.start();
  client.token = null;
  assert.equal(await books(), before);
  await create();
  const after = await books();
  await restart('SIGKILL');
  assert.equal(await books(), after);
});

test('an online payment without an answer is suspended after the kill', async () => {
  const body = await create();
  merchant.answers.payment.push(() => {});
  const paying = bank.post('pay', { va: body.virtualAccountNo, way: 'online' }).catch(() => 'cut off');
  await until('the payment is at the partner', () => merchant.of('payment').some((one) => one.body.virtualAccountNo === body.virtualAccountNo));
  await restart('SIGKILL');
  assert.equal(await paying, 'cut off');
  const { accounts } = await bank.get(`accounts?trx_id=${body.trxId}`);
  assert.deepEqual(accounts[0].credits.map(({ state, told }) => [state, told]), [['suspended', 'suspended']]);
});

test('the clock and an emptied bank stay as they were', async () => {
  await bank.post('clock', { offset_s: 3600 });
  await restart('SIGKILL');
  assert.equal((await bank.get('state')).clock.offset_s, 3600);
  await bank.post('reset');
  await restart('SIGKILL');
  const state = await bank.get('state');
  assert.deepEqual([state.accounts, state.credits, state.clock.offset_s], [0, 0, 0]);
  assert.deepEqual((await bank.get('ledger')).entries, []);
});

test('the files are for their owner only, and have no secrets', async () => {
  await bank.post('pay', { va: (await create()).virtualAccountNo });
  const { token } = client;
  await bank.stop();
  for (const name of fs.readdirSync(bank.data)) {
    const file = path.join(bank.data, name);
    assert.equal(fs.statSync(file).mode & 0o077, 0, name);
    if (name === 'bank.key') continue;
    const text = fs.readFileSync(file, 'utf8');
    for (const secret of [token, merchant.token, 'ks-partner-secret', 'bri-at-ks-secret', 'simulated-pass', 'PRIVATE KEY']) assert.ok(!text.includes(secret), `${name} has ${secret}`);
  }
  assert.ok(fs.readFileSync(path.join(bank.data, 'journal.ndjson'), 'utf8').includes('"op":"create_va"'));
  await bank.start();
});

test('what cannot start says why', async () => {
  await assert.rejects(startSimulator({ hmacEncodings: 'hex' }), /hmacEncodings is no setting/);
  await assert.rejects(startSimulator({ callback: { hmacEncoding: 'both' } }), /callback.hmacEncoding is one of hex, base64/);
});
