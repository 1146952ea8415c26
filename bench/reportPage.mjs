// What every benchmark's report needs: medians, tables, what wrk said, and its own section of docs/benchmarks.md.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const thousands = (value) => value.toLocaleString('en-US');

export const table = (head, rows) =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- ').join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');

export const version = (command, ...args) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    return String(error.stderr ?? '').trim();
  }
};

export const machine = (load) => ({ cpu: os.cpus()[0].model.trim(), cores: os.availableParallelism(), load_before: Number(load) });

const milliseconds = (text) => {
  const [, value, unit] = /([\d.]+)(us|ms|s|m)/.exec(text) ?? [];
  return Number(value) * { us: 0.001, ms: 1, s: 1000, m: 60000 }[unit];
};

// What a script wrote of a run of wrk: "@@ SIDE ROUTE TICKS TICKS TICKS_A_SECOND" and what wrk printed.
// A run with refused or failed requests measures something else and must not be mistaken for a result.
export function parseRun(text) {
  const [, side, route, gatewayTicks, backendTicks, ticksPerS] = /^(\S+) (\S+) (\d+) (\d+) (\d+)/.exec(text);
  const number = (pattern) => Number(pattern.exec(text)?.[1] ?? NaN);
  const failed = number(/Non-2xx or 3xx responses: (\d+)/) || 0;
  const requests = number(/(\d+) requests in/);
  const cpu = (ticks) => (Number(ticks) / Number(ticksPerS) / requests) * 1e6;
  const socketErrors = /Socket errors: (.*)/.exec(text)?.[1] ?? '';
  return {
    side,
    route,
    requests_per_s: number(/Requests\/sec:\s+([\d.]+)/),
    p50_ms: milliseconds(/^\s+50%\s+(\S+)/m.exec(text)?.[1] ?? ''),
    p99_ms: milliseconds(/^\s+99%\s+(\S+)/m.exec(text)?.[1] ?? ''),
    gateway_cpu_us: cpu(gatewayTicks),
    backend_cpu_us: cpu(backendTicks),
    valid: failed === 0 && socketErrors === '' && requests > 0,
    failed,
    socketErrors,
  };
}

/** Writes bench/results/NAME.json and NAME's section of docs/benchmarks.md. */
export function writeReport(root, name, result, section) {
  const resultsFile = path.join(root, 'bench/results', `${name}.json`);
  fs.mkdirSync(path.dirname(resultsFile), { recursive: true });
  fs.writeFileSync(resultsFile, `${JSON.stringify(result, null, 2)}\n`);

  const pageFile = path.join(root, 'docs/benchmarks.md');
  const [open, close] = [`<!-- ${name}: written by ./k bench ${name} -->`, `<!-- end of ${name} -->`];
  const introduction = '# Benchmarks\n\nWritten by `./k bench`; raw figures are in `bench/results/`. Compare only inside one table: both sides were measured\nalternately in the same run.\n';
  const page = fs.existsSync(pageFile) ? fs.readFileSync(pageFile, 'utf8') : introduction;
  const block = `${open}\n${section}${close}`;
  const from = page.indexOf(open);
  const to = page.indexOf(close);
  fs.mkdirSync(path.dirname(pageFile), { recursive: true });
  fs.writeFileSync(
    pageFile,
    from >= 0 && to > from ? page.slice(0, from) + block + page.slice(to + close.length) : `${page.trimEnd()}\n\n${block}\n`,
  );
}

export function printTable(rows) {
  const width = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  console.log(`\n${rows.map((row) => row.map((cell, i) => cell.padEnd(width[i])).join('  ').trimEnd()).join('\n')}`);
}
