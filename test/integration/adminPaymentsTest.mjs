// Payments and the ledger as administrators read them, over the gateway and with kctl: all of it, nobody without the right, files for bookkeepers.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { parseCsv } from './csv.mjs';
import { until } from './installation.mjs';
import { bank, create, createPending, down, errorOf, events, find, gatewayRef, it, machine, money, person, staff, start, synced, untilStatus } from './payments.mjs';

const admins = '/api/admin/payments';
let ann;
let bob;
let shop;
let admin;
before(async () => {
  await start('adminPayments');
  admin = await it.adminLogin();
  ann = await person('ann');
  bob = await person('bob');
  shop = await machine('payments:read,payments:write');
});
after(down);

const get = async (path, client = admin) => {
  const answer = await client.get(admins + path);
  assert.equal(answer.status, 200, `${path} ${answer.text}`);
  return answer.json;
};
const ids = async (query) => (await get(`?${query}`)).data.map(({ id }) => id);
const csvOf = async (path) => {
  const answer = await admin.get(admins + path, { Accept: 'text/csv' });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^text\/csv/);
  const [names, ...rows] = parseCsv(answer.text);
  return { answer, names, rows: rows.map((row) => Object.fromEntries(row.map((cell, index) => [names[index], cell]))) };
};
const kctl = async (...words) => {
  const { status, stdout, stderr } = await it.kctl('payments', ...words, '--json');
  return { status, stderr, json: stdout && JSON.parse(stdout) };
};
/** Hundredths. */
const minor = (amount) => (amount ? Number(amount.value.replace('.', '')) : 0);
const paid = async (client, more) => {
  const payment = await createPending(client, more);
  await bank.payUntold(payment.va ? { va: payment.va.number } : { qr: payment.qr.content });
  return synced(client, payment.id);
};

test('a payment that is paid at the bank: everything of it, its history, its entries, a balanced ledger', async () => {
  const payment = await createPending(ann.client);
  const { credit } = await bank.payUntold({ va: payment.va.number });
  assert.equal((await synced(ann.client, payment.id)).status, 'paid');
  const own = await find(ann.client, payment.id);
  const answer = await admin.get(`${admins}/${payment.id}`);
  assert.equal(answer.headers.etag, `"${own.version}"`);
  const { created_by: createdBy, suspense, paid_reference: reference, gateway_state: state, gateway_ref: ref, bank_ref: bankRef, ...rest } = answer.json;
  assert.deepEqual(rest, own, 'what the customer sees');
  assert.deepEqual([createdBy, suspense, reference, ref, bankRef], [ann.id, money('0.00'), credit.id, await gatewayRef(payment.id), null]);
  assert.match(state, /^(open|closed)$/);
  const history = (await get(`/${payment.id}/events`)).data;
  assert.equal(history[0].cause, ann.id);
  assert.ok(history.every((event) => 'cause' in event && 'detail' in event));
  assert.deepEqual(history.map(({ cause, detail, ...shown }) => shown), await events(ann.client, payment.id), 'what the customer sees');

  const { data } = await get(`/ledger/entries?payment_id=${payment.id}`);
  assert.deepEqual(data.map(({ account, debit, credit: given, kind, payment_id: id }) => [account, debit, given, kind, id]), [
    ['bank:bri:clearing', money('10000.00'), null, 'credit', payment.id],
    ['merchant:payable', null, money('10000.00'), 'credit', payment.id],
  ]);
  assert.equal(data[0].transaction_id, data[1].transaction_id);
  assert.equal(data[0].key, `credit:${payment.id}:${credit.id}`);
  const { balanced, accounts } = await get('/ledger/accounts');
  assert.equal(balanced, true);
  assert.deepEqual(accounts.map(({ code, kind }) => [code, kind]), [['bank:bri:clearing', 'asset'], ['merchant:payable', 'liability'], ['refunds:in_transit', 'liability'], ['suspense:unmatched', 'liability']]);
  for (const { debit, credit: given, entries } of accounts.slice(2)) assert.deepEqual([debit, given, entries], [null, money('0.00'), 0]);

  const none = randomUUID().replace(/^(.{14})./, '$17');
  for (const path of [`/${none}`, `/${none}/events`]) assert.equal(errorOf(await admin.get(admins + path)), '404 PAYMENT_NOT_FOUND');
  assert.deepEqual((await get(`/ledger/entries?payment_id=${none}`)).data, []);
});

