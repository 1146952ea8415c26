// What dies in the course of the day, and what the bank has counted before it does.
import assert from 'node:assert/strict';
import { sleep } from '../integration/installation.mjs';
import { bank, it } from '../integration/payments.mjs';
import { faultRules } from './plan.mjs';

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

async function killServer(name) {
  it.kill(name, 'SIGKILL');
  await it.start(name);
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
  'k-public': () => killServer('k-public'),
  'k-admin': () => killServer('k-admin'),
  bank: killBank,
  postgres: () => stopAndStart('postgres', 500),
  redis: () => stopAndStart('redis', 1500),
  nginx: () => stopAndStart('nginx', 300),
};
/** By the round, over and over. What holds orders when it dies comes first: they are free after a minute. */
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
