// The bank as the caller of the partner: a token of the partner, then signed calls over kept connections.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { jakartaTimestamp } from '../snap/jakartaTime.mjs';
import { clientStringToSign, hmacSha512, rsaSign, sha256Hex, stringToSign } from '../snap/signature.mjs';

const answerLimit = 65536;
const staleMs = 3_600_000;

/** White space where JSON allows it, for partners that hash what they parsed. */
const spaced = (body) => JSON.stringify(body, null, 1);

export class MerchantClient {
  #config;
  #bankKey;
  #clock;
  #agent;
  #library;
  #token = { text: null, until: 0 };
  #asking = null;

  constructor(config, bankKey, clock) {
    this.#config = config;
    this.#bankKey = bankKey;
    this.#clock = clock;
    const secure = config.baseUrl?.startsWith('https:');
    this.#library = secure ? https : http;
    const ca = config.ca ? { ca: fs.readFileSync(config.ca) } : {};
    this.#agent = new this.#library.Agent({ keepAlive: true, maxSockets: 256, ...ca });
  }

  get isConfigured() {
    return this.#config.baseUrl !== null;
  }

  forgetToken() {
    this.#token = { text: null, until: 0 };
  }

  close() {
    this.#agent.destroy();
  }

  /** Answers {http, contentType, text} or {error}; never throws. A redirect is an answer like any other. */
  #post(path, headers, text) {
    const url = new URL(this.#config.baseUrl.replace(/\/$/, '') + path);
    const body = Buffer.from(text);
    return new Promise((done) => {
      const started = performance.now();
      const finish = (result) => {
        clearTimeout(timer);
        done({ ms: Math.round(performance.now() - started), ...result });
      };
      const request = this.#library.request(url, { method: 'POST', agent: this.#agent, headers: { 'Content-Type': 'application/json', ...headers, 'Content-Length': body.length } }, (response) => {
        const parts = [];
        let length = 0;
        response.on('data', (part) => {
          length += part.length;
          if (length > answerLimit) return request.destroy(new Error('answer too long'));
          parts.push(part);
        });
        response.on('end', () => finish({ http: response.statusCode, contentType: response.headers['content-type'] ?? '', text: Buffer.concat(parts).toString('utf8') }));
        response.on('error', (error) => finish({ error: error.message }));
      });
      const timer = setTimeout(() => request.destroy(new Error('timeout')), this.#config.timeoutMs);
      request.on('error', (error) => finish({ error: error.message }));
      request.end(body);
    });
  }

  /** The partner's token, asked for once however many calls wait; {token} or {failure}. */
  async #currentToken() {
    if (this.#token.text && this.#token.until > Date.now()) return { token: this.#token.text };
    this.#asking ??= this.#askToken().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #askToken() {
    const timestamp = jakartaTimestamp(this.#clock.now());
    const answer = await this.#post(this.#config.paths.token, {
      'X-CLIENT-KEY': this.#config.clientId,
      'X-TIMESTAMP': timestamp,
      'X-SIGNATURE': rsaSign(this.#bankKey, clientStringToSign(this.#config.clientId, timestamp)),
    }, '{"grantType":"client_credentials"}');
    let body = {};
    try {
      body = JSON.parse(answer.text);
    } catch { /* no token in it */ }
    if (answer.http !== 200 || typeof body.accessToken !== 'string') {
      return { failure: { http: answer.http, error: `no token from the partner: ${answer.error ?? `${answer.http} ${body.responseCode ?? ''}`}`, ms: answer.ms } };
    }
    const seconds = Number(body.expiresIn);
    this.#token = { text: body.accessToken, until: Date.now() + Math.max(seconds - 60, 1) * 1000 };
    return { token: body.accessToken };
  }

  /** One signed call. fault spoils it; qr chooses the signature of the QR notification. */
  async call({ path, body, externalId, fault, qr = false }) {
    const config = this.#config;
    const got = await this.#currentToken();
    if (got.failure) return got.failure;
    const token = fault?.name === 'expired_token' ? createHash('sha256').update(got.token).digest('base64url').slice(0, 28) : got.token;
    const timestamp = jakartaTimestamp(this.#clock.now() - (fault?.name === 'stale_timestamp' ? staleMs : 0));
    const minified = JSON.stringify(body);
    const text = config.bodyStyle === 'minified' ? minified : spaced(body);
    const signature = this.#sign({ path, qr, token, timestamp, hashed: config.bodyStyle === 'spacedRaw' ? text : minified, fault });
    const headers = {
      Authorization: `Bearer ${token}`,
      'X-TIMESTAMP': timestamp,
      'X-PARTNER-ID': config.partnerId,
      'CHANNEL-ID': config.channelId,
      'X-EXTERNAL-ID': externalId,
      ...(fault?.name !== 'unsigned' && { 'X-SIGNATURE': signature }),
      ...(qr && { ORIGIN: 'partner.api.bri.co.id', 'X-IP-ADDRESS': '10.0.0.1', 'X-DEVICE-ID': 'simulator', 'X-LATITUDE': '-6.2', 'X-LONGITUDE': '106.8' }),
    };
    const answer = await this.#post(path, headers, fault?.name === 'altered_amount' ? altered(text) : text);
    if (answer.http === 401) this.forgetToken();
    return answer;
  }

  #sign({ path, qr, token, timestamp, hashed, fault }) {
    const config = this.#config;
    const wrong = fault?.name === 'wrong_signature';
    if (qr && config.qrSignature === 'rsa') return rsaSign(this.#bankKey, clientStringToSign(config.clientId + (wrong ? 'x' : ''), timestamp));
    const prefix = config.signedPathPrefix ?? new URL(config.baseUrl).pathname.replace(/\/$/, '');
    const text = stringToSign('POST', prefix + path, token, sha256Hex(hashed), timestamp);
    const other = config.hmacEncoding === 'hex' ? 'base64' : 'hex';
    return hmacSha512(config.clientSecret + (wrong ? 'x' : ''), text, fault?.name === 'wrong_encoding' ? other : config.hmacEncoding);
  }
}

/** The body after somebody on the way changed it: the amount where there is one, else one is added. */
function altered(text) {
  const changed = text.replace(/("value":\s?")(\d+)(\.\d\d")/, (_, before, rupiah, after) => `${before}${BigInt(rupiah) + 1n}${after}`);
  return changed === text ? text.replace(/\}$/, ',"paidAmount":{"value":"1.00","currency":"IDR"}}') : changed;
}