test('money that does not fit waits on an account of its own, and the ledger agrees with the bank', async () => {
  const payment = await createPending(ann.client);
  await bank.payUntold({ va: payment.va.number, amount: '12000.00', force: true });
  assert.equal((await synced(ann.client, payment.id)).status, 'review');
  assert.deepEqual((await get(`/${payment.id}`)).suspense, money('12000.00'));
  const { balanced, accounts } = await get('/ledger/accounts');
  assert.equal(balanced, true);
  const [clearing, payable, , suspense] = accounts;
  assert.deepEqual(suspense.credit, money('12000.00'));
  assert.equal(clearing.debit.value, (await bank.credits()).totals.credited);
  assert.deepEqual([clearing.credit, payable.debit, minor(clearing.debit)], [null, null, minor(payable.credit) + minor(suspense.credit)]);
});

test("the list: everybody's, by status, method, payer, creator, reference and time, page by page", async () => {
  const made = [];
  for (const [client, more] of [[bob.client, {}], [shop, { user_id: bob.id }], [shop, { method: 'bri_qris' }], [bob.client, { method: 'bri_qris' }]]) {
    made.unshift(await createPending(client, more));
  }
  const all = await ids('limit=200');
  assert.deepEqual(all.slice(0, 4), made.map(({ id }) => id));
  assert.equal(all.length, await it.number('select count(*) from payments'));
  assert.deepEqual(await ids(`user_id=${bob.id}`), [made[0], made[2], made[3]].map(({ id }) => id));
  assert.deepEqual(await ids(`created_by=${bob.id}`), [made[0], made[3]].map(({ id }) => id));
  const { created_by: key } = await get(`/${made[1].id}`);
  assert.deepEqual(await ids(`created_by=${key}`), [made[1], made[2]].map(({ id }) => id));
  assert.deepEqual(await ids(`created_by=${key}&method=bri_qris`), [made[1].id]);
  assert.deepEqual(await ids(`merchant_ref=${made[2].merchant_ref}`), [made[2].id]);
  assert.deepEqual(await ids(`from=${made[1].created_at}`), [made[0].id, made[1].id]);
  assert.deepEqual(await ids(`user_id=${bob.id}&to=${made[2].created_at}`), [made[3].id]);
  assert.equal((await ids('status=review')).length, await it.number("select count(*) from payments where status = 'review'"));
  const pages = [];
  for (let cursor = ''; cursor !== undefined;) {
    const { data, page } = await get(`?limit=3${cursor && `&cursor=${cursor}`}`);
    assert.ok(data.length === 3 || !page.has_more);
    pages.push(...data.map(({ id }) => id));
    cursor = page.has_more ? page.next_cursor : undefined;
  }
  assert.deepEqual(pages, all);
  const { page } = await get('?limit=1');
  for (const query of ['status=gone', 'method=cash', 'user_id=bob', 'created_by=1', 'merchant_ref=', 'from=yesterday', 'limit=0', 'limit=201', 'cursor=x', 'colour=red', `method=bri_va&cursor=${page.next_cursor}`]) {
    assert.equal((await admin.get(`${admins}?${query}`)).status, 400, query);
  }
});

