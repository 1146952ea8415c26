// What administrators do to accounts: searching, changing, suspending; who may do it to whom; and that it is effective at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, auditOf, code, it, json, list, password, staff, start, userOf, users } from './administration.mjs';
import { enrol, showCode } from './authenticator.mjs';
import { until } from './installation.mjs';

before(() => start('users'));
after(() => it?.down());

test('search: text, filters, order, pages, counts, CSV', async () => {
  for (const name of ['anna.lyse', 'annabel', 'bert', 'santi_wati']) await it.makeUser(`${name}@search.example.org`, password);
  const mails = (page) => page.data.map(({ email }) => email.split('@')[0]);
  assert.deepEqual(mails(await list('q=search.example&sort=email')), ['anna.lyse', 'annabel', 'bert', 'santi_wati']);
  assert.deepEqual(mails(await list('q=NABEL')), ['annabel']);
  assert.deepEqual(mails(await list('q=an&sort=email')), ['anna.lyse', 'annabel']);
  assert.deepEqual(mails(await list('q=i_w')), ['santi_wati']);
  assert.deepEqual(mails(await list('q=i%25w')), []);
  assert.deepEqual(mails(await list('q=search.example&status=suspended')), []);
  assert.ok((await list('role=superadmin')).data.length === 1);
  assert.ok((await list('created_after=2100-01-01T00:00:00Z')).data.length === 0);
  for (const sort of ['-created_at', 'created_at', 'email', '-email', 'last_login_at', '-last_login_at']) {
    const all = mails(await list(`sort=${sort}`));
    const paged = [];
    for (let cursor = ''; cursor !== undefined; ) {
      const page = await list(`sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...mails(page));
      cursor = page.page.has_more ? page.page.next_cursor : undefined;
    }
    assert.deepEqual(paged, all, sort);
  }
  const moved = (from, to) => it.sql(`update users set email = '${to}@search.example.org' where email = '${from}@search.example.org'`);
  const first = await list('q=search.example&sort=email&limit=2');
  await moved('annabel', 'zoe'); // the last of the page: the next one begins where it was
  assert.deepEqual(mails(await list(`q=search.example&sort=email&limit=2&cursor=${first.page.next_cursor}`)), ['bert', 'santi_wati']);
  await moved('zoe', 'annabel');
  const { page } = await list('limit=1&count=exact');
  assert.equal(page.total, await it.number('select count(*) from users'));
  const guess = (await list('limit=1&count=approx')).page.total;
  assert.ok(Number.isInteger(guess));
  const csv = await admin.get(`${users}?limit=2`, { Accept: 'text/csv' });
  assert.match(csv.headers['content-type'], /^text\/csv/);
  assert.equal(csv.text.trim().split('\r\n').length, 3);
  const other = await admin.get(`${users}?q=search&limit=1&cursor=${(await list('limit=1')).page.next_cursor}`);
  assert.equal(code(other), 'CURSOR_INVALID');
  for (const bad of ['limit=0', 'limit=501', 'status=odd', 'sort=password', 'q=', `q=${'x'.repeat(129)}`, 'created_after=soon', 'cursor=x', 'nonsense=1', 'q=%00']) {
    const answer = await admin.get(`${users}?${bad}`);
    assert.equal(answer.status, 400, `${bad}: ${answer.text}`);
  }
});

test('one account: found, changed under its version, deleted', async () => {
  await it.makeUser('one@users.example.org', password);
  const user = await userOf('ONE@users.example.org');
  assert.equal(user.status, 'active');
  assert.deepEqual(user.roles, ['user']);
  assert.ok(!JSON.stringify(user).includes('argon2'));
  const got = await admin.get(`${users}/${user.id}`);
  assert.deepEqual(got.json, user);
  assert.equal(got.headers.etag, `"${user.version}"`);
  assert.equal(code(await json('PATCH', `${users}/${user.id}`, { display_name: 'One' })), 'PRECONDITION_REQUIRED');
  const changed = await json('PATCH', `${users}/${user.id}`, { display_name: 'One', username: 'one.one', external_id: 'x-1' }, { 'If-Match': got.headers.etag, 'X-Request-ID': 'change-one' });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.display_name, 'One');
  assert.equal(changed.json.version, user.version + 1);
  const [[action, outcome, , target, before, after]] = await auditOf('change-one');
  assert.deepEqual([action, outcome, target], ['user.update', 'ok', user.id]);
  assert.equal(JSON.parse(after).username, 'one.one');
  assert.equal(JSON.parse(before).username, null);
  assert.equal(code(await json('PATCH', `${users}/${user.id}`, { display_name: 'Two' }, { 'If-Match': got.headers.etag })), 'VERSION_MISMATCH');
  for (const body of [{ username: 'one.one' }, { external_id: 'x-1' }]) assert.equal((await json('POST', `${users}/lookup`, body)).json.id, user.id);
  assert.equal(code(await json('POST', `${users}/lookup`, {})), 'VALIDATION_FAILED');
  assert.equal(code(await json('POST', `${users}/lookup`, { email: 'no@one.example.org' })), 'USER_NOT_FOUND');
  await it.makeUser('two@users.example.org', password);
  const two = await userOf('two@users.example.org');
  const match = { 'If-Match': `"${two.version}"` };
  assert.equal(code(await json('PATCH', `${users}/${two.id}`, { email: 'one@users.example.org' }, match)), 'EMAIL_TAKEN');
  assert.equal(code(await json('PATCH', `${users}/${two.id}`, { username: 'ONE.one' }, match)), 'USERNAME_TAKEN');
  for (const bad of [{ email: 'nonsense' }, { username: 'a b c' }, { locale: 'xx' }, { status: 'active' }, { display_name: 'x'.repeat(101) }]) {
    assert.equal((await json('PATCH', `${users}/${two.id}`, bad, match)).status, 400, JSON.stringify(bad));
  }
  const missing = '01900000-0000-7000-8000-00000000dead';
  assert.equal(code(await admin.get(`${users}/${missing}`)), 'USER_NOT_FOUND');
  assert.equal((await admin.get(`${users}/nonsense`)).status, 400);
  assert.equal(code(await admin.delete(`${users}/${missing}`)), 'USER_NOT_FOUND');
  assert.equal((await admin.delete(`${users}/${two.id}?mode=anonymize`)).status, 204);
  const gone = (await admin.get(`${users}/${two.id}`)).json;
  assert.deepEqual([gone.status, gone.email, gone.username, gone.display_name], ['deleted', null, null, null]);
  assert.equal(code(await json('PATCH', `${users}/${two.id}`, { locale: 'id' }, { 'If-Match': `"${gone.version}"` })), 'CONFLICT');
  assert.equal((await admin.delete(`${users}/${user.id}?mode=hard`)).status, 204);
  assert.equal((await admin.get(`${users}/${user.id}`)).status, 404);
});

test('a suspension ends the sessions at once, keeps out, and ends by time', async () => {
  const who = await it.makeUser('naughty@users.example.org', password);
  const user = await userOf(who.email);
  const client = it.client.withToken((await it.login(who)).access_token);
  assert.equal((await client.get('/api/auth/me')).status, 200);
  assert.equal((await admin.get(`${users}/${user.id}`)).json.active_sessions, 1);
  for (const body of [{}, { reason: '' }, { reason: 'x', until: '2001-01-01T00:00:00Z' }]) assert.equal((await json('POST', `${users}/${user.id}/suspend`, body)).status, 400);
  const suspended = await json('POST', `${users}/${user.id}/suspend`, { reason: 'spam' }, { 'X-Request-ID': 'suspend-one' });
  assert.equal(suspended.status, 200, suspended.text);
  assert.deepEqual([suspended.json.status, suspended.json.status_reason, suspended.json.active_sessions], ['suspended', 'spam', 0]);
  await until('the token is refused', async () => (await client.get('/api/auth/me')).status === 401, 1000);
  const login = () => it.client.post('/api/auth/login', { identifier: who.email, password });
  assert.equal(code(await login()), 'ACCOUNT_SUSPENDED');
  const [[action, outcome, , , , after]] = await auditOf('suspend-one');
  assert.deepEqual([action, outcome, JSON.parse(after).sessions_ended], ['user.suspend', 'ok', 1]);
  const activity = await until('the refusal is in the trail', async () => {
    const { json } = await admin.get(`${users}/${user.id}/activity?limit=3`);
    return json.data[0].action === 'auth.login' && json;
  });
  assert.deepEqual([activity.data[0].outcome, activity.data[1].action, activity.data[1].target.id], ['deny', 'user.suspend', user.id]);
  assert.notEqual((await admin.get(`${users}/${user.id}/activity?limit=3&cursor=${activity.page.next_cursor}`)).json.data[0].seq, activity.data[2].seq);
  assert.equal((await admin.post(`${users}/${user.id}/unsuspend`)).json.status, 'active');
  assert.equal(code(await admin.post(`${users}/${user.id}/unsuspend`)), 'CONFLICT');
  assert.equal((await login()).status, 200);
  const until1 = new Date(Date.now() + 2500).toISOString();
  assert.equal((await json('POST', `${users}/${user.id}/suspend`, { reason: 'pause', until: until1 })).json.suspended_until, until1);
  assert.equal(code(await login()), 'ACCOUNT_SUSPENDED');
  assert.deepEqual((await list(`status=suspended`)).data.map(({ id }) => id), [user.id]);
  await until('the suspension is over', async () => (await login()).status === 200);
  assert.equal((await admin.get(`${users}/${user.id}`)).json.status, 'active');
  assert.equal((await admin.post(`${users}/${user.id}/require-password-change`)).json.password_change_required, true);
  assert.equal(code(await login()), 'PASSWORD_CHANGE_REQUIRED');
});

test('ranks: who may do what to whom', async () => {
  const [[boss]] = await it.sql("select u.id from users u join user_roles g on g.user_id = u.id join roles r on r.id = g.role_id where r.name = 'superadmin'");
  const deputy = await staff('deputy@users.example.org', 'admin');
  const helper = await staff('helper@users.example.org', 'support');
  const plain = await staff('plain@users.example.org');
  for (const ask of [() => plain.client.get(users), () => plain.client.post(`${users}/${helper.id}/unsuspend`)]) assert.equal(code(await ask()), 'PERMISSION_DENIED');
  assert.equal((await it.client.get(users)).status, 401);
  const suspend = (client, id, requestId = `s-${Math.random()}`) => json('POST', `${users}/${id}/suspend`, { reason: 'test' }, { 'X-Request-ID': requestId }, client);
  assert.equal(code(await suspend(helper.client, deputy.id, 'too-low')), 'RANK_TOO_LOW');
  const [[action, outcome, reason]] = await auditOf('too-low');
  assert.deepEqual([action, outcome, reason], ['user.suspend', 'deny', 'rank_too_low']);
  assert.equal(code(await suspend(helper.client, boss)), 'RANK_TOO_LOW');
  assert.equal(code(await suspend(helper.client, helper.id)), 'RANK_TOO_LOW');
  assert.equal((await suspend(helper.client, plain.id)).status, 200);
  assert.equal(code(await suspend(admin, boss)), 'LAST_ADMIN');
  assert.equal(code(await admin.delete(`${users}/${boss}?mode=hard`)), 'LAST_ADMIN');
  assert.equal(code(await json('PUT', `${users}/${boss}/roles`, { roles: ['user'] })), 'LAST_ADMIN');
  assert.equal(code(await json('PUT', `${users}/${helper.id}/roles`, { roles: ['superadmin'] })), 'CANNOT_GRANT_HIGHER_ROLE');
  assert.equal(code(await json('PUT', `${users}/${helper.id}/roles`, { roles: ['nobody'] })), 'ROLE_NOT_FOUND');
  assert.equal(code(await json('PUT', `${users}/${plain.id}/roles`, { roles: ['support'] }, {}, deputy.client)), 'PERMISSION_DENIED');
  assert.equal((await json('PUT', `${users}/${helper.id}/roles`, { roles: ['user', 'auditor'] })).status, 200);
  await until('the old permissions are gone', async () => (await helper.client.get(users)).status === 401, 1000);
});

test('permissions: nobody acts on who may do more, gives what he lacks, or sees the trail without audit:read', async () => {
  const helper = await staff('rights.helper@users.example.org', 'support');
  const reader = await staff('rights.reader@users.example.org', 'auditor');
  const by = (client) => (method, target, body, headers) => json(method, target, body, headers, client);
  const asked = by(helper.client);
  const denied = async (answer) => assert.equal(code(await answer), 'PERMISSION_DENIED', (await answer).text);
  const of = `${users}/${reader.id}`;
  const { version } = (await admin.get(of)).json;
  await denied(asked('PATCH', of, { email: 'mine@users.example.org' }, { 'If-Match': `"${version}"` }));
  await denied(asked('PATCH', of, { metadata: {} }, { 'If-Match': `"${version}"` }));
  await denied(asked('POST', `${of}/password-reset`, { deliver: 'link' }, { 'X-Request-ID': 'no-link' }));
  await denied(asked('POST', `${of}/suspend`, { reason: 'test' }));
  for (const path of ['mfa/reset', 'unlock', 'verify-email', 'require-password-change']) await denied(helper.client.post(`${of}/${path}`));
  await denied(helper.client.delete(`${of}/sessions`));
  await denied(asked('POST', '/api/admin/blocks', { pattern: reader.email, reason: 'test' }));
  assert.equal(code(await asked('POST', '/api/admin/blocks', { pattern: it.firstAdmin().email, reason: 'test' })), 'RANK_TOO_LOW');
  const [[action, outcome, reason]] = await auditOf('no-link');
  assert.deepEqual([action, outcome, reason], ['user.password.reset', 'deny', 'permission_denied']);
  const batch = await asked('POST', `${users}/batch`, { op: 'end_sessions', ids: [reader.id] });
  assert.deepEqual(batch.json.results, [{ id: reader.id, ok: false, error: 'PERMISSION_DENIED' }]);
  assert.deepEqual((await asked('POST', '/api/admin/sessions/revoke', { filter: { user_id: reader.id } })).json, { matched: 0, revoked: 0 });

  await denied(asked('POST', users, { email: 'gift@users.example.org', roles: ['auditor'] }));
  assert.equal((await asked('POST', users, { email: 'plain.gift@users.example.org' })).status, 201);
  const begun = await helper.client.request('POST', `${users}/import`, { body: '{"email":"gift@users.example.org","roles":["auditor"]}', headers: { 'Content-Type': 'application/x-ndjson' } });
  const job = await until('the job is done', async () => {
    const { json: found } = await helper.client.get(`/api/admin/jobs/${begun.json.id}`);
    return found.state === 'done' && found;
  });
  assert.deepEqual(job.lines.map(({ error }) => error), ['PERMISSION_DENIED']);

  for (const path of ['/activity', '/activity?limit=1']) await denied(helper.client.get(of + path));
  await denied(helper.client.get(`${of}/activity`, { Accept: 'text/csv' }));
  assert.equal((await reader.client.get(`${of}/activity`)).status, 200);
  const sources = async (client) => new Set((await client.get('/api/admin/monitoring/trace/no-link')).json.entries.map(({ source }) => source));
  await until('the trace', async () => (await sources(reader.client)).has('audit') && (await sources(reader.client)).has('gateway'));
  assert.ok((await sources(helper.client)).has('gateway') && !(await sources(helper.client)).has('audit'));

  const made = await json('POST', '/api/admin/roles', { name: 'operations', rank: 500, permissions: ['settings:read', 'settings:write'] });
  assert.equal(made.status, 201, made.text);
  const operations = await staff('rights.operations@users.example.org', 'operations');
  const hook = { url: 'https://hooks.example.org/k', events: ['*'] };
  await denied(by(operations.client)('POST', '/api/admin/webhooks', hook));
  const keeper = await staff('rights.keeper@users.example.org', 'operations', 'auditor');
  const kept = (await by(keeper.client)('POST', '/api/admin/webhooks', hook)).json.webhook;
  assert.deepEqual([kept.authorized, kept.authorized_by], [true, keeper.id]);
  await denied(by(operations.client)('PATCH', `/api/admin/webhooks/${kept.id}`, { url: 'https://mine.example.org' }, { 'If-Match': '"1"' }));
  await denied(by(operations.client)('POST', `/api/admin/webhooks/${kept.id}/secret`, {}));
  await denied(operations.client.get(`/api/admin/webhooks/${kept.id}/deliveries`));
  assert.equal((await json('PUT', `${users}/${keeper.id}/roles`, { roles: ['operations'] })).status, 200);
  assert.equal((await operations.client.get(`/api/admin/webhooks/${kept.id}`)).json.authorized, false);
  assert.equal((await operations.client.delete(`/api/admin/webhooks/${kept.id}`)).status, 204);
  for (const { id } of [operations, keeper]) assert.equal((await json('PUT', `${users}/${id}/roles`, { roles: [] })).status, 200);
  assert.equal((await admin.delete(`/api/admin/roles/${made.json.id}`)).status, 204);
});

test('an address that is moved: the old one is told and can undo it; the own one is no administrator\'s to move', async () => {
  const who = await it.makeUser('stays@moves.example.org', password);
  const user = await userOf(who.email);
  const client = it.client.withToken((await it.login(who)).access_token);
  const move = async (id, email) => json('PATCH', `${users}/${id}`, { email }, { 'If-Match': (await admin.get(`${users}/${id}`)).headers.etag });
  const moved = await move(user.id, 'thief@moves.example.org');
  assert.deepEqual([moved.status, moved.json.email, moved.json.email_verified], [200, 'thief@moves.example.org', false], moved.text);
  await until('the session is over', async () => (await client.get('/api/auth/me')).status === 401, 1000);
  const told = await until('the old address is told', async () => {
    const { stdout } = await it.kctl('mail', 'latest', '--to', who.email);
    return /administrator/.test(stdout) && stdout;
  });
  assert.match(told, /thief@moves\.example\.org/);
  const token = /undo-email-change#token=([\w-]+)/.exec(told)[1];
  assert.equal((await it.client.post('/api/auth/email/undo', { token })).status, 200);
  const back = await userOf(who.email);
  assert.deepEqual([back.id, back.email_verified], [user.id, true]);
  await until('a link to a new password', async () => /reset-password#token=/.test((await it.kctl('mail', 'latest', '--to', who.email)).stdout));
  assert.equal(code(await it.client.post('/api/auth/login', { identifier: who.email, password })), 'INVALID_CREDENTIALS');

  // Who never confirmed an address has no claim to the account.
  const typo = (await json('POST', users, { email: 'tpyo@moves.example.org' })).json;
  assert.equal((await move(typo.id, 'typo@moves.example.org')).status, 200);
  assert.equal(await it.number(`select count(*) from email_changes where user_id = '${typo.id}'`), 0);

  const boss = await userOf(it.firstAdmin().email);
  assert.equal(code(await move(boss.id, 'mine@moves.example.org')), 'SELF_SERVICE_ONLY');
  assert.equal((await move(boss.id, boss.email)).status, 200, 'the address that it has is none other');
});

test('what opens accounts needs a fresh sign-in; a machine shows its key each time', async () => {
  const deputy = await staff('stale.deputy@users.example.org', 'admin');
  const demand = await it.client.post('/api/auth/login', { identifier: deputy.email, password });
  const login = await showCode(it.client, demand.json, deputy.authenticator);
  await it.sql(`update sessions set created_at = created_at - interval '11 minutes' where id = '${login.session_id}'`);
  const stale = it.client.withToken(login.access_token);
  const plain = await staff('stale.plain@users.example.org');
  const reset = (client) => json('POST', `${users}/${plain.id}/password-reset`, { deliver: 'link' }, {}, client);
  assert.equal(code(await reset(stale)), 'REAUTH_REQUIRED');
  assert.equal(code(await stale.post(`${users}/${plain.id}/mfa/reset`)), 'REAUTH_REQUIRED');
  for (const change of ['unlock', 'unsuspend', 'verify-email', 'require-password-change']) assert.equal(code(await stale.post(`${users}/${plain.id}/${change}`)), 'REAUTH_REQUIRED', change);
  assert.equal(code(await json('POST', `${users}/${plain.id}/suspend`, { reason: 'none' }, {}, stale)), 'REAUTH_REQUIRED');
  const { etag } = (await admin.get('/api/admin/settings')).headers;
  assert.equal(code(await json('PATCH', '/api/admin/settings', { settings: { K_LOGIN_LOCKS: '' } }, { 'If-Match': etag }, stale)), 'REAUTH_REQUIRED');
  const key = JSON.parse((await it.kctl('key', 'create', 'provisioning', '--scopes', 'users:write,users:impersonate', '--json')).stdout).key;
  assert.equal((await reset(it.client.withToken(key))).status, 202);
  assert.equal((await it.client.withToken(key).post(`${users}/${plain.id}/unlock`)).status, 200);
  assert.equal(code(await json('POST', `${users}/${plain.id}/impersonate`, { reason: 'none' }, {}, it.client.withToken(key))), 'PERMISSION_DENIED');
});

test('sessions of others: seen, ended one by one, all of one account, chosen', async () => {
  const one = await staff('sessions@users.example.org');
  const who = { email: one.email, password };
  await it.login(who, { device: { id: 'a-device', name: 'Phone' } });
  const third = await it.login(who);
  const of = `${users}/${one.id}/sessions`;
  const all = (await admin.get(of)).json.data;
  assert.equal(all.length, 3);
  assert.equal(all[0].id, third.session_id);
  assert.equal(all[1].device_name, 'Phone');
  const pages = [];
  for (let cursor = ''; cursor !== undefined; ) {
    const { data, page } = (await admin.get(`${of}?limit=1${cursor && `&cursor=${cursor}`}`)).json;
    pages.push(...data);
    cursor = page.has_more ? page.next_cursor : undefined;
  }
  assert.deepEqual(pages, all);
  assert.equal((await admin.delete(`${of}/${third.session_id}`)).status, 204);
  assert.equal(code(await admin.delete(`${of}/${third.session_id}`)), 'SESSION_NOT_FOUND');
  await until('it is over', async () => (await it.client.withToken(third.access_token).get('/api/auth/me')).status === 401, 1000);
  assert.deepEqual((await admin.delete(of)).json, { revoked: 2 });
  await until('they are over', async () => (await one.client.get('/api/auth/me')).status === 401, 1000);
  const victim = await staff('fleet@users.example.org');
  assert.ok((await admin.get('/api/admin/sessions?remote_ip=127.0.0.0/8')).json.data.some(({ user_id: id }) => id === victim.id));
  assert.equal((await admin.get('/api/admin/sessions?remote_ip=203.0.113.0/24')).json.data.length, 0);
  const revoke = (filter, more = {}) => json('POST', '/api/admin/sessions/revoke', { filter, ...more });
  assert.deepEqual((await revoke({ user_id: victim.id }, { dry_run: true })).json, { matched: 1, revoked: 0 });
  assert.equal((await victim.client.get('/api/auth/me')).status, 200);
  assert.deepEqual((await revoke({ user_id: victim.id, remote_ip: '127.0.0.1' })).json, { matched: 1, revoked: 1 });
  await until('it is over', async () => (await victim.client.get('/api/auth/me')).status === 401, 1000);
  for (const bad of [undefined, { remote_ip: 'x' }, { user: 'x' }]) assert.equal((await revoke(bad)).status, 400);
  assert.equal((await admin.get('/api/auth/me')).status, 200);
});

test('roles: system ones stay, others are made, given, changed at once', async () => {
  const roles = '/api/admin/roles';
  const system = (await admin.get(roles)).json.data;
  assert.deepEqual(system.map(({ name }) => name), ['superadmin', 'admin', 'support', 'auditor', 'user']);
  assert.ok((await admin.get('/api/admin/permissions')).json.data.some(({ name }) => name === 'users:read'));
  for (const answer of [
    await json('PATCH', `${roles}/${system[4].id}`, { description: 'mine' }),
    await json('PUT', `${roles}/${system[1].id}/permissions`, { permissions: [] }),
    await admin.delete(`${roles}/${system[3].id}`),
  ]) assert.equal(code(answer), 'ROLE_IS_SYSTEM');
  const made = await json('POST', roles, { name: 'cashier', rank: 100, permissions: ['users:read'] });
  assert.equal(made.status, 201, made.text);
  const { id } = made.json;
  assert.deepEqual((await admin.get(`${roles}/${id}`)).json, made.json);
  assert.equal((await json('PATCH', `${roles}/${id}`, { description: 'at the till' })).json.description, 'at the till');
  assert.equal(code(await json('POST', roles, { name: 'cashier', rank: 1 })), 'CONFLICT');
  assert.equal((await json('POST', roles, { name: 'Big One', rank: 1 })).status, 400);
  assert.equal((await json('POST', roles, { name: 'big', rank: 1000 })).status, 400);
  assert.equal(code(await json('POST', roles, { name: 'odd', rank: 1, permissions: ['no:such'] })), 'INVALID_FORMAT');
  const cashier = await staff('cashier@users.example.org', 'cashier');
  assert.equal((await cashier.client.get(users)).status, 200);
  assert.equal(code(await cashier.client.get(roles)), 'PERMISSION_DENIED');
  const changed = await json('PUT', `${roles}/${id}/permissions`, { permissions: ['monitoring:read'] }, { 'X-Request-ID': 'role-change' });
  assert.deepEqual(changed.json.permissions, ['monitoring:read']);
  assert.equal(changed.json.holders, 1);
  await until('the old permissions are gone', async () => (await cashier.client.get(users)).status === 401, 1000);
  const demand = await it.client.post('/api/auth/login', { identifier: cashier.email, password });
  const again = it.client.withToken((await showCode(it.client, demand.json, cashier.authenticator)).access_token);
  assert.equal(code(await again.get(users)), 'PERMISSION_DENIED');
  const [[action, , , target, before, after]] = await auditOf('role-change');
  assert.deepEqual([action, target, JSON.parse(before).permissions, JSON.parse(after).permissions], ['role.update', id, ['users:read'], ['monitoring:read']]);
  assert.equal(code(await admin.delete(`${roles}/${id}`)), 'ROLE_IN_USE');
  assert.equal((await json('PUT', `${users}/${cashier.id}/roles`, { roles: [] })).status, 200);
  assert.equal((await admin.delete(`${roles}/${id}`)).status, 204);
  assert.equal(code(await admin.get(`${roles}/${id}`)), 'ROLE_NOT_FOUND');
});

test('making accounts: by invitation, or with a hash from elsewhere', async () => {
  const make = (body) => json('POST', users, body);
  const invited = await make({ email: 'Invited@users.example.org', display_name: 'In Vited', locale: 'id', external_id: 'crm-7' });
  assert.equal(invited.status, 201, invited.text);
  assert.deepEqual([invited.json.email, invited.json.status, invited.json.email_verified], ['invited@users.example.org', 'pending', false]);
  assert.match(await it.mailToken('invited@users.example.org'), /^[A-Za-z0-9_-]{43}$/);
  assert.equal(code(await make({ email: 'invited@users.example.org' })), 'EMAIL_TAKEN');
  assert.equal(code(await make({ email: 'other7@users.example.org', external_id: 'crm-7' })), 'CONFLICT');
  assert.equal(code(await make({ email: 'boss2@users.example.org', roles: ['superadmin'] })), 'CANNOT_GRANT_HIGHER_ROLE');
  assert.equal(code(await make({ email: 'boss2@users.example.org', roles: ['unheard-of'] })), 'ROLE_NOT_FOUND');
  for (const bad of [{}, { email: 'x' }, { email: 'y@users.example.org', password: 'chosen by the administrator' }, { email: 'y@users.example.org', password_hash: 'plain text' }]) {
    assert.equal((await make(bad)).status, 400, JSON.stringify(bad));
  }
  const verified = await admin.post(`${users}/${(await make({ email: 'known@users.example.org' })).json.id}/verify-email`);
  assert.deepEqual([verified.status, verified.json.status, verified.json.email_verified], [200, 'active', true]);
  const [[phc]] = await it.sql("select phc from password_credentials c join users u on u.id = c.user_id where u.email = 'naughty@users.example.org'");
  const moved = await make({ email: 'moved@users.example.org', password_hash: phc, email_verified: true });
  assert.equal(moved.json.status, 'active', moved.text);
  assert.ok((await it.login({ email: 'moved@users.example.org', password })).access_token);
});

test('the same to many at once: each by itself', async () => {
  const ids = [];
  for (const name of ['m1', 'm2', 'm3']) ids.push((await staff(`${name}@many.example.org`)).id);
  const [[boss]] = await it.sql("select u.id from users u join user_roles g on g.user_id = u.id join roles r on r.id = g.role_id where r.name = 'superadmin'");
  const batch = (body, client = admin) => json('POST', `${users}/batch`, body, {}, client);
  const missing = '01900000-0000-7000-8000-00000000dead';
  const done = await batch({ op: 'suspend', reason: 'test', ids: [...ids, boss, missing, ids[0]] });
  assert.equal(done.status, 200, done.text);
  const of = Object.fromEntries(done.json.results.map(({ id, ...rest }) => [id, rest]));
  assert.equal(done.json.results.length, 5);
  for (const id of ids) assert.deepEqual(of[id], { ok: true });
  assert.deepEqual(of[boss], { ok: false, error: 'LAST_ADMIN' });
  assert.deepEqual(of[missing], { ok: false, error: 'USER_NOT_FOUND' });
  assert.equal((await list('q=many.example&status=suspended')).data.length, 3);
  assert.ok((await batch({ op: 'delete', mode: 'hard', ids })).json.results.every(({ ok }) => ok));
  for (const bad of [{ op: 'suspend', ids }, { op: 'explode', ids }, { op: 'unsuspend', ids: [] }, { op: 'unsuspend', ids: Array.from({ length: 1001 }, () => boss) }]) {
    assert.equal((await batch(bad)).status, 400);
  }
  const helper = await staff('batch.helper@users.example.org', 'support');
  assert.equal(code(await batch({ op: 'delete', ids: [missing] }, helper.client)), 'PERMISSION_DENIED');
});

test('locked out, without second factor, without password: unlock, reset of factors and password', async () => {
  const who = await it.makeUser('forgetful@users.example.org', password);
  const user = await userOf(who.email);
  const got = async () => (await admin.get(`${users}/${user.id}`)).json;
  const login = (secret = password) => it.client.post('/api/auth/login', { identifier: who.email, password: secret });
  assert.deepEqual([user.failed_logins, user.locked_until, user.mfa_enabled, user.mfa_factors, user.pending_email], [0, null, false, [], null]);

  // As failures leave it; recoveryTest has the real ladder.
  await it.sql(`insert into login_throttle (key, user_id, failures, last_try, last_at, locked_until) values ('\\x01', '${user.id}', 9, gen_random_uuid(), now(), now() + interval '1 hour')`);
  const locked = await got();
  assert.ok(locked.failed_logins === 9 && Date.parse(locked.locked_until) > Date.now());
  await it.sql(`update login_throttle set locked_until = 'infinity' where user_id = '${user.id}'`);
  assert.equal((await got()).locked_until.slice(0, 4), '9999');
  const unlocked = await admin.post(`${users}/${user.id}/unlock`, undefined, { 'X-Request-ID': 'unlock-one' });
  assert.deepEqual([unlocked.status, unlocked.json.failed_logins, unlocked.json.locked_until, unlocked.json.version], [200, 0, null, user.version]);
  const [[action, , , , before]] = await auditOf('unlock-one');
  assert.deepEqual([action, JSON.parse(before).failed_logins], ['user.unlock', 9]);

  const signedIn = await login();
  const { login: lifted } = await enrol(it.client.withToken(signedIn.json.access_token));
  assert.ok((await login()).json.mfa_token);
  const enrolled = await got();
  assert.deepEqual([enrolled.mfa_enabled, enrolled.mfa_factors.map(({ type }) => type)], [true, ['totp']]);
  const found = async (query) => (await list(`q=forgetful&${query}`)).data.length;
  assert.deepEqual([await found('mfa=true'), await found('mfa=false')], [1, 0]);
  const without = await admin.post(`${users}/${user.id}/mfa/reset`);
  assert.deepEqual([without.status, without.json.mfa_enabled, without.json.mfa_factors, without.json.active_sessions], [200, false, [], 0]);
  assert.deepEqual([await found('mfa=true'), await found('mfa=false')], [0, 1]);
  await until('the session is over', async () => (await it.client.withToken(lifted.access_token).get('/api/auth/me')).status === 401, 1000);
  await until('a mail says so', async () => /second factor/i.test((await it.kctl('mail', 'latest', '--to', who.email)).stdout), 10_000);
  assert.ok((await login()).json.access_token, 'the password alone is enough again');
  assert.equal(await it.number(`select count(*) from recovery_codes where user_id = '${user.id}'`), 0);

  const reset = (deliver) => json('POST', `${users}/${user.id}/password-reset`, { deliver });
  const mailed = await reset('email');
  assert.deepEqual([mailed.status, mailed.json.deliver, 'link' in mailed.json], [202, 'email', false]);
  const sent = await until('the mail', async () => /reset-password#token=([\w-]+)/.exec((await it.kctl('mail', 'latest', '--to', who.email)).stdout)?.[1], 10_000);
  const byLink = await reset('link');
  assert.equal(byLink.status, 202, byLink.text);
  assert.ok(Math.abs(Date.parse(byLink.json.expires_at) - Date.now() - 3_600_000) < 60_000);
  const token = /^http:\/\/[^#]+\/auth\/reset-password#token=([\w-]+)$/.exec(byLink.json.link)[1];
  const choose = (secret, renewed) => it.client.post('/api/auth/password/reset', { token: secret, password: renewed });
  assert.equal(code(await choose(sent, 'a first new passphrase')), 'LINK_INVALID', 'a new link replaces the old');
  assert.equal((await choose(token, 'a second new passphrase')).status, 200);
  assert.equal((await choose(token, 'a third new passphrase')).status, 400);
  assert.ok((await login('a second new passphrase')).json.access_token);
  assert.equal((await json('POST', `${users}/${user.id}/password-reset`, { deliver: 'pigeon' })).status, 400);
  assert.equal(code(await json('POST', `${users}/${(await userOf(it.firstAdmin().email)).id}/password-reset`, { deliver: 'link' })), 'RANK_TOO_LOW');
  const logs = ['k-admin.log', 'k-public.log'].map((name) => it.lines(name).map((line) => JSON.stringify(line)).join('\n')).join('');
  assert.ok(!logs.includes(token) && (await it.number(`select count(*) from audit_log where after::text like '%${token}%'`)) === 0);

  const noted = await json('PATCH', `${users}/${user.id}`, { metadata: { theme: 'dark' }, metadata_admin: { ticket: 7 } }, { 'If-Match': `"${(await got()).version}"` });
  assert.deepEqual([noted.status, noted.json.metadata, noted.json.metadata_admin], [200, { theme: 'dark' }, { ticket: 7 }], noted.text);
  const own = (await it.client.withToken((await login('a second new passphrase')).json.access_token).get('/api/auth/me')).json;
  assert.ok(own.metadata.theme === 'dark' && !('metadata_admin' in own));

  assert.equal((await it.kctl('user', 'reset-mfa', who.email)).status, 0);
});

test('figures', async () => {
  const figures = (await admin.get('/api/admin/stats/overview')).json;
  assert.equal(figures.total, await it.number("select count(*) from users where status <> 'deleted'"));
  assert.ok(figures.active > 5 && figures.pending >= 1 && figures.deleted >= 1 && figures.active_sessions >= 1, JSON.stringify(figures));
  const sum = (name) => figures.intervals.reduce((total, interval) => total + interval[name], 0);
  assert.ok(sum('sign_ins') > 5 && sum('failures') > 0 && sum('registrations') > 5, JSON.stringify(figures));
  assert.equal((await admin.get('/api/admin/stats/overview?range=1y')).status, 400);
});
