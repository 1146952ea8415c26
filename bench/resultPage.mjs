// Where figures of a benchmark go: bench/results/NAME.json and NAME's section of docs/benchmarks.md.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export function version(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    return String(error.stderr ?? '').trim();
  }
}

/** What every result says of when, what and where. */
export const circumstances = (name, root, load) => ({
  name,
  at: new Date().toISOString(),
  commit: version('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
  machine: { cpu: os.cpus()[0].model.trim(), cores: os.availableParallelism(), load_before: Number(load) },
});

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const table = (head, rows) =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- ').join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');

export function printTable(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  console.log(`\n${all.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n')}`);
}

const introduction = '# Benchmarks\n\nWritten by `./k bench`; raw figures are in `bench/results/`. Compare only inside one table: both sides were measured\nalternately in the same run.\n';

/** `section` begins with its title. `by` is the script that writes it. */
export function writeResult(root, by, result, section) {
  const resultsFile = path.join(root, 'bench/results', `${result.name}.json`);
  fs.mkdirSync(path.dirname(resultsFile), { recursive: true });
  fs.writeFileSync(resultsFile, `${JSON.stringify(result, null, 2)}\n`);

  const pageFile = path.join(root, 'docs/benchmarks.md');
  const [open, close] = [`<!-- ${result.name}: written by bench/${by} -->`, `<!-- end of ${result.name} -->`];
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
