// The settings of the simulator: defaults, then the file. An unknown name is a fault, for a misspelled one would do nothing.
import fs from 'node:fs';

export const defaults = {
  // The partner calls the bank with these.
  clientId: 'ks-partner',
  clientSecret: 'ks-partner-secret',
  partnerPublicKey: null, // path of the partner's PEM; read again when it changes
  hmacEncoding: 'both', // hex | base64 | both: what the bank accepts
  partnerId: null, // X-PARTNER-ID that must be sent; null: any of the right form
  channelId: null, // CHANNEL-ID, likewise
  partnerServiceId: '77777',
  merchantId: '000001019000014',
  terminalId: '10049258',
  accountNo: '001901000378301', // of the bank statement
  skewS: 300,
  tokenAgeS: 899,
  externalIdMaxDigits: 9, // 9 (BRIVA WS) to 36
  trxIdMaxLength: 32,
  maxExpiryDays: 93,
  qrLifetimeS: 1800,
  qrServiceCodes: ['47', '17'],
  lowerCaseDataKey: false, // true: "virtualAccountdata", as ASPI writes it, in answers of 31 and 35
  bodyLimit: 65536,
  holdMs: 60000, // how long a time-out fault keeps a connection
  tls: null, // {cert, key}: paths; the server speaks HTTPS then
  // The bank calls the partner with these.
  callback: {
    baseUrl: null, // e.g. http://127.0.0.1:8080/api/payment/bri; null: nothing is sent
    signedPathPrefix: null, // replaces the path of baseUrl in what is signed
    paths: {
      token: '/snap/v1.0/access-token/b2b',
      push: '/snap/v1.0/transfer-va/notify-payment-intrabank',
      inquiry: '/snap/v1.0/transfer-va/inquiry',
      payment: '/snap/v1.0/transfer-va/payment',
      qrNotify: '/snap/v1.1/qr/qr-mpm-notify',
    },
    clientId: 'bri-at-ks',
    clientSecret: 'bri-at-ks-secret',
    partnerId: 'BRI',
    channelId: '00009',
    hmacEncoding: 'hex', // hex | base64: what the bank sends
    qrSignature: 'rsa', // rsa: SHA256withRSA over client|timestamp, body unsigned; hmac: as every other call
    bodyStyle: 'minified', // minified | spacedRaw | spacedMinified: white space in the body, and which bytes are hashed
    pushAmount: false, // paidAmount in push 34
    timeoutMs: 10000,
    retries: 0, // of a push that was not accepted
    retryDelayMs: 5000,
    ca: null, // path of a PEM that is trusted besides the system's
  },
};

function merge(base, given, where) {
  const merged = { ...base };
  for (const [name, value] of Object.entries(given)) {
    if (!(name in base)) throw new Error(`${where}${name} is no setting`);
    const inner = base[name] !== null && typeof base[name] === 'object' && !Array.isArray(base[name]);
    merged[name] = inner ? merge(base[name], value, `${where}${name}.`) : value;
  }
  return merged;
}

const oneOf = (value, allowed, name) => {
  if (!allowed.includes(value)) throw new Error(`${name} is one of ${allowed.join(', ')}`);
};

export function readConfig(file) {
  const config = merge(defaults, file ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}, '');
  oneOf(config.hmacEncoding, ['hex', 'base64', 'both'], 'hmacEncoding');
  oneOf(config.callback.hmacEncoding, ['hex', 'base64'], 'callback.hmacEncoding');
  oneOf(config.callback.qrSignature, ['rsa', 'hmac'], 'callback.qrSignature');
  oneOf(config.callback.bodyStyle, ['minified', 'spacedRaw', 'spacedMinified'], 'callback.bodyStyle');
  if (!/^\d{1,8}$/.test(config.partnerServiceId)) throw new Error('partnerServiceId has 1 to 8 digits');
  if (!(config.externalIdMaxDigits >= 9 && config.externalIdMaxDigits <= 36)) throw new Error('externalIdMaxDigits is 9 to 36');
  if (config.callback.baseUrl) new URL(config.callback.baseUrl);
  return config;
}
