// Every rule of the bank with one request that breaks it, and that nothing was kept of that request.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { inDays, newAccount, newExternalId, now, paths, send, StrictClient } from './strictClient.mjs';

let bank;
let client;
before(async () => {
  bank = await startSimulator();
  client = new StrictClient(bank);
});
after(() => bank?.down());

async function refused(promise, code, message) {
  const before = (await bank.get('state')).accounts;
  const answer = await promise();
  assert.equal(answer.json?.responseCode, code, answer.text);
  assert.equal(answer.status, Number(code.slice(0, 3)));
  if (message) assert.equal(answer.json.responseMessage, message);
  assert.ok(answer.json.responseMessage.length <= 150);
  assert.equal((await bank.get('state')).accounts, before);
  return answer.json;
}
const withHeader = (name, value) => () => client.create(newAccount(), { headers: { [name]: value } });
const withBody = (changes) => () => client.create(newAccount(changes));

test('headers: each is mandatory and has its form', async () => {
  for (const name of ['Content-Type', 'X-TIMESTAMP', 'X-SIGNATURE', 'X-PARTNER-ID', 'CHANNEL-ID', 'X-EXTERNAL-ID']) {
    await refused(withHeader(name, undefined), '4002702', `Invalid Mandatory Field ${name}`);
  }
  await refused(withHeader('Content-Type', 'text/plain'), '4002702');
  await refused(() => client.create(newAccount(), { timestamp: '2026-01-01 00:00:00' }), '4002701', 'Invalid Field Format X-TIMESTAMP');
  await refused(withHeader('X-PARTNER-ID', 'with space'), '4002701');
  await refused(withHeader('X-PARTNER-ID', 'P'.repeat(37)), '4002701');
  await refused(withHeader('CHANNEL-ID', '9'), '4002701');
  await refused(withHeader('X-EXTERNAL-ID', '12345678a'), '4002701', 'Invalid Field Format X-EXTERNAL-ID');
  await refused(withHeader('X-EXTERNAL-ID', '1234567890'), '4002701');
});

test('the token: missing, unknown, of another form, older than its life', async () => {
  await refused(withHeader('Authorization', undefined), '4012701', 'Access Token Invalid');
  await refused(withHeader('Authorization', `Basic ${client.token}`), '4012701');
  await refused(() => client.create(newAccount(), { token: 'A'.repeat(28) }), '4012701');
  const { accessToken } = (await client.askToken()).json;
  const at = async (seconds) => {
    await bank.post('clock', { offset_s: seconds });
    return client.create(newAccount(), { token: accessToken, timestamp: now(Date.now() + seconds * 1000) });
  };
  assert.equal((await at(890)).status, 200);
  await refused(() => at(900), '4012701');
  await bank.post('clock', { offset_s: 0 });
});

test('the signature covers method, path, token, body and time', async () => {
  const wrong = (change) => () => client.create(newAccount(), change);
  const message = 'Unauthorized. Signature';
  await refused(wrong({ secret: 'another' }), '4012700', message);
  await refused(wrong({ signedPath: '/snap/v1.0/transfer-va/update-va' }), '4012700', message);
  await refused(wrong({ signedText: JSON.stringify(newAccount({ totalAmount: { value: '1.00', currency: 'IDR' } })) }), '4012700', message);
  await refused(wrong({ headers: { 'X-TIMESTAMP': now(Date.now() - 1000) } }), '4012700', message);
  await refused(wrong({ headers: { 'X-SIGNATURE': 'f'.repeat(128) } }), '4012700', message);
  await refused(wrong({ headers: { 'X-SIGNATURE': 'short' } }), '4012700', message);
  const another = (await client.askToken()).json.accessToken;
  await refused(wrong({ headers: { Authorization: `Bearer ${another}` } }), '4012700', message);
});

test('the signature counts the minified bytes, numbers and escapes as they were sent', async () => {
  const body = newAccount();
  const spaced = JSON.stringify(body, null, 2);
  assert.equal((await client.create(body, { text: spaced })).status, 200);
  const escaped = JSON.stringify(newAccount()).replace('Sabrina', 'Sa\\u0062rina');
  assert.equal((await client.create(null, { text: escaped })).json.virtualAccountData.virtualAccountName, 'Sabrina');
  const other = JSON.stringify(newAccount()).replace('Sabrina', 'Sa\\u0062rina');
  await refused(() => client.create(null, { text: other, signedText: other.replace('\\u0062', 'b') }), '4012700');
});

test('the age of a request', async () => {
  const at = (seconds) => () => client.create(newAccount(), { timestamp: now(Date.now() + seconds * 1000) });
  await refused(at(-310), '4012700', 'Unauthorized. X-TIMESTAMP');
  await refused(at(310), '4012700', 'Unauthorized. X-TIMESTAMP');
  assert.equal((await at(-290)()).status, 200);
  assert.equal((await client.create(newAccount(), { timestamp: new Date().toISOString() })).status, 200);
});

