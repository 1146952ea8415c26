import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, adminWindow, checkAccessible, eventually, fillCode, fillSignIn, offences, openDashboard, openWindow, origin, screenshot, sql, waitForState } from './webFixture.mjs';

test('an access token that is gone is replaced silently, once for all tabs', async () => {
  const pages = [await openDashboard('?range=1h'), await openDashboard('?range=6h')];
  for (const page of pages) await waitForState(page, 'cards', 'ready');
  let refreshes = 0;
  for (const page of pages) page.on('request', (request) => (refreshes += request.url().endsWith('/token/refresh') ? 1 : 0));
  await adminWindow().clearCookies({ name: '__Host-ks_at' });
  await Promise.all(pages.map((page) => page.reload()));
  for (const page of pages) await waitForState(page, 'cards', 'ready');
  assert.equal(refreshes, 1);
  assert.ok((await adminWindow().cookies()).some((cookie) => cookie.name === '__Host-ks_at'));
  for (const page of pages) await page.close();
});

test('a session that went on on another device is confirmed with a code, and the page goes on', async () => {
  const page = await openDashboard('?range=1h');
  await waitForState(page, 'cards', 'ready');
  await sql("UPDATE sessions SET aal = 1, device_changed_at = now() WHERE revoked_at IS NULL");
  await page.reload();
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
  await checkAccessible(page, 'step up');
  await screenshot(page, 'stepUp');
  await fillCode(page, '000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('The code is wrong').waitFor();
  await fillCode(page, await admin.authenticator.code());
  await page.getByRole('button', { name: 'Confirm' }).click();
  await waitForState(page, 'cards', 'ready');
  await page.close();
});

test('signing out after a reload ends the session in every tab', async () => {
  const page = await openDashboard('?range=1h');
  const other = await openDashboard();
  await waitForState(page, 'cards', 'ready');
  await waitForState(other, 'cards', 'ready');
  await page.reload();
  await waitForState(page, 'cards', 'ready');
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await checkAccessible(page, 'account menu');
  await screenshot(page, 'accountMenu');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const one of [page, other]) await one.getByRole('heading', { name: 'Sign in' }).waitFor();
  // The device stays known, so that no stranger locks its user out; it signs nobody in.
  assert.deepEqual((await adminWindow().cookies()).map(({ name }) => name).filter((name) => name.startsWith('__Host-ks')), ['__Host-ks_dv']);
  await page.goto(`${origin}/admin/`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('past the limit of sign-ins an honest user reads how long to wait, and is not led into the honeypot', async () => {
  const context = await openWindow();
  const page = await context.newPage();
  const honeypotHits = async () => (await sql('SELECT count(*) FROM metric_snapshot WHERE honeypot'))[0][0];
  const hitsBefore = await honeypotHits();
  await page.goto(`${origin}/admin/sign-in`);
  const pause = page.getByText('A short break, please');
  await eventually(60_000, async () => {
    if (await pause.isVisible()) return; // it came late: there is nothing to click meanwhile
    await fillSignIn(page, admin.email, 'surely not this password');
    await page.getByRole('alert').waitFor();
    await pause.waitFor({ timeout: 1_000 });
  });
  await page.getByText(/You can try again in \d+ s/).waitFor();
  assert.ok(await page.getByRole('button', { name: /^Wait \d+ s$/ }).isDisabled());
  await checkAccessible(page, 'rate-limited sign-in');
  await screenshot(page, 'signInLimited');
  // Longer than the collector needs; the browser itself reports the redirect as a request even where it does not follow.
  await page.waitForTimeout(3_000);
  assert.equal(await honeypotHits(), hitsBefore);
  await context.close();
});

test('no page asked another host, broke its content security policy, or threw', () => {
  assert.deepEqual(offences, []);
});
