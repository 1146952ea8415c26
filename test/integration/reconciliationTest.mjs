// The comparison with the bank's books: what nobody told of is booked, what does not fit is shown to a person, and a second look changes nothing.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { parseCsv } from './csv.mjs';
import { inParallel } from './client.mjs';
import { until } from './installation.mjs';
import {
  admins, bank, booked, cancel, checkBank, checkBooks, checkSecrets, createPaid, createPending, down, errorOf, events, find, firedAll, history, it, machine, makeOverdue, money, movements, patience,
  refundOf, secondServer, start, synced, target, untilRefund, untilStatus,
} from './payments.mjs';
import { askRun, items, itemsOf, leaveAlone, listItems, reconcile, runs, snapshot, today, untilRun } from './reconciliation.mjs';

let admin;
let shop;
before(async () => {
  // The clock asks for nothing, so that each test sees its own run.
  await start('reconciliation', { settings: { K_PAYMENT_RECONCILE: 0, K_BRI_TIMEOUT_MS: 4000 } });
  admin = await it.adminLogin();
  shop = await machine('payments:read,payments:write,payments:refund');
});
after(down);
afterEach(() => bank.clearFaults());

/** One that is asked for by nobody but a run. */
async function forgotten(more = {}) {
  const payment = await createPending(shop, more);
  await leaveAlone(payment.id);
  return payment;
}
const pay = async (payment, more = {}) => (await bank.payUntold({ ...target(payment), ...more })).credit;
const status = async ({ id }) => (await find(shop, id)).status;
const asSeen = async (id) => ({ 'If-Match': (await admin.get(`${admins}/${id}`)).headers.etag });
const decide = async (id, body) => {
  const answer = await admin.post(`${admins}/${id}/decide`, body, await asSeen(id));
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const resolve = (id, body) => admin.post(`${items}/${id}/resolve`, body);
const suspense = () => it.number("select coalesce(-sum(amount_minor), 0) from ledger_entries where account = 'suspense:unmatched'");

test('money that nobody told of is booked by a run, as if it had been told', async () => {
  const payment = await forgotten();
  const credit = await pay(payment);
  const run = await reconcile(admin);
  assert.deepEqual([run.attempts, run.error, run.counts], [1, null, { credits: 1, matched: 0, healed: 1, items: 0 }]);
  assert.ok(run.finished_at);
  const paid = await find(shop, payment.id);
  assert.deepEqual([paid.status, paid.late, paid.paid], ['paid', false, money('10000.00')]);
  assert.ok(Math.abs(Date.parse(paid.paid_at) - Date.parse(credit.at)) < 2000, `${paid.paid_at} ${credit.at}`);
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
  assert.deepEqual(await history(shop, payment.id), ['created', 'pending', 'paid']);
  assert.equal((await admin.get(`${admins}/${payment.id}/events`)).json.data.at(-1).cause, run.id);
  const [item, ...more] = await itemsOf(admin, payment.id);
  assert.deepEqual([item.class, item.status, item.reference, item.run_id, item.at_bank, item.booked, more], ['missing_notification', 'healed', credit.id, run.id, money('10000.00'), money('0.00'), []]);
  assert.equal(item.va_number, payment.va.number);

  // Told after all, it is the same money.
  assert.equal((await bank.resend({ credit: credit.id, external_id: 'new' })).result, 'accepted');
  assert.equal((await synced(shop, payment.id)).version, paid.version);
  const again = await reconcile(admin);
  assert.deepEqual(again.counts, { credits: 1, matched: 1, healed: 0, items: 0 });
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
});

test('money on payments that have ended is booked, and late', async () => {
  const [cancelled, overdue] = [await forgotten(), await forgotten()];
  assert.equal((await cancel(shop, cancelled.id)).status, 200);
  await makeOverdue(overdue.id);
  assert.equal((await synced(shop, overdue.id)).status, 'expired');
  for (const payment of [cancelled, overdue]) await pay(payment, { force: true });
  await reconcile(admin);
  for (const payment of [cancelled, overdue]) {
    const paid = await find(shop, payment.id);
    assert.deepEqual([paid.status, paid.late], ['paid', true]);
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.deepEqual((await itemsOf(admin, payment.id)).map((item) => [item.class, item.status]), [['missing_notification', 'healed']]);
  }
});

test('a second payment of an account that is paid waits for a decision', async () => {
  const payment = await createPaid(shop);
  await leaveAlone(payment.id);
  const second = await pay(payment, { force: true });
  const run = await reconcile(admin);
  assert.equal(run.counts.items, 1);
  assert.deepEqual(await movements(payment.id), [...booked(1_000_000), ...booked(1_000_000, 'suspense:unmatched')]);
  const found = await itemsOf(admin, payment.id);
  assert.deepEqual(found.map((item) => [item.class, item.status, item.reference, item.at_bank]), [['duplicate_credit', 'open', second.id, money('10000.00')]]);
  assert.equal(await status(payment), 'paid');
  const returned = await decide(payment.id, { verdict: 'return', bank_reference: 'TRF-1', note: 'Paid twice' });
  assert.deepEqual([returned.status, returned.suspense, returned.paid], ['paid', money('0.00'), money('10000.00')]);
  const settled = await resolve(found[0].id, { note: 'Given back' });
  assert.deepEqual([settled.status, settled.json?.status, settled.json?.note, settled.json?.bank_reference], [200, 'resolved', 'Given back', null], settled.text);
});

test('two payments of one account, neither of them told: one is its money, the other waits, and a person is told', async () => {
  const payment = await forgotten();
  const credits = [await pay(payment), await pay(payment, { force: true })];
  const run = await reconcile(admin);
  assert.equal(await status(payment), 'paid');
  const moved = await movements(payment.id);
  assert.deepEqual(moved, [...booked(1_000_000), ...booked(1_000_000, 'suspense:unmatched')]);
  const found = await itemsOf(admin, payment.id);
  assert.deepEqual(found.map((item) => [item.class, item.status]), [['duplicate_credit', 'open'], ['missing_notification', 'healed']]);
  assert.deepEqual(found.map(({ reference }) => reference).sort(), credits.map(({ id }) => id).sort());
  assert.deepEqual([run.counts.healed, run.counts.items], [1, 1]);
});

test('another amount goes to review', async () => {
  for (const [amount, minor] of [['12000.00', 1_200_000], ['9999.00', 999_900]]) {
    const payment = await forgotten();
    const credit = await pay(payment, { amount, force: true });
    await reconcile(admin);
    assert.equal(await status(payment), 'review');
    assert.deepEqual(await movements(payment.id), booked(minor, 'suspense:unmatched'));
    assert.deepEqual((await itemsOf(admin, payment.id)).map((item) => [item.class, item.status, item.reference, item.at_bank]), [['amount_mismatch', 'open', credit.id, money(amount)]]);
  }
});

test('money of no payment is booked once, shown, and given back by hand', async () => {
  const before = await suspense();
  const strange = await bank.payUntold({ va: '777779999999998', amount: '31000.00', force: true });
  const told = await bank.pay({ va: '777779999999999', amount: '5000.00', force: true });
  assert.match(told.answers[0].response_code, /^404/);
  for (let times = 0; times < 2; ++times) await reconcile(admin);
  assert.equal(await suspense(), before + 3_600_000);
  for (const [{ credit }, value] of [[strange, '31000.00'], [told, '5000.00']]) {
    const [item] = (await listItems(admin, 'class=orphan_credit&status=open')).filter(({ reference }) => reference === credit.id);
    assert.deepEqual([item.payment_id, item.va_number, item.at_bank, item.booked], [null, credit.va, money(value), money('0.00')]);
    for (const [body, wanted] of [[{ note: 'Given back' }, '400 REQUIRED'], [{ bank_reference: 'TRF-2' }, /^400 /], [{}, /^400 /]]) {
      const refused = errorOf(await resolve(item.id, body));
      assert.match(refused, wanted instanceof RegExp ? wanted : new RegExp(`^${wanted}$`));
    }
    const settled = await resolve(item.id, { note: 'Given back', bank_reference: `TRF-${value}` });
    assert.deepEqual([settled.status, settled.json?.status, settled.json?.note, settled.json?.bank_reference], [200, 'resolved', 'Given back', `TRF-${value}`], settled.text);
    assert.ok(settled.json.resolved_at && settled.json.resolved_by);
    assert.equal(errorOf(await resolve(item.id, { note: 'Again', bank_reference: 'TRF-3' })), '409 CONFLICT');
    const keys = (await it.sql(`select idem_key from ledger_transactions where idem_key like '%:${credit.id}' order by id`)).flat();
    assert.deepEqual(keys, [`orphan:${credit.id}`, `orphan_return:${credit.id}`]);
  }
  assert.equal(await suspense(), before);
  await reconcile(admin);
  assert.equal(await suspense(), before, 'what is settled stays so');
  const { data } = (await admin.get(`${admins}/ledger/entries?account=suspense:unmatched&limit=4`)).json;
  assert.deepEqual(data.map(({ kind, payment_id: id }) => [kind, id]), [['orphan_return', null], ['orphan_return', null], ['orphan', null], ['orphan', null]]);
  assert.equal(errorOf(await resolve(randomUUID().replace(/^(.{14})./, '$17'), { note: 'x', bank_reference: 'x' })), '404 NOT_FOUND');
});

test('what the bank has given back is shown, and a person decides', async () => {
  const [account, code] = [await createPaid(shop), await createPaid(shop, { method: 'bri_qris' })];
  const known = (await reconcile(admin)).counts.items; // what was found before is found again
  for (const payment of [account, code]) {
    assert.deepEqual(await itemsOf(admin, payment.id), [], 'both sides agree');
    await bank.reverse(target(payment));
  }
  const before = await snapshot();
  const run = await reconcile(admin);
  assert.equal(run.counts.items, known + 2);
  const found = [(await itemsOf(admin, account.id))[0], (await itemsOf(admin, code.id))[0]];
  assert.deepEqual(found.map((item) => [item.class, item.status, item.booked]), [['paid_here_not_at_bank', 'open', money('10000.00')], ['reversed_at_bank', 'open', money('10000.00')]]);
  const seen = await snapshot();
  assert.deepEqual([seen.payments, seen.ledger_entries], [before.payments, before.ledger_entries], 'nothing is taken back by itself');
  const refund = await refundOf(shop, account.id, '1000.00');
  assert.equal(errorOf(await admin.post(`${admins}/${account.id}/decide`, { verdict: 'reverse' }, await asSeen(account.id))), '409 CONFLICT', 'a refund has not ended');
  assert.equal((await admin.post(`${admins}/refunds/${refund.id}/cancel`, { reason: 'The bank gave it back' })).status, 200);
  for (const payment of [account, code]) {
    const reversed = await decide(payment.id, { verdict: 'reverse', note: 'As the bank says' });
    assert.equal(reversed.status, 'reversed');
    assert.deepEqual((await movements(payment.id)).at(-1), { 'merchant:payable': 1_000_000, 'bank:bri:clearing': -1_000_000 });
    assert.equal(errorOf(await admin.post(`${admins}/${payment.id}/decide`, { verdict: 'reverse' }, await asSeen(payment.id))), '409 CONFLICT');
  }
  for (const item of found) assert.equal((await resolve(item.id, { note: 'Reversed' })).status, 200);
  assert.equal((await reconcile(admin)).counts.items, known);
});

test('codes: what nobody told of is asked for, what the bank refunded is no difference', async () => {
  const [untold, refunded, half] = [await forgotten({ method: 'bri_qris' }), await createPaid(shop, { method: 'bri_qris' }), await createPaid(shop, { method: 'bri_qris' })];
  for (const [payment, value] of [[refunded, '10000.00'], [half, '4000.00']]) await untilRefund(shop, (await refundOf(shop, payment.id, value)).id, 'succeeded', patience);
  await pay(untold);
  await reconcile(admin);
  await untilStatus(shop, untold.id, 'paid', patience);
  assert.deepEqual(await movements(untold.id), booked(1_000_000));
  assert.deepEqual([await status(refunded), await status(half)], ['refunded', 'partially_refunded']);
  for (const payment of [refunded, half]) assert.deepEqual(await itemsOf(admin, payment.id), []);
});

test('a second run over the same changes nothing, and 5 at once neither', async () => {
  await reconcile(admin);
  const before = await snapshot();
  await reconcile(admin);
  assert.deepEqual(await snapshot(), before);
  const asked = await inParallel(5, () => askRun(admin), 5);
  for (const { id } of asked) await untilRun(admin, id);
  assert.deepEqual(await snapshot(), before);
});

for (const faults of [['garbage_json', 'http:500'], ['drop_connection:half'], ['unlisted_code']]) {
  test(`a report that cannot be read (${faults}) is asked for again, in smaller pieces`, async () => {
    const payment = await forgotten();
    await pay(payment);
    for (const fault of faults) await bank.fault('report', fault);
    const run = await reconcile(admin);
    await firedAll();
    assert.deepEqual([run.attempts, run.error, run.counts.healed], [1, null, 1]);
    assert.equal(await status(payment), 'paid');
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
  });
}

test('a report that cannot be read five times: the run says so, waits and begins anew', async () => {
  const payment = await forgotten();
  await pay(payment);
  await bank.fault('report', 'garbage_json', { count: 5 });
  const { id } = await askRun(admin);
  const waiting = await until('it was tried', async () => {
    const { json } = await admin.get(`${runs}/${id}`);
    return json.attempts > 0 && json.status === 'waiting' && json;
  }, patience);
  assert.match(waiting.error, /^report: ./);
  const run = await untilRun(admin, id);
  await firedAll();
  assert.deepEqual([run.attempts, run.error, run.counts.healed], [2, null, 1]);
  assert.equal(await status(payment), 'paid');
  assert.deepEqual(await movements(payment.id), booked(1_000_000));
});

test('a day that could not be compared is tried again for a week', async () => {
  const lastTry = async (sinceThen) => {
    const { id } = await askRun(admin);
    await bank.fault('report', 'garbage_json', { count: 5 });
    await it.sql(`update reconciliation_runs set attempts = 29, ends_at = ends_at - interval '${sinceThen}', starts_at = starts_at - interval '${sinceThen}' where id = '${id}'`);
    await until('it was tried', async () => (await it.number(`select count(*) from reconciliation_runs where id = '${id}' and attempts = 30 and status <> 'running'`)) === 1, patience);
    await bank.clearFaults();
    return id;
  };
  const id = await lastTry('1 day');
  assert.equal(await it.number(`select count(*) from reconciliation_runs where id = '${id}' and status = 'waiting' and next_at > now() + interval '170 minutes'`), 1);
  await it.sql(`update reconciliation_runs set next_at = now() where id = '${id}'`);
  await untilRun(admin, id);
  const old = await lastTry('8 days');
  await untilRun(admin, old, 'failed');
  await it.sql(`update reconciliation_runs set status = 'done' where id = '${old}'`); // the other tests know of none that failed
});

test('a code that was paid and given back before we asked ends, and nothing is booked', async () => {
  const payment = await forgotten({ method: 'bri_qris' });
  await pay(payment);
  await bank.reverse({ qr: payment.qr.content });
  assert.equal((await synced(shop, payment.id)).status, 'pending');
  await makeOverdue(payment.id);
  await it.sql(`update payment_work set next_at = now() where payment_id = '${payment.id}' and kind = 'ask'`);
  await untilStatus(shop, payment.id, 'expired', patience);
  assert.deepEqual(await movements(payment.id), []);
});

test('k-public is killed in the middle of a run: the next one who takes it finds the same', async () => {
  const payments = await inParallel(3, () => forgotten(), 3);
  for (const payment of payments) await pay(payment);
  await bank.fault('report', 'slow:2000', { count: 30 });
  const { id } = await askRun(admin);
  await untilRun(admin, id, 'running');
  await until('the bank is asked', async () => (await bank.faults())[0].fired > 0);
  it.kill('k-public', 'SIGKILL');
  await it.start('k-public');
  await bank.clearFaults();
  assert.equal((await admin.get(`${runs}/${id}`)).json.status, 'running');
  await it.sql(`update reconciliation_runs set next_at = now() where id = '${id}'`); // as if its lease were over
  const run = await untilRun(admin, id);
  assert.deepEqual([run.attempts, run.counts.healed], [2, 3]);
  for (const payment of payments) assert.deepEqual(await movements(payment.id), booked(1_000_000));
});

test('two processes: each run is done by one of them', async (t) => {
  const second = await secondServer(t, shop.headers);
  const payments = await inParallel(4, () => forgotten(), 4);
  for (const payment of payments) await pay(payment);
  const reports = () => it.number("select count(*) from bank_calls where operation = 'report'");
  const before = await reports();
  const asked = await inParallel(6, () => askRun(admin), 6);
  let pieces = 0;
  for (const { id } of asked) {
    const run = await untilRun(admin, id);
    assert.deepEqual([run.attempts, run.counts.items], [1, run.counts.credits - run.counts.matched - run.counts.healed]);
    pieces += Math.ceil((Date.parse(run.to) - Date.parse(run.from) + 1000) / 3_600_000);
  }
  assert.equal((await reports()) - before, pieces, 'no report was asked for twice');
  for (const payment of payments) {
    assert.deepEqual(await movements(payment.id), booked(1_000_000));
    assert.equal((await itemsOf(admin, payment.id)).length, 1);
  }
  await second.kill();
});

test('runs and differences are listed by their members, and as a file', async () => {
  const list = async (path) => {
    const answer = await admin.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.data;
  };
  const all = await list(`${runs}?limit=200`);
  assert.equal(all.length, await it.number('select count(*) from reconciliation_runs'));
  assert.deepEqual((await list(`${runs}?kind=window`)).length, 0);
  assert.deepEqual((await list(`${runs}?kind=day&status=done&limit=200`)).map(({ id }) => id), all.map(({ id }) => id));
  const rows = await listItems(admin);
  for (const [name, value] of [['class', 'orphan_credit'], ['class', 'duplicate_credit'], ['status', 'open'], ['status', 'healed'], ['run_id', rows[0].run_id]]) {
    const wanted = rows.filter((item) => item[name] === value);
    assert.ok(wanted.length > 0, value);
    assert.deepEqual(await listItems(admin, `${name}=${value}`), wanted);
  }
  for (const path of [`${runs}?status=gone`, `${runs}?kind=year`, `${runs}?limit=201`, `${items}?class=odd`, `${items}?status=closed`, `${items}?run_id=1`, `${items}?colour=red`]) {
    assert.equal((await admin.get(path)).status, 400, path);
  }
  const file = await admin.get(`${items}?limit=200`, { Accept: 'text/csv' });
  const [names, ...lines] = parseCsv(file.text);
  assert.deepEqual(lines.map((line) => line[names.indexOf('at_bank')]), rows.map((item) => item.at_bank.value));
  for (const [day, wanted] of [['2999-01-01', '400 OUT_OF_RANGE'], ['2026-02-30', /^400 /], ['yesterday', /^400 /], ['', /^400 /]]) {
    assert.match(errorOf(await admin.post(runs, { day })), wanted instanceof RegExp ? wanted : new RegExp(`^${wanted}$`), day);
  }
  const yesterday = await admin.post(runs, {});
  assert.equal(yesterday.status, 202, yesterday.text);
  assert.ok(Date.parse(yesterday.json.to) < Date.now());
  await untilRun(admin, yesterday.json.id);
  assert.equal(errorOf(await admin.get(`${runs}/${randomUUID().replace(/^(.{14})./, '$17')}`)), '404 NOT_FOUND');
});

test('kctl asks for a run, waits for it and shows what is open', async () => {
  const payment = await forgotten();
  await pay(payment);
  const said = await it.kctl('payments', 'reconcile', '--day', today(), '--json');
  const open = await listItems(admin, 'status=open');
  assert.ok(open.length > 0);
  assert.equal(said.status, 1, `differences are open: ${said.stdout}${said.stderr}`);
  const { run, items: shown } = JSON.parse(said.stdout);
  assert.deepEqual([run.status, run.asked_by], ['done', null], 'the operator has no account');
  assert.deepEqual(shown, open);
  assert.equal(await status(payment), 'paid');
  const healed = await it.kctl('payments', 'items', '--status', 'healed', '--class', 'missing_notification', '--run', run.id, '--json');
  assert.equal(healed.status, 0, healed.stderr);
  assert.deepEqual(JSON.parse(healed.stdout).items.map(({ payment_id: id }) => id), [payment.id]);
  assert.notEqual((await it.kctl('payments', 'reconcile', '--day', '2999-01-01')).status, 0);
});

test('the clock asks for runs too', async () => {
  const payment = await forgotten();
  await pay(payment);
  it.env.K_PAYMENT_RECONCILE = '5';
  await it.stop('k-public');
  await it.start('k-public');
  await untilStatus(shop, payment.id, 'paid', patience);
  const [item] = await itemsOf(admin, payment.id);
  const { json } = await admin.get(`${runs}/${item.run_id}`);
  assert.deepEqual([json.kind, json.asked_by], ['window', null]);
});

test('books of both sides, manners and logs after all of it', async () => {
  await checkBooks();
  await checkBank();
  await checkSecrets();
});
