// ./k demo in its small form: history, users and attacks are really there afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram, startInstallation, until } from './installation.mjs';

const program = fileURLToPath(new URL('../../k', import.meta.url));
let it;
before(async () => (it = await startInstallation('demo', { K_RATE_LIMITS: 'on' })));
after(() => it?.down());

const demo = (...words) => runProgram(program, ['demo', ...words], { env: it.env, timeoutMs: 90_000 });

test('a day of history, then users, visitors and attacks', async () => {
  const ran = await demo('--seed', '7', '--requests', '100', '--days', '1');
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout + ran.stderr, /4 users signed in/);
  const startOfDay = "date_trunc('day', now() at time zone 'utc') at time zone 'utc'";
  assert.ok((await it.number(`select count(*) from metric_snapshot where timestamp < ${startOfDay}`)) > 5_000, 'yesterday');
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

test('what it does not know is refused by name', async () => {
  for (const [words, said] of [[['--days', '8'], /--days 8: from 1 to 7/], [['--requests', 'many'], /--requests many: a number/], [['--sead', '1'], /not --sead/]]) {
    const ran = await demo(...words);
    assert.notEqual(ran.status, 0);
    assert.match(ran.stdout + ran.stderr, said);
  }
});
