// An installation with its first administrator, and what tests of accounts ask of it.
import assert from 'node:assert/strict';
import { enrol } from './authenticator.mjs';
import { startInstallation, until } from './installation.mjs';

export const password = 'correct horse battery staple';
export let it;
export let admin;
export async function start(name) {
  it = await startInstallation(name, { K_LOGIN_ANSWER_MS: '500' });
  admin = await it.adminLogin();
}

export const users = '/api/admin/users';
export const json = (method, target, body, headers = {}, client = admin) =>
  client.request(method, target, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });
export const list = async (query = '') => {
  const answer = await admin.get(`${users}?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
export const userOf = async (email) => (await admin.post(`${users}/lookup`, { email })).json;
export const code = (answer) => answer.json?.error?.code;
/** Another account with these roles, signed in; with a second factor where it has roles. */
export const staff = async (email, ...roles) => {
  const who = await it.makeUser(email, password);
  const user = await userOf(email);
  if (roles.length > 0) assert.equal((await json('PUT', `${users}/${user.id}/roles`, { roles })).status, 200);
  const client = it.client.withToken((await it.login(who)).access_token);
  if (roles.length === 0) return { ...user, client };
  const { authenticator, login } = await enrol(client);
  return { ...user, authenticator, client: it.client.withToken(login.access_token) };
};
export const auditOf = (requestId) =>
  until(`an audit entry of ${requestId}`, async () => {
    const rows = await it.sql(`select action, outcome, coalesce(reason, ''), target_id, coalesce(before::text, ''), coalesce(after::text, '') from audit_log where request_id = '${requestId}'`);
    return rows.length > 0 && rows;
  });
