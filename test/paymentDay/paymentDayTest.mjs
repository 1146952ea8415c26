// A day of payments: shops ask for them, customers pay, the bank fails at 5 % of everything, every process dies or is stopped, money goes back.
// Then the faults end, the day is compared with the bank, and both sides have counted the same to the rupiah.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sleep, until } from '../integration/installation.mjs';
import { bank, checkBank, checkBooks, down, it, start } from '../integration/payments.mjs';
import { askRun, today } from '../integration/reconciliation.mjs';
import { compareBooks, contents } from './books.mjs';
import { results, serve } from './customers.mjs';
import { makePlans, roundSize, seed, total, waitsForDecision } from './plan.mjs';
import { beginFaults, endFaults, met, restartOf, restarts } from './restarts.mjs';
import { askedRefunds, checkReplays, createAll, openShops, payOutAll, payOutSome, refundPaid, repeated, rowsOf } from './shops.mjs';

/** What a killed process held is free after a minute; the bank's pauses are up to a minute, and there is the work itself. */
const patience = 180_000 + total * 25;
/** Sign-ins of administrators are recent for ten minutes. */
const recentMs = 8 * 60_000;

const plans = makePlans();
const days = [];
const report = { runs: [] };
let signedIn = { at: -Infinity };

async function admin() {
  if (performance.now() - signedIn.at > recentMs) signedIn = { at: performance.now(), client: await it.adminAgain() };
  return signedIn.client;
}

before(async () => {
  await start('paymentDay', {
    config: { callback: { timeoutMs: 5000 } },
    settings: {
      K_PAYMENT_WAIT_MS: 250,
      K_BRI_TIMEOUT_MS: 2000,
      K_PAYMENT_GRACE: 86_400, // nothing expires by itself between two comparisons
      K_PAYMENT_RECONCILE: 0, // the day is compared when it is over
      K_LOG_LEVEL: 'WARNING',
    },
  });
  signedIn = { at: performance.now(), client: await it.adminLogin() };
  await openShops();
});
after(down);

async function untilNone(what, query) {
  await until(`no ${what}`, async () => {
    const count = await it.number(`select count(*) from ${query}`);
    if (count > 0) throw new Error(`there are ${count}`);
    return true;
  }, patience);
}

/** Everything that is to be done of itself is done. */
async function untilQuiet() {
  await untilNone('payment that the bank may have or not', "payments where status = 'created' or gateway_state in ('asked', 'unknown')");
  await untilNone('work but questions', "payment_work where kind <> 'ask'");
  await untilNone('refund that has not ended', "payment_refunds where status in ('requested', 'unknown')");
  await untilNone('payment whose time is over', "payments where status in ('created', 'pending') and expires_at < now() - interval '1 day'");
}

/** The comparison has every code asked for that is not paid; what is asked is asked again after minutes. */
const untilCodesAreAsked = () =>
  untilNone('code to be asked for', `payment_work w join payments p on p.id = w.payment_id where w.kind = 'ask' and p.method = 'bri_qris' and p.paid_minor = 0 and p.suspense_minor = 0
    and (w.attempts = 0 or w.next_at < now() + interval '61 seconds')`);

/** Compares every day that the payments are of: midnight in Jakarta may lie between. */
async function compareDays() {
  for (const day of days) {
    const { id } = await askRun(await admin(), day);
    const [status, attempts, error, ...counts] = await until(`run ${id} ends`, async () => {
      const [run] = await it.sql(`select status, attempts, error, credits, matched, healed, items from reconciliation_runs where id = '${id}'`);
      return (['done', 'failed'].includes(run[0]) || (run[0] === 'waiting' && Number(run[1]) >= 3)) && run; // nothing fails any more
    }, patience);
    assert.equal(status, 'done', `after ${attempts} attempts: ${error}`);
    report.runs.push(counts);
  }
  await untilCodesAreAsked();
}

async function dayOfRounds() {
  let late = []; // orders that were not answered
  let open = []; // payments that customers have to do with
  let unpaid = []; // of those that are to be refunded
  for (let round = 0; round * roundSize < total; ++round) {
    const batch = plans.slice(round * roundSize, (round + 1) * roundSize);
    const [created, served, waiting] = await Promise.all([createAll([...late, ...batch]), serve(open), refundPaid(unpaid), payOutSome(), restartOf(round)]);
    late = created.unanswered;
    open = [...served, ...created.made];
    unpaid = [...waiting, ...created.made.filter(({ refund }) => refund !== 'none')];
    if (round % 10 === 9) console.log(`${Math.min((round + 1) * roundSize, total)} payments after ${Math.round(performance.now() / 1000)} s`);
  }
  return { late, open, unpaid };
}

