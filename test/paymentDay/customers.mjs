// The customers: what they do with each payment, at the bank.
import assert from 'node:assert/strict';
import { inParallel } from '../integration/client.mjs';
import { until } from '../integration/installation.mjs';
import { bank } from '../integration/payments.mjs';
import { wrongAmount } from './plan.mjs';
import { cancelAll, find, rowsOf } from './shops.mjs';

/** How many payments at the bank came to which result. */
export const results = {};
const known = [
  'accepted', 'refused', 'unanswered', 'success', 'reversed', 'suspended', 'not_sent', 'scheduled', 'not_offered', // what became of the notice
  'va_paid', 'qr_paid', 'va_unknown', 'va_expired', 'qr_expired', // what the bank does not take
];
/** How often a customer looks whether it has ended at last, before paying anyway. */
const mostLooks = 60;
const listed = 200;

/** Asks the bank, also when it is away for a moment. */
async function atBank(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!/fetch failed|terminated/.test(error.message)) throw error;
    await until('the bank is there again', () => bank.state(), 60_000);
    return null;
  }
}

async function payList(list) {
  const paid = await atBank(() => bank.pay(list));
  if (paid) {
    for (const [result, count] of Object.entries(paid.results)) {
      assert.ok(known.includes(result), result);
      results[result] = (results[result] ?? 0) + count;
    }
  } else if (!list.force) {
    // It died meanwhile. A second time it takes only what is not paid; online it would ask us, who may not know yet.
    await payList({ ...list, way: 'push' });
  }
}

/** name: va or qr */
async function pay(name, plans, more = {}) {
  for (let from = 0; from < plans.length; from += listed) {
    const targets = plans.slice(from, from + listed).map((plan) => plan[name]);
    await payList({ [name]: targets, concurrency: 16, ...more });
  }
}

async function accountStatus(plan) {
  for (;;) {
    const found = await atBank(async () => ({ account: await bank.account(plan.ref) }));
    if (found) return found.account?.status ?? 'deleted';
  }
}

/** Those whose account at the bank has this status. */
async function withAccount(plans, status) {
  const found = await inParallel(plans.length, (index) => accountStatus(plans[index]), 8);
  return plans.filter((_, index) => found[index] === status);
}

/** Its time is over since a day, as far as we know; the bank goes on taking money. */
const makeOverdue = async (plans) => {
  if (plans.length === 0) return;
  const which = `in (${plans.map(({ id }) => `'${id}'`)})`;
  await rowsOf(`update payments set expires_at = now() - interval '2 days', created_at = created_at - interval '3 days' where id ${which} and status = 'pending'`);
  await rowsOf(`update payment_work set next_at = now() where payment_id ${which} and kind = 'ask' and attempts = 0`);
};

async function payAsPlanned(plans) {
  const of = (...fates) => plans.filter(({ fate }) => fates.includes(fate));
  const online = await withAccount(of('online'), 'open');
  await pay('va', of('push'));
  await pay('va', online, { way: 'online' });
  await pay('va', of('online')); // who had no luck there pays in another way
  await pay('qr', of('code'));
  await pay('va', of('twice'));
  await pay('va', of('twice'), { force: true });
  await pay('va', of('wrong').filter(({ qr }) => !qr), { force: true, amount: wrongAmount });
  await pay('qr', of('wrong').filter(({ qr }) => qr), { amount: wrongAmount });
}

async function payLate(plans) {
  const accounts = plans.filter(({ qr }) => !qr);
  await pay('qr', plans.filter(({ qr }) => qr));
  await pay('va', await withAccount(accounts, 'open'));
  await pay('va', await withAccount(accounts, 'deleted'), { force: true });
}

const endsLate = ({ fate }) => fate === 'lateCancelled' || fate === 'lateOverdue';

/** Goes on with each; answers those that have to be looked at again. */
export async function serve(plans) {
  const found = await find(plans, "status, coalesce(va_number, ''), coalesce(qr_content, ''), gateway_ref");
  const again = [];
  const steps = { plain: [], cancel: [], overdue: [], late: [] };
  for (const plan of plans) {
    const [status, va, qr, ref] = found.get(plan.id);
    plan.looks = (plan.looks ?? 0) + 1;
    if (status === 'created') again.push(plan);
    else if (status !== 'failed') {
      Object.assign(plan, { va, qr, ref });
      if (plan.ends) {
        if (status === 'pending' && plan.looks < mostLooks) again.push(plan);
        else if (['pending', 'cancelled', 'expired'].includes(status)) steps.late.push(plan);
      } else if (plan.fate === 'cancelled' || plan.fate === 'lateCancelled') steps.cancel.push(plan);
      else if (plan.fate === 'lateOverdue') steps.overdue.push(plan);
      else if (plan.fate !== 'never') steps.plain.push(plan);
    }
  }
  await cancelAll(steps.cancel);
  await makeOverdue(steps.overdue);
  for (const plan of [...steps.cancel, ...steps.overdue].filter(endsLate)) {
    plan.ends = true;
    again.push(plan);
  }
  await payAsPlanned(steps.plain);
  await payLate(steps.late);
  return again;
}
