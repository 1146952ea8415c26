// The bank's side: every request passes the checks in the bank's order before its operation sees it.
import { answerAfter, answerBefore } from '../faults/faultyAnswer.mjs';
import { faultNote } from '../faults/faultRules.mjs';
import { journalBody } from '../journal.mjs';
import { jakartaDay, jakartaTimestamp, parseTimestamp } from '../snap/jakartaTime.mjs';
import { minify } from '../snap/jsonMinifier.mjs';
import { encodingsOf, hmacMatches, sha256Hex, stringToSign } from '../snap/signature.mjs';
import { createAccount, deleteAccount, inquireAccount, updateAccount, updateStatus } from './accountOperations.mjs';
import { report, status } from './accountReports.mjs';
import { isObject, missingField, refusal, wrongFormat } from './fieldRules.mjs';
import { generateQr, queryQr, refundQr } from './qrOperations.mjs';
import { bankStatement } from './statementOperation.mjs';
import { issueToken } from './tokens.mjs';

const va = '/snap/v1.0/transfer-va';
const operation = (name, service, run) => ({ name, service, run });
const generate = operation('qr_generate', '47', generateQr);
const query = operation('qr_query', '51', queryQr);

/** METHOD path -> operation. The QR paths are those of 2023, of the bank's kit and of the newest page. */
const routes = new Map([
  ['POST /snap/v1.0/access-token/b2b', operation('token', '73', null)],
  [`POST ${va}/create-va`, operation('create_va', '27', createAccount)],
  [`PUT ${va}/update-va`, operation('update_va', '28', updateAccount)],
  [`PUT ${va}/update-status`, operation('update_status', '29', updateStatus)],
  [`POST ${va}/inquiry-va`, operation('inquiry_va', '30', inquireAccount)],
  [`DELETE ${va}/delete-va`, operation('delete_va', '31', deleteAccount)],
  [`POST ${va}/report`, operation('report', '35', report)],
  [`POST ${va}/status`, operation('status', '26', status)],
  ['POST /v1.0/qr-dynamic-mpm/qr-mpm-generate-qr', generate],
  ['POST /v1.0/qr-dynamic-mpm/qr-mpm-query', query],
  ['POST /v1.1/qr-dynamic-mpm/qr-mpm-generate-qr', generate],
  ['POST /v1.1/qr-dynamic-mpm/qr-mpm-query', query],
  ['POST /snap/v1.1/qr/qr-mpm-generate', generate],
  ['POST /snap/v1.1/qr/qr-mpm-query', query],
  ['POST /snap/v1.1/qr/qr-mpm-refund', operation('qr_refund', '78', refundQr)],
  ['POST /snap/v1.1/bank-statement', operation('bank_statement', '14', bankStatement)],
]);
const paths = new Set([...routes.keys()].map((route) => route.split(' ')[1]));

const unauthorized = (caseCode, message, diagnose) => ({ ...refusal(401, caseCode, message), diagnose });

function checkHeaders(bank, headers) {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) throw missingField('Content-Type');
  const rules = [
    ['X-TIMESTAMP', (value) => !Number.isNaN(parseTimestamp(value))],
    ['X-SIGNATURE', (value) => value.length <= 1024],
    ['X-PARTNER-ID', (value) => /^[A-Za-z0-9]{1,36}$/.test(value)],
    ['CHANNEL-ID', (value) => /^\d{5}$/.test(value)],
    ['X-EXTERNAL-ID', (value) => /^\d+$/.test(value) && value.length <= bank.config.externalIdMaxDigits],
  ];
  for (const [name, test] of rules) {
    const value = headers[name.toLowerCase()];
    if (!value) throw missingField(name);
    if (!test(value)) throw wrongFormat(name);
  }
}

function checkToken(bank, headers, fault) {
  const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (token && fault?.name === 'expired_token') bank.tokens.drop(token);
  if (!token || !bank.tokens.isValid(token, bank.clock.now())) throw unauthorized('01', 'Access Token Invalid');
  return token;
}

/** Which encodings count for this request: a fault refuses the one that was sent. */
function acceptedEncodings(bank, given, fault) {
  const accepted = encodingsOf(bank.config.hmacEncoding);
  if (fault?.name !== 'wrong_encoding' || fault.parameter === 'body') return accepted;
  return accepted.filter((one) => (one === 'hex') !== (given.length === 128));
}

