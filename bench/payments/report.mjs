// Medians, ratios and mismatches of ./k bench payments: bench/results/payments.json and the section of docs/benchmarks.md.
import { median, printTable, table, thousands, writeReport } from '../reportPage.mjs';

const SIDES = {
  created: {
    ours: 'k-public, the bank answers meanwhile',
    oursSilent: 'k-public, the bank is silent meanwhile',
    steps: 'Fastify + pg, a statement for each table',
    single: 'Fastify + pg, one statement',
  },
  booked: { ours: 'k-public', steps: 'Fastify + pg, a statement for each table', single: 'Fastify + pg, one statement' },
};
const NAMES = { created: 'payments created', booked: 'notices booked' };
/** docs/benchmark-report.md of artivisi/payment-gateway: a laptop, another load; measured by its authors. */
const PUBLISHED = 'artivisi/payment-gateway publishes 959.7 requests a second (median 1.01 ms, p99 112 ms, no mismatches)';
const HEAD = ['what', 'side', 'a second', 'range', 'p50 ms', 'p99 ms', 'errors', 'log bytes each', 'flushes each'];
const RATIO_HEAD = ['figure', 'is', 'goal', 'reached'];

const rounded = (value, digits = 2) => Number(value.toFixed(digits));

function figuresOf(runs) {
  const figures = {};
  for (const [what, sides] of Object.entries(SIDES)) {
    for (const side of Object.keys(sides)) {
      const all = runs.filter((run) => run.what === what && run.side === side);
      const good = all.filter(({ errors }) => errors === 0);
      if (good.length === 0) continue;
      const middle = (name) => median(good.map((run) => run[name]));
      const speeds = good.map((run) => run.per_second);
      (figures[what] ??= {})[side] = {
        per_second: rounded(median(speeds), 1),
        lowest: Math.min(...speeds),
        highest: Math.max(...speeds),
        p50_ms: rounded(middle('p50_ms')),
        p99_ms: rounded(middle('p99_ms')),
        errors: all.reduce((sum, { errors }) => sum + errors, 0),
        wal_bytes_each: Math.round(middle('wal_bytes_each')),
        flushes_each: good.some((run) => run.flushes_each === null) ? null : rounded(middle('flushes_each')),
        ...(all[0].to_bank_s !== undefined && { to_bank_s: middle('to_bank_s'), bank_calls_meanwhile: middle('bank_calls_meanwhile') }),
      };
    }
  }
  return figures;
}

/** The machine's load changes from round to round, so sides are compared within a round. */
function ratioOf(runs, what, side, peer) {
  const of = (name) => runs.filter((run) => run.what === what && run.side === name);
  const theirs = of(peer);
  const perRound = of(side).map((run, at) => (run.errors === 0 && theirs[at]?.errors === 0 ? run.per_second / theirs[at].per_second : NaN)).filter((ratio) => !Number.isNaN(ratio));
  return perRound.length > 0 ? rounded(median(perRound)) : null;
}

function goalsOf(result) {
  const { runs, figures, books } = result;
  const steps = 'Fastify + pg, a statement for each table';
  const single = 'Fastify + pg, one statement';
  const atLeast = (what, is, goal) => ({ what, is, goal: goal === null ? null : `at least ${thousands(goal)}`, reached: is === null || goal === null ? null : is >= goal });
  const speed = (what, side) => figures[what]?.[side]?.per_second ?? null;
  const mismatches = (book) => book.reduce((sum, one) => sum + one.mismatches, 0);
  const [ours, peer] = [mismatches(books.ours), mismatches(books.peer)];
  return [
    atLeast('payments created a second, the bank answers meanwhile', speed('created', 'ours'), 2000),
    atLeast('payments created a second, the bank is silent meanwhile', speed('created', 'oursSilent'), 2000),
    atLeast('notices booked a second', speed('booked', 'ours'), 1000),
    ...[
      ['created', 'ours', 'steps', `payments created, the bank answers meanwhile / ${steps}`, 1.5],
      ['created', 'ours', 'single', `payments created, the bank answers meanwhile / ${single}`, null],
      ['created', 'oursSilent', 'steps', `payments created, the bank is silent meanwhile / ${steps}`, 1.5],
      ['created', 'oursSilent', 'single', `payments created, the bank is silent meanwhile / ${single}`, null],
      ['booked', 'ours', 'steps', `notices booked / ${steps}`, 1.5],
      ['booked', 'ours', 'single', `notices booked / ${single}`, null],
    ].map(([what, side, other, text, goal]) => atLeast(text, ratioOf(runs, what, side, other), goal)),
    { what: 'mismatches of k-public', is: ours, goal: '0', reached: ours === 0 },
    { what: 'mismatches of Fastify + pg', is: peer, goal: null, reached: null },
  ];
}

const yesOrNo = (reached) => (reached === null ? '' : reached ? 'yes' : 'no');