/** Orders that a killed process holds are free after a minute. */
async function finishRounds({ late, open, unpaid }) {
  const deadline = Date.now() + patience;
  while (late.length > 0 || open.length > 0) {
    assert.ok(Date.now() < deadline, `${late.length} orders have no answer, ${open.length} payments go on`);
    const created = await createAll(late);
    late = created.unanswered;
    open = [...(await serve(open)), ...created.made];
    unpaid = [...(await refundPaid(unpaid)), ...created.made.filter(({ refund }) => refund !== 'none')];
    await sleep(500);
  }
  await refundPaid(unpaid);
}

test('the day', async () => {
  days.push(today());
  await beginFaults();
  const begin = performance.now();
  const left = await dayOfRounds();
  report.seconds = (performance.now() - begin) / 1000;
  await finishRounds(left);
  if (today() !== days[0]) days.push(today());
  report.replays = await checkReplays(plans);
});

test('the faults end, and everything settles', async () => {
  await endFaults();
  await payOutAll(admin);
  await untilQuiet();
});

test('the comparison finds the money that nobody told of', compareDays);

test('both sides agree to the rupiah, payment by payment', async () => {
  const { mismatches, counts } = await compareBooks(plans);
  Object.assign(report, counts, { mismatches: mismatches.length });
  assert.deepEqual(mismatches.slice(0, 50), []);
  await checkBooks();
  await checkBank();
});

test('refunds are as they were asked for, and each has ended', async () => {
  const rows = await it.sql('select id, payment_id, amount_minor, mode, status from payment_refunds');
  assert.equal(rows.length, askedRefunds.size);
  for (const [id, paymentId, minor, mode, status] of rows) {
    const { plan, minor: asked } = askedRefunds.get(id);
    assert.deepEqual([paymentId, Number(minor), mode], [plan.id, asked, plan.qr ? 'api' : 'manual']);
    assert.ok(['succeeded', 'failed'].includes(status), status);
  }
});

test('what is left for a person is what was meant for one', async () => {
  const meant = new Map(plans.filter(waitsForDecision).map((plan) => [plan.id, plan]));
  const items = await it.sql('select class, status, payment_id from reconciliation_items');
  for (const [what, status, paymentId] of items) {
    if (what === 'missing_notification') assert.equal(status, 'healed');
    else assert.ok(['duplicate_credit', 'amount_mismatch'].includes(what) && status === 'open' && meant.has(paymentId), `${what} ${status} ${paymentId}`);
  }
  report.items = items.length;
  // Those that a notice or a question has found are no differences of the comparison, but wait as well.
  const waiting = (await it.sql('select id from payments where suspense_minor > 0')).flat();
  assert.deepEqual(waiting.filter((id) => !meant.has(id)), []);
  assert.ok(waiting.length > 0);
});

test('a second comparison changes nothing', async () => {
  const first = await contents();
  await compareDays();
  assert.deepEqual(await contents(), first);
});

test('the day was as bad as it was meant to be', async (t) => {
  const list = (counts) => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ');
  const fired = Object.values(met.fired).reduce((all, count) => all + count, 0);
  const statuses = Object.fromEntries(await rowsOf('select status, count(*) from payments group by 1 order by 1'));
  const refundsBy = Object.fromEntries(await rowsOf("select mode || ' ' || status, count(*) from payment_refunds group by 1 order by 1"));
  const accounts = Object.fromEntries(await rowsOf('select account, (sum(amount_minor) / 100)::bigint from ledger_entries group by 1 order by 1'));
  for (const line of [
    `seed ${seed}: again with test/paymentDay/run.sh --payments ${total} --seed ${seed}`,
    `${total} payments in ${Math.round(report.seconds)} s, ${(total / report.seconds).toFixed(1)} a second`,
    `payments: ${list(statuses)}; ${report.late} late`,
    `customers at the bank: ${list(results)}`,
    `bank: ${report.credits} payments of ${report.rupiah} rupiah, ${report.reversed} given back at once, ${report.refunds} refunds`,
    `refunds: ${list(refundsBy)}`,
    `ledger: ${list(accounts)}`,
    `requests sent again: ${repeated.requests}, answered as before: ${repeated.replayed} and ${report.replays} of ${report.replays}`,
    `faults: ${fired} of ${met.requests} requests (${((100 * fired) / met.requests).toFixed(1)} %): ${list(met.fired)}`,
    `restarts: ${list(restarts)}`,
    `comparisons (credits, matched, healed, differences): ${report.runs.map((run) => run.join(', ')).join('; ')}; ${report.items} items`,
    `mismatches: ${report.mismatches}`,
  ]) t.diagnostic(line);
  if (total >= 1000) {
    assert.ok(fired > 0.04 * met.requests, `${fired} faults of ${met.requests} requests`);
    assert.ok(Object.values(met.fired).filter((count) => count > 0).length >= 25, list(met.fired));
  }
  for (const name of ['k-public', 'k-admin', 'bank', 'postgres', 'redis', 'nginx']) assert.ok(restarts[name] > 0, name);
  for (const what of ['paid', 'review', 'refunded', 'partially_refunded', 'cancelled', 'pending']) assert.ok(Number(statuses[what]) > 0, what);
  assert.ok(report.late > 0);
});
