// report.mjs NAME RUNS ROOT SECONDS ROUNDS CONNECTIONS LOAD: reads what wrk printed, prints figures and ratios, and writes
// bench/results/NAME.json and NAME's section of docs/benchmarks.md.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { machine, median, parseRun, printTable, table, thousands, version, writeReport } from './reportPage.mjs';

const [name, runsFile, root, seconds, rounds, connections, load] = process.argv.slice(2);

const GOALS = [
  { route: 'health', peer: 'free', text: 'health through the full gateway / the same gateway before a free backend', goal: 0.85 },
  { route: 'session', peer: 'fastify', text: 'session GET through the gateway / Fastify + Redis session under the same gateway', goal: 1.5 },
  { route: 'session', peer: 'free', text: 'session GET through the gateway / the same gateway before a free backend' },
  { route: 'health', peer: 'fastify', text: 'health through the gateway / Fastify under the same gateway' },
];
const SIDES = { ours: 'k-services', free: 'free backend (nginx return 200)', fastify: 'Fastify + ioredis, 2 workers' };

const runs = fs.readFileSync(runsFile, 'utf8').split('@@ ').filter(Boolean).map(parseRun);
const invalid = runs.filter((run) => !run.valid);
const figures = {};
for (const side of Object.keys(SIDES)) {
  for (const route of ['health', 'session']) {
    const mine = runs.filter((run) => run.valid && run.side === side && run.route === route);
    if (mine.length === 0) continue;
    const speeds = mine.map((run) => run.requests_per_s);
    (figures[route] ??= {})[side] = {
      requests_per_s: Math.round(median(speeds)),
      lowest: Math.round(Math.min(...speeds)),
      highest: Math.round(Math.max(...speeds)),
      p50_ms: median(mine.map((run) => run.p50_ms)),
      p99_ms: median(mine.map((run) => run.p99_ms)),
      gateway_cpu_us: Math.round(median(mine.map((run) => run.gateway_cpu_us)) * 10) / 10,
      backend_cpu_us: Math.round(median(mine.map((run) => run.backend_cpu_us)) * 10) / 10,
    };
  }
}

// The machine's load changes from round to round, so sides are compared within a round.
function ratioOf(route, peer) {
  const speeds = (side) => runs.filter((run) => run.side === side && run.route === route);
  const theirs = speeds(peer);
  const perRound = speeds('ours')
    .map((run, round) => (run.valid && theirs[round]?.valid ? run.requests_per_s / theirs[round].requests_per_s : NaN))
    .filter((ratio) => !Number.isNaN(ratio));
  return perRound.length ? Math.round(median(perRound) * 100) / 100 : null;
}

const ratios = GOALS.map(({ route, peer, text, goal }) => {
  const ratio = ratioOf(route, peer);
  return { what: text, ratio, goal: goal ?? null, reached: goal && ratio !== null ? ratio >= goal : null };
});

const peerVersion = (module) =>
  JSON.parse(fs.readFileSync(path.join(root, 'bench/peers/node_modules', module, 'package.json'), 'utf8')).version;
const nginxVersion = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).trim().replace('nginx version: ', '');

const result = {
  name,
  at: new Date().toISOString(),
  commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
  machine: machine(load),
  versions: { nginx: nginxVersion, node: process.version, fastify: peerVersion('fastify'), ioredis: peerVersion('ioredis') },
  settings: { seconds: Number(seconds), rounds: Number(rounds), connections: Number(connections), wrk_threads: 1, rate_limits: 'off' },
  figures,
  ratios,
  invalid_runs: invalid.map(({ side, route, failed, socketErrors }) => ({ side, route, failed, socketErrors })),
  runs: runs.map(({ side, route, requests_per_s, gateway_cpu_us, backend_cpu_us, valid }) => ({
    side,
    route,
    requests_per_s,
    gateway_cpu_us: Math.round(gateway_cpu_us * 10) / 10,
    backend_cpu_us: Math.round(backend_cpu_us * 10) / 10,
    valid,
  })),
};

const FIGURE_HEAD = ['route', 'backend', 'requests/s', 'range', 'p50 ms', 'p99 ms', 'CPU us gateway / backend'];
const RATIO_HEAD = ['ratio', 'is', 'goal', 'reached'];
const figureRows = Object.entries(figures).flatMap(([route, sides]) =>
  Object.entries(sides).map(([side, one]) => [
    route, SIDES[side], thousands(one.requests_per_s), `${thousands(one.lowest)} to ${thousands(one.highest)}`,
    one.p50_ms.toFixed(2), one.p99_ms.toFixed(2), `${one.gateway_cpu_us} / ${one.backend_cpu_us}`,
  ]),
);
const ratioRows = ratios.map(({ what, ratio, goal, reached }) => [
  what, ratio === null ? 'not measured' : ratio.toFixed(2), goal === null ? '' : `>= ${goal}`, reached === null ? '' : reached ? 'yes' : 'no',
]);
// Starting the installation and the peers alone brings the load average to about 1.
const busy = Number(load) > 2 ? 'The machine was busy with other work: the figures are low and the ratios uncertain.' : '';

const section = `## Gateway

${result.at.slice(0, 10)}, commit ${result.commit}, ${result.machine.cpu}, ${result.machine.cores} cores shared with the load
generator, load average ${load} before the first round. wrk, 1 thread, ${connections} keep-alive connections, ${rounds} alternating rounds of ${seconds} s,
rate limits off; medians, with the lowest and highest round; a ratio is the median of the rounds' ratios.
${nginxVersion}, Node ${process.version}, Fastify ${result.versions.fastify}, ioredis ${result.versions.ioredis}. Every side is reached through a gateway of the same rendered configuration over a Unix socket; the free
backend and Fastify answer the session route with the same bytes as k-services.${busy ? `\n\n${busy}` : ''}${
  invalid.length ? `\n\n${invalid.length} runs with failed requests are left out.` : ''
}

${table(FIGURE_HEAD, figureRows)}

${table(RATIO_HEAD, ratioRows)}
`;

writeReport(root, name, result, section);
printTable([FIGURE_HEAD, ...figureRows]);
printTable([RATIO_HEAD, ...ratioRows]);
if (busy) console.log(`\n${busy}`);
if (invalid.length > 0) console.log(`\n${invalid.length} of ${runs.length} runs had failed requests and were left out.`);
process.exit(ratios.some(({ goal, ratio }) => goal && ratio === null) ? 1 : 0);
