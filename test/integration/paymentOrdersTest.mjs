// The same facts in every order: the bank's answer, its notices, its questions, our questions, the comparison with its report, the expiry and the
// wish to cancel. Whatever comes first, money that the bank keeps is booked once, and the payment ends the same.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inParallel } from './client.mjs';
import { until } from './installation.mjs';
import { bank, cancel, checkBank, checkBooks, create, createPending, down, errorOf, it, machine, makeOverdue, patience, post, order, minorOf, start, sync, target } from './payments.mjs';
import { listItems, reconcile, snapshot } from './reconciliation.mjs';

const width = 12;
let admin;
let shop;
before(async () => {
  await start('paymentOrders', { settings: { K_PAYMENT_RECONCILE: 0, K_PAYMENT_WAIT_MS: 1000 } });
  admin = await it.adminLogin();
  shop = await machine('payments:read,payments:write');
});
after(down);

/** Every order of the letters, each once. */
function orders(letters) {
  if (letters === '') return [''];
  return [...new Set(letters)].flatMap((first) => orders(letters.replace(first, '')).map((rest) => first + rest));
}
/** Nobody tells of money before it is there; the second payment of two is the later one. */
const isPossible = (one) => !one.includes('P') || (one.indexOf('P') < one.indexOf('N') && !(one.indexOf('p') >= 0 && one.indexOf('p') < one.indexOf('P')));

/*
 * P, p: the bank takes money and tells nobody; N: it tells of the newest money, twice; O: it asks before it takes money and tells that it has it;
 * S: we ask the bank; C: the merchant cancels; X: the payment is past its time, and we ask. Between two of them, at `cut`, all is compared with the
 * bank's report.
 */
const families = [
  { name: 'one payment', letters: 'PNSCX', cuts: [1, 2, 3, 4, 5], of: 2, ends: { status: 'paid', paid: 1_000_000, suspense: 0 } },
  { name: 'one payment of a code', letters: 'PNSCX', cuts: [2, 4], of: 1, method: 'bri_qris', ends: { status: 'paid', paid: 1_000_000, suspense: 0 } },
  { name: 'told before the account is', letters: 'NSCX', cuts: [0, 1, 2, 3], of: 1, creation: 'out_of_order', ends: { status: 'paid', paid: 1_000_000, suspense: 0 } },
  { name: 'before the bank has answered the creation', letters: 'PNSC', cuts: [2, 3], of: 2, creation: 'slow:8000', ends: { status: 'paid', paid: 1_000_000, suspense: 0 } },
  { name: 'two payments', letters: 'PpNSC', cuts: [1, 3, 5], of: 1, ends: { status: 'paid', paid: 1_000_000, suspense: 1_000_000 } },
  { name: 'another amount', letters: 'PNSCX', cuts: [1, 3], of: 1, amount: '12000.00', ends: { status: 'review', paid: 0, suspense: 1_200_000 } },
  { name: 'asked before it is taken, twice', letters: 'OOSCX', cuts: [1, 3], of: 1 },
];

/** `of` cuts for each order, in turn all of them. */
const sequencesOf = (family) => orders(family.letters).filter(isPossible).flatMap((steps, index) =>
  Array.from({ length: family.of }, (_, place) => ({ family, steps, cut: family.cuts[(index + place * 2) % family.cuts.length] })));
const sequences = families.flatMap(sequencesOf);
const told = ({ family, steps, cut, id }) => `${family.name}: ${steps.slice(0, cut)}|${steps.slice(cut)} ${id}`;

async function makeAll(some) {
  const [{ family: { creation, method = 'bri_va' } }] = some;
  if (creation) await bank.fault('create_va', creation, { count: some.length });
  await inParallel(some.length, async (index) => {
    const one = some[index];
    if (!creation) one.target = target(one.payment = await createPending(shop, { method }));
    else if (creation === 'out_of_order') one.payment = await create(shop);
    else {
      const answer = await post(shop, order());
      assert.deepEqual([answer.status, answer.json.status], [201, 'created'], answer.text);
      one.payment = answer.json;
    }
    one.id = one.payment.id;
    one.target ??= { va: (await it.sql(`select va_number from payments where id = '${one.id}'`))[0][0] };
  }, creation?.startsWith('slow') ? some.length : width);
}

/** Money of many, of which nobody is told. */
async function payAll(some) {
  for (const op of ['push', 'qr_notify']) await bank.fault(op, 'dropped', { probability: 1 });
  for (const amount of new Set(some.map(({ family }) => family.amount))) {
    const these = some.filter(({ family }) => family.amount === amount).map((one) => one.target);
    const list = (name) => these.map((one) => one[name]).filter(Boolean);
    const paid = await bank.pay({ va: list('va'), qr: list('qr'), force: true, ...(amount && { amount }) });
    assert.deepEqual(paid.results, { not_sent: these.length });
  }
  await bank.clearFaults();
}

const steps = {
  N: async (one) => assert.equal((await bank.resend({ ...one.target, external_id: 'new', times: 2 })).result, 'accepted', told(one)),
  O: async (one) => assert.match((await bank.pay({ ...one.target, way: 'online', amount: '10000.00', force: true })).result, /^(success|reversed)$/, told(one)),
  S: async (one) => assert.equal((await sync(shop, one.id)).status, 200, told(one)),
  C: async (one) => {
    const answer = await cancel(shop, one.id);
    assert.ok(answer.status === 200 || errorOf(answer) === '409 NOT_CANCELLABLE', `${told(one)} ${answer.text}`);
  },
  X: async (one) => {
    await makeOverdue(one.id);
    await steps.S(one);
  },
};

