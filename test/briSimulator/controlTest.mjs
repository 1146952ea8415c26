// The control API and the page: who may use them, and what they show.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startSimulator } from './simulatorProcess.mjs';
import { faultNames, operations } from './faults/faultRules.mjs';
import { Journal } from './journal.mjs';
import { newAccount, newQr, paths, StrictClient } from './strictClient.mjs';

let bank;
let client;
before(async () => {
  bank = await startSimulator({}, '--seed', '42');
  client = new StrictClient(bank);
});
after(() => bank?.down());

/** The status of a request with headers that fetch does not let anybody set. */
const statusOf = (headers, target = '/sim/state') =>
  new Promise((resolve, reject) => http.get(bank.url + target, { headers }, (response) => resolve(response.resume().statusCode)).on('error', reject));

test('only from this machine, not through a proxy, not under another name', async () => {
  assert.equal(await statusOf({}), 200);
  assert.equal(await statusOf({ Host: 'localhost:1' }), 200);
  for (const headers of [{ 'X-Forwarded-For': '10.0.0.1' }, { 'X-Real-IP': '10.0.0.1' }, { Forwarded: 'for=10.0.0.1' }, { Host: 'bank.example' }]) {
    assert.equal(await statusOf(headers), 403, JSON.stringify(headers));
    assert.equal(await statusOf(headers, '/'), 403);
  }
});

test('only JSON, only what exists', async () => {
  const post = (body, type) => fetch(`${bank.url}/sim/clock`, { method: 'POST', body, headers: { 'Content-Type': type } });
  assert.equal((await post('{"offset_s":0}', 'text/plain')).status, 415);
  assert.equal((await post('{', 'application/json')).status, 400);
  assert.equal((await post('[]', 'application/json')).status, 400);
  assert.equal((await bank.control('POST', 'clock', { offset_s: 'x' })).json.error.code, 'offset_invalid');
  assert.equal((await bank.control('GET', 'nothing')).status, 404);
  assert.equal((await bank.control('POST', 'state')).status, 404);
  assert.equal(await statusOf({}, '/elsewhere'), 404);
});

test('lists: the newest first, by state, by number; pages of the ledger', async () => {
  const made = [];
  for (let count = 0; count < 5; ++count) {
    made.push(newAccount());
    await client.create(made.at(-1));
  }
  const numbers = ({ accounts }) => accounts.map(({ trx_id: trxId }) => trxId);
  assert.deepEqual(numbers(await bank.get('accounts?limit=2')), [made[4].trxId, made[3].trxId]);
  await bank.post('pay', { va: made[4].virtualAccountNo });
  await bank.post('pay', { va: made[3].virtualAccountNo.trim() });
  assert.deepEqual(numbers(await bank.get('accounts?status=open&limit=1')), [made[2].trxId]);
  assert.deepEqual(numbers(await bank.get('accounts?status=paid')), [made[4].trxId, made[3].trxId]);
  assert.deepEqual(numbers(await bank.get(`accounts?va=${made[1].virtualAccountNo.trim()}`)), [made[1].trxId]);
  const { referenceNo } = (await client.call(paths.generate, newQr())).json;
  assert.deepEqual((await bank.get('qrs?status=open')).qrs.map(({ qr }) => qr), [referenceNo]);
  const first = await bank.get('ledger?limit=1');
  const rest = await bank.get(`ledger?after=${first.next}`);
  assert.deepEqual([first.entries.length, rest.entries.length], [1, 1]);
  assert.ok(rest.entries[0].seq > first.entries[0].seq);
  assert.deepEqual((await bank.get(`ledger?after=${rest.next}`)).entries, []);
  const page = await bank.get('ledger?view=credits&after=1&limit=1');
  assert.deepEqual([page.credits.length, page.next], [1, 2]);
});

