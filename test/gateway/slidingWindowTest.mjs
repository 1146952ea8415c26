// The window's arithmetic, run by the Lua of a real nginx; and its edge, seen from outside, with a window of 2 s.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inParallel, sleep, startGateway } from './gatewayFixture.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const WINDOW_S = 2;

let gateway;
before(async () => {
  gateway = await startGateway({
    settings: { K_RATE_LIMIT_ADMIN: '40', K_GATEWAY_WORKERS: '2' },
    edit(directory) {
      const replace = (name, from, to) => {
        const text = fs.readFileSync(`${directory}/${name}`, 'utf8');
        assert.ok(text.includes(from));
        fs.writeFileSync(`${directory}/${name}`, text.replace(from, to));
      };
      replace('settings.lua', 'windowSeconds = 60', `windowSeconds = ${WINDOW_S}`);
      replace('locations.conf', 'location = /health {', `location = /lua { content_by_lua_file "${here}/slidingWindowCases.lua"; }\nlocation = /health {`);
    },
  });
});
after(() => gateway.stop());

test('the arithmetic', async () => {
  const { text } = await gateway.request('/lua');
  assert.ok(text.startsWith('passed'), text);
});

const untilPhase = async (seconds) => {
  const phase = (Date.now() / 1000) % WINDOW_S;
  await sleep(((seconds - phase + WINDOW_S) % WINDOW_S) * 1000);
};
const burst = async () => (await inParallel(80, () => gateway.request('/api/admin/x'))).filter(({ status }) => status === 200).length;

test("no double at the window's edge", async () => {
  await sleep(2 * WINDOW_S * 1000);
  await untilPhase(WINDOW_S - 0.4);
  const before = await burst();
  await untilPhase(0.02);
  const after = await burst();
  assert.ok(before >= 40 && before <= 42, `${before} before`);
  assert.ok(after <= 8, `${after} just after the edge`);
});

test('after two windows of silence the whole limit is there again', async () => {
  await sleep(2 * WINDOW_S * 1000);
  await untilPhase(0.3);
  assert.equal(await burst(), 40);
});

test('a client that never stops gets its limit, neither none nor twice', async () => {
  await sleep(2 * WINDOW_S * 1000);
  const ends = Date.now() + 3 * WINDOW_S * 1000;
  let passed = 0;
  while (Date.now() < ends) {
    passed += (await inParallel(8, () => gateway.request('/api/admin/x'), 8)).filter(({ status }) => status === 200).length;
    await sleep(10);
  }
  assert.ok(passed > 2 * 40 && passed <= 4.2 * 40, `${passed} in three windows`);
});
