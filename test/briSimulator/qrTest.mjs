// Dynamic QRIS: generate and query on both families of paths.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { crc16 } from './bank/qrContent.mjs';
import { startSimulator } from './simulatorProcess.mjs';
import { newQr, paths, StrictClient } from './strictClient.mjs';

let bank;
let client;
before(async () => {
  bank = await startSimulator();
  client = new StrictClient(bank);
});
after(() => bank?.down());

const generate = async (changes, path = paths.generate) => {
  const body = newQr(changes);
  const answer = await client.call(path, body);
  assert.equal(answer.json.responseCode, '2004700', answer.text);
  assert.equal(answer.json.partnerReferenceNo, body.partnerReferenceNo);
  return { ...body, ...answer.json };
};
const query = (referenceNo, changes = {}, path = paths.query) =>
  client.call(path, { originalReferenceNo: referenceNo, serviceCode: '47', additionalInfo: { terminalId: '10049258' }, ...changes });
const code = async (promise, wanted) => {
  const answer = await promise;
  assert.equal(answer.json?.responseCode, wanted, answer.text);
  assert.equal(answer.status, Number(wanted.slice(0, 3)));
  return answer.json;
};

/** EMV tag-length-value, as a reader takes it apart. */
function parts(content) {
  const found = {};
  for (let at = 0; at < content.length;) {
    const length = Number(content.slice(at + 2, at + 4));
    found[content.slice(at, at + 2)] = content.slice(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return found;
}

test('47: a QR that a reader understands', async () => {
  const { qrContent, referenceNo } = await generate({ amount: { value: '150000.00', currency: 'IDR' } });
  assert.match(referenceNo, /^\d{12}$/);
  assert.equal(qrContent.slice(-4), crc16(qrContent.slice(0, -4)));
  const fields = parts(qrContent);
  assert.equal(fields['01'], '12');
  assert.equal(parts(fields['26'])['00'], 'ID.CO.BRI.WWW');
  assert.equal(fields['53'], '360');
  assert.equal(fields['54'], '150000');
  assert.equal(parts(fields['62'])['01'], referenceNo);
});

test('51: pending, paid, refunded, expired', async () => {
  const { referenceNo, partnerReferenceNo } = await generate();
  const pending = await code(query(referenceNo), '2005100');
  assert.equal(pending.latestTransactionStatus, '03');
  assert.equal(pending.paidTime, undefined);
  const { credit } = await bank.post('pay', { qr: referenceNo });
  const paid = await code(query(referenceNo), '2005100');
  assert.equal(paid.latestTransactionStatus, '00');
  assert.deepEqual(paid.amount, { value: '25000.00', currency: 'IDR' });
  assert.equal(paid.originalPartnerReferenceNo, partnerReferenceNo);
  assert.equal(paid.paidTime, `${credit.at.slice(0, 19)}+07:00`);
  assert.deepEqual(Object.keys(paid.additionalInfo).sort(), ['customerName', 'customerNumber', 'invoiceNumber', 'issuerName', 'issuerRrn', 'mpan']);
  await bank.post('reverse', { qr: referenceNo });
  assert.equal((await code(query(referenceNo), '2005100')).latestTransactionStatus, '04');
  const late = await generate();
  await bank.post('clock', { offset_s: 1801 });
  client.token = null; // the token is older than its life by now
  assert.equal((await code(client.call(paths.query, { originalReferenceNo: late.referenceNo, serviceCode: '47', additionalInfo: { terminalId: '10049258' } }, { timestamp: inFuture(1801), token: await tokenAt(1801) }), '2005100')).latestTransactionStatus, '06');
  await bank.post('clock', { offset_s: 0 });
});

const inFuture = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
const tokenAt = async (seconds) => (await client.askToken({ timestamp: inFuture(seconds) })).json.accessToken;

test('a QR is paid by its reference, the partner\'s reference or its content', async () => {
  for (const name of ['referenceNo', 'partnerReferenceNo', 'qrContent']) {
    const qr = await generate();
    assert.equal((await bank.post('pay', { qr: qr[name] })).credit?.qr, qr.referenceNo, name);
    assert.equal((await bank.control('POST', 'pay', { qr: qr[name] })).json.error.code, 'qr_paid');
  }
  assert.equal((await bank.control('POST', 'pay', { qr: '999999999999' })).status, 404);
});

test('the paths of every year', async () => {
  for (const prefix of ['/v1.0/qr-dynamic-mpm', '/v1.1/qr-dynamic-mpm']) {
    const { referenceNo } = await generate({}, ['POST', `${prefix}/qr-mpm-generate-qr`]);
    await code(query(referenceNo, {}, ['POST', `${prefix}/qr-mpm-query`]), '2005100');
  }
});

test('47: what is refused', async () => {
  const { partnerReferenceNo } = await generate();
  await code(client.call(paths.generate, newQr({ partnerReferenceNo })), '4094701');
  await code(client.call(paths.generate, newQr({ partnerReferenceNo: undefined })), '4004702');
  await code(client.call(paths.generate, newQr({ partnerReferenceNo: 'with space' })), '4004701');
  await code(client.call(paths.generate, newQr({ merchantId: '1' })), '4044708');
  await code(client.call(paths.generate, newQr({ terminalId: '1' })), '4044717');
  await code(client.call(paths.generate, newQr({ amount: { value: '100.50', currency: 'IDR' } })), '4044713');
  await code(client.call(paths.generate, newQr({ amount: { value: '100', currency: 'IDR' } })), '4004701');
});

test('51: what is refused', async () => {
  const { referenceNo } = await generate();
  await code(query('000000000000'), '4045101');
  await code(query(referenceNo, { serviceCode: '99' }), '4005101');
  await code(query(referenceNo, { serviceCode: '17' }), '2005100');
  await code(query(referenceNo, { additionalInfo: undefined }), '4005102');
  await code(query(referenceNo, { additionalInfo: { terminalId: '1' } }), '4045117');
});
