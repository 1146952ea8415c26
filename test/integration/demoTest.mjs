// ./k demo in its small form: history, users, payments and attacks are really there afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, until } from './installation.mjs';
import { checkBank, checkBooks, down, it, patience, start } from './payments.mjs';

const program = fileURLToPath(new URL('../../k', import.meta.url));
const pastPayments = fileURLToPath(new URL('../../tools/demoPayments.mjs', import.meta.url));
before(() => start('demo', { settings: { K_RATE_LIMITS: 'on', K_PAYMENT_RECONCILE: 0 } }));
after(down);

const demo = (words, settings = {}) => runProgram(program, ['demo', ...words], { env: { ...it.env, ...settings }, timeoutMs: 240_000 });
const startOfDay = (zone) => `date_trunc('day', now() at time zone '${zone}') at time zone '${zone}'`;

test('a day of history, then users, payments, visitors and attacks', async () => {
  const ran = await demo(['--seed', '7', '--requests', '100', '--days', '1']);
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout + ran.stderr, /4 users signed in/);
  assert.ok((await it.number(`select count(*) from metric_snapshot where timestamp < ${startOfDay('utc')}`)) > 5_000, 'yesterday');
  const lines = () => it.lines('access.log').length + it.lines('dos_attempts.log').length;
  const live = "select coalesce(sum(lines), 0) from log_file where not imported";
  await until('the live lines are stored', async () => (await it.number(live)) >= lines());
  const rows = await it.number('select count(*) from metric_snapshot');
  assert.equal(await it.number("select sum(total_requests) from metric_rollup_hour where service = 'all' and route = ''"), rows);
  assert.equal(await it.number('select sum(lines) from log_file'), rows);
  assert.equal(await it.number('select sum(bad_lines) from log_file'), 0);
  const found = "select count(distinct activity_type) from suspicious_activity where activity_type in ('dos_attempt', 'honeypot')";
  await until('the attacks are found', async () => (await it.number(found)) === 2);
});

test('payments of today through the gateway: most are paid, some can be', async () => {
  const found = await it.sql("select status, count(*) from payments where description like 'Demo order %' group by 1 order by 1");
  assert.deepEqual(found, [['cancelled', '1'], ['paid', '14'], ['pending', '4'], ['refunded', '1'], ['review', '1']]);
});

test('a week of payments of every outcome, once; the bank differs from it in what is meant to', async () => {
  const inThePast = `from payments where created_at < ${startOfDay('Asia/Jakarta')}`;
  const yesterday = await it.number(`select count(*) ${inThePast}`);
  assert.ok(yesterday >= 20, `${yesterday} of yesterday`);
  const past = async () => {
    const ran = await runProgram(process.execPath, [pastPayments, 'past', '7', '7'], { env: it.env, timeoutMs: 120_000 });
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    return ran.stdout;
  };
  const made = Number(/^(\d+) payments/.exec(await past())?.[1]);
  assert.ok(made >= 140 && made <= 220, `${made} of six days`);
  assert.equal(await it.number(`select count(*) ${inThePast}`), yesterday + made);
  assert.match(await past(), /there since before/);
  assert.equal(await it.number(`select count(*) ${inThePast}`), yesterday + made);

  const statuses = await it.sql(`select distinct status ${inThePast} order by 1`);
  assert.deepEqual(statuses.flat(), ['cancelled', 'expired', 'failed', 'paid', 'partially_refunded', 'refunded', 'reversed', 'review']);
  const refunds = await it.sql(`select distinct mode, status from payment_refunds where payment_id in (select id ${inThePast}) order by 1, 2`);
  assert.deepEqual(refunds.map(String), ['api,failed', 'api,succeeded', 'manual,failed', 'manual,requested', 'manual,succeeded']);
  assert.ok((await it.number(`select count(*) ${inThePast} and late`)) >= 3, 'late');

  const waiting = "select count(*) from reconciliation_runs where status in ('waiting', 'running')";
  await until('the days are compared with the bank', async () => (await it.number(waiting)) === 0, patience);
  assert.deepEqual(await it.sql("select distinct status from reconciliation_runs where slot like 'asked:%'"), [['done']]);
  assert.ok((await it.number(`select sum(matched) from reconciliation_runs where slot like 'asked:%'`)) > 100, 'compared');
  // The money that came twice, whether it was told or found by the comparison.
  const extra = await it.number(`select count(*) ${inThePast} and status = 'paid' and suspense_minor > 0`);
  assert.ok(extra >= 3, 'extra money');
  assert.deepEqual(await it.sql('select class, status, count(*) from reconciliation_items group by 1, 2 order by 1'), [
    ['duplicate_credit', 'open', String(extra)],
    ['orphan_credit', 'open', '1'],
  ]);
  await checkBooks();
  await checkBank();
});

test('what it does not know is refused by name, and production altogether', async () => {
  for (const [words, said] of [[['--days', '8'], /--days 8: from 1 to 7/], [['--requests', 'many'], /--requests many: a number/], [['--sead', '1'], /not --sead/]]) {
    const ran = await demo(words);
    assert.notEqual(ran.status, 0);
    assert.match(ran.stdout + ran.stderr, said);
  }
  const ran = await demo([], { K_ENVIRONMENT: 'production' });
  assert.equal(ran.status, 1);
  assert.match(ran.stdout + ran.stderr, /not where K_ENVIRONMENT is production/);
});
