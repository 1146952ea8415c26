// A TypeScript client that is generated from the documents compiles, and talks with the running servers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startInstallation } from '../integration/installation.mjs';
import { documentFile } from './documents.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const directory = path.join(process.env.K_DOCUMENT_DIR, 'client');
const program = (name, ...words) => {
  try {
    execFileSync(process.execPath, [path.join(here, 'node_modules', name), ...words], { cwd: directory, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout + error.stderr);
  }
};

let client;
let it;
before(async () => (it = await startInstallation('typedClient')));
after(() => it?.down());

test('the client is generated and compiles', async () => {
  mkdirSync(directory);
  symlinkSync(path.join(here, 'node_modules'), path.join(directory, 'node_modules'));
  writeFileSync(path.join(directory, 'package.json'), '{"type": "module"}');
  for (const name of ['typedClient.ts', 'tsconfig.json']) cpSync(path.join(here, name), path.join(directory, name));
  for (const name of ['public', 'admin']) program('openapi-typescript/bin/cli.js', documentFile(name), '-o', path.join(directory, `${name}Api.ts`));
  program('typescript/bin/tsc', '-p', directory);
  client = await import(pathToFileURL(path.join(directory, 'typedClient.js')));
});

test('a user signs in, looks and changes the account with its version', async () => {
  const [email, password] = ['typed@example.org', 'correct horse battery staple'];
  await it.client.post('/api/auth/register', { email, password });
  assert.equal((await it.client.post('/api/auth/verify-email', { token: await it.mailToken(email) })).status, 200);
  const seen = await client.visit(it.origin, email, password);
  assert.equal(seen.user.email, email);
  assert.equal(seen.sessions.data.length, 1);
  assert.equal(seen.sessions.page.has_more, false);
  assert.equal(seen.renamed, 'Typed');
  assert.equal(seen.stale, 'VERSION_MISMATCH');
  assert.equal(seen.refused, 'INVALID_CREDENTIALS');
});

test('an administrator reads lists of one form', async () => {
  const made = JSON.parse((await it.kctl('key', 'create', 'typed', '--scopes', 'users:read,roles:read,settings:read', '--json')).stdout);
  const seen = await client.administer(it.origin, made.key);
  assert.equal(seen.users.page.limit, 1);
  assert.ok(seen.users.page.total >= 1);
  assert.ok(seen.roles.data.some(({ name }) => name === 'superadmin'));
  assert.ok(seen.settings.version >= 0);
});
