import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callMany, checkAccessible, eventually, openDashboard, origin, panel, screenshot, sql, waitForState } from './webFixture.mjs';

const figureOf = (page, card) => page.getByTestId(`card-${card}`).locator('.statCard-value').getAttribute('title');
const toNumber = (text) => Number(text.replace(/[^0-9.]/g, ''));

/** The range that the cards say they count, as SQL. The dashboard itself calls /api/admin only, so auth stands still. */
async function authRows(page) {
  const cards = panel(page, 'cards');
  const from = await cards.getAttribute('data-from');
  const to = await cards.getAttribute('data-to');
  return `metric_snapshot WHERE service = 'auth' AND timestamp >= '${from}' AND timestamp < '${to}'`;
}

async function refreshUntilCounted(page) {
  await eventually(30_000, async () => {
    await page.getByRole('button', { name: 'Refresh now' }).click();
    await page.waitForTimeout(700);
    const [[count]] = await sql(`SELECT count(*) FROM ${await authRows(page)}`);
    assert.equal(toNumber(await figureOf(page, 'total_requests')), Number(count));
  });
}

test('its own traffic is counted, and every number equals SQL over the raw rows', async () => {
  const page = await openDashboard('?range=1h&service=auth');
  await page.getByLabel('Refresh', { exact: true }).selectOption('0');
  await waitForState(page, 'cards', 'ready');
  const before = toNumber(await figureOf(page, 'total_requests'));
  await callMany(30, '/api/auth/health');
  await callMany(12, '/api/auth/me');
  await callMany(3, '/api/auth/no-such-thing');
  await eventually(10_000, async () => {
    await page.getByRole('button', { name: 'Refresh now' }).click();
    await page.waitForTimeout(500);
    assert.ok(toNumber(await figureOf(page, 'total_requests')) >= before + 45);
  });
  await refreshUntilCounted(page);

  const rows = await authRows(page);
  const [[limited, errors, total, average, latencies]] = await sql(
    `SELECT count(*) FILTER (WHERE rate_limited), count(*) FILTER (WHERE status >= 500), count(*), avg(nginx_latency_ms),
       array_to_string(array_agg(nginx_latency_ms ORDER BY nginx_latency_ms), ' ') FROM ${rows}`,
  );
  assert.equal(toNumber(await figureOf(page, 'rate_limited')), Number(limited));
  assert.ok(Math.abs(toNumber(await figureOf(page, 'error_rate')) / 100 - errors / total) < 0.001);
  // Latencies are shown with three digits; those of the p95 come from a histogram that is exact within 1 %.
  const shown = async (card) => {
    const text = await figureOf(page, card);
    return toNumber(text) * (text.includes('µs') ? 0.001 : text.endsWith(' s') ? 1000 : 1);
  };
  assert.ok(Math.abs((await shown('avg_latency_ms')) - average) <= average * 0.01 + 0.001, `average ${average}`);
  // With few rows the two neighbours of the rank may be far apart; any rule for what lies between them is right.
  const sorted = latencies.split(' ').map(Number);
  const low = sorted[Math.floor(0.95 * (sorted.length - 1))];
  const high = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? low;
  const p95 = await shown('p95_latency_ms');
  assert.ok(p95 >= Math.min(low, high) * 0.985 && p95 <= Math.max(low, high) * 1.015, `p95 ${p95}, rows ${low} to ${high}`);

  const [[route, requests]] = await sql(`SELECT route, count(*) FROM ${rows} GROUP BY route ORDER BY 2 DESC, 1 LIMIT 1`);
  const first = panel(page, 'endpoints').locator('tbody tr').first();
  assert.match(await first.locator('th').innerText(), new RegExp(route.replace(/[{}]/g, '\\$&')));
  assert.equal(toNumber(await first.locator('td').first().innerText()), Number(requests));
  await page.close();
});

test('the chart and its table show every request once', async () => {
  const page = await openDashboard('?range=1h&service=auth');
  await page.getByLabel('Refresh', { exact: true }).selectOption('0');
  await waitForState(page, 'requests', 'ready');
  await refreshUntilCounted(page);
  await panel(page, 'requests').locator('.recharts-bar-rectangle').first().waitFor();
  const [wanted] = await sql(
    `SELECT count(*) FILTER (WHERE status < 400 AND NOT rate_limited), count(*) FILTER (WHERE status BETWEEN 400 AND 499 AND NOT rate_limited),
       count(*) FILTER (WHERE status >= 500 AND NOT rate_limited), count(*) FILTER (WHERE rate_limited) FROM ${await authRows(page)}`,
  );
  const legend = await panel(page, 'requests').locator('.legend-item b').evaluateAll((all) => all.map((one) => one.title));
  assert.deepEqual(legend.map(toNumber), wanted.map(Number), 'success, client error, server error, rate limited');

  await panel(page, 'requests').locator('label', { hasText: 'Table' }).click();
  const cells = await panel(page, 'requests')
    .locator('tbody tr')
    .evaluateAll((lines) => lines.map((line) => [...line.querySelectorAll('td')].map((cell) => cell.textContent)));
  const sums = [0, 1, 2, 3].map((column) => cells.reduce((sum, line) => sum + toNumber(line[column]), 0));
  assert.deepEqual(sums, wanted.map(Number));
  await panel(page, 'latency').locator('label', { hasText: 'Table' }).click();
  await checkAccessible(page, 'tables');
  await screenshot(page, 'dashboardTables');
  await page.close();
});

