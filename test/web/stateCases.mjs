import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminWindow, checkAccessible, openDashboard, origin, panel, screenshot, sql, waitForState } from './webFixture.mjs';

const summaryPath = '**/api/admin/monitoring/dashboard/summary*';
const anyMonitoring = '**/api/admin/monitoring/**';
const fault = {
  status: 503,
  contentType: 'application/json',
  body: JSON.stringify({
    error: { code: 'DEPENDENCY_UNAVAILABLE', message: 'The database does not answer at the moment.' },
    request_id: '01900000-0000-7000-8000-000000000042',
    timestamp: '2026-02-03T10:30:45.123Z',
  }),
};

const sizesOf = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-testid="cards"], [data-testid^="panel-"]')].map((one) => {
      const { top, height } = one.getBoundingClientRect();
      return [Math.round(top), Math.round(height)];
    }),
  );

test('while it loads, the page already has its final shape', async () => {
  const page = await adminWindow().newPage();
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  await page.route(anyMonitoring, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${origin}/admin/?range=1h`);
  await waitForState(page, 'requests', 'loading');
  await checkAccessible(page, 'loading dashboard');
  await screenshot(page, 'dashboardLoading');
  const before = await sizesOf(page);
  release();
  await panel(page, 'requests').locator('.recharts-bar-rectangle').first().waitFor();
  await waitForState(page, 'endpoints', 'ready');
  assert.deepEqual(await sizesOf(page), before);
  await page.close();
});

test('a panel that fails says why with its request id, the others stay, and trying again works', async () => {
  const page = await adminWindow().newPage();
  await page.route(summaryPath, (route) => route.fulfill(fault));
  await page.goto(`${origin}/admin/?range=1h`);
  await waitForState(page, 'cards', 'failed');
  await waitForState(page, 'requests', 'ready');
  await panel(page, 'cards').getByText('01900000-0000-7000-8000-000000000042').waitFor();
  await checkAccessible(page, 'failed panel');
  await screenshot(page, 'dashboardFailed');
  await page.unroute(summaryPath);
  await panel(page, 'cards').getByRole('button', { name: 'Try again' }).click();
  await waitForState(page, 'cards', 'ready');
  await page.close();
});

test('data that cannot be refreshed stays and is marked', async () => {
  const page = await openDashboard('?range=1h');
  await waitForState(page, 'cards', 'ready');
  const figure = page.getByTestId('card-total_requests').locator('.statCard-value');
  const before = await figure.innerText();
  await page.route(anyMonitoring, (route) => route.fulfill(fault));
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await waitForState(page, 'requests', 'stale');
  await waitForState(page, 'cards', 'stale');
  assert.equal(await figure.innerText(), before);
  await panel(page, 'requests').getByText('Not up to date').click();
  await page.getByText('01900000-0000-7000-8000-000000000042').first().waitFor();
  await checkAccessible(page, 'stale dashboard');
  await screenshot(page, 'dashboardStale');
  await page.unroute(anyMonitoring);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await waitForState(page, 'requests', 'ready');
  await page.close();
});

test('no traffic is told apart from an error, with what to do', async (t) => {
  const [[payments]] = await sql("SELECT count(*) FROM metric_snapshot WHERE service = 'payment' AND timestamp > now() - interval '2 hours'");
  if (Number(payments) > 0) {
    t.skip('this installation has had payment traffic');
    return;
  }
  const page = await openDashboard('?range=1h&service=payment');
  await waitForState(page, 'requests', 'empty');
  await panel(page, 'requests').getByText('No requests to Payment in the last hour').waitFor();
  await checkAccessible(page, 'empty dashboard');
  await screenshot(page, 'dashboardEmpty');
  await panel(page, 'requests').getByRole('button', { name: 'Show all services' }).click();
  await waitForState(page, 'requests', 'ready');
  assert.equal(new URL(page.url()).search, '?range=1h');
  await page.close();
});

test('an address that leads nowhere says so', async () => {
  const page = await openDashboard('no/such/page');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await checkAccessible(page, 'not found');
  await page.getByRole('link', { name: 'To the dashboard' }).click();
  await waitForState(page, 'cards', 'ready');
  await page.close();
});
