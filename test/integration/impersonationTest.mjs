// Acting as another user.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, code, it, json, password, staff, start, userOf, users } from './administration.mjs';
import { until } from './installation.mjs';

before(() => start('impersonation'));
after(() => it?.down());

test('acting as another user: by rank, told to the user, named in the trail, looking only, ended by both', async () => {
  const who = await it.makeUser('observed@users.example.org', password);
  const user = await userOf(who.email);
  const act = (id, body = { reason: 'ticket 42' }, client = admin) => json('POST', `${users}/${id}/impersonate`, body, { 'X-Request-ID': 'act-one' }, client);
  for (const bad of [{}, { reason: '' }, { reason: 'x', ttl: 3601 }, { reason: 'x', ttl: 59 }]) assert.equal((await act(user.id, bad)).status, 400);
  assert.equal(code(await act((await userOf(it.firstAdmin().email)).id)), 'RANK_TOO_LOW');
  assert.equal(code(await act('01900000-0000-7000-8000-00000000dead')), 'USER_NOT_FOUND');
  const clerk = await staff('clerk@users.example.org', 'admin');
  assert.equal(code(await act(user.id, undefined, clerk.client)), 'PERMISSION_DENIED');

  const begun = await act(user.id, { reason: 'ticket 42', ttl: 600 });
  assert.equal(begun.status, 201, begun.text);
  assert.ok(begun.json.expires_in > 590 && begun.json.expires_in <= 600 && !('refresh_token' in begun.json));
  const claims = JSON.parse(Buffer.from(begun.json.access_token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.sub, claims.act.sub, claims.aal], [user.id, (await admin.get('/api/auth/me')).json.id, 1]);
  const asUser = it.client.withToken(begun.json.access_token);
  assert.equal((await asUser.get('/api/auth/me')).json.email, who.email);
  assert.equal(code(await asUser.get(users)), 'PERMISSION_DENIED');
  assert.equal(code(await json('PATCH', '/api/auth/me', { display_name: 'Seen' }, {}, asUser)), 'IMPERSONATION_DENIED');
  const trail = (id) => until(`the trail of ${id}`, async () => (await it.sql(`select action, actor_type, actor_id, target_id from audit_log where request_id = '${id}' and outcome = 'ok'`))[0]);
  assert.deepEqual(await trail('act-one'), ['user.impersonate', 'user', claims.act.sub, user.id]);
  const mail = await until('the mail', async () => /ticket 42/.exec((await it.kctl('mail', 'latest', '--to', who.email)).stdout), 10_000);
  assert.ok(mail);

  const own = it.client.withToken((await it.login(who)).access_token);
  const session = (await own.get('/api/auth/sessions')).json.data.find(({ id }) => id === begun.json.session_id);
  assert.equal(session.device_name, 'Administrator');
  assert.ok((await own.get('/api/auth/me/activity')).json.data.some(({ action, by }) => action === 'user.impersonate' && by === 'administrator'));
  assert.equal((await own.delete(`/api/auth/sessions/${session.id}`)).status, 204);
  await until('it is over', async () => (await asUser.get('/api/auth/me')).status === 401, 1000);

  const second = await act(user.id);
  const again = it.client.withToken(second.json.access_token);
  assert.equal((await again.request('POST', '/api/admin/impersonation/stop', { headers: { 'X-Request-ID': 'act-two' } })).status, 204);
  await until('it is over', async () => (await again.get('/api/auth/me')).status === 401, 1000);
  assert.deepEqual((await trail('act-two')).slice(1), ['impersonator', claims.act.sub, second.json.session_id]);
  assert.equal(code(await own.post('/api/admin/impersonation/stop')), 'CONFLICT');

  // Who is put out of office acts as nobody any more.
  await it.sql("insert into roles (id, name, rank) values ('01900000-0000-7000-8000-0000000000bb', 'deputy', 500)");
  await it.sql("insert into role_permissions values ('01900000-0000-7000-8000-0000000000bb', 'users:impersonate')");
  const deputy = await staff('second.chief@users.example.org', 'deputy');
  const orphan = it.client.withToken((await act(user.id)).json.access_token);
  await it.sql(`update sessions set impersonator_id = '${deputy.id}' where user_id = '${user.id}' and impersonator_id is not null and revoked_at is null`);
  assert.equal((await orphan.get('/api/auth/me')).status, 200);
  await it.sql("delete from role_permissions where role_id = '01900000-0000-7000-8000-0000000000bb'");
  await until('his role may not', async () => (await orphan.get('/api/auth/me')).status === 401, 1000);
  await it.sql("insert into role_permissions values ('01900000-0000-7000-8000-0000000000bb', 'users:impersonate')");
  await until('and may again', async () => (await orphan.get('/api/auth/me')).status === 200, 1000);
  assert.equal((await json('POST', `${users}/${deputy.id}/suspend`, { reason: 'left the company' })).status, 200);
  await until('it is over', async () => (await orphan.get('/api/auth/me')).status === 401, 1000);
  assert.equal((await json('POST', `${users}/${user.id}/suspend`, { reason: 'spam' })).status, 200);
  assert.equal(code(await act(user.id)), 'CONFLICT');
});

