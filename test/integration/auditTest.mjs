// The audit trail, a request's trace and the history of health: what was answered is recorded, in one chain that
// shows tampering, whatever becomes of PostgreSQL and the processes meanwhile.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { parseCsv } from './csv.mjs';
import { sleep, startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
let it;
let admin;
before(async () => {
  it = await startInstallation('audit', { K_DATABASE_TIMEOUT_S: 3, K_HEALTH_INTERVAL_S: 1 });
  admin = await it.adminLogin();
});
after(() => it?.down());

const audit = async (query = '') => (await admin.get(`/api/admin/audit${query}`)).json;
const entriesOf = async (requestId) => (await it.sql(`select action, outcome from audit_log where request_id = '${requestId}' order by seq`)).map((row) => row.join(' '));
const fail = (requestId, identifier = 'nobody@example.org') =>
  it.client.post('/api/auth/login', { identifier, password: 'wrong wrong wrong' }, { 'X-Request-ID': requestId });
/** Everything that waits is in the chain. */
const chained = () => until('nothing waits', async () => (await it.number('select count(*) from audit_pending')) === 0);

test('a failed sign-in: gateway line, audit entry and log line in one trace', async () => {
  const id = 'trace-me-0001';
  assert.equal((await fail(id)).status, 401);
  const trace = await until('the trace is whole', async () => {
    const answer = await admin.get(`/api/admin/monitoring/trace/${id}`);
    assert.equal(answer.status, 200, answer.text);
    return ['gateway', 'audit', 'log'].every((source) => answer.json.entries.some((entry) => entry.source === source)) && answer.json;
  });
  assert.deepEqual(trace.entries.map(({ source }) => source), ['gateway', 'audit', 'log']);
  const times = trace.entries.map(({ at }) => at);
  assert.deepEqual(times, [...times].sort());
  const [gateway, entry, line] = trace.entries;
  assert.equal(gateway.state, '401');
  assert.equal(gateway.summary, 'POST /api/auth/login');
  assert.equal(entry.summary, 'auth.login');
  assert.equal(entry.state, 'fail');
  assert.equal(entry.details.reason, 'unknown_identifier');
  assert.equal(line.details.label, 'auth.login.failed');
  assert.equal(line.details.remote_ip, '127.0.0.1');
  assert.match(line.details.subject, /^[0-9a-f]{64}$/);
  assert.equal(line.details.subject, entry.details.target_id);
  assert.ok(!JSON.stringify(trace).includes('nobody@'), 'the identifier itself is nowhere');
  const said = await it.kctl('trace', id, '--json');
  assert.equal(said.status, 0, said.stderr);
  assert.deepEqual(JSON.parse(said.stdout).entries, trace.entries);
  const table = await it.kctl('trace', id);
  assert.match(table.stdout, /gateway[\s\S]*auth\.login[\s\S]*auth\.login\.failed/);
  assert.equal((await it.kctl('trace', 'nobody-knows-this')).status, 1);
  assert.equal((await it.kctl('trace', 'no request id')).status, 64);
  assert.equal((await admin.get('/api/admin/monitoring/trace/no%20id')).status, 400);
});

test('what happens to an account is in the audit trail', async () => {
  const email = 'audited@example.org';
  const who = await it.makeUser(email, password);
  const wrong = await fail('audited-wrong', email);
  assert.equal(wrong.status, 401);
  const login = await it.login(who);
  const client = it.client.withToken(login.access_token);
  const other = await it.login(who);
  assert.equal((await client.delete(`/api/auth/sessions/${other.session_id}`)).status, 204);
  assert.equal((await client.post('/api/auth/logout')).status, 204);
  // A token that is used twice, the second time after the grace.
  const stolen = await it.login(who);
  assert.equal((await it.client.post('/api/auth/token/refresh', { refresh_token: stolen.refresh_token })).status, 200);
  await it.sql(`update sessions set refreshed_at = refreshed_at - interval '1 minute' where id = '${stolen.session_id}'`);
  assert.equal((await it.client.post('/api/auth/token/refresh', { refresh_token: stolen.refresh_token })).json.error.code, 'REFRESH_TOKEN_REUSED');
  const changed = await it.client.post('/api/auth/password/change', { identifier: email, current_password: password, new_password: `${password} 2` });
  assert.equal(changed.status, 200, changed.text);
  await chained();
  const user = (await it.sql(`select id from users where email = '${email}'`))[0][0];
  const { data } = await audit(`?actor=${user}&limit=100`);
  // The chain is in the order of recording; what failed is recorded a moment after it happened.
  data.sort((a, b) => (a.at < b.at ? -1 : 1));
  assert.deepEqual(data.map(({ action, outcome }) => `${action} ${outcome}`), [
    'auth.register ok', 'auth.email.verify ok', 'auth.login fail', 'auth.login ok', 'auth.login ok', 'auth.session.revoke ok',
    'auth.logout ok', 'auth.login ok', 'auth.token.reuse deny', 'auth.password.change ok',
  ]);
  const change = data.at(-1);
  assert.ok(change.request_id && change.ip === '127.0.0.1' && change.target.id === user, JSON.stringify(change));
  assert.equal(typeof change.after.sessions_ended, 'number');
  assert.deepEqual((await admin.get(`/api/admin/audit/${change.id}`)).json, change);
  assert.equal((await admin.get('/api/admin/audit/01900000-0000-7000-8000-00000000dead')).status, 404);
  const created = (await audit('?action=admin.administrator.create')).data;
  assert.equal(created.length, 1);
  assert.equal(created[0].actor.type, 'operator');
  assert.deepEqual(created[0].after, { role: 'superadmin' });
  assert.ok((await audit('?outcome=deny')).data.every(({ outcome }) => outcome === 'deny'));
  assert.equal((await audit('?ip=203.0.113.9')).data.length, 0);
  assert.equal((await audit(`?from=${new Date(Date.now() + 3600e3).toISOString()}`)).data.length, 0);
  const text = JSON.stringify(await it.sql('select * from audit_log')) + JSON.stringify(await it.sql('select * from system_log'));
  for (const secret of [password, login.access_token, login.refresh_token, 'argon2id']) assert.ok(!text.includes(secret), 'no secret');
});

test('pages of the audit trail, and whose they are', async () => {
  const all = (await audit('?limit=500')).data.map(({ seq }) => seq);
  const paged = [];
  for (let cursor = ''; cursor !== undefined; ) {
    const { data, page } = await audit(`?limit=5${cursor && `&cursor=${cursor}`}`);
    paged.push(...data.map(({ seq }) => seq));
    cursor = page.has_more ? page.next_cursor : undefined;
  }
  assert.deepEqual(paged.slice(-all.length), all);
  assert.deepEqual(all, all.map((_, index) => all[0] - index), 'no gaps');
  for (const query of ['limit=0', 'limit=501', 'outcome=maybe', 'ip=1.2.3', 'cursor=x', 'nonsense=1', 'from=yesterday']) {
    const answer = await admin.get(`/api/admin/audit?${query}`);
    assert.equal(answer.status, 400, `${query}: ${answer.text}`);
  }
  const user = await it.login(await it.makeUser('curious@example.org', password));
  assert.equal((await it.client.withToken(user.access_token).get('/api/admin/audit')).status, 403);
  await until('the refusal is in the trail', async () => (await audit('?action=request.refuse')).data.length > 0);
  assert.equal((await it.client.get('/api/admin/audit')).status, 401);
});

test('the audit trail as CSV and as a file', async () => {
  await chained();
  const list = await audit('?limit=500');
  assert.equal(list.page.has_more, false);
  const asCsv = await admin.get('/api/admin/audit?limit=3', { Accept: 'text/csv' });
  assert.match(asCsv.headers['content-type'], /^text\/csv/);
  const csv = parseCsv(asCsv.text);
  assert.deepEqual(csv[0], Object.keys(list.data[0]));
  assert.deepEqual(csv.slice(1).map((row) => row[0]), list.data.slice(0, 3).map(({ id }) => id));
  assert.deepEqual(JSON.parse(csv[1][csv[0].indexOf('actor')]), list.data[0].actor);
  const more = await admin.get(`/api/admin/audit?limit=3&cursor=${asCsv.headers['x-next-cursor']}`);
  assert.deepEqual(more.json.data, list.data.slice(3, 6));

  const lines = await admin.get('/api/admin/audit/export?format=ndjson');
  assert.equal(lines.status, 200, lines.text);
  assert.match(lines.headers['content-disposition'], /attachment; filename="audit\.ndjson"/);
  assert.equal(lines.headers['x-next-cursor'], undefined);
  assert.deepEqual(lines.text.trimEnd().split('\n').map((line) => JSON.parse(line)), list.data);
  const filtered = await admin.get('/api/admin/audit/export?action=auth.login&outcome=fail');
  assert.match(filtered.headers['content-disposition'], /filename="audit\.csv"/);
  const failures = list.data.filter(({ action, outcome }) => action === 'auth.login' && outcome === 'fail');
  assert.ok(failures.length > 0);
  assert.deepEqual(parseCsv(filtered.text).slice(1).map((row) => row[0]), failures.map(({ id }) => id));
  const newest = await audit('?limit=5'); // with the exports themselves
  const rest = await admin.get(`/api/admin/audit/export?format=ndjson&cursor=${newest.page.next_cursor}`);
  const older = list.data.filter(({ seq }) => seq < newest.data.at(-1).seq);
  assert.deepEqual(rest.text.trimEnd().split('\n').map((line) => JSON.parse(line)), older, "a list's cursor goes on in a file");
  const noted = await until('the exports are in the trail', async () => {
    const { data } = await audit('?action=audit.export');
    return data.length === 3 && data;
  });
  const { id: by } = noted[0].actor;
  assert.deepEqual(noted.map(({ after, actor }) => [after, actor.id]), [
    [{ count: older.length, continued: true }, by],
    [{ action: 'auth.login', outcome: 'fail', count: failures.length, continued: false }, by],
    [{ count: list.data.length, continued: false }, by],
  ]);
  for (const query of ['format=xml', 'limit=5', 'cursor=x', 'ip=1.2.3', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z']) {
    assert.equal((await admin.get(`/api/admin/audit/export?${query}`)).status, 400, query);
  }
  assert.equal((await it.client.get('/api/admin/audit/export')).status, 401);
});

test('a file holds 10,000 entries at the most, and its cursor gives the rest', async () => {
  await it.sql("insert into audit_pending (id, at, actor_type, action, outcome) select md5('many' || i)::uuid, now(), 'system', 'test.many', 'ok' from generate_series(1, 10003) i");
  await it.sql('select audit_chain_pending(20000)');
  await chained();
  const file = '/api/admin/audit/export?format=ndjson&action=test.many';
  const first = await admin.get(file);
  const rest = await admin.get(`${file}&cursor=${first.headers['x-next-cursor']}`);
  const counts = [first, rest].map(({ text }) => text.split('\n').length - 1);
  assert.deepEqual(counts, [10_000, 3]);
  assert.equal(rest.headers['x-next-cursor'], undefined);
  const other = await admin.get(`/api/admin/audit/export?action=auth.login&cursor=${first.headers['x-next-cursor']}`);
  assert.equal(other.json.error.code, 'CURSOR_INVALID');
});

test('verifying finds what a superuser of the database changed', async () => {
  await chained();
  const verify = async () => (await admin.get('/api/admin/audit/verify')).json;
  const before = await it.number('select count(*) from audit_log');
  const whole = await verify();
  const after = await it.number('select count(*) from audit_log'); // entries may come meanwhile
  assert.equal(whole.status, 'ok', JSON.stringify(whole));
  assert.ok(before <= whole.checked && whole.checked <= after, `${before} <= ${whole.checked} <= ${after}`);
  const asSuperuser = (sql) => it.sql(`begin; set local session_replication_role = replica; ${sql}; commit`);
  await assert.rejects(it.sql("update audit_log set outcome = 'ok' where outcome = 'fail'"), /append-only/);
  await asSuperuser("update audit_log set reason = 'nothing' where seq = 3");
  const { sealed_to_seq: sealedTo, ...found } = await verify();
  assert.deepEqual(found, { status: 'broken', checked: 2, next_seq: null, broken_seq: 3, reason: 'altered', sealed_from_seq: 1 });
  assert.ok(sealedTo > 3);
  await asSuperuser('update audit_log set reason = null where seq = 3');
  assert.equal((await verify()).status, 'ok');
});

test('whoever owns the tables cannot make the chain anew', async () => {
  await fail('before-rebuilding');
  await chained();
  const last = await it.number('select head_seq from audit_chain');
  await until('the seal is there', async () => (await it.number('select sealed_seq from audit_chain')) >= last);
  assert.equal((await it.kctl('audit', 'verify')).status, 0);
  await it.sql(`begin; set local session_replication_role = replica;
    do $$ declare r audit_log; prev bytea; begin
      select first_prev_hash into prev from audit_chain for update; -- nothing is chained meanwhile
      for r in select * from audit_log order by seq loop
        if r.seq = 3 then r.reason := 'nothing'; end if;
        r.prev_hash := prev; r.hash := audit_row_hash(r); prev := r.hash;
        update audit_log set reason = r.reason, prev_hash = r.prev_hash, hash = r.hash where seq = r.seq;
      end loop;
      update audit_chain set head_hash = prev;
    end $$; commit`);
  const broken = (await admin.get('/api/admin/audit/verify')).json;
  assert.equal(broken.status, 'broken');
  assert.equal(broken.reason, 'rebuilt');
  const said = await it.kctl('audit', 'verify');
  assert.equal(said.status, 1, said.stdout + said.stderr);
  assert.match(said.stdout, /rebuilt/);
  await fail('after-rebuilding', 'nobody@example.org');
  await until('the servers notice', () => [...it.lines('k-public.log'), ...it.lines('k-admin.log')].some(({ label, level }) => label === 'audit.chain.untrue' && level === 'ERROR'));
  assert.equal((await admin.get('/api/admin/audit/verify')).json.reason, 'rebuilt', 'and seal nothing');

  const sealed = await it.kctl('audit', 'seal');
  assert.equal(sealed.status, 0, sealed.stdout + sealed.stderr);
  assert.equal((await admin.get('/api/admin/audit/verify')).json.status, 'ok');
  assert.equal(await it.number("select count(*) from audit_log where action = 'audit.seal' and actor_type = 'operator'"), 1);
});

test('PostgreSQL stopped and started: everything that was answered is in the audit trail', async () => {
  const who = await it.makeUser('steady@example.org', password);
  const answers = [];
  let stopped = false;
  const loop = async (kind, ask) => {
    for (let index = 0; !stopped; index += 1) {
      const requestId = `${kind}-${index}`;
      const { status } = await ask(requestId, index);
      answers.push({ requestId, kind, status });
    }
  };
  const loops = [
    loop('right', (id) => it.client.post('/api/auth/login', { identifier: who.email, password }, { 'X-Request-ID': id })),
    loop('wrong', (id) => fail(id, who.email)),
    loop('unknown', (id) => fail(id)),
    loop('new', (id, index) => it.client.post('/api/auth/register', { email: `new${index}@example.org`, password }, { 'X-Request-ID': id })),
  ];
  await sleep(1000);
  await it.stop('postgres');
  await sleep(2500);
  await it.start('postgres');
  await until('a login works again', async () => (await it.login(who)).access_token, 15_000);
  await sleep(1000);
  stopped = true;
  await Promise.all(loops);
  await sleep(1200);
  await chained();
  const expected = { right: [200, 'auth.login ok'], wrong: [401, 'auth.login fail'], unknown: [401, 'auth.login fail'], new: [202, 'auth.register ok'] };
  let acknowledged = 0;
  for (const { requestId, kind, status } of answers) {
    const [success, entry] = expected[kind];
    assert.ok(status === success || status === 503, `${requestId}: ${status}`);
    if (status !== success) continue;
    acknowledged += 1;
    assert.deepEqual(await entriesOf(requestId), [entry], requestId);
  }
  assert.ok(acknowledged > 20 && answers.some(({ status }) => status === 503), `${acknowledged} of ${answers.length}`);
  assert.equal((await admin.get('/api/admin/audit/verify')).json.status, 'ok');
});

test('SIGTERM: what was answered is stored before the process ends', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `last-${index}`);
  const answers = await Promise.all(ids.map((id) => fail(id)));
  const seen = ids.filter((_, index) => answers[index].status === 401);
  assert.ok(seen.length > 10, `${seen.length}`);
  await it.stop('k-public');
  const stored = await it.sql("select request_id from audit_pending where request_id like 'last-%' union select request_id from audit_log where request_id like 'last-%'");
  const lines = await it.sql("select request_id from system_log where request_id like 'last-%'");
  for (const rows of [stored, lines]) assert.deepEqual(seen.filter((id) => !rows.some(([row]) => row === id)), []);
  await it.start('k-public');
});

