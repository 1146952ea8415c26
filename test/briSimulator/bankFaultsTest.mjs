// Every fault of the bank's side: what the partner sees, and whether the bank did its work.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { startMerchant } from './fakeMerchant.mjs';
import { newAccount, newQr, paths, StrictClient } from './strictClient.mjs';

let bank;
let merchant;
let client;
before(async () => {
  merchant = await startMerchant();
  bank = await startSimulator({ callback: { baseUrl: merchant.url } }, '--seed', '7');
  merchant.bankKey = bank.bankPublicKey();
  client = new StrictClient(bank);
});
after(async () => {
  await bank?.down();
  await merchant?.close();
});
beforeEach(async () => {
  await bank.post('reset');
  client.token = (await client.askToken()).json.accessToken;
});

/** One creation under a fault: what came of it, and whether the account exists. */
async function createUnder(fault, change) {
  const rule = await bank.post('faults', { op: 'create_va', fault });
  assert.equal(rule.left ?? rule.fired, 0, JSON.stringify(rule));
  const body = newAccount();
  const outcome = await client.create(body, change).catch((error) => ({ error: error.code ?? error.message, received: error.received ?? 0 }));
  const { accounts } = await bank.get(`accounts?trx_id=${body.trxId}`);
  const [last] = (await bank.get('journal')).entries.slice(-1);
  assert.equal(last.fault, fault);
  assert.equal(last.seed, rule.seed);
  const next = await client.create(body); // the fault happens once
  assert.equal(next.json.responseCode, accounts.length ? '4092701' : '2002700');
  return { ...outcome, body, exists: accounts.length === 1 };
}

test('timeout_before: no answer and nothing done', async () => {
  const { error, exists } = await createUnder('timeout_before', { timeoutMs: 150 });
  assert.equal(error, 'TIMEOUT');
  assert.ok(!exists);
});

test('timeout_after_processing: no answer, but the account exists', async () => {
  const { error, exists } = await createUnder('timeout_after_processing', { timeoutMs: 150 });
  assert.equal(error, 'TIMEOUT');
  assert.ok(exists);
});

test('slow: the answer comes after the time', async () => {
  const started = performance.now();
  const { json, exists } = await createUnder('slow:200');
  assert.ok(performance.now() - started >= 195);
  assert.equal(json.responseCode, '2002700');
  assert.ok(exists);
});

test('http: the statuses, with SNAP\'s body or a gateway\'s page, before or after the work', async () => {
  for (const [fault, status, exists] of [['http:429', 429, false], ['http:500', 500, false], ['http:504', 504, false], ['http:500:after', 500, true]]) {
    const seen = await createUnder(fault);
    assert.equal(seen.json.responseCode, `${status}2700`);
    assert.deepEqual([seen.status, seen.exists], [status, exists]);
  }
  for (const [fault, status, exists] of [['http:502', 502, false], ['http:503', 503, false], ['http:503:after', 503, true]]) {
    const seen = await createUnder(fault);
    assert.match(seen.text, /^<html>/);
    assert.deepEqual([seen.status, seen.exists], [status, exists]);
  }
});

test('drop_connection: before, after the work, after half the body', async () => {
  for (const [fault, exists] of [['drop_connection', false], ['drop_connection:before', false], ['drop_connection:processed', true], ['drop_connection:half', true]]) {
    const seen = await createUnder(fault);
    assert.equal(seen.error, 'ECONNRESET', fault);
    assert.equal(seen.exists, exists, fault);
    assert.equal(seen.received > 20, fault.endsWith('half'), fault);
  }
});

