// httpServerReport.mjs RUNS ROOT SECONDS ROUNDS CONNECTIONS LOAD: ratios of the two HTTP servers, of the same rounds.
import fs from 'node:fs';
import { machine, median, parseRun, printTable, table, version, writeReport } from './reportPage.mjs';

const [runsFile, root, seconds, rounds, connections, load] = process.argv.slice(2);
const runs = fs.readFileSync(runsFile, 'utf8').split('@@ ').filter(Boolean).map(parseRun);
const of = (side, route) => runs.filter((run) => run.side === side && run.route === route);

// The machine's load changes from round to round, so sides are compared within a round.
function ratio(route, figure, side, other) {
  const others = of(other, route);
  const each = of(side, route)
    .map((run, round) => (run.valid && others[round]?.valid ? figure(run) / figure(others[round]) : NaN))
    .filter((value) => Number.isFinite(value));
  return each.length ? Math.round(median(each) * 100) / 100 : null;
}

const requests = (run) => run.requests_per_s;
const cpu = (run) => run.backend_cpu_us;
const p99 = (run) => run.p99_ms;
const ratios = ['quick', 'worker'].flatMap((route) => [
  { route, what: 'requests/s, loop / httplib', ratio: ratio(route, requests, 'loop', 'httplib') },
  { route, what: 'CPU a request, httplib / loop', ratio: ratio(route, cpu, 'httplib', 'loop') },
  { route, what: 'p99, httplib / loop', ratio: ratio(route, p99, 'httplib', 'loop') },
  { route, what: 'requests/s, loop / free backend', ratio: ratio(route, requests, 'loop', 'free') },
  { route, what: 'requests/s, httplib / free backend', ratio: ratio(route, requests, 'httplib', 'free') },
]);
const invalid = runs.filter((run) => !run.valid).length;
const result = {
  name: 'httpServer',
  at: new Date().toISOString(),
  commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
  machine: machine(load),
  settings: { seconds: Number(seconds), rounds: Number(rounds), connections: Number(connections) },
  ratios,
  runs: runs.map(({ side, route, requests_per_s, p99_ms, backend_cpu_us, valid }) => ({
    side, route, requests_per_s, p99_ms, backend_cpu_us: Math.round(backend_cpu_us * 10) / 10, valid,
  })),
};
const HEAD = ['route', 'what', 'ratio'];
const rows = ratios.map(({ route, what, ratio: value }) => [route, what, value === null ? 'not measured' : value.toFixed(2)]);
const busy = Number(load) > 2 ? '\n\nThe machine was busy with other work: the ratios are uncertain.' : '';

const section = `## HTTP servers

${result.at.slice(0, 10)}, commit ${result.commit}, ${result.machine.cpu}, ${result.machine.cores} cores shared with the load
generator, load average ${load} before the first round. wrk, 1 thread, ${connections} keep-alive connections, ${rounds} alternating rounds of ${seconds} s;
one nginx before both servers (Unix sockets, keep-alive 32) and before itself as the free backend. Medians of the rounds' ratios; one
handler that answers at once.${busy}${invalid ? `\n\n${invalid} runs with failed requests are left out.` : ''}

${table(HEAD, rows)}
`;
writeReport(root, 'httpServer', result, section);
printTable([HEAD, ...rows]);
process.exit(ratios.some(({ ratio: value }) => value === null) ? 1 : 0);