test('X-EXTERNAL-ID is used once a Jakarta day, for all operations together', async () => {
  const externalId = newExternalId();
  assert.equal((await client.create(newAccount(), { externalId })).status, 200);
  const repeats = (await bank.get('state')).external_id_repeats;
  await refused(() => client.create(newAccount(), { externalId }), '4092700', 'Conflict');
  const { json } = await client.call(paths.report, {}, { externalId });
  assert.equal(json.responseCode, '4093500');
  assert.equal((await bank.get('state')).external_id_repeats, repeats + 2);
  const used = newExternalId();
  await refused(() => client.create(newAccount({ trxId: '' }), { externalId: used }), '4002702');
  await refused(() => client.create(newAccount(), { externalId: used }), '4092700');
  const unsigned = newExternalId(); // who is not the partner uses up nothing
  await refused(() => client.create(newAccount(), { externalId: unsigned, secret: 'another' }), '4012700');
  assert.equal((await client.create(newAccount(), { externalId: unsigned })).status, 200);
  await bank.post('clock', { offset_s: 86_400 });
  const tomorrow = Date.now() + 86_400_000;
  const token = (await client.askToken({ timestamp: now(tomorrow) })).json.accessToken;
  assert.equal((await client.create(newAccount({ expiredDate: inDays(3) }), { externalId, timestamp: now(tomorrow), token })).status, 200);
  await bank.post('clock', { offset_s: 0 });
  client.token = null; // yesterday's died meanwhile
  await refused(() => client.create(newAccount(), { externalId }), '4092700');
});

test('the body: JSON, an object, not too long', async () => {
  await refused(() => client.create(null, { text: '{"trxId":' }), '4002700', 'Bad Request');
  await refused(() => client.create(null, { text: '{"trxId":"no end' }), '4002700');
  await refused(() => client.create(null, { text: '[]' }), '4002700');
  await refused(() => client.create(null, { text: '' }), '4002700');
  const long = await client.create(newAccount({ additionalInfo: { description: 'x'.repeat(70_000) } }));
  assert.equal(long.json.responseCode, '4132700');
});

test('members: each mandatory one is missed', async () => {
  for (const name of ['partnerServiceId', 'customerNo', 'virtualAccountNo', 'virtualAccountName', 'totalAmount', 'expiredDate', 'trxId']) {
    await refused(withBody({ [name]: undefined }), '4002702', `Invalid Mandatory Field ${name}`);
    await refused(withBody({ [name]: null }), '4002702');
  }
  await refused(withBody({ totalAmount: { currency: 'IDR' } }), '4002702', 'Invalid Mandatory Field totalAmount.value');
  await refused(withBody({ totalAmount: { value: '1.00' } }), '4002702', 'Invalid Mandatory Field totalAmount.currency');
});

test('the number: left padded with spaces to 8, digits, joined', async () => {
  const joined = (partnerServiceId, customerNo) => ({ partnerServiceId, customerNo, virtualAccountNo: partnerServiceId + customerNo });
  await refused(withBody(joined('77777', '123')), '4002701', 'Invalid Field Format partnerServiceId');
  await refused(withBody(joined('00077777', '123')), '4042716', 'Partner Not Found');
  await refused(withBody(joined('77777   ', '123')), '4002701');
  await refused(withBody(joined('   88888', '123')), '4042716');
  await refused(withBody(joined('   77777', '12345678901234')), '4002701', 'Invalid Field Format customerNo');
  await refused(withBody(joined('   77777', '12a')), '4002701');
  await refused(withBody({ virtualAccountNo: '   77777999' }), '4002701', 'Invalid Field Format virtualAccountNo');
  await refused(withBody({ virtualAccountNo: '77777999' }), '4002701');
});

test('the amount: text with two decimals, IDR, whole rupiah above zero', async () => {
  const amount = (value, currency = 'IDR') => withBody({ totalAmount: { value, currency } });
  for (const value of ['10000', '10000.0', '10000.000', '10,000.00', '-1.00', '+1.00', '1e4.00', ' 1.00', '01.00', '.00', '10000000000000000.00', '\uff11.00', 10000, {}]) {
    await refused(amount(value), '4002701', 'Invalid Field Format totalAmount.value');
  }
  await refused(amount('1.00', 'USD'), '4002701', 'Invalid Field Format totalAmount.currency');
  await refused(withBody({ totalAmount: '10000.00' }), '4002701', 'Invalid Field Format totalAmount');
  await refused(amount('0.00'), '4042713', 'Invalid Amount');
  await refused(amount('1.50'), '4042713', 'Invalid Amount');
});

