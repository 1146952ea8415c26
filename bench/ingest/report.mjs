// Figures and ratios of ./k bench ingest.
import { median, printTable, table, thousands, version, writeReport } from '../reportPage.mjs';

const SIDES = {
  ours: 'k-admin: rows, rollups, positions',
  bare: 'parse and COPY alone, same indexes',
  goaccess: 'GoAccess, in memory, JSON report',
  clean: 'k-admin, a quarter of the lines',
  rubbish: 'the same, 1 line in 100 rubbish',
  dashboards: 'the same, dashboards loading',
};
const round2 = (value) => Math.round(value * 100) / 100;

export function report(measured) {
  const { root, lines, bytes, rounds, load, runs, latency, dashboards } = measured;
  const speed = (name) => runs[name].map((run) => run.lines_per_s);
  // The machine's load changes from round to round, so sides are compared within a round.
  const ratio = (name, peer) => {
    const each = runs[name].map((run, index) => run.lines_per_s / runs[peer][index]?.lines_per_s).filter(Number.isFinite);
    return each.length ? round2(median(each)) : null;
  };
  const memory = round2(Math.max(...runs.ours.map((run) => run.memory_above_idle_mb)));
  const goals = [
    { what: 'k-admin / GoAccess on the same file, lines/s', is: ratio('ours', 'goaccess'), goal: 8, least: true },
    { what: 'k-admin / parse and COPY alone', is: ratio('ours', 'bare'), goal: 0.8, least: true },
    { what: 'most memory of k-admin above idle while it reads, MB', is: memory, goal: 64 },
    { what: 'speed with 1 line in 100 rubbish / without', is: ratio('rubbish', 'clean'), goal: 0.9, least: true },
    { what: `speed while ${dashboards.clients} clients load a dashboard every ${dashboards.every_s} s / without`, is: ratio('dashboards', 'clean'), goal: 0.9, least: true },
    { what: `written to visible at ${thousands(latency.lines_per_s)} lines/s, 99 %, ms`, is: latency.p99_ms, goal: 2000 },
  ].map((one) => ({ ...one, reached: one.is === null ? null : one.least ? one.is >= one.goal : one.is <= one.goal }));

  const figures = Object.fromEntries(
    Object.keys(SIDES)
      .filter((name) => runs[name].length > 0)
      .map((name) => [name, { lines_per_s: Math.round(median(speed(name))), lowest: Math.round(Math.min(...speed(name))), highest: Math.round(Math.max(...speed(name))) }]),
  );
  const result = {
    name: 'ingest',
    at: new Date().toISOString(),
    commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
    machine: measured.machine,
    versions: { goaccess: /GoAccess - ([\d.]+\d)/.exec(version('goaccess', '--version'))?.[1] ?? '', postgres: version('psql', '--version').replace(/^psql \(PostgreSQL\) /, '') },
    settings: { lines, side_lines: measured.side_lines, bytes, rounds, dashboards },
    figures,
    latency,
    goals,
    runs,
  };

  const FIGURE_HEAD = ['what', 'lines/s', 'range'];
  const GOAL_HEAD = ['figure', 'is', 'goal', 'reached'];
  const figureRows = Object.entries(figures).map(([name, one]) => [SIDES[name], thousands(one.lines_per_s), `${thousands(one.lowest)} to ${thousands(one.highest)}`]);
  const goalRows = goals.map(({ what, is, goal, least, reached }) => [what, is === null ? 'not measured' : String(is), `${least ? '>=' : '<='} ${goal}`, reached === null ? '' : reached ? 'yes' : 'no']);
  const busy = Number(load) > 2 ? '\n\nThe machine was busy with other work: the figures are low and the ratios uncertain.' : '';
  const section = `## Ingest

${result.at.slice(0, 10)}, commit ${result.commit}, ${result.machine.cpu}, ${result.machine.cores} cores shared with PostgreSQL, load average ${load} before the
first round. ${thousands(lines)} lines, ${thousands(Math.round(bytes / 1e6))} MB, ${rounds} alternating rounds; medians with the lowest and highest round; a ratio is the median of
the rounds' ratios. From the appearance of the file to the commit of its last line, into empty tables; PostgreSQL ${result.versions.postgres} as
\`./k up\` sets it. GoAccess ${result.versions.goaccess} does other work: it keeps its counts in memory and stores no request.${busy}

${table(FIGURE_HEAD, figureRows)}

${table(GOAL_HEAD, goalRows)}

A line written at ${thousands(latency.lines_per_s)} lines/s is in the numbers of the dashboard after ${latency.p50_ms} ms (half of them), ${latency.p99_ms} ms (99 %), ${latency.max_ms} ms (the
slowest of ${thousands(latency.lines_per_s * latency.seconds)}).
`;
  writeReport(root, 'ingest', result, section);
  printTable([FIGURE_HEAD, ...figureRows]);
  printTable([GOAL_HEAD, ...goalRows]);
  console.log(busy.trim());
}
