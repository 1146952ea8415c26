// dataModel.mjs URL: prints docs/dataModel.md from the catalogue of a migrated database, tools/dataModelNotes.mjs and the SQL in the
// source. ./k docs writes the file; test/integration compares it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { notes } from './dataModelNotes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const retentionFile = 'persistence/postgres/monitoring/retention.cpp';

const catalogue = `
SELECT json_object_agg(c.relname, json_build_object(
  'comment', obj_description(c.oid, 'pg_class'),
  'kind', c.relkind,
  'partition', pg_get_partkeydef(c.oid),
  'unique', (SELECT json_agg(regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', '') ORDER BY i.indexrelid::regclass::text)
             FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary),
  'columns', (SELECT json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'null', NOT a.attnotnull, 'generated', a.attgenerated <> '',
      'comment', col_description(c.oid, a.attnum),
      'primary', EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY(i.indkey)),
      'references', (SELECT json_build_object('table', k.confrelid::regclass, 'delete', k.confdeltype) FROM pg_constraint k
                     WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY(k.conkey) LIMIT 1)
    ) ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;

function filesBelow(folder) {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(name) : [name];
  });
}

/** Where the SQL that changes a table is: {table: {rooms, functions, retention}}. */
function writersOf(tables) {
  const writers = Object.fromEntries(Object.keys(tables).map((table) => [table, { rooms: new Set(), functions: new Set(), retention: false }]));
  for (const file of [...filesBelow('persistence'), ...filesBelow('migrations/functions')]) {
    const text = fs.readFileSync(path.join(root, file), 'utf8').replace(/"\s*\n\s*"/g, '');
    for (const [, name] of text.matchAll(/\b(?:INSERT INTO|UPDATE|DELETE FROM|COPY|CREATE TABLE IF NOT EXISTS)\s+(\w+)/g)) {
      const writer = writers[name.replace(/_default$/, '')];
      if (!writer) continue;
      if (file === retentionFile) writer.retention = true;
      else if (file.startsWith('migrations/')) writer.functions.add(path.basename(file, '.sql'));
      else writer.rooms.add(path.dirname(file));
    }
  }
  return writers;
}

const code = (name) => `\`${name}\``;
const list = (set) => [...set].sort().map(code).join(', ');
const onDelete = { c: 'deleted with it', r: 'which it keeps', n: 'null after it', a: 'which it keeps' };

function writtenBy({ rooms, functions, retention }) {
  const parts = [];
  if (rooms.size > 0) parts.push(list(rooms));
  if (functions.size > 0) parts.push(`function${functions.size > 1 ? 's' : ''} ${list(functions)}`);
  if (retention) parts.push('retention');
  return parts.join('; ') || 'migrations only';
}

function describeColumn(column) {
  const parts = [];
  if (column.primary) parts.push('primary key');
  if (column.references) parts.push(`of ${code(column.references.table)}, ${onDelete[column.references.delete]}`);
  if (column.generated) parts.push('generated');
  if (column.comment) parts.push(column.comment);
  return parts.join('; ').replaceAll('|', '\\|');
}

function describeTable(name, table, [what, life], writers) {
  const lines = [`### ${name}`, '', table.comment ? `${what} ${table.comment}.` : what, '', `- Kept: ${life}.`, `- Written by: ${writtenBy(writers)}.`];
  if (table.partition) lines.push(`- Partitioned: ${table.partition}.`);
  if (table.unique) lines.push(`- Unique: ${table.unique.map(code).join(', ')}.`);
  lines.push('', '| column | type | null | |', '| --- | --- | --- | --- |');
  for (const column of table.columns) {
    lines.push(`| ${code(column.name)} | ${column.type} | ${column.null ? 'yes' : 'no'} | ${describeColumn(column)} |`);
  }
  return [...lines, ''];
}

function relations(tables) {
  const byTarget = {};
  for (const [name, table] of Object.entries(tables)) {
    for (const { name: column, references } of table.columns) {
      if (references) (byTarget[references.table] ??= new Set()).add(`${name}.${column}`);
    }
  }
  return Object.keys(byTarget).sort().map((target) => `- ${code(target)}: ${list(byTarget[target])}`);
}

function documentOf(tables) {
  const writers = writersOf(tables);
  const noted = Object.values(notes).flatMap(Object.keys);
  const faults = [
    ...Object.keys(tables).filter((table) => !noted.includes(table)).map((table) => `tools/dataModelNotes.mjs says nothing of ${table}`),
    ...noted.filter((table) => !tables[table]).map((table) => `tools/dataModelNotes.mjs: there is no table ${table}`),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const lines = [
    '# Data model', '',
    '`./k docs` makes this file from the migrated schema, the SQL in `persistence/` and `migrations/functions/`, and',
    '`tools/dataModelNotes.mjs`. Do not edit it.', '',
    'Ids are UUIDs of version 7, made by the application. Times are UTC. Columns whose name ends in `_enc` are sealed',
    '(`crypto/fieldCipher.hpp`). A table belongs to one context; "written by" names the rooms whose SQL changes it. "Retention" is',
    '`persistence/postgres/monitoring/retention.cpp`, run daily by `retentionActor`. "As long as the account": the rows go when the',
    'account is deleted (`delete_account()` empties every table with a cascading reference to `users`).', '',
    'A partitioned table has a partition for each UTC day and `_default` for days without one.', '',
    '## Relations', '', ...relations(tables), '',
  ];
  for (const [context, entries] of Object.entries(notes)) {
    lines.push(`## ${context[0].toUpperCase()}${context.slice(1)}`, '');
    for (const [name, note] of Object.entries(entries)) lines.push(...describeTable(name, tables[name], note, writers[name]));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

try {
  const rows = execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', process.argv[2], '-c', catalogue], { encoding: 'utf8' });
  process.stdout.write(documentOf(JSON.parse(rows)));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