test('other members', async () => {
  await refused(withBody({ virtualAccountName: 'x'.repeat(256) }), '4002701');
  await refused(withBody({ virtualAccountName: 7 }), '4002701');
  await refused(withBody({ trxId: 'T'.repeat(33) }), '4002701', 'Invalid Field Format trxId');
  await refused(withBody({ trxId: 'with space' }), '4002701');
  await refused(withBody({ expiredDate: inDays(-1) }), '4002701', 'Invalid Field Format expiredDate');
  await refused(withBody({ expiredDate: inDays(94) }), '4002701');
  await refused(withBody({ expiredDate: '2030-01-01 00:00:00' }), '4002701');
  await refused(withBody({ additionalInfo: 'text' }), '4002701', 'Invalid Field Format additionalInfo');
  await refused(withBody({ virtualAccountTrxType: 'Q' }), '4002701');
});

test('the token request: every rule', async () => {
  const ask = (change) => () => client.askToken(change);
  for (const name of ['X-CLIENT-KEY', 'X-TIMESTAMP', 'X-SIGNATURE']) {
    await refused(ask({ headers: { [name]: undefined } }), '4007302', `Invalid Mandatory Field ${name}`);
  }
  await refused(ask({ timestamp: 'yesterday' }), '4007301');
  await refused(ask({ timestamp: now(Date.now() - 310_000) }), '4017300', 'Unauthorized. X-TIMESTAMP');
  await refused(ask({ headers: { 'X-CLIENT-KEY': 'another' } }), '4017300', 'Unauthorized. Unknown client');
  await refused(ask({ key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }), '4017300', 'Unauthorized. stringToSign');
  await refused(ask({ headers: { 'X-SIGNATURE': 'bm8gc2lnbmF0dXJl' } }), '4017300');
  await refused(ask({ body: '{' }), '4007300');
  await refused(ask({ body: '{}' }), '4007302');
  await refused(ask({ body: '{"grantType":"password"}' }), '4007301');
});

test('unknown paths and methods', async () => {
  const answer = async (method, path) => (await send(bank.url + path, method, { 'Content-Type': 'application/json' }, '{}')).status;
  assert.equal(await answer('POST', '/snap/v1.0/transfer-va/none'), 404);
  assert.equal(await answer('GET', '/snap/v1.0/transfer-va/create-va'), 405);
  assert.equal(await answer('POST', '/snap/v1.0/transfer-va/create-va?a=1'), 404);
});

test('one encoding only, a fixed partner and channel, longer external ids', async (t) => {
  const other = await startSimulator({ hmacEncoding: 'base64', partnerId: 'KSERVICES', channelId: '00009', externalIdMaxDigits: 36 });
  t.after(() => other.down());
  const hex = new StrictClient(other);
  assert.equal((await hex.create()).json.responseCode, '4012700');
  const base64 = new StrictClient(other, { encoding: 'base64' });
  assert.equal((await base64.create(newAccount(), { externalId: '1'.repeat(36) })).json.responseCode, '2002700');
  assert.equal((await base64.create(newAccount(), { headers: { 'X-PARTNER-ID': 'OTHER' } })).json.responseCode, '4012700');
  assert.equal((await base64.create(newAccount(), { headers: { 'CHANNEL-ID': '00001' } })).json.responseCode, '4012700');
  assert.equal((await new StrictClient(bank, { encoding: 'base64' }).create()).json.responseCode, '2002700');
});

test('--diagnose shows the string to sign and the body\'s hash, else nothing does', async (t) => {
  assert.equal((await client.create(newAccount(), { secret: 'another' })).json.diagnose, undefined);
  const other = await startSimulator({}, '--diagnose');
  t.after(() => other.down());
  const partner = new StrictClient(other);
  const timestamp = now();
  const { json } = await partner.create(null, { text: '{ "hello" : "world" }', secret: 'another', timestamp });
  const hash = '93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588';
  assert.deepEqual(json.diagnose, { stringToSign: `POST:/snap/v1.0/transfer-va/create-va:${partner.token}:${hash}:${timestamp}`, bodyHash: hash });
  const token = await partner.askToken({ timestamp, headers: { 'X-SIGNATURE': 'AAAA' } });
  assert.deepEqual(token.json.diagnose, { stringToSign: `ks-partner|${timestamp}` });
});

test('without the partner\'s key no token is given; the key may come and change while the bank runs', async (t) => {
  const other = await startSimulator();
  t.after(() => other.down());
  const file = other.config.partnerPublicKey;
  const pem = fs.readFileSync(file);
  const answer = async () => (await new StrictClient(other).askToken()).status;
  fs.rmSync(file);
  assert.equal(await answer(), 401);
  assert.equal((await other.get('state')).partner_key, false);
  fs.writeFileSync(file, generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }));
  assert.equal(await answer(), 401);
  fs.writeFileSync(file, pem);
  fs.utimesSync(file, 1, 1);
  assert.equal(await answer(), 200);
});