function sectionOf(result, rows, goalRows, remarks) {
  const { machine, versions, settings, figures, books } = result;
  const { postgresql, pool } = settings;
  const left = (side) => figures.created?.[side];
  const state = { ours: 'it answers', oursSilent: 'it is silent' };
  const handed = Object.keys(state).filter(left).map((side) => `${thousands(Math.round(left(side).bank_calls_meanwhile))} (${state[side]})`);
  const drained = Object.keys(state).filter(left).map((side) => `${left(side).to_bank_s} s`);
  return `## Payments

${result.at.slice(0, 10)}, commit ${result.commit}, ${machine.cpu}, ${machine.cores} cores shared with the load generator,
PostgreSQL and the simulated bank; load average ${machine.load_before} before the first round. ${thousands(settings.payments)} requests a run, each
sent once over ${settings.connections} kept connections to each side's own loopback port, past the gateway; ${settings.rounds} rounds, whose order
changes; medians, a ratio is the median of the rounds' ratios. One PostgreSQL ${versions.postgresql} for
all, data on ${settings.data_on}, fsync ${postgresql.fsync}, synchronous_commit ${postgresql.synchronous_commit}, shared_buffers ${postgresql.shared_buffers}:
every answer comes after its commit. Node ${versions.node}, Fastify ${versions.fastify}, pg ${versions.pg}, 2 workers with ${pool.steps} (a
statement for each table) and ${pool.single} (one statement) connections each: the best of 4, 8 and 12.${remarks}

- **Created**: \`POST /api/payment/payments\` with a machine's key, each with an \`Idempotency-Key\` of its own; \`K_PAYMENT_WAIT_MS=0\`: answered when it is
  committed, the bank hears of it afterwards.
- **Booked**: BRIVA Online's payment (service 25), signed as the bank signs it, for accounts that the bank has: answered \`2002500\` when the money is in the ledger.
- k-services also writes an audit trail and checks every movement by trigger; it has 20 connections to PostgreSQL, as in production, and what comes at one time
  shares statements and commits ([why](decisions/mergedOperations.md)). Fastify keeps keys and tokens in memory, and does nothing with its outbox.
- k-public gives up to 64 new payments at a time to the bank, which is a program of Node on the same cores; the others are work that waits. So it is measured
  twice: with the bank answering, and with the bank stopped for the run. Calls that ended within a run: ${handed.join(', ')}. The last payment was
  with the bank ${drained.join(' and ')} after the run. No run begins before the one before has left nothing to do; the questions that are due a minute after
  each creation are put off.
- An answer that is not the right one is an error. Its request is sent again after the run, as shops and the bank do, and a run with errors is left out.

${table(HEAD, rows)}

Log bytes: what PostgreSQL wrote into its log for a request, flushes: how often the disk was told to keep it, both with what goes on meanwhile in the background.

${table(RATIO_HEAD, goalRows)}

${PUBLISHED}: on another machine, under another load, not measured here.

Mismatches after all ${thousands(result.payments.ours)} payments and ${thousands(result.notices.ours)} notices (Fastify: ${thousands(result.payments.peer)} and ${thousands(result.notices.peer)}):

${table(['what holds', 'k-public', 'Fastify + pg'], books.ours.map(({ rule, mismatches }) => [rule, String(mismatches), String(books.peer.find((one) => one.rule === rule)?.mismatches ?? '')]))}
`;
}

/** Answers the exit code. */
export function report(root, measured) {
  const figures = figuresOf(measured.runs);
  const result = { ...measured, figures };
  result.goals = goalsOf(result);
  const rows = Object.entries(figures).flatMap(([what, sides]) =>
    Object.entries(sides).map(([side, one]) => [
      NAMES[what], SIDES[what][side], thousands(one.per_second), `${thousands(Math.round(one.lowest))} to ${thousands(Math.round(one.highest))}`,
      one.p50_ms.toFixed(2), one.p99_ms.toFixed(2), String(one.errors), thousands(one.wal_bytes_each), one.flushes_each === null ? '' : one.flushes_each.toFixed(2),
    ]));
  const goalRows = result.goals.map(({ what, is, goal, reached }) => [what, is === null ? 'not measured' : thousands(is), goal ?? '', yesOrNo(reached)]);
  const invalid = measured.runs.filter(({ errors }) => errors > 0).length;
  const remarks = [
    measured.machine.load_before > 2 && 'The machine was busy with other work: the figures are low and the ratios uncertain.',
    invalid > 0 && `Runs with wrong answers, which are left out: ${invalid}.`,
    measured.restless_runs > 0 && `Runs that began while work of the one before went on: ${measured.restless_runs}.`,
  ].filter(Boolean).map((text) => `\n\n${text}`).join('');
  writeReport(root, 'payments', result, sectionOf(result, rows, goalRows, remarks));
  printTable([HEAD, ...rows]);
  printTable([RATIO_HEAD, ...goalRows]);
  const broken = measured.books.ours.filter(({ mismatches }) => mismatches > 0);
  for (const { rule, mismatches } of broken) console.log(`\nMISMATCH: ${rule}: ${mismatches}`);
  if (remarks) console.log(remarks);
  return broken.length > 0 || result.goals.some(({ is }) => is === null) ? 1 : 0;
}
