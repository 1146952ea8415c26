// The partner's side: it checks what the bank sends as the specification says, and answers as it is told.
import { createHash, createHmac, createVerify, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import { minified } from './strictClient.mjs';

const prefix = '/api/payment/bri';
const codes = {
  '/snap/v1.0/transfer-va/notify-payment-intrabank': 'push',
  '/snap/v1.0/transfer-va/inquiry': 'inquiry',
  '/snap/v1.0/transfer-va/payment': 'payment',
  '/snap/v1.1/qr/qr-mpm-notify': 'qr_notify',
};

function goodAnswer(op, body, { total }) {
  const { partnerServiceId, customerNo, virtualAccountNo } = body;
  const named = { partnerServiceId, customerNo, virtualAccountNo };
  const ok = (responseCode, virtualAccountData) => ({ responseCode, responseMessage: 'Successful', ...(virtualAccountData && { virtualAccountData }) });
  if (op === 'push') return ok('2003400', { ...named, paymentRequestId: body.paymentRequestId });
  if (op === 'qr_notify') return ok('2005200');
  if (op === 'inquiry') {
    return ok('2002400', { ...named, virtualAccountName: 'Sabrina', inquiryRequestId: body.inquiryRequestId, totalAmount: { value: total, currency: 'IDR' }, inquiryStatus: '00', inquiryReason: { english: 'Success', indonesia: 'Sukses' } });
  }
  return ok('2002500', { ...named, virtualAccountName: 'Sabrina', paymentRequestId: body.paymentRequestId, paidAmount: body.paidAmount, paymentFlagStatus: '00', paymentFlagReason: { english: 'Success', indonesia: 'Sukses' } });
}

export async function startMerchant({ clientId = 'bri-at-ks', secret = 'bri-at-ks-secret', qrSignature = 'rsa', hash = 'minified' } = {}) {
  const merchant = {
    got: [], // {op, body, text, headers, signed: true | what is wrong}
    tokens: 0,
    bankKey: null,
    total: '10000.00',
    token: `token-of-the-merchant-0`,
    expiresIn: '899',
    /** op -> what the next calls are answered with, one each: {status, body, text, headers}, or a function (request, response, seen). */
    answers: { token: [], push: [], inquiry: [], payment: [], qr_notify: [] },
    of: (op) => merchant.got.filter((one) => one.op === op),
  };

  function checkToken({ headers }) {
    const text = `${headers['x-client-key']}|${headers['x-timestamp']}`;
    return headers['x-client-key'] === clientId && createVerify('RSA-SHA256').update(text).verify(merchant.bankKey, headers['x-signature'], 'base64');
  }

  function checkCall(op, { headers, url }, text) {
    if (headers.authorization !== `Bearer ${merchant.token}`) return 'token';
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00$/.test(headers['x-timestamp'])) return 'form of X-TIMESTAMP';
    if (Math.abs(Date.parse(headers['x-timestamp']) - Date.now()) > 300_000) return 'age';
    for (const name of ['x-partner-id', 'channel-id', 'x-external-id']) if (!headers[name]) return name;
    const given = headers['x-signature'];
    if (!given) return 'unsigned';
    if (op === 'qr_notify' && qrSignature === 'rsa') {
      return createVerify('RSA-SHA256').update(`${clientId}|${headers['x-timestamp']}`).verify(merchant.bankKey, given, 'base64') || 'signature';
    }
    const hashed = createHash('sha256').update(hash === 'raw' ? text : minified(text)).digest('hex');
    const mac = createHmac('sha512', secret).update(`POST:${url}:${merchant.token}:${hashed}:${headers['x-timestamp']}`).digest();
    const bytes = Buffer.from(given, given.length === 128 ? 'hex' : 'base64');
    merchant.encoding = given.length === 128 ? 'hex' : 'base64';
    return (bytes.length === 64 && timingSafeEqual(bytes, mac)) || 'signature';
  }

  function answerWith(response, { status = 200, body, text, headers = {} }) {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(text ?? JSON.stringify(body));
  }

  function answerToken(request, response) {
    ++merchant.tokens;
    const told = merchant.answers.token.shift();
    if (told) return answerWith(response, told);
    if (!checkToken(request)) return answerWith(response, { status: 401, body: { responseCode: '4017300', responseMessage: 'Unauthorized. stringToSign' } });
    merchant.token = `token-of-the-merchant-${merchant.tokens}`;
    answerWith(response, { body: { accessToken: merchant.token, tokenType: 'BearerToken', expiresIn: merchant.expiresIn } });
  }

  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const path = request.url.slice(prefix.length);
      if (path === '/snap/v1.0/access-token/b2b') return answerToken(request, response);
      const op = codes[path];
      const text = Buffer.concat(parts).toString('utf8');
      const seen = { op, text, body: JSON.parse(text), headers: request.headers, signed: checkCall(op, request, text) };
      merchant.got.push(seen);
      const told = merchant.answers[op].shift();
      if (typeof told === 'function') return told(request, response, seen);
      if (told) return answerWith(response, told);
      if (seen.signed !== true) return answerWith(response, { status: 401, body: { responseCode: `401${{ push: 34, inquiry: 24, payment: 25, qr_notify: 52 }[op]}00`, responseMessage: 'Unauthorized. Signature' } });
      answerWith(response, { body: goodAnswer(op, seen.body, merchant) });
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  merchant.url = `http://127.0.0.1:${server.address().port}${prefix}`;
  merchant.close = () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
  return merchant;
}
