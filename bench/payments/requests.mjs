// The requests of a run, signed before it begins, and replayRequests, which sends them: its answers, its times.
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { jakartaSeconds, jakartaTimestamp } from '../../test/briSimulator/snap/jakartaTime.mjs';
import { clientStringToSign, hmacSha512, rsaSign, sha256Hex, stringToSign } from '../../test/briSimulator/snap/signature.mjs';

const creationPath = '/api/payment/payments';
const paymentPlace = '/snap/v1.0/transfer-va/payment';
const tokenPlace = '/snap/v1.0/access-token/b2b';
const run = promisify(execFile);

const httpText = (target, headers, body) =>
  `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
  `${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Payments that nobody has asked for yet; merchant_ref begins with the name of the run. */
export const creations = (name, count, key) =>
  Array.from({ length: count }, (_, index) =>
    httpText(creationPath, { Authorization: `Bearer ${key}`, 'Idempotency-Key': randomUUID() }, JSON.stringify({
      merchant_ref: `${name}-${index}`,
      method: 'bri_va',
      amount: { value: `${10_000 + (index % 1000) * 500}.00`, currency: 'IDR' },
      description: `Order ${index} of ${name}`,
      customer_name: 'Sabrina',
    })));

/** The bank as a caller: bank is {place, clientId, secret, key}. */
export async function bankToken(port, bank) {
  const timestamp = jakartaTimestamp(Date.now());
  const answer = await fetch(`http://127.0.0.1:${port}${bank.place}${tokenPlace}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-CLIENT-KEY': bank.clientId,
      'X-TIMESTAMP': timestamp,
      'X-SIGNATURE': rsaSign(bank.key, clientStringToSign(bank.clientId, timestamp)),
    },
    body: '{"grantType":"client_credentials"}',
  });
  const { accessToken } = await answer.json();
  if (!accessToken) throw new Error(`no token for the bank: ${answer.status}`);
  return accessToken;
}

/** BRIVA Online: each account is paid in full. accounts are {number, name, minor}, numbers begin with serviceId. */
export function notices(accounts, { bank, token, serviceId }) {
  const prefix = randomBytes(6).toString('hex');
  const target = bank.place + paymentPlace;
  const now = Date.now();
  return accounts.map(({ number, name, minor }, index) => {
    const id = `${prefix}${String(index).padStart(12, '0')}`;
    const body = JSON.stringify({
      partnerServiceId: serviceId.padStart(8),
      customerNo: number.slice(serviceId.length),
      virtualAccountNo: serviceId.padStart(8) + number.slice(serviceId.length),
      virtualAccountName: name,
      paidAmount: { value: `${minor.slice(0, -2)}.${minor.slice(-2)}`, currency: 'IDR' },
      trxDateTime: jakartaSeconds(now),
      channelCode: 1,
      sourceBankCode: '002',
      passApp: 'simulated-pass',
      inquiryRequestId: id,
      paymentRequestId: id,
      additionalInfo: { idApp: 'SIMULATOR' },
    });
    const timestamp = jakartaTimestamp(now);
    return httpText(target, {
      Authorization: `Bearer ${token}`,
      'X-TIMESTAMP': timestamp,
      'X-SIGNATURE': hmacSha512(bank.secret, stringToSign('POST', target, token, sha256Hex(body), timestamp), 'hex'),
      'X-PARTNER-ID': 'BRI',
      'CHANNEL-ID': '00009',
      'X-EXTERNAL-ID': id,
    }, body);
  });
}

function readAnswers(bytes) {
  const newline = 0x0a;
  let at = bytes.indexOf(newline);
  const [micros] = bytes.toString('latin1', 0, at).split(' ').map(Number);
  const answers = [];
  for (++at; at < bytes.length;) {
    const end = bytes.indexOf(newline, at);
    const [status, took, length] = bytes.toString('latin1', at, end).split(' ').map(Number);
    answers.push({ status, micros: took, text: bytes.toString('utf8', end + 1, end + 1 + length) });
    at = end + 2 + length;
  }
  return { micros, answers };
}

const share = (sorted, part) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];

/** isRight(answer): what every answer has to be. Answers {per_second, p50_ms, p99_ms, errors, example, answers, failed}: answers are the right
 * ones, failed are the requests that had another. */
export async function replay({ program, folder, port, connections, requests, isRight, limitS }) {
  const [file, answersFile] = ['requests', 'answers'].map((name) => path.join(folder, name));
  fs.writeFileSync(file, requests.map((text) => `${Buffer.byteLength(text)}\n${text}`).join(''));
  await run(program, [String(port), String(connections), file, answersFile, String(limitS)], { timeout: (limitS + 30) * 1000 });
  const { micros, answers } = readAnswers(fs.readFileSync(answersFile));
  const right = answers.filter(isRight);
  const wrong = answers.find((answer) => !isRight(answer));
  const times = right.map((answer) => answer.micros).sort((one, other) => one - other);
  return {
    per_second: Math.round((right.length / micros) * 1e7) / 10,
    p50_ms: (share(times, 0.5) ?? 0) / 1000,
    p99_ms: (share(times, 0.99) ?? 0) / 1000,
    errors: answers.length - right.length,
    ...(wrong && { example: wrong.status === 0 ? 'no answer' : `${wrong.status} ${wrong.text.slice(0, 200)}` }),
    answers: right,
    failed: requests.filter((_, index) => !isRight(answers[index])),
  };
}
