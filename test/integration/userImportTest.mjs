// Accounts that come from elsewhere with their hashes, and leave as an export.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin, code, it, json, password, start, users } from './administration.mjs';
import { until } from './installation.mjs';

before(() => start('userImport'));
after(() => it?.down());

test('import of accounts with hashes of other systems, and export', async () => {
  const lines = [
    { email: 'bcrypt@import.example.org', email_verified: true, password_hash: '$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu' },
    { email: 'pbkdf2@import.example.org', email_verified: true, password_hash: '$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$hRRjgXWkW8ResfIvBP99J/T4vkgEmMRV/0tJTOjR59I', username: 'pbk.df2' },
    { email: 'scrypt@import.example.org', email_verified: true, password_hash: '$scrypt$ln=10,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg$bEaCAiyRYDARuNXGlQE7Plyz+/JVlfoIQ0KBQ3KtPwI', external_id: 'old-3' },
    { email: 'nothing' },
    { email: 'costly@import.example.org', password_hash: '$2b$20$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu' },
    { email: 'chief@import.example.org', roles: ['superadmin'] },
    { email: 'PBKDF2@import.example.org' },
  ];
  const send = (text, type = 'application/x-ndjson') => admin.request('POST', `${users}/import`, { body: text, headers: { 'Content-Type': type } });
  const text = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n\n{broken\n`;
  const done = async (answer) => {
    assert.equal(answer.status, 202, answer.text);
    return until('the job is done', async () => {
      const job = (await admin.get(`/api/admin/jobs/${answer.json.id}`)).json;
      return job.state === 'done' && job;
    });
  };
  const job = await done(await send(text));
  assert.deepEqual([job.total, job.created, job.existing, job.failed], [8, 3, 1, 4]);
  assert.deepEqual(job.lines.map(({ line, outcome, error, field }) => [line, outcome, error, field].filter((part) => part !== undefined && part !== null).join(' ')), [
    '1 created', '2 created', '3 created', '4 failed INVALID_EMAIL email', '5 failed OUT_OF_RANGE password_hash', '6 failed CANNOT_GRANT_HIGHER_ROLE', '7 exists', '9 failed MALFORMED_JSON',
  ]);
  assert.equal((await admin.get(`/api/admin/jobs/${job.id}?after_line=7`)).json.lines.length, 1);
  const again = await done(await send(text));
  assert.deepEqual([again.created, again.existing, again.failed], [0, 4, 4]);
  for (const [index, name] of ['bcrypt', 'pbkdf2', 'scrypt'].entries()) {
    const email = `${name}@import.example.org`;
    assert.equal(code(await it.client.post('/api/auth/login', { identifier: email, password: 'wrong wrong wrong' })), 'INVALID_CREDENTIALS');
    assert.ok((await it.login({ email, password: 'password' })).access_token);
    await until('the hash is ours', async () => (await it.number(`select count(*) from password_credentials c join users u on u.id = c.user_id where u.email = '${email}' and c.phc like '$argon2id$%'`)) === 1);
    assert.ok((await it.login({ email, password: 'password' })).access_token, `${index}`);
  }
  assert.equal((await send(text, 'application/json')).status, 415);
  assert.equal((await send('')).status, 400);
  assert.equal((await send(Array.from({ length: 2001 }, () => '{}').join('\n'))).status, 400);
  assert.equal(code(await admin.get('/api/admin/jobs/01900000-0000-7000-8000-00000000dead')), 'JOB_NOT_FOUND');
  const exported = [];
  for (let cursor = ''; cursor !== undefined; ) {
    const page = await admin.get(`${users}/export?q=import.example&limit=2${cursor && `&cursor=${cursor}`}`);
    assert.match(page.headers['content-type'], /ndjson/);
    exported.push(...page.text.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
    cursor = page.headers['x-next-cursor'];
  }
  assert.deepEqual(exported.map(({ email }) => email.split('@')[0]), ['bcrypt', 'pbkdf2', 'scrypt']);
  assert.ok(!JSON.stringify(exported).includes('$'));
  assert.equal((await admin.get(`${users}/export?format=csv&q=import.example`)).text.trim().split('\r\n').length, 4);
  const pages = await until('the exports are in the trail', async () => {
    const rows = await it.sql("select after->>'q', after->>'count', after->>'continued' from audit_log where action = 'users.export' and outcome = 'ok' order by seq");
    return rows.length === 3 && rows;
  });
  assert.deepEqual(pages, [['import.example', '2', 'false'], ['import.example', '1', 'true'], ['import.example', '3', 'false']]);
  const log = JSON.stringify(await it.sql("select * from audit_log where action = 'user.import'"));
  assert.ok(log.includes('bcrypt@import') && !log.includes('abcdefghijklmnop'), 'no hashes in the audit trail');
});

test('an import that cannot go on says so; a name that grows past its length is that of one line', async () => {
  const send = async (lines) => {
    const begun = await admin.request('POST', `${users}/import`, { body: lines.map((line) => JSON.stringify(line)).join('\n'), headers: { 'Content-Type': 'application/x-ndjson' } });
    assert.equal(begun.status, 202, begun.text);
    return until('the job is over', async () => {
      const job = (await admin.get(`/api/admin/jobs/${begun.json.id}`)).json;
      return job.state !== 'running' && job;
    });
  };
  const grown = await send([{ email: 'short@grown.example.org' }, { email: 'long@grown.example.org', display_name: '\u0958'.repeat(100) }, { email: 'last@grown.example.org', display_name: '\ufb2c'.repeat(33) }]);
  assert.deepEqual([grown.state, ...grown.lines.map(({ line, outcome, error, field }) => `${line} ${outcome} ${error ?? ''} ${field ?? ''}`.trim())], ['done', '1 created', '2 failed TOO_LONG display_name', '3 created']);
  const created = await admin.post(users, { email: 'one@grown.example.org', display_name: '\u0958'.repeat(100) });
  assert.deepEqual([created.status, created.json.error.code, created.json.error.field], [400, 'TOO_LONG', 'display_name'], created.text);
  await it.sql("alter table users add constraint not_this check (display_name <> 'not this one')");
  const stopped = await send([{ email: 'fine@grown.example.org' }, { email: 'stops@grown.example.org', display_name: 'not this one' }]);
  await it.sql('alter table users drop constraint not_this');
  assert.deepEqual([stopped.state, stopped.created, stopped.lines], ['failed', 0, []]);
});

test('what import takes, sign-in can check, and in a time that tells nothing', async () => {
  // Longer hashes, other salts and lanes than ours; a salt of bcrypt with bits that nothing is made of.
  const good = {
    long: '$argon2id$v=19$m=64,t=1,p=4$c29tZXNhbHRzb21lc2FsdHNvbWU$yuh5Rrb5YjIEvg1AbRBjNUr5inflBnlX4cvXPtxwb23SoPtShZeIpYLYMKC6XWw6zdyVrHyzVkrUNJ4Ak1Llsg',
    salted: '$2b$05$abcdefghijklmnopqrstuvWG29KuyeAicPCJODk1zjyGvyQUU2awu',
    lanes: '$argon2i$v=19$m=256,t=3,p=2$c29tZXNhbHRzb21lc2FsdHNvbWU$LQeeCfU+NAafqPaXFa4Nrg',
  };
  const make = (name, password_hash) => admin.post(users, { email: `${name}@foreign.example.org`, email_verified: true, password_hash });
  for (const [name, hash] of Object.entries(good)) {
    assert.equal((await make(name, hash)).status, 201, name);
    assert.equal(code(await it.client.post('/api/auth/login', { identifier: `${name}@foreign.example.org`, password: 'wrong wrong wrong' })), 'INVALID_CREDENTIALS');
    assert.ok((await it.login({ email: `${name}@foreign.example.org`, password: 'password' })).access_token, name);
  }
  for (const hash of ['$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awv', '$scrypt$ln=16,r=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$bEaCAiyRYDARuNXGlQE7Plyz+/JVlfoIQ0KBQ3KtPwI']) {
    assert.equal(code(await make('never', hash)), 'INVALID_FORMAT', hash);
  }
  const dear = await make('dear', '$2b$13$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu');
  assert.equal(code(dear), 'OUT_OF_RANGE');
  assert.match(dear.json.error.message, /K_LOGIN_ANSWER_MS allows 300 ms/);

  // bcrypt of cost 12 takes a fifth of a second, ours a fiftieth.
  const bcrypt = '$2b$12$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu';
  assert.equal((await make('slow', bcrypt)).status, 201);
  await it.makeUser('ours@foreign.example.org', password);
  for (const name of ['slow', 'ours', 'nobody']) {
    for (let i = 0; i < 3; ++i) {
      const answer = await it.client.post('/api/auth/login', { identifier: `${name}@foreign.example.org`, password: 'wrong wrong wrong' });
      assert.equal(code(answer), 'INVALID_CREDENTIALS');
      assert.ok(answer.tookMs > 499, `${name}: ${answer.tookMs} ms`);
    }
    // What is typed in another Unicode form is hashed twice.
    const twice = await it.client.post('/api/auth/login', { identifier: `${name}@foreign.example.org`, password: 'wron\u0303g wrong wrong' });
    assert.equal(code(twice), 'INVALID_CREDENTIALS');
    assert.ok(twice.tookMs > 999, `${name}: ${twice.tookMs} ms`);
  }
});
