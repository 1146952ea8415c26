// Prints what the first page and the whole dashboard load as JavaScript, gzipped, and fails above the limit.
import { readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const limitKb = 300;
const root = new URL('../dist/admin/', import.meta.url);
const manifestFile = new URL('.vite/manifest.json', root);
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));

function collect(key, withLazy, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  const chunk = manifest[key];
  for (const next of chunk.imports ?? []) collect(next, withLazy, seen);
  if (withLazy) for (const next of chunk.dynamicImports ?? []) collect(next, withLazy, seen);
  return seen;
}

function gzippedKb(keys) {
  let bytes = 0;
  for (const key of keys) bytes += gzipSync(readFileSync(new URL(manifest[key].file, root)), { level: 6 }).length;
  return bytes / 1000;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const firstKb = gzippedKb(collect(entry, false));
const allKb = gzippedKb(collect(entry, true));
rmSync(new URL('.vite', root), { recursive: true });
console.log(`JavaScript, gzipped: first page ${firstKb.toFixed(1)} kB (limit ${limitKb}), with every lazy part ${allKb.toFixed(1)} kB`);
if (firstKb > limitKb) {
  console.error('The first page loads too much JavaScript: split a part off or remove a dependency.');
  process.exit(1);
}