test('garbage_json: the status of success and no JSON', async () => {
  const seen = await createUnder('garbage_json');
  assert.deepEqual([seen.status, seen.json, seen.exists], [200, null, true]);
  assert.match(seen.text, /^\{"responseCode":"2002700"/);
});

test('unlisted_code: before or after the work', async () => {
  for (const [fault, exists] of [['unlisted_code', true], ['unlisted_code:before', false]]) {
    const seen = await createUnder(fault);
    assert.deepEqual([seen.status, seen.json.responseCode, seen.exists], [403, '4032777', exists]);
  }
});

test('wrong_encoding: the bank refuses the HMAC\'s encoding; or answers in UTF-16', async () => {
  const refused = await createUnder('wrong_encoding');
  assert.deepEqual([refused.json.responseCode, refused.exists], ['4012700', false]);
  const seen = await createUnder('wrong_encoding:body');
  assert.deepEqual([seen.status, seen.json, seen.exists], [200, null, true]);
  assert.match(seen.bytes.toString('utf16le'), /"responseCode":"2002700"/);
});

test('expired_token: the token is dead until a new one is asked for', async () => {
  await bank.post('faults', { op: '27', fault: 'expired_token' });
  assert.equal((await client.create()).json.responseCode, '4012701');
  assert.equal((await client.create()).json.responseCode, '4012701');
  client.token = null;
  assert.equal((await client.create()).json.responseCode, '2002700');
});

test('other_payment: the data of another account', async () => {
  const seen = await createUnder('other_payment');
  assert.equal(seen.json.responseCode, '2002700');
  assert.notEqual(seen.json.virtualAccountData.trxId, seen.body.trxId);
  assert.ok(seen.exists);
});

test('redirect: to elsewhere', async () => {
  const seen = await createUnder('redirect');
  assert.deepEqual([seen.status, seen.exists], [307, false]);
  assert.ok(seen.headers.location);
});

test('out_of_order: the push is there before the answer to the creation', async () => {
  for (const [op, path, body] of [['create_va', paths.create, newAccount()], ['qr_generate', paths.generate, newQr()]]) {
    await bank.post('faults', { op, fault: 'out_of_order' });
    merchant.got.length = 0;
    const { status } = await client.call(path, body);
    assert.equal(status, 200);
    const [seen] = merchant.got;
    assert.equal(seen?.signed, true);
    assert.equal(seen.body.originalPartnerReferenceNo ?? seen.body.virtualAccountNo, body.partnerReferenceNo ?? body.virtualAccountNo);
  }
  const { credits } = await bank.get('ledger?view=credits');
  assert.deepEqual(credits.map(({ told }) => told), ['accepted', 'accepted']);
});

test('faults of the token operation, and of all operations', async () => {
  await bank.post('faults', { op: 'token', fault: 'http:500' });
  assert.equal((await client.askToken()).json.responseCode, '5007300');
  assert.equal((await client.askToken()).status, 200);
  await bank.post('faults', { op: '*', fault: 'http:503', count: 2 });
  assert.deepEqual([(await client.askToken()).status, (await client.create()).status, (await client.create()).status], [503, 503, 200]);
});

test('the same seed and order meet the same faults; another seed others', async () => {
  const run = async (seed) => {
    await bank.post('reset');
    await bank.post('faults', { op: 'create_va', fault: 'http:500', probability: 0.4, seed });
    const seen = [];
    for (let index = 0; index < 60; ++index) seen.push((await client.create()).status === 500 ? 1 : 0);
    return seen.join('');
  };
  const [first, again, other] = [await run(11), await run(11), await run(12)];
  assert.equal(first, again);
  assert.notEqual(first, other);
  const fired = [...first].filter((one) => one === '1').length;
  assert.ok(fired > 10 && fired < 40, first);
  const [rule] = (await bank.get('faults')).faults;
  assert.equal(rule.asked, 60);
});

test('rules are held back, removed, and refused when they make no sense', async () => {
  const { id } = await bank.post('faults', { op: 'create_va', fault: 'http:500', count: 9 });
  await bank.post('faults', { enabled: false });
  assert.equal((await client.create()).status, 200);
  await bank.post('faults', { enabled: true });
  assert.equal((await client.create()).status, 500);
  assert.equal((await bank.control('DELETE', `faults/${id}`)).status, 200);
  assert.equal((await client.create()).status, 200);
  await bank.post('faults', { rules: [{ op: '27', fault: 'http:500' }, { op: '30', fault: 'garbage_json' }] });
  assert.equal((await bank.get('faults')).faults.length, 2);
  assert.deepEqual((await bank.control('DELETE', 'faults')).json.faults, []);
  for (const wrong of [{ op: 'create_va', fault: 'none' }, { op: 'nothing', fault: 'http:500' }, { op: '27', fault: 'http:418' }, { op: '27', fault: 'slow' }, { op: '34', fault: 'http:500' }, { op: '27', fault: 'dropped' }, { op: '35', fault: 'out_of_order' }, { op: '34', fault: 'wrong_encoding:body' }, { op: '27', fault: 'http:500', probability: 2 }, { op: '27', fault: 'http:500', count: 0 }, { op: '27', fault: 'http:500', seed: 'x' }, {}]) {
    const { status, json } = await bank.control('POST', 'faults', wrong);
    assert.deepEqual([status, json.error?.code], [400, 'fault_invalid'], JSON.stringify(wrong));
  }
});