/** One step after the other of each; all first steps, then all second ones. */
async function play(isNow) {
  const longest = Math.max(...sequences.map((one) => one.steps.length));
  for (let place = 0; place < longest; ++place) {
    const now = sequences.filter((one) => place < one.steps.length && isNow(place, one));
    const pays = now.filter((one) => 'Pp'.includes(one.steps[place]));
    if (pays.length > 0) await payAll(pays);
    const others = now.filter((one) => !pays.includes(one));
    await inParallel(others.length, (index) => steps[others[index].steps[place]](others[index]), width);
  }
}

/** What became of each: {id: {status, paid, suspense, movements: {account: hundredths}[]}}. */
async function outcomes() {
  const found = new Map();
  for (const [id, status, paid, suspense, key] of await it.sql('select id, status, paid_minor, suspense_minor, coalesce(va_number, bank_ref) from payments')) {
    found.set(id, { status, paid: Number(paid), suspense: Number(suspense), key, credits: [] });
  }
  const booked = `select t.payment_id, e.account, -e.amount_minor from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.kind = 'credit' and e.account <> 'bank:bri:clearing' order by e.account, t.id`;
  for (const [id, account, minor] of await it.sql(booked)) found.get(id).credits.push([account, Number(minor)]);
  return found;
}
const endsAs = ({ status, paid, suspense }) => ({ status, paid, suspense });
const creditsOf = ({ paid, suspense }) => [...(paid ? [['merchant:payable', paid]] : []), ...(suspense ? [['suspense:unmatched', suspense]] : [])];

test('there are orders of each family', () => {
  assert.equal(orders('PNSCX').length, 120);
  assert.deepEqual(families.map((family) => sequences.filter((one) => one.family === family).length), [120, 60, 24, 24, 40, 60, 60]);
});

test('every order of what can happen to a payment is played', async () => {
  for (const family of families.filter(({ creation }) => !creation?.startsWith('slow'))) await makeAll(sequences.filter((one) => one.family === family));
  await bank.clearFaults();
  await makeAll(sequences.filter(({ family }) => family.creation?.startsWith('slow')));
  await bank.clearFaults();
  await play((place, { cut }) => place < cut);
  await reconcile(admin);
  await play((place, { cut }) => place >= cut);
  await reconcile(admin);
});

test('each family ends in one way, with the same balances', async () => {
  const fixed = sequences.filter(({ family }) => family.ends);
  const open = (found) => fixed.filter((one) => JSON.stringify(endsAs(found.get(one.id))) !== JSON.stringify(one.family.ends));
  const last = await until('all have ended', async () => {
    const found = await outcomes();
    const rest = open(found);
    if (rest.length > 0) throw new Error(rest.slice(0, 5).map((one) => `${told(one)}: ${JSON.stringify(found.get(one.id))}`).join('\n'));
    return found;
  }, patience);
  for (const one of fixed) assert.deepEqual(last.get(one.id).credits, creditsOf(one.family.ends), told(one));
});

test('what the bank asked us about is kept by it and booked here once, or neither', async () => {
  const found = await outcomes();
  const { credits } = await bank.credits();
  const kept = new Map();
  for (const { va, state, amount } of credits.filter(({ channel }) => channel === 'va_online')) {
    assert.match(state, /^(taken|reversed)$/);
    if (state === 'taken') kept.set(va, (kept.get(va) ?? 0) + minorOf(amount));
  }
  const online = sequences.filter(({ family }) => !family.ends);
  for (const one of online) {
    const { status, credits: booked } = found.get(one.id);
    const minor = kept.get(one.target.va) ?? 0;
    assert.deepEqual(booked, creditsOf({ paid: minor }), told(one));
    assert.match(status, minor > 0 ? /^paid$/ : /^(cancelled|expired)$/, told(one));
    // Money is taken if it is offered while the payment can be paid.
    const ended = Math.min(...['C', 'X'].map((letter) => one.steps.indexOf(letter)));
    assert.equal(minor, one.steps.indexOf('O') < ended ? 1_000_000 : 0, told(one));
  }
});

test('for each payment the bank has what is booked', async () => {
  const found = await outcomes();
  const held = new Map();
  for (const { va, qr, state, amount } of (await bank.credits()).credits) {
    if (state !== 'reversed') held.set(va ?? qr, (held.get(va ?? qr) ?? 0) + minorOf(amount));
  }
  for (const one of sequences) {
    const { key, paid, suspense } = found.get(one.id);
    assert.equal(held.get(key) ?? 0, paid + suspense, told(one));
  }
  await checkBank();
});

test('another comparison changes nothing, and finds nothing strange', async () => {
  const before = await snapshot();
  await reconcile(admin);
  assert.deepEqual(await snapshot(), before);
  for (const name of ['orphan_credit', 'paid_here_not_at_bank', 'reversed_at_bank']) assert.deepEqual(await listItems(admin, `class=${name}`), []);
});

test('books and manners after all of it', checkBooks);