test('acting as another user: of all routes it reads what the user may read, changes nothing, and leaves nothing behind', async () => {
  const who = await it.makeUser('watched@users.example.org', password);
  const user = await userOf(who.email);
  const own = it.client.withToken((await it.login(who)).access_token);
  assert.equal((await own.post('/api/auth/me/export')).status, 202);
  const begun = await json('POST', `${users}/${user.id}/impersonate`, { reason: 'every route' });
  assert.equal(begun.status, 201, begun.text);
  const asUser = it.client.withToken(begun.json.access_token);
  const state = () =>
    it.sql(`select u.version, u.email, u.session_epoch, (select count(*) from api_keys where owner_user_id = u.id), (select count(*) from personal_data_exports where user_id = u.id),
      (select count(*) from sessions where user_id = u.id and revoked_at is null), (select count(*) from mfa_factors where user_id = u.id), (select count(*) from email_changes where user_id = u.id)
      from users u where id = '${user.id}'`);
  const before = await state();
  const changes = [];
  const closed = [];
  let tried = 0;
  for (const side of ['auth', 'admin']) {
    const { paths } = (await it.client.get(`/api/${side}/openapi.json`)).json;
    for (const [template, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (operation.security.length === 0) continue;
        const said = `${method} ${template}`;
        const refused = operation['x-impersonation'] === 'refused';
        if (method !== 'get' && !refused) {
          changes.push(operation.operationId);
          continue;
        }
        if (method === 'get' && refused) closed.push(operation.operationId);
        const body = method === 'get' ? {} : { body: '{}', headers: { 'Content-Type': operation.requestBody?.content['application/x-ndjson'] ? 'application/x-ndjson' : 'application/json' } };
        const answer = await asUser.request(method.toUpperCase(), template.replace(/\{\w+\}/g, user.id), body);
        tried += 1;
        if (refused) assert.equal(code(answer), 'IMPERSONATION_DENIED', said);
        else if (operation['x-permission']) assert.equal(code(answer), 'PERMISSION_DENIED', said);
        else if (/^\/api\/payment\/payments\/\{id\}/.test(template)) assert.equal(code(answer), 'PAYMENT_NOT_FOUND', said);
        else if (template === '/api/payment/refunds/{id}') assert.equal(code(answer), 'NOT_FOUND', said);
        else assert.equal(answer.status, 200, `${said} ${answer.text}`);
      }
    }
  }
  assert.ok(tried > 80, `${tried} routes`);
  assert.deepEqual(changes.sort(), ['logout', 'stopImpersonation']);
  assert.deepEqual(closed.sort(), ['countRecoveryCodes', 'fetchDataExport', 'metricsLive', 'ownActivity']);
  assert.deepEqual(await state(), before);
});
