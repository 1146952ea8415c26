import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Authenticator } from '../integration/authenticator.mjs';
import { admin, adminWindow, checkAccessible, fillCode, fillSignIn, keepWindow, openWindow, origin, screenshot, waitForState } from './webFixture.mjs';

const newPassword = 'seven grey herons cross the delta';

test('the sign-in page asks for what is missing and says so kindly when it does not match', async () => {
  const context = await openWindow();
  const page = await context.newPage();
  await page.goto(`${origin}/admin/?range=6h`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('next'), '/?range=6h');
  await checkAccessible(page, 'sign-in');
  await screenshot(page, 'signIn');

  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Enter your password').waitFor();

  await fillSignIn(page, admin.email, 'surely not this password');
  await page.getByText('That did not match').waitFor();
  await checkAccessible(page, 'refused sign-in');
  await screenshot(page, 'signInRefused');
  await context.close();
});

/** From the page that shows the secret to the one behind it. */
async function enrol(page) {
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await checkAccessible(page, 'set-up of a second factor');
  await screenshot(page, 'secondFactor');
  const secret = (await page.getByTestId('totp-secret').textContent()).replaceAll(' ', '');
  admin.authenticator = new Authenticator(secret);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Enter the six digits').waitFor();
  await fillCode(page, '12345');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('The code is wrong').waitFor();
  await fillCode(page, await admin.authenticator.code());
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
  await checkAccessible(page, 'recovery codes');
  await screenshot(page, 'recoveryCodes');
  admin.recoveryCodes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents();
  assert.equal(admin.recoveryCodes.length, 10);
  assert.ok(await page.getByRole('button', { name: 'Continue' }).isDisabled());
  await page.getByLabel(/I have kept the codes/).check();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('the first administrator chooses a new password, sets up a second factor and lands where they wanted to go', async (t) => {
  const context = await openWindow();
  const page = await context.newPage();
  await page.goto(`${origin}/admin/?range=6h`);
  await fillSignIn(page, admin.email, admin.password);
  const change = page.getByRole('heading', { name: 'Choose a new password' });
  const code = page.getByRole('heading', { name: 'Enter your code' });
  const dashboard = page.getByRole('heading', { name: 'Dashboard' });
  await change.or(code).waitFor({ timeout: 30_000 });
  if (await code.isVisible()) {
    await fillCode(page, await admin.authenticator.code());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await dashboard.waitFor({ timeout: 30_000 });
    keepWindow(context);
    t.skip('this administrator has set up everything before');
    return;
  }
  await checkAccessible(page, 'password change');
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Use at least 15 characters').waitFor();
  await screenshot(page, 'passwordChange');

  await page.getByLabel('New password', { exact: true }).fill(newPassword);
  await page.getByLabel('New password again').fill(newPassword);
  await page.getByRole('button', { name: 'Save' }).click();
  await enrol(page);
  await dashboard.waitFor({ timeout: 30_000 });
  admin.password = newPassword;
  keepWindow(context);
  assert.equal(new URL(page.url()).search, '?range=6h');
  await waitForState(page, 'cards', 'ready');
});

test('a later sign-in asks for a code of the app, or one of the recovery codes', async () => {
  const context = await openWindow({ viewport: { width: 390, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${origin}/admin/`);
  await fillSignIn(page, admin.email, admin.password);
  await page.getByRole('heading', { name: 'Enter your code' }).waitFor({ timeout: 30_000 });
  await checkAccessible(page, 'code');
  await screenshot(page, 'signInCode');
  await fillCode(page, '12345');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The code is wrong').waitFor();
  await checkAccessible(page, 'refused code');
  await screenshot(page, 'signInCodeRefused');
  const [recoveryCode] = admin.recoveryCodes;
  if (recoveryCode === undefined) {
    await fillCode(page, await admin.authenticator.code());
  } else {
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCode.toLowerCase());
    await checkAccessible(page, 'recovery code');
    await screenshot(page, 'signInRecoveryCode');
  }
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor({ timeout: 30_000 });
  await context.close();
});

test('the session is in __Host- cookies that no script can read, and nowhere else', async () => {
  const cookies = await adminWindow().cookies();
  for (const name of ['__Host-ks_at', '__Host-ks_rt']) {
    const cookie = cookies.find((one) => one.name === name);
    assert.ok(cookie, `${name} is missing`);
    assert.deepEqual(
      { httpOnly: cookie.httpOnly, secure: cookie.secure, sameSite: cookie.sameSite, path: cookie.path },
      { httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
    );
  }
  const [page] = adminWindow().pages();
  const readable = await page.evaluate(() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
  for (const cookie of cookies) assert.ok(!readable.includes(cookie.value), `${cookie.name} can be read by scripts`);
  await page.close();
});
