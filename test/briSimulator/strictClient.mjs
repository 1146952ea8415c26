// A partner as the specification describes it. It shares no code with the simulator, so that both cannot be wrong together.
import { createHash, createHmac, createSign } from 'node:crypto';
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true });

/** JSON without white space outside of strings, by tokens. */
export const minified = (text) => text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, (_, string) => string ?? '');

export const now = (ms = Date.now()) => `${new Date(ms + 25_200_000).toISOString().slice(0, -1)}+07:00`;
export const inDays = (days) => `${new Date(Date.now() + 25_200_000 + days * 86_400_000).toISOString().slice(0, 19)}+07:00`;

let lastExternalId = 100_000_000 + (Date.now() % 1_000_000) * 100;
export const newExternalId = () => String(++lastExternalId);

/** One request; {status, json, text, headers}, or it rejects with the connection's error. */
export function send(url, method, headers, text, timeoutMs = 5000) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent, headers: { ...headers, 'Content-Length': Buffer.byteLength(text) } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', (error) => reject(Object.assign(error, { received: Buffer.concat(parts).length })));
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        let json = null;
        try {
          json = JSON.parse(bytes.toString('utf8'));
        } catch { /* the test looks at it */ }
        resolve({ status: response.statusCode, json, bytes, text: bytes.toString('utf8'), headers: response.headers });
      });
    });
    const timer = setTimeout(() => request.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })), timeoutMs);
    request.on('close', () => clearTimeout(timer));
    request.on('error', reject);
    request.end(text);
  });
}

const va = '/snap/v1.0/transfer-va';
export const paths = {
  create: ['POST', `${va}/create-va`],
  update: ['PUT', `${va}/update-va`],
  updateStatus: ['PUT', `${va}/update-status`],
  inquiry: ['POST', `${va}/inquiry-va`],
  delete: ['DELETE', `${va}/delete-va`],
  report: ['POST', `${va}/report`],
  status: ['POST', `${va}/status`],
  generate: ['POST', '/snap/v1.1/qr/qr-mpm-generate'],
  query: ['POST', '/snap/v1.1/qr/qr-mpm-query'],
  refund: ['POST', '/snap/v1.1/qr/qr-mpm-refund'],
  statement: ['POST', '/snap/v1.1/bank-statement'],
};

let lastNumber = 0;
/** The body of a creation that the bank takes; changes replace members. */
export function newAccount(changes = {}) {
  const number = String(Date.now()).slice(-7) + String(++lastNumber).padStart(5, '0');
  const customerNo = changes.customerNo ?? number;
  return {
    partnerServiceId: '   77777',
    customerNo,
    virtualAccountNo: `   77777${customerNo}`,
    virtualAccountName: 'Sabrina',
    totalAmount: { value: '10000.00', currency: 'IDR' },
    expiredDate: inDays(1),
    trxId: `TRX${number}`,
    additionalInfo: { description: 'a test' },
    ...changes,
  };
}

export const fourOf = ({ partnerServiceId, customerNo, virtualAccountNo, trxId }) => ({ partnerServiceId, customerNo, virtualAccountNo, trxId });

export const newQr = (changes = {}) => ({
  partnerReferenceNo: `REF${Date.now()}${++lastNumber}`,
  amount: { value: '25000.00', currency: 'IDR' },
  merchantId: '000001019000014',
  terminalId: '10049258',
  ...changes,
});

/** The body of a refund of a code that was made. */
export const newRefund = ({ partnerReferenceNo, referenceNo }, changes = {}) => ({
  merchantId: '000001019000014',
  originalPartnerReferenceNo: partnerReferenceNo,
  originalReferenceNo: referenceNo,
  partnerRefundNo: `BACK${Date.now()}${++lastNumber}`,
  refundAmount: { value: '10000.00', currency: 'IDR' },
  reason: 'damaged',
  additionalInfo: { terminalId: '10049258' },
  ...changes,
});

export class StrictClient {
  token = null;

  constructor(simulator, { encoding = 'hex', clientId = 'ks-partner', secret = 'ks-partner-secret' } = {}) {
    Object.assign(this, { simulator, encoding, clientId, secret });
  }

  async askToken({ timestamp = now(), headers = {}, body = '{"grantType":"client_credentials"}', key = this.simulator.partner.privateKey } = {}) {
    const signature = createSign('RSA-SHA256').update(`${this.clientId}|${timestamp}`).sign(key, 'base64');
    const all = { 'Content-Type': 'application/json', 'X-CLIENT-KEY': this.clientId, 'X-TIMESTAMP': timestamp, 'X-SIGNATURE': signature, ...headers };
    for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
    return send(`${this.simulator.url}/snap/v1.0/access-token/b2b`, 'POST', all, body);
  }

  /**
   * A signed request, as send() takes it. change: {headers, text, timestamp, externalId, token, secret, encoding, signedText, signedPath};
   * a header that is undefined is left out.
   */
  async signed([method, path], body, change = {}) {
    this.token ??= (await this.askToken()).json.accessToken;
    const text = change.text ?? JSON.stringify(body);
    const timestamp = change.timestamp ?? now();
    const token = change.token ?? this.token;
    const hash = createHash('sha256').update(minified(change.signedText ?? text)).digest('hex');
    const signature = createHmac('sha512', change.secret ?? this.secret)
      .update([method, change.signedPath ?? path, token, hash, timestamp].join(':'))
      .digest(change.encoding ?? this.encoding);
    const headers = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
      'X-TIMESTAMP': timestamp,
      'X-SIGNATURE': signature,
      'X-PARTNER-ID': 'KSERVICES',
      'CHANNEL-ID': '00009',
      'X-EXTERNAL-ID': change.externalId ?? newExternalId(),
      ...change.headers,
    };
    for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
    return [this.simulator.url + path, method, headers, text];
  }

  async call(target, body, change = {}) {
    return send(...(await this.signed(target, body, change)), change.timeoutMs);
  }

  create(body = newAccount(), change) {
    return this.call(paths.create, body, change);
  }
}
