// Both servers as children of the test, which end by SIGKILL at a place that it names (core/failPoint.hpp) and are started again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildDir, until } from './installation.mjs';
import { bank, it } from './payments.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = path.join(buildDir, 'CMakeCache.txt');

/** Only builds for tests have these places. */
export const withoutFailPoints = fs.existsSync(cache) && /^KS_STRICT:\w+=ON$/m.test(fs.readFileSync(cache, 'utf8')) ? false : 'this build has no fail points';

/** Of each server: the file that names its place, and its end, as a signal or an exit status. */
const running = new Map();

async function launch(name) {
  const file = it.file(`${name}.failPoint`);
  const log = fs.openSync(it.log(`${name}.log`), 'a');
  const child = spawn(path.join(buildDir, 'apps', name), { cwd: root, detached: true, env: { ...it.env, KS_FAIL_POINT_FILE: file }, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', (status, signal) => resolve(signal ?? status)));
  running.set(name, { file, ended });
  // As tools/processes.sh has it: the installation stops it like any other.
  const begun = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19];
  fs.writeFileSync(it.file('pids', `${name}.process`), `${child.pid} ${begun}\n`);
  const port = { 'k-public': it.env.K_PUBLIC_PORT, 'k-admin': it.env.K_ADMIN_PORT }[name];
  await until(`${name} is ready`, async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok, 30_000);
}

/** From now on these servers of the installation are the test's. */
export async function takeOver(...names) {
  for (const name of names) {
    await it.stop(name);
    await launch(name);
  }
}

/** The server finds the whole name, or none. */
function arm(file, place) {
  fs.writeFileSync(`${file}.new`, place);
  fs.renameSync(`${file}.new`, file);
}

/** Time passes until nothing belongs to a dead process any more: its work, keys, notices and runs. */
const leasesOfPublic = `update payment_work set next_at = now() where next_at < now() + interval '1 minute' and (attempts > 0 or kind = 'remove');
  update payment_idempotency_keys set locked_until = now() where locked_until > now();
  update bank_notices set held_until = now() where held_until > now();
  update reconciliation_runs set next_at = now() where status = 'running'`;
const leasesOfAdmin = "update webhook_deliveries set next_at = now() where status = 'pending' and attempts > 0";
export const leasesOver = (server = 'k-public') => it.sql(server === 'k-admin' ? leasesOfAdmin : leasesOfPublic);

/** Questions about payments of before, which would pass the place first. */
const leaveOthersAlone = () => it.sql("update payment_work set next_at = now() + interval '1 hour' where kind = 'ask' and next_at < now() + interval '1 hour'");

/** For crash(): the place is named only when the bank has done its part of this operation, and not answered yet. */
export async function atBank(op, late = 'slow:2000') {
  if (!op) return {};
  await bank.clearFaults();
  await bank.fault(op, late);
  return { when: () => until('the bank has it', async () => (await bank.faults())[0].fired === 1) };
}

/**
 * The server ends at the place while `action` is under way, at once or as soon as `when` has resolved, and is started again after its leases.
 * What the action gave; null: no answer.
 */
export async function crash(place, action, { when, server = 'k-public' } = {}) {
  const { file, ended } = running.get(server);
  await leaveOthersAlone();
  if (!when) arm(file, place);
  const asked = Promise.resolve().then(action).catch(() => null);
  if (when) {
    await when();
    arm(file, place);
  }
  const end = await Promise.race([ended, wait(20_000, 'alive', { ref: false })]);
  const unread = fs.existsSync(file);
  fs.rmSync(file, { force: true });
  assert.deepEqual([end, unread], ['SIGKILL', false], `${server} at ${place}`);
  await leasesOver(server);
  await launch(server);
  return asked;
}
