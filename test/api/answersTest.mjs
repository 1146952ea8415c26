// Every answer that integration tests were given, against what the documents say of it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { documents, operations, responseOf } from './documents.mjs';

const ajv = new Ajv2020({ allErrors: true, validateSchema: false, strict: false });
addFormats(ajv);
for (const [name, document] of Object.entries(documents)) ajv.addSchema(document, name);

const directory = process.env.K_RECORD_DIR;
const answers = readdirSync(directory).flatMap((name) =>
  readFileSync(path.join(directory, name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line)),
);

// What the gateway and the reading of HTTP itself may say to any request, before it is known which one it is.
const anywhere = new Set(['BAD_REQUEST', 'URI_TOO_LONG', 'HEADERS_TOO_LARGE', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'METHOD_NOT_ALLOWED', 'NOT_FOUND', 'RATE_LIMITED', 'ADDRESS_BANNED', 'BAD_GATEWAY', 'DEPENDENCY_UNAVAILABLE', 'TIMEOUT']);

const compiled = new Map();
/** The faults of a body against the schema at a JSON pointer of a document. */
function faults(document, pointer, body) {
  const reference = `${document}#${pointer}`;
  if (!compiled.has(reference)) compiled.set(reference, ajv.compile({ $ref: reference }));
  const validate = compiled.get(reference);
  return validate(body) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`);
}

const escape = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** What is wrong with an answer, or nothing. */
function judge(answer) {
  const target = answer.path.split('?')[0];
  const found = operations.find((one) => one.method === answer.method.toLowerCase() && one.matches(target));
  const response = found && responseOf(found.document, found.operation, answer.status);
  const isJson = /[/+]json\b/.test(answer.type); // and not ndjson
  const body = isJson && answer.body !== '' ? JSON.parse(answer.body) : undefined;
  const code = body?.error?.code;
  if (!response) {
    const limited = answer.status === 302 && code === 'RATE_LIMITED'; // the gateway leads to the honeypot
    if (!code || (answer.status < 400 && !limited)) return [found ? `status ${answer.status} is not in the document` : 'the operation is not in the document'];
    return found && !anywhere.has(code) ? [`${answer.status} ${code} is not in the document`] : faults('public', '/components/schemas/ErrorAnswer', body);
  }
  if (!response.content) return answer.body === '' ? [] : ['there should be no body'];
  const [type] = answer.type.split(';');
  if (!response.content[type]) return [`the type is ${type}, not ${Object.keys(response.content)}`];
  const codes = found.operation['x-error-codes'][answer.status];
  if (codes && !codes.includes(code) && !anywhere.has(code)) return [`${code} is not among ${codes}`];
  if (!isJson || !response.content[type].schema) return [];
  if (codes) return faults(found.document, '/components/schemas/ErrorAnswer', body);
  const pointer = ['paths', found.path, found.method, 'responses', String(answer.status), 'content', type, 'schema'].map((part) => `/${escape(part)}`).join('');
  const tagged = response.headers?.ETag && answer.tag === '' ? ['the ETag is missing'] : [];
  return [...tagged, ...faults(found.document, pointer, body)];
}

const apiAnswers = answers.filter((answer) => answer.path.startsWith('/api/'));

test('the integration tests passed and left their answers', () => {
  assert.equal(process.env.K_RECORDED, '0');
  assert.ok(apiAnswers.length > 1500, `${apiAnswers.length} answers`);
});

test('every answer is as the document says', () => {
  const wrong = new Map();
  for (const answer of apiAnswers) {
    for (const fault of judge(answer)) {
      const said = `${answer.method} ${answer.path.slice(0, 120)} ${answer.status}: ${fault}`;
      if (!wrong.has(said)) wrong.set(said, answer.body.slice(0, 300));
    }
  }
  assert.deepEqual([...wrong].slice(0, 20), []);
});

test('each operation was called and gave each of its successes', () => {
  const silent = [];
  for (const { method, path: template, operation, matches } of operations) {
    for (const status of Object.keys(operation.responses).filter((one) => one.startsWith('2'))) {
      const seen = apiAnswers.some((answer) => answer.method.toLowerCase() === method && String(answer.status) === status && matches(answer.path.split('?')[0]));
      if (!seen) silent.push(`${method} ${template} ${status}`);
    }
  }
  assert.deepEqual(silent, []);
});

test('the judge finds what is wrong', () => {
  const good = apiAnswers.find((answer) => answer.path === '/api/auth/me' && answer.status === 200);
  assert.deepEqual(judge(good), []);
  const user = JSON.parse(good.body);
  for (const body of [{ ...user, id: 'x' }, { ...user, extra: 1 }, { ...user, email: undefined }, { ...user, status: 'asleep' }, { ...user, created_at: 'yesterday' }]) {
    assert.notDeepEqual(judge({ ...good, body: JSON.stringify(body) }), [], JSON.stringify(body));
  }
  assert.notDeepEqual(judge({ ...good, status: 418 }), []);
  assert.notDeepEqual(judge({ ...good, path: '/api/auth/unknown' }), []);
  const refused = apiAnswers.find((answer) => answer.path === '/api/auth/me' && answer.status === 401);
  const error = JSON.parse(refused.body);
  assert.notDeepEqual(judge({ ...refused, body: JSON.stringify({ ...error, error: { ...error.error, code: 'INVALID_CREDENTIALS' } }) }), []);
});