test('payments as a file: amounts are columns, formulas are texts, each page is in the audit trail', async () => {
  const carl = await person('carl');
  const first = await create(carl.client, { merchant_ref: '=1+1', description: '@SUM(A1), "x"', customer_name: '+62 Carl' });
  const second = await paid(carl.client, {});
  const { answer, names, rows } = await csvOf(`?user_id=${carl.id}&limit=1`);
  assert.equal(rows.length, 1);
  assert.deepEqual([rows[0].id, rows[0].status, rows[0].amount, rows[0].paid, rows[0].suspense, rows[0].currency], [second.id, 'paid', '10000.00', '10000.00', '0.00', 'IDR']);
  assert.equal(rows[0].va_number, second.va.number);
  assert.ok(names.includes('paid_reference') && !answer.text.includes('{'), answer.text);
  assert.match(answer.headers.vary, /Accept/);
  const rest = await csvOf(`?user_id=${carl.id}&limit=1&cursor=${answer.headers['x-next-cursor']}`);
  assert.equal(rest.answer.headers['x-next-cursor'], undefined);
  assert.deepEqual([rest.rows[0].id, rest.rows[0].merchant_ref, rest.rows[0].description, rest.rows[0].customer_name], [first.id, "'=1+1", '\'@SUM(A1), "x"', "'+62 Carl"]);

  await get(`?user_id=${carl.id}`); // a page that is read is no export
  const trail = () => it.sql("select after->>'user_id', after->>'count', after->>'continued' from audit_log where action = 'payments.export' and outcome = 'ok' order by seq");
  await until('both exports', async () => (await trail()).length >= 2);
  assert.deepEqual(await trail(), [[carl.id, '1', 'false'], [carl.id, '1', 'true']]);
});

test('entries of the ledger: by account, page by page, as a file', async () => {
  for (let index = 0; index < 3; ++index) await paid(ann.client, { method: index === 1 ? 'bri_qris' : 'bri_va' });
  const all = (await get('/ledger/entries?limit=500')).data;
  assert.equal(all.length, await it.number('select count(*) from ledger_entries'));
  const inOrder = [...all].sort((a, b) => b.transaction_id - a.transaction_id || (a.account < b.account ? -1 : 1));
  assert.deepEqual(all, inOrder);
  assert.equal(all.reduce((sum, { debit, credit }) => sum + minor(debit) - minor(credit), 0), 0);
  for (const filter of ['limit=3', 'limit=3&account=merchant:payable', `limit=1&payment_id=${all[0].payment_id}`]) {
    const seen = [];
    for (let cursor = ''; cursor !== undefined;) {
      const { data, page } = await get(`/ledger/entries?${filter}${cursor && `&cursor=${cursor}`}`);
      seen.push(...data);
      cursor = page.has_more ? page.next_cursor : undefined;
    }
    const [, [name, value] = []] = filter.split('&').map((part) => part.split('='));
    assert.deepEqual(seen, all.filter((entry) => !name || entry[name] === value), filter);
  }
  assert.deepEqual((await get('/ledger/entries?account=nobody')).data, []);
  const { page } = await get('/ledger/entries?limit=1');
  for (const query of ['limit=501', 'payment_id=1', 'account=', 'cursor=x', `account=merchant:payable&cursor=${page.next_cursor}`, 'kind=credit']) {
    assert.equal((await admin.get(`${admins}/ledger/entries?${query}`)).status, 400, query);
  }
  const { rows } = await csvOf('/ledger/entries?limit=500');
  assert.deepEqual(rows.map(({ transaction_id: id, account, debit, credit, currency }) => [id, account, debit, credit, currency]),
    all.map(({ transaction_id: id, account, debit, credit }) => [String(id), account, debit?.value ?? '', credit?.value ?? '', 'IDR']));
  await until('the export', async () => (await it.sql("select after->>'count' from audit_log where action = 'ledger.export'")).flat().includes(String(all.length)));
});

