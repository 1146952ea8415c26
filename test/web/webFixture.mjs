// Browser, database and accessibility checks that the cases share.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { Authenticator } from '../integration/authenticator.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const artefacts = new URL('artefacts/', import.meta.url).pathname;
mkdirSync(artefacts, { recursive: true });

function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

export const origin = setting('K_PUBLIC_URL').replace(/\/$/, '');
export const admin = {
  email: setting('K_FIRST_ADMIN_EMAIL'),
  /** The one that works; the password change puts a new one here. */
  password: setting('K_FIRST_ADMIN_PASSWORD'),
  /** Of an installation that runs already the secret is given; of a new one the page shows it. */
  authenticator: process.env.K_FIRST_ADMIN_TOTP ? new Authenticator(process.env.K_FIRST_ADMIN_TOTP) : undefined,
  recoveryCodes: [],
};

const browser = await chromium.launch({
  executablePath: setting('K_CHROMIUM'),
  headless: true,
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
after(() => browser.close());

/** What no page may ever do: ask another host, break its own content security policy, or throw. */
export const offences = [];

function watch(page) {
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) offences.push(`request to ${url.origin}`);
  });
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) offences.push(message.text());
  });
  page.on('pageerror', (error) => offences.push(`thrown in the page: ${error.message}`));
}

/** A window of its own: separate cookies and storage, in a zone that is not UTC. */
export async function openWindow(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Asia/Jakarta',
    locale: 'en-GB',
    ...options,
  });
  context.on('page', watch);
  context.setDefaultTimeout(15_000);
  return context;
}

let signedIn;
/** The window of the signed-in administrator, shared by the cases. */
export function keepWindow(context) {
  signedIn = context;
}
export function adminWindow() {
  assert.ok(signedIn, 'nobody is signed in: an earlier case failed');
  return signedIn;
}

export async function openDashboard(query = '', context = adminWindow()) {
  const page = await context.newPage();
  await page.goto(`${origin}/admin/${query}`);
  return page;
}

export async function fillSignIn(page, identifier, password) {
  await page.getByLabel('E-mail address or user name').fill(identifier);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function fillCode(page, code) {
  await page.getByLabel('Code of the authenticator app').fill(code);
}

export const panel = (page, name) => page.getByTestId(name === 'cards' ? 'cards' : `panel-${name}`);

export async function waitForState(page, name, state, timeout = 20_000) {
  await page.locator(`[data-testid="${name === 'cards' ? 'cards' : `panel-${name}`}"][data-state="${state}"]`).waitFor({ timeout });
}

export async function screenshot(page, name) {
  await page.screenshot({ path: `${artefacts}${name}.png`, fullPage: true, animations: 'disabled' });
}

/** WCAG 2.2 AA and axe's best practices. */
export async function checkAccessible(page, name) {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { violations: found } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
  assert.deepEqual(violations, [], `accessibility of ${name}`);
}

const run = promisify(execFile);

/** The rows of a query as arrays of texts. */
export async function sql(query) {
  const { stdout } = await run('psql', ['-XAtqF', '\t', '-v', 'ON_ERROR_STOP=1', '-d', setting('K_DATABASE_URL'), '-c', query]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** Calls the API as any client would, one after the other. */
export async function callMany(times, path, init) {
  for (let index = 0; index < times; index += 1) {
    const response = await fetch(origin + path, init);
    await response.arrayBuffer();
  }
}

/** Repeats `attempt` until it does not throw, for at most `ms`. */
export async function eventually(ms, attempt) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (Date.now() > end) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