function checkSignature(bank, request, token, bytes, fault) {
  const { headers, method, url } = request;
  const now = bank.clock.now();
  const timestamp = headers['x-timestamp'];
  let minified;
  try {
    minified = minify(bytes);
  } catch {
    throw refusal(400, '00', 'Bad Request');
  }
  const bodyHash = sha256Hex(minified);
  const expected = stringToSign(method, url, token, bodyHash, timestamp);
  const diagnose = { stringToSign: expected, bodyHash };
  if (Math.abs(parseTimestamp(timestamp) - now) > bank.config.skewS * 1000) throw unauthorized('00', 'Unauthorized. X-TIMESTAMP', diagnose);
  const encodings = acceptedEncodings(bank, headers['x-signature'], fault);
  if (!hmacMatches(headers['x-signature'], bank.config.clientSecret, expected, encodings)) throw unauthorized('00', 'Unauthorized. Signature', diagnose);
  const { partnerId, channelId } = bank.config;
  if (partnerId && headers['x-partner-id'] !== partnerId) throw unauthorized('00', 'Unauthorized. X-PARTNER-ID', diagnose);
  if (channelId && headers['channel-id'] !== channelId) throw unauthorized('00', 'Unauthorized. CHANNEL-ID', diagnose);
}

function parseBody(bytes) {
  try {
    const body = JSON.parse(bytes.toString('utf8'));
    if (isObject(body)) return body;
  } catch { /* answered below */ }
  throw refusal(400, '00', 'Bad Request');
}

export class SnapEndpoint {
  #bank;

  constructor(bank) {
    this.#bank = bank;
  }

  /** Whether the path belongs to the bank. */
  static knows(path) {
    return path.startsWith('/snap/') || path.startsWith('/v1.');
  }

  /** {answer, entry}: what is sent, and what the journal keeps. */
  async handle(request, bytes) {
    const entry = { at: jakartaTimestamp(this.#bank.clock.now()), dir: 'in', method: request.method, path: request.url };
    const found = routes.get(`${request.method} ${request.url}`);
    if (!found) {
      const http = paths.has(request.url) ? 405 : 404;
      return { answer: { http, body: { responseCode: `${http}0000`, responseMessage: http === 405 ? 'Method Not Allowed' : 'Not Found' } }, entry };
    }
    const fault = this.#bank.faults.draw(found.name);
    Object.assign(entry, { op: found.name, external_id: request.headers['x-external-id'], ...faultNote(fault) });
    if (found.name !== 'token') entry.body = journalBody(bytes);
    const answer = await this.#answer(found, request, bytes, fault);
    return { answer, entry };
  }

  async #answer(found, request, bytes, fault) {
    const { service } = found;
    let answer;
    try {
      if (bytes.length > this.#bank.config.bodyLimit) throw refusal(413, '00', 'Payload Too Large');
      const body = found.name === 'token' ? parseBody(bytes) : this.#authenticate(request, bytes, fault);
      const instead = answerBefore(fault, service);
      if (instead) return instead;
      answer = this.#run(found, request, body);
    } catch (failure) {
      if (!failure.refusal) throw failure;
      answer = this.#refuse(found, failure);
      // A fault of the way meets refusals as well; the others are refusals themselves.
      return fault ? answerAfter(fault, answer, service) : answer;
    }
    if (fault?.name === 'out_of_order') await this.#bank.customer.payBeforeAnswer(answer.body);
    return fault ? answerAfter(fault, answer, service) : answer;
  }

  #authenticate(request, bytes, fault) {
    const bank = this.#bank;
    checkHeaders(bank, request.headers);
    const token = checkToken(bank, request.headers, fault);
    checkSignature(bank, request, token, bytes, fault);
    if (!bank.externalIds.add(jakartaDay(bank.clock.now()), request.headers['x-external-id'])) {
      ++bank.stats.externalIdRepeats;
      throw refusal(409, '00', 'Conflict');
    }
    return parseBody(bytes);
  }

  #run(found, request, body) {
    if (found.name === 'token') return { http: 200, body: issueToken(this.#bank, request.headers, body) };
    const result = found.run(this.#bank, body);
    return { http: 200, body: { responseCode: `200${found.service}00`, responseMessage: 'Successful', ...result } };
  }

  #refuse({ service }, { http, caseCode, message, diagnose }) {
    const body = { responseCode: `${http}${service}${caseCode}`, responseMessage: message };
    if (this.#bank.diagnose && diagnose) body.diagnose = diagnose;
    return { http, body };
  }
}