test('it refreshes by itself, rests while the tab is hidden, and catches up when it is shown again', async () => {
  const page = await openDashboard('?range=1h&service=auth');
  await page.getByLabel('Refresh', { exact: true }).selectOption('10');
  await waitForState(page, 'cards', 'ready');
  const before = toNumber(await figureOf(page, 'total_requests'));
  await callMany(7, '/api/auth/health');
  await eventually(25_000, async () => assert.ok(toNumber(await figureOf(page, 'total_requests')) >= before + 7));
  assert.match(await page.getByTestId('updated').innerText(), /Updated (just now|\d+ s ago)/);

  const setVisibility = (state) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, state);
  let asked = 0;
  page.on('request', (request) => (asked += request.url().includes('/dashboard/summary') ? 1 : 0));
  await setVisibility('hidden');
  await page.waitForTimeout(12_000);
  assert.equal(asked, 0);
  await setVisibility('visible');
  await eventually(3_000, () => assert.ok(asked > 0));
  await page.getByLabel('Refresh', { exact: true }).selectOption('30');
  await page.close();
});

test('range, service and percentile are in the address; the back button undoes', async () => {
  const page = await openDashboard();
  await waitForState(page, 'cards', 'ready');
  await page.getByText('6 h', { exact: true }).click();
  await page.locator('label', { hasText: /^Auth$/ }).click();
  await page.locator('label', { hasText: /^p99$/ }).click();
  assert.equal(new URL(page.url()).search, '?range=6h&service=auth&percentile=p99');
  await page.goBack();
  await page.goBack();
  assert.equal(new URL(page.url()).search, '?range=6h');
  assert.ok(await page.getByRole('radio', { name: '6 h' }).isChecked());
  await page.close();
});

test('light, dark, 360 pixels wide: complete, accessible, nothing sticks out', async (t) => {
  const page = await openDashboard('?range=1h');
  await panel(page, 'requests').locator('.recharts-bar-rectangle').first().waitFor();
  await checkAccessible(page, 'dashboard');
  await screenshot(page, 'dashboardLight');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300);
  await checkAccessible(page, 'dark dashboard');
  await screenshot(page, 'dashboardDark');
  await page.getByRole('button', { name: /^Colours/ }).click();
  await page.getByRole('menuitem', { name: 'Light' }).click();
  assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'light');
  await page.getByRole('button', { name: /^Colours/ }).click();
  await page.getByRole('menuitem', { name: 'As the system' }).click();

  await page.setViewportSize({ width: 360, height: 740 });
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await checkAccessible(page, 'dashboard at 360 px');
  await screenshot(page, 'dashboard360');

  await page.goto('about:blank');
  await page.setViewportSize({ width: 1280, height: 900 });
  const begin = performance.now();
  await page.goto(`${origin}/admin/?range=1h`);
  await waitForState(page, 'cards', 'ready');
  t.diagnostic(`cards with numbers ${Math.round(performance.now() - begin)} ms after the address was opened`);
  await page.close();
});

test('everything can be reached and used by keyboard', async () => {
  const page = await openDashboard('?range=1h');
  await waitForState(page, 'requests', 'ready');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
  await page.getByRole('radio', { name: '1 h', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(new URL(page.url()).searchParams.get('range'), '6h');
  await page.getByTestId('collectorLag').focus();
  await page.keyboard.press('Enter');
  await page.getByText('Lines read').waitFor();
  // A fast Escape: the popover is shown, but the focus is still on its button.
  await page.getByTestId('collectorLag').press('Escape');
  await page.getByText('Lines read').waitFor({ state: 'hidden' });
  await page.getByTestId('collectorLag').press('Enter');
  const popover = page.getByRole('dialog').filter({ hasText: 'Lines read' });
  await popover.waitFor();
  await popover.press('Escape');
  await popover.waitFor({ state: 'hidden' });
  await page.close();
});