test('who has payments:read reads: administrators, support, auditors, keys with the scope; nobody else', async () => {
  const { id } = await createPending(ann.client);
  const paths = ['', `/${id}`, `/${id}/events`, '/ledger/accounts', '/ledger/entries', '/refunds', '/reconciliation/items', '/inbox'];
  const role = await admin.post('/api/admin/roles', { name: 'porter', description: 'Reads accounts only', rank: 100, permissions: ['users:read'] });
  assert.equal(role.status, 201, role.text);
  const adminKey = async (scopes) => {
    const made = await it.kctl('key', 'create', 'books', '--scopes', scopes, '--json');
    assert.equal(made.status, 0, made.stderr);
    return it.client.withToken(JSON.parse(made.stdout).key);
  };
  const readers = [admin, (await staff(admin, 'support')).client, (await staff(admin, 'auditor')).client, await adminKey('payments:read')];
  const others = [(await staff(admin, 'porter')).client, ann.client, await adminKey('monitoring:read,users:read')];
  for (const path of ['/reconciliation/runs', `/refunds?payment_id=${id}`]) for (const reader of readers) await get(path, reader);
  for (const path of paths) {
    for (const reader of readers) await get(path, reader);
    for (const other of others) assert.equal(errorOf(await other.get(admins + path)), '403 PERMISSION_DENIED', path);
    assert.equal(errorOf(await it.client.get(admins + path)), '401 TOKEN_MISSING', path);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) assert.equal((await admin.request(method, admins + path)).status, 405, `${method} ${path}`);
  }
  assert.equal(errorOf(await others[1].get(admins, { Accept: 'text/csv' })), '403 PERMISSION_DENIED');
});

test('kctl: list, show, ledger; a payment is simulated by its number, its code and its id', async () => {
  const [account, code, named] = [await createPending(ann.client), await createPending(ann.client, { method: 'bri_qris' }), await createPending(ann.client)];
  const listed = await kctl('list', '--status', 'pending', '--user', ann.id, '--limit', '2');
  assert.deepEqual([listed.status, listed.json.payments.map(({ id }) => id), listed.json.page.has_more], [0, [named.id, code.id], true]);
  const next = await kctl('list', '--status', 'pending', '--user', ann.id, '--limit', '1', '--cursor', listed.json.page.next_cursor);
  assert.deepEqual(next.json.payments.map(({ id }) => id), [account.id]);
  const shown = await kctl('show', named.id);
  assert.deepEqual([shown.status, shown.json.payment, shown.json.events], [0, await get(`/${named.id}`), (await get(`/${named.id}/events`)).data]);
  assert.equal((await it.kctl('payments', 'show', randomUUID())).status, 1);

  const { bank_ref: codeReference } = await get(`/${code.id}`);
  for (const [payment, word] of [[account, account.va.number], [code, codeReference], [named, named.id]]) {
    const ran = await kctl('simulate', word);
    assert.deepEqual([ran.status, ran.json?.credit.amount], [0, '10000.00'], ran.stderr);
    await untilStatus(ann.client, payment.id, 'paid');
  }
  const twice = await kctl('simulate', named.id);
  assert.deepEqual([twice.status, /va_paid/.test(twice.stderr)], [1, true], twice.stderr);

  const ledger = await kctl('ledger');
  assert.deepEqual([ledger.status, { balanced: ledger.json.balanced, accounts: ledger.json.accounts }], [0, await get('/ledger/accounts')]);
  const entries = await kctl('ledger', '--payment', named.id, '--account', 'merchant:payable');
  assert.deepEqual(entries.json.entries.map(({ credit }) => credit), [money('10000.00')]);

  const elsewhere = await it.program('kctl', ['payments', 'simulate', account.va.number], { K_BRI_URL: 'https://partner.api.bri.co.id' });
  assert.deepEqual([elsewhere.status, /not a simulator/.test(elsewhere.stderr)], [1, true], elsewhere.stderr);
});

test('a ledger that somebody altered past its rules is not balanced', async () => {
  const alter = (change) => it.sql(`alter table ledger_entries disable trigger user; update ledger_entries set amount_minor = amount_minor ${change}
    where account = 'merchant:payable' and transaction_id = (select max(id) from ledger_transactions); alter table ledger_entries enable trigger user`);
  await alter('- 100');
  assert.equal((await get('/ledger/accounts')).balanced, false);
  assert.deepEqual([(await kctl('ledger')).status, (await kctl('ledger')).json.balanced], [1, false]);
  await alter('+ 100');
  assert.equal((await get('/ledger/accounts')).balanced, true);
});
