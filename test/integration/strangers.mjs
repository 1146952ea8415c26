// An installation whose tests choose the client's address, as a trusted proxy does, and what they ask of it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startInstallation, until } from './installation.mjs';

export const password = 'correct horse battery staple';
const settings = {
  K_RATE_LIMITS: 'on',
  K_RATE_LIMIT_LOGIN: '100',
  K_RATE_LIMIT_REGISTER: '50',
  K_RATE_LIMIT_SESSION: '5000',
  K_TRUSTED_PROXIES: '127.0.0.1',
  K_LOGIN_LOCKS: '4/20,6/60,8/forever',
  K_LIMIT_MAIL_ACCOUNT: '3/600',
};
export let it;
export async function start(name) {
  it = await startInstallation(name, settings);
}

export const auth = (route) => `/api/auth${route}`;
let hosts = 0;
/** A client that nobody has seen before. */
export const stranger = () => it.client.with({ 'X-Forwarded-For': `198.51.${100 + (hosts >> 8)}.${hosts++ & 255}` });

export function errorOf(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code, answer.text);
}

export async function makeUser(email) {
  const registered = await stranger().post(auth('/register'), { email, password });
  assert.equal(registered.status, 202, registered.text);
  const verified = await stranger().post(auth('/verify-email'), { token: await linkTo(email, 'verify-email') });
  assert.equal(verified.status, 200, verified.text);
  return email;
}

export const attempt = (identifier, secret = 'a wrong passphrase indeed', more = {}) =>
  stranger().post(auth('/login'), { identifier, password: secret, ...more });

export async function login(identifier, secret = password, more = {}) {
  const answer = await attempt(identifier, secret, more);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** Mails to an address, oldest first; their names begin with version 7 identifiers. */
export function mailsTo(address) {
  return readdirSync(it.env.K_MAIL_DIR)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(path.join(it.env.K_MAIL_DIR, name), 'utf8'))
    .filter((text) => text.includes(`\nTo: ${address}\n`));
}
export const linksTo = (address, page) => mailsTo(address).flatMap((text) => [...text.matchAll(new RegExp(`/auth/${page}#token=([A-Za-z0-9_-]+)`, 'g'))].map((found) => found[1]));
/** The token of the newest mail with such a link; `least` how many have to be there. */
export const linkTo = (address, page, least = 1) => until(`${least} mails to ${address} about ${page}`, () => {
  const links = linksTo(address, page);
  return links.length >= least && links.at(-1);
});
export const audited = (action, where = 'true') =>
  it.number(`select count(*) from (select action, outcome, reason, actor_id, target_id from audit_pending union all select action, outcome, reason, actor_id, target_id from audit_log) a where action = '${action}' and ${where}`);
