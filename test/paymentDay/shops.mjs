// The merchants: machines that send a request again, with its key, until it is answered.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { inParallel } from '../integration/client.mjs';
import { sleep, until } from '../integration/installation.mjs';
import { admins, askRefund, cancel, errorOf, it, machine, money, post } from '../integration/payments.mjs';

const atOnce = 24;
/** Requests that were sent again, and answers that came only then. */
export const repeated = { requests: 0, replayed: 0 };
/** Refunds as they were answered: id -> {plan, minor}. */
export const askedRefunds = new Map();
const keys = [];

export async function openShops() {
  for (let index = 0; index < 2; ++index) keys.push(await machine('payments:read,payments:write,payments:refund'));
}
export const clientOf = (plan) => keys[plan.shop];

/** Rows, also when PostgreSQL is away for a moment. */
export const rowsOf = async (query) => (await until('PostgreSQL answers', async () => ({ rows: await it.sql(query) }), 60_000)).rows;

/** Columns of these payments: id -> values. */
export async function find(plans, columns) {
  const found = new Map();
  for (let from = 0; from < plans.length; from += 1000) {
    const ids = plans.slice(from, from + 1000).map(({ id }) => `'${id}'`);
    for (const [id, ...values] of await rowsOf(`select id, ${columns} from payments where id in (${ids})`)) found.set(id, values);
  }
  return found;
}

const underWay = '409 IDEMPOTENCY_IN_PROGRESS';

/** The answer; null if there was none in this time, or the key's first request may still be under way. */
export async function answerTo(send, timeoutMs = 60_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let answer;
    try {
      answer = await send();
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
    }
    if (answer && errorOf(answer) === underWay) return null;
    if (answer && answer.status < 500) return answer;
    ++repeated.requests;
    if (Date.now() > deadline) return null;
    await sleep(300);
  }
}

async function create(plan) {
  const answer = await answerTo(() => post(clientOf(plan), plan.body, plan.key));
  if (!answer) return;
  assert.equal(answer.status, 201, answer.text);
  if (answer.headers['idempotent-replayed']) ++repeated.replayed;
  plan.id = answer.json.id;
  if (plan.index % 20 === 0) plan.answer = answer.text;
}

/** Those that were answered, and those to be sent again later. */
export async function createAll(plans) {
  await inParallel(plans.length, (index) => create(plans[index]), atOnce);
  return { made: plans.filter(({ id }) => id), unanswered: plans.filter(({ id }) => !id) };
}

/** A repeated request is answered as the first one was; not where the customers have moved a payment's times. */
export async function checkReplays(plans) {
  const kept = plans.filter(({ answer, fate }) => answer && fate !== 'lateOverdue');
  await inParallel(kept.length, async (index) => {
    const plan = kept[index];
    const again = await post(clientOf(plan), plan.body, plan.key);
    assert.deepEqual([again.status, again.headers['idempotent-replayed'], again.text], [201, 'true', plan.answer]);
  }, 8);
  return kept.length;
}

export async function cancelAll(plans) {
  await inParallel(plans.length, async (index) => {
    const answer = await answerTo(() => cancel(clientOf(plans[index]), plans[index].id));
    assert.ok(answer && (answer.status === 200 || errorOf(answer) === '409 NOT_CANCELLABLE'), answer?.text);
  }, 8);
}

async function refund(plan) {
  const parts = { whole: [plan.minor], half: [plan.minor / 2], halves: [plan.minor / 2, plan.minor / 2] }[plan.refund];
  for (const minor of parts) {
    const key = randomUUID();
    const body = { amount: money(`${minor / 100}.00`), reason: 'The pencils were broken' };
    const answer = await answerTo(() => askRefund(clientOf(plan), plan.id, body, key));
    assert.equal(answer?.status, 201, answer?.text);
    assert.equal(answer.json.status, 'requested');
    askedRefunds.set(answer.json.id, { plan, minor });
  }
}

/** Refunds what is paid; answers those that are not paid yet. */
export async function refundPaid(plans) {
  const found = await find(plans, 'status');
  const withStatus = (status) => plans.filter(({ id }) => found.get(id)[0] === status);
  const paid = withStatus('paid');
  await inParallel(paid.length, (index) => refund(paid[index]), 4);
  return withStatus('pending');
}

const byHand = "mode = 'manual' and status = 'requested'";

/** The operator pays some out. One that k-admin did not hear of is paid out later. */
export async function payOutSome() {
  for (const [id] of await rowsOf(`select id from payment_refunds where ${byHand} order by id limit 2`)) {
    await it.kctl('payments', 'complete', id, '--reference', `TRF-${id.slice(-12)}`);
  }
}

/** Administrators pay out what is left, and give up one of five. */
export async function payOutAll(admin) {
  const left = await rowsOf(`select id from payment_refunds where ${byHand} order by id`);
  await inParallel(left.length, async (index) => {
    const [id] = left[index];
    const [action, body] = index % 5 === 4 ? ['cancel', { reason: 'The customer keeps them' }] : ['complete', { bank_reference: `TRF-${id.slice(-12)}` }];
    const answer = await (await admin()).post(`${admins}/refunds/${id}/${action}`, body);
    assert.equal(answer.status, 200, answer.text);
  }, 4);
}