test('the journal names every request, its outcome and the seed', async () => {
  await client.create(newAccount());
  await client.create(newAccount(), { secret: 'another' });
  await fetch(`${bank.url}/snap/none`, { method: 'POST', body: '{}' });
  const { seed, entries } = await bank.get('journal');
  assert.equal(seed, 42);
  assert.deepEqual(entries.slice(-3).map(({ op, http: status, response_code: code }) => [op, status, code]), [['create_va', 200, '2002700'], ['create_va', 401, '4012700'], [undefined, 404, '4040000']]);
  const after = entries.at(-2).seq;
  assert.equal((await bank.get(`journal?after=${after}`)).entries.length, 1);
  assert.ok((await bank.get('journal?op=create_va')).entries.every(({ op }) => op === 'create_va'));
  const text = JSON.stringify(entries);
  assert.ok(!text.includes(client.token) && !/[0-9a-f]{128}/.test(text));
});

test('the journal keeps the newest in memory and turns its file over', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'journal-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const journal = new Journal(folder, { kept: 10, fileLimit: 2000 });
  for (let count = 1; count <= 95; ++count) journal.add({ op: 'x', count });
  assert.deepEqual(journal.list({ limit: 100 }).map(({ count }) => count), [86, 87, 88, 89, 90, 91, 92, 93, 94, 95]);
  assert.deepEqual(journal.list({ after: 93 }).map(({ count }) => count), [94, 95]);
  await journal.close();
  assert.ok(fs.existsSync(path.join(folder, 'journal.ndjson.1')));
  assert.ok(fs.statSync(path.join(folder, 'journal.ndjson')).size < 2100);
});

test('the page: one file without outside resources, every name that it offers exists', async () => {
  const answer = await fetch(`${bank.url}/`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^text\/html/);
  const text = await answer.text();
  assert.ok(!/https?:\/\/|src=|@import|url\(/.test(text));
  assert.ok(!/innerHTML|insertAdjacentHTML|document\.write/.test(text)); // names come from outside
  const list = (name) => JSON.parse(new RegExp(`const ${name} = (\\[[^\\]]+\\])`).exec(text)[1].replaceAll("'", '"'));
  assert.deepEqual(list('operations').sort(), ['*', ...Object.keys(operations.in), ...Object.keys(operations.out)].sort());
  assert.deepEqual([...new Set(list('faultNames').map((one) => one.split(':')[0]))].sort(), [...faultNames].sort());
  for (const target of new Set(text.match(/\/sim\/\w+/g))) {
    const method = ['/sim/pay', '/sim/reverse', '/sim/resend'].includes(target) ? 'POST' : 'GET';
    assert.notEqual((await bank.control(method, target.slice('/sim/'.length), method === 'POST' ? { credit: 'none' } : undefined)).json.error?.code, 'not_found', target);
  }
});

test('wait: false answers before the partner did', async () => {
  const body = newAccount();
  await client.create(body);
  assert.deepEqual(await bank.post('pay', { va: body.virtualAccountNo, wait: false }), { result: 'started' });
  assert.equal((await bank.get(`accounts?trx_id=${body.trxId}`)).accounts[0].status, 'paid');
});

test('the state counts requests, codes and money', async () => {
  await bank.post('reset');
  const body = newAccount();
  await client.create(body);
  await client.create(body);
  await bank.post('pay', { va: body.virtualAccountNo });
  const state = await bank.get('state');
  assert.deepEqual([state.ready, state.seed, state.accounts, state.paid, state.credits], [true, 42, 1, 1, 1]);
  assert.deepEqual(state.requests.in, { create_va: 2 });
  assert.deepEqual(state.codes, { 2002700: 1, 4092701: 1 });
  assert.equal(state.totals.held, '10000.00');
});

test('over TLS, with a certificate that only who knows it trusts', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tls-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  const secure = await startSimulator({ tls: { cert, key } });
  t.after(() => secure.down());
  assert.match(secure.url, /^https:/);
  const get = (options) => new Promise((resolve) => https.get(`${secure.url}/sim/state`, { agent: false, ...options }, (response) => resolve(response.resume().statusCode)).on('error', (error) => resolve(error.code)));
  assert.equal(await get({}), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  assert.equal(await get({ ca: fs.readFileSync(cert) }), 200);
});