test('the history of health: a series with gaps and an uptime for each component', async () => {
  const answer = await admin.get('/api/admin/monitoring/health/history?range=1h&interval=1m');
  assert.equal(answer.status, 200, answer.text);
  const { labels, processes, interval_s: interval } = answer.json;
  assert.equal(interval, 60);
  assert.deepEqual(processes.map(({ process }) => process), ['admin', 'public']);
  for (const { components, reports } of processes) {
    assert.ok(reports > 3);
    assert.deepEqual(components.map(({ component }) => component), ['database', 'redis', 'crypto']);
    for (const { up, latency_ms: latency, uptime_pct: uptime } of components) {
      assert.equal(up.length, labels.length);
      assert.equal(latency.length, labels.length);
      assert.equal(up[0], null, 'nothing is known of an hour ago');
      assert.ok(up.some((share) => share > 0));
      assert.ok(uptime > 0 && uptime <= 100);
    }
    assert.equal(components[2].uptime_pct, 100);
  }
  assert.equal((await admin.get('/api/admin/monitoring/health/history?process=other')).status, 400);
});

test('what /metrics says is as Prometheus wants it', async () => {
  for (const process of ['public', 'admin']) {
    const text = await it.metricsText(process);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(status, 0, `${process}: ${stdout}${stderr}`);
    assert.equal(stdout + stderr, '');
    assert.match(text, /^k_invariants_broken_total 0$/m);
    assert.match(text, /^k_http_requests_total\{method="GET",route="\/metrics",status="2xx"\}|^k_http_request_duration_seconds_bucket\{/m);
  }
});

test('the collector of events shows itself in /metrics', async () => {
  await fail('seen-in-metrics');
  const metrics = await until('its events are stored', async () => {
    const now = await it.metrics('public');
    return now.k_events_stored_total > 0 && now;
  });
  assert.equal(metrics.k_events_dropped_lines_total, 0);
  assert.ok(metrics.k_events_waiting_audit >= 0);
});
