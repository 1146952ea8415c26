// Comparisons with the bank's report: asked for and waited for, and what they have changed.
import assert from 'node:assert/strict';
import { jakartaDay } from '../briSimulator/snap/jakartaTime.mjs';
import { until } from './installation.mjs';
import { admins, it, patience } from './payments.mjs';

export const runs = `${admins}/reconciliation/runs`;
export const items = `${admins}/reconciliation/items`;
export const today = () => jakartaDay(Date.now());
const begun = today();

export async function askRun(admin, day = today()) {
  const answer = await admin.post(runs, { day });
  assert.equal(answer.status, 202, answer.text);
  assert.deepEqual([answer.json.kind, answer.json.status, answer.json.attempts], ['day', 'waiting', 0]);
  return answer.json;
}

export const untilRun = (admin, id, status = 'done', timeoutMs = patience) =>
  until(`run ${id} is ${status}`, async () => {
    const answer = await admin.get(`${runs}/${id}`);
    assert.equal(answer.status, 200, answer.text);
    if (answer.json.status !== status) throw new Error(`it is ${answer.json.status}: ${answer.json.error}`);
    return answer.json;
  }, timeoutMs);

/** Compares all that has come since the tests began: the last run. Midnight in Jakarta may lie between. */
export async function reconcile(admin) {
  if (today() !== begun) await untilRun(admin, (await askRun(admin, begun)).id);
  return untilRun(admin, (await askRun(admin)).id);
}

export async function listItems(admin, query = '') {
  const answer = await admin.get(`${items}?limit=200&${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.data;
}

/** The differences of a payment, in the order of their classes. */
export async function itemsOf(admin, paymentId) {
  const found = (await listItems(admin)).filter((item) => item.payment_id === paymentId);
  return found.sort((one, other) => (one.class < other.class ? -1 : 1));
}

/** Nobody asks by himself about a payment for a day. */
export const leaveAlone = (id) => it.sql(`update payment_work set next_at = now() + interval '1 day' where payment_id = '${id}' and kind = 'ask'`);

/** Every row of what payments are made of, but when a difference was seen last. */
export async function snapshot() {
  const found = {};
  for (const table of ['payments', 'payment_events', 'payment_refunds', 'ledger_transactions', 'ledger_entries', 'reconciliation_items', 'bank_notices']) {
    found[table] = await it.sql(`select count(*), coalesce(md5(string_agg(one, '|' order by one)), '') from (select (to_jsonb(t) - 'seen_at')::text one from ${table} t) rows`);
  }
  found.sums = await it.sql('select account, sum(amount_minor) from ledger_entries group by 1 order by 1');
  return found;
}
