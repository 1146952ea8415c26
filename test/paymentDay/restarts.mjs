// What dies in the course of the day, and what the bank has counted before it does.
import assert from 'node:assert/strict';
import { sleep } from '../integration/installation.mjs';
import { bank, it } from '../integration/payments.mjs';
import { faultRules, isShort } from './plan.mjs';

/** Times that each was killed or stopped, and started. */
export const restarts = {};
/** Faults of the whole day by name, and requests in both directions. */
export const met = { fired: {}, requests: 0 };
let life = 0;

export async function beginFaults() {
  await bank.faultRules(faultRules(++life));
}

/** The bank forgets it when it starts anew. */
async function noteCounts() {
  const { requests, external_id_repeats: repeats } = await bank.state();
  assert.equal(repeats, 0, 'no external id was used twice');
  for (const calls of Object.values(requests)) for (const count of Object.values(calls)) met.requests += count;
  for (const { fault, fired } of await bank.faults()) met.fired[fault] = (met.fired[fault] ?? 0) + fired;
}

/** As if k-public had been away for a minute: what it held when it died is free. A long day waits for that. */
async function letMinutePass() {
  await it.sql("update payment_work set next_at = next_at - interval '1 minute'");
  await it.sql("update payment_idempotency_keys set locked_until = locked_until - interval '1 minute' where answer is null");
}

async function killPublic() {
  it.kill('k-public', 'SIGKILL');
  if (isShort) await letMinutePass();
  await it.start('k-public');
}

async function killAdmin() {
  it.kill('k-admin', 'SIGKILL');
  await it.start('k-admin');
}

async function stopAndStart(name, pauseMs) {
  await it.stop(name);
  await sleep(pauseMs);
  await it.start(name);
}

async function killBank() {
  await noteCounts();
  await bank.stop('SIGKILL');
  await sleep(500);
  await bank.start();
  await beginFaults();
}

const ways = {
  'k-public': killPublic,
  'k-admin': killAdmin,
  bank: killBank,
  postgres: () => stopAndStart('postgres', 500),
  redis: () => stopAndStart('redis', 1500),
  nginx: () => stopAndStart('nginx', 300),
};
/** By the round, over and over. What leaves orders locked comes before the last death of k-public. */
const course = [null, 'k-public', 'postgres', 'k-public', 'bank', 'k-public', 'redis', 'k-admin', 'nginx', null];

export async function restartOf(round) {
  const name = course[round % course.length];
  if (!name) return;
  await sleep(200 + ((round * 731) % 900));
  await ways[name]();
  restarts[name] = (restarts[name] ?? 0) + 1;
}

/** From now on nothing goes wrong. The bank starts anew from its ledger, and counts from zero. */
export async function endFaults() {
  await noteCounts();
  await bank.restart({});
  assert.deepEqual(await bank.faults(), []);
}
