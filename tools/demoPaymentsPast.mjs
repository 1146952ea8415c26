// Days of payments of every outcome, as rows of the database and as what the bank has of them. The same seed and day
// always give the same payments, but for the numbers of their virtual accounts, which are the caller's.
import { qrContent } from '../test/briSimulator/bank/qrContent.mjs';
import { generator, hex } from './demoRandom.mjs';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const jakartaMs = 7 * hourMs;
const graceMs = 10 * minuteMs;

/** Jakarta's day as a number that goes up by one. */
export const dayOf = (ms) => Math.floor((ms + jakartaMs) / dayMs);
export const startOf = (day) => day * dayMs - jakartaMs;
/** More than one day needs. */
export const accountsOfDay = 50;

export const shops = ['Demo bookshop', 'Demo coffee bar', 'Demo ticket office'];
const names = ['Sari Wulandari', 'Budi Santoso', 'Dewi Lestari', 'Agus Prasetyo', 'Rina Kartika', 'Joko Widagdo', 'Maya Puspita', 'Hendra Gunawan', 'Putri Ayu', 'Rizki Ramadhan'];
const goods = [
  ['Three novels', 'A school atlas', 'Ten pencils', 'A cookery book', 'Two dictionaries'],
  ['Beans, one kilo', 'Breakfast for two', 'A gift voucher', 'Catering, ten persons'],
  ['Two seats, evening', 'A season ticket', 'Four seats, matinee', 'A guided tour'],
];
const reasons = ['damaged', 'sent back', 'sold out', 'ordered twice', 'cancelled show'];

const iso = (ms) => new Date(ms).toISOString();
/** As the bank has times. */
const jakarta = (ms) => `${iso(ms + jakartaMs).slice(0, 19)}+07:00`;
const digits = (ms) => iso(ms + jakartaMs).replace(/\D/g, '').slice(0, 14);
/** "10000.00" */
export const moneyText = (minor) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;

/** Version 7: it begins with its time. */
function uuid(random, ms) {
  const [time, rest] = [ms.toString(16).padStart(12, '0'), hex(random, 24)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${'89ab'[random.below(4)]}${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}
export const plain = (id) => id.replaceAll('-', '');

export function amountOf(random) {
  return Math.max(10, Math.round(random.around(90, 0.8))) * 1000 * 100 + random.pick([0, 0, 50_000]);
}

/** One payment, step by step; each step is a change with its event, as the services store it. */
class Story {
  constructor({ random, at, id, number, account, shop, payer, method, minutes }) {
    Object.assign(this, { random, number, at, shop });
    const own = payer !== null && random.below(3) === 0;
    const qr = method === 'bri_qris';
    this.caller = own ? ['user', payer] : ['key', shop.id];
    this.row = {
      id, user_id: payer, created_by: this.caller[1], merchant_ref: `${own ? 'WEB' : 'INV'}-${digits(at).slice(0, 8)}-${hex(random, 8).toUpperCase()}`, method,
      amount_minor: amountOf(random), currency: 'IDR', description: random.pick(goods[shop.index]), customer_name: random.pick(names), status: 'created',
      gateway_state: 'asked', gateway_ref: plain(id), bank_ref: null, va_number: qr ? null : account, qr_content: null, expires_at: iso(at + minutes * minuteMs),
      paid_at: null, paid_reference: null, paid_minor: 0, suspense_minor: 0, refunded_minor: 0, refunding_minor: 0, late: false, version: 0, created_at: iso(at),
      updated_at: iso(at),
    };
    Object.assign(this, { events: [], movements: [], refunds: [], reversed: [], bank: null });
    this.step(0, 'created', {}, this.caller);
  }

  get qr() {
    return this.row.method === 'bri_qris';
  }

  /** `seconds` after the step before. */
  step(seconds, type, columns, [actor, cause = ''] = ['bank'], detail = '') {
    this.at += seconds * 1000;
    const from = this.row.status;
    Object.assign(this.row, columns, { version: this.row.version + 1, updated_at: iso(this.at) });
    this.events.push({ payment_id: this.row.id, seq: this.row.version, type, from_status: from, to_status: this.row.status, actor, cause, detail, at: iso(this.at) });
    return this;
  }

  #move(key, kind, debit, credit, minor) {
    this.movements.push({ idem_key: key, payment_id: this.row.id, kind, at: iso(this.at), debit, credit, minor });
  }

  open() {
    const { row, number } = this;
    const codes = { merchantId: process.env.K_BRI_MERCHANT_ID, terminalId: process.env.K_BRI_TERMINAL_ID };
    this.step(1, 'gateway_open', {
      status: 'pending', gateway_state: 'open',
      ...(this.qr && { bank_ref: number, qr_content: qrContent({ ...codes, amount: moneyText(row.amount_minor), referenceNo: number }) }),
    });
    const [created, expires] = [row.created_at, row.expires_at].map((text) => jakarta(Date.parse(text)));
    const times = { amount: moneyText(row.amount_minor), created_at: created, expires_at: expires };
    this.bank = this.qr
      ? { partner_reference_no: row.gateway_ref, qr: row.bank_ref, content: row.qr_content, ...times }
      : { va: row.va_number, trx_id: row.gateway_ref, name: row.customer_name, ...times };
    return this;
  }

  refuse() {
    return this.step(1, 'gateway_refused', { status: 'failed', gateway_state: 'closed' }, ['bank'], this.qr ? '4034715 Transaction Not Permitted' : '4032715 Transaction Not Permitted');
  }

  /** The bank has the money `minutes` from now, and tells us a moment later. */
  pay(minutes, minor = this.row.amount_minor) {
    const { row } = this;
    const paid = this.at + minutes * minuteMs;
    const reference = this.qr ? row.bank_ref : digits(paid) + this.number;
    Object.assign(this.bank, { paid_at: jakarta(paid), request_id: digits(paid) + this.number, paid_amount: moneyText(minor) });
    const late = row.status === 'expired';
    const fits = minor === row.amount_minor;
    const columns = fits ? { status: 'paid', paid_at: iso(paid), paid_reference: reference, paid_minor: minor, late } : { status: 'review', suspense_minor: minor, late };
    this.step(minutes * 60 + 1 + this.random.below(4), 'money', columns, ['bank', reference], moneyText(minor));
    this.#move(`credit:${row.id}:${reference}`, 'credit', 'bank:bri:clearing', fits ? 'merchant:payable' : 'suspense:unmatched', minor);
    return this;
  }

  expire() {
    const wait = Math.ceil((Date.parse(this.row.expires_at) + graceMs - this.at) / 1000) + this.random.below(50);
    return this.step(wait, 'expired', { status: 'expired', gateway_state: 'closed' }, ['bank'], this.qr ? '2005100 Successful' : '4042601 Transaction Not Found');
  }

  cancel(minutes) {
    if (this.qr) return this.step(minutes * 60, 'cancelled', { status: 'cancelled' }, this.caller);
    this.bank = null; // it is removed
    return this.step(minutes * 60, 'cancel_asked', {}, this.caller).step(1, 'cancelled', { status: 'cancelled', gateway_state: 'closed' }, this.caller, 'Successful');
  }

  /** Only of QR codes the bank pays refunds itself. outcome: done, failed, or open: it waits for a person. */
  refund(minutes, minor, outcome) {
    const { row, random } = this;
    const creator = this.shop.id;
    this.at += minutes * minuteMs;
    const id = uuid(random, this.at);
    const reason = random.pick(reasons);
    const refund = {
      id, payment_id: row.id, amount_minor: minor, currency: 'IDR', reason, mode: this.qr ? 'api' : 'manual', status: 'requested', reference: plain(id), bank_reference: '',
      error: '', created_by: creator, idempotency_scope: creator, idempotency_key: id, fingerprint: `\\x${hex(random, 64)}`, created_at: iso(this.at),
    };
    this.refunds.push(refund);
    this.step(0, 'refund_asked', { refunding_minor: row.refunding_minor + minor }, ['key', creator], `${moneyText(minor)} ${reason}`);
    this.#move(`refund:${id}`, 'refund', 'merchant:payable', 'refunds:in_transit', minor);
    if (this.qr) this.step(1, 'refund_sent', {}, ['system', id]);
    if (outcome !== 'open') this.#endRefund(refund, outcome === 'done');
    refund.updated_at = iso(this.at);
    return this;
  }

  #endRefund(refund, done) {
    const { row } = this;
    const { id, amount_minor: minor } = refund;
    const seconds = this.qr ? 1 : 600 + this.random.below(3000);
    const who = this.qr ? ['bank', id] : ['operator'];
    const less = { refunding_minor: row.refunding_minor - minor };
    if (done) {
      const status = row.refunded_minor + minor === row.paid_minor ? 'refunded' : 'partially_refunded';
      const reference = this.qr ? `1${this.number.slice(1)}` : `TRF${digits(this.at)}`;
      Object.assign(refund, { status: 'succeeded', bank_reference: reference });
      this.step(seconds, 'refund_done', { ...less, status, refunded_minor: row.refunded_minor + minor }, who, reference);
      this.#move(`refund_done:${id}`, 'refund_done', 'refunds:in_transit', 'bank:bri:clearing', minor);
      const told = { partner_refund_no: refund.reference, refund_no: reference, amount: moneyText(minor), reason: refund.reason, at: jakarta(this.at) };
      if (this.qr) (this.bank.refunds ??= []).push(told);
    } else {
      Object.assign(refund, { status: 'failed', error: this.qr ? '4037815 Transaction Not Permitted' : 'the customer kept the goods' });
      this.step(seconds, 'refund_failed', less, who, refund.error);
      this.#move(`refund_failed:${id}`, 'refund_failed', 'refunds:in_transit', 'merchant:payable', minor);
    }
  }

  /** What waits in the suspense account goes to the merchant, or back to the customer. */
  decide(minutes, accept) {
    const { row } = this;
    const minor = row.suspense_minor;
    const key = `:${row.id}:${row.version}`;
    const seconds = minutes * 60;
    if (accept) {
      const paidAt = iso(this.at + seconds * 1000);
      this.step(seconds, 'accepted', { status: 'paid', suspense_minor: 0, paid_minor: minor, paid_at: paidAt }, ['operator'], 'the customer agrees');
      this.#move(`accept${key}`, 'accept', 'suspense:unmatched', 'merchant:payable', minor);
    } else {
      this.step(seconds, 'returned', { status: 'refunded', suspense_minor: 0 }, ['operator'], `TRF${digits(this.at)}: paid back by transfer`);
      this.#move(`return${key}`, 'return', 'suspense:unmatched', 'bank:bri:clearing', minor);
    }
    return this;
  }

  /** The bank took the money back. */
  reverse(minutes) {
    const { row } = this;
    this.reversed.push(this.bank.request_id);
    this.step(minutes * 60, 'reversed', { status: 'reversed' }, ['operator'], 'the bank reversed it');
    this.#move(`reversal:${row.id}`, 'reversal', 'merchant:payable', 'bank:bri:clearing', row.paid_minor);
    return this;
  }
}

const half = (story) => Math.floor(story.row.amount_minor / 20_000) * 10_000; // whole rupiah
const paidSoon = (story, random) => story.open().pay(1 + random.below(story.qr ? 20 : 50));
const paidWrongly = (story, random) => story.open().pay(3 + random.below(40), story.row.amount_minor + random.pick([-500_000, 500_000, 250_000]));

/** [method, minutes that it can be paid, what becomes of it] of the payments that are not just paid. Every week has each of them. */
function outcomesOf(day) {
  const even = day % 2 === 0;
  return [
    ['bri_va', 60, (s) => s.open().expire()],
    ['bri_va', 120, (s) => s.open().expire()],
    ['bri_qris', 30, (s) => s.open().expire()],
    [even ? 'bri_va' : 'bri_qris', 30, (s, r) => s.open().cancel(2 + r.below(20))],
    [even ? 'bri_qris' : 'bri_va', 30, (s) => s.refuse()],
    ['bri_va', 120, [
      (s, r) => paidWrongly(s, r),
      (s, r) => paidWrongly(s, r).decide(30 + r.below(60), true),
      (s, r) => paidWrongly(s, r).decide(30 + r.below(60), false),
    ][day % 3]],
    ['bri_va', 120, (s, r) => paidSoon(s, r).refund(20 + r.below(40), even ? half(s) : s.row.amount_minor, 'done')],
    ['bri_qris', 30, (s, r) => paidSoon(s, r).refund(20 + r.below(40), even ? s.row.amount_minor : half(s), 'done')],
    [even ? 'bri_va' : 'bri_qris', even ? 120 : 30, (s, r) => paidSoon(s, r).refund(20 + r.below(40), half(s), 'failed')],
    ...(day % 3 === 1 ? [['bri_va', 120, (s, r) => paidSoon(s, r).refund(20 + r.below(40), half(s), 'open')]] : []),
    ...(even ? [['bri_va', 60, (s, r) => s.open().expire().pay(5 + r.below(30))]] : []),
    ...(day % 4 === 1 ? [['bri_va', 120, (s, r) => paidSoon(s, r).reverse(60 + r.below(60))]] : []),
  ];
}

/** When in a day: most around noon, and early enough for all that follows on the same day. */
const momentOf = (day, random) => startOf(day) + Math.floor((6.5 + 6.5 * (random.next() + random.next())) * 3600) * 1000;

/** What a payment of a day is known by, whoever pays it. */
function beginning(seed, day, index) {
  const random = generator(seed, day, index);
  const at = momentOf(day, random);
  return { random, at, id: uuid(random, at) };
}
export const firstPaymentOf = (seed, day) => beginning(seed, day, 0).id;

/**
 * A day: {runId, rows: {payments, payment_events, payment_refunds}, movements, bank: {accounts, qrs}, reversed, again, untold}. shopIds: of the
 * keys, in the order of shops; payers: ids of users; accounts: accountsOfDay numbers. The bank has reversed those credits; the account `again`
 * will be paid twice, and `untold` too, of which the bank will not tell.
 */
export function pastDay({ seed, day, shopIds, payers, accounts }) {
  const random = generator(seed, day);
  const weekend = [0, 6].includes(new Date(day * dayMs).getUTCDay());
  const total = (weekend ? 24 : 28) + random.below(7);
  const runId = uuid(random, startOf(day + 1));
  const stories = [];
  const add = (method, minutes, what) => {
    const begin = beginning(seed, day, stories.length);
    // 12 digits that the bank gives to nothing else: its own numbers begin with the time.
    const number = `0${String(seed % 1000).padStart(3, '0')}${String(day % 100_000).padStart(5, '0')}${String(stories.length).padStart(3, '0')}`;
    const index = begin.random.below(shops.length);
    const payer = payers.length > 0 && begin.random.below(5) < 2 ? begin.random.pick(payers) : null;
    const story = new Story({ ...begin, number, account: accounts[stories.length], shop: { index, id: shopIds[index] }, payer, method, minutes });
    what(story, story.random);
    stories.push(story);
    return story;
  };
  const [again, untold] = [add('bri_va', 1440, paidSoon), add('bri_va', 1440, paidSoon)];
  for (const outcome of outcomesOf(day)) add(...outcome);
  while (stories.length < total) add(...(random.below(3) > 0 ? ['bri_va', random.pick([60, 180, 1440])] : ['bri_qris', 30]), paidSoon);

  const banks = stories.map(({ bank }) => bank).filter(Boolean);
  const orphan = day % 7 === 5 ? [orphanOf(random, day, accounts.at(-1))] : [];
  return {
    runId,
    rows: {
      payments: stories.map(({ row }) => row),
      payment_events: stories.flatMap(({ events }) => events),
      payment_refunds: stories.flatMap(({ refunds }) => refunds),
    },
    movements: stories.flatMap(({ movements }) => movements).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    bank: { accounts: [...banks.filter(({ va }) => va), ...orphan], qrs: banks.filter(({ va }) => !va) },
    reversed: stories.flatMap(({ reversed }) => reversed),
    again: day % 3 === 2 ? again.row.va_number : null,
    untold: day % 7 === 3 ? untold.row.va_number : null,
  };
}

/** An account that we never asked for, and money on it. */
function orphanOf(random, day, va) {
  const at = momentOf(day, random);
  const amount = moneyText(amountOf(random));
  const trx = hex(random, 32);
  return { va, trx_id: trx, name: 'UNKNOWN', amount, created_at: jakarta(at), expires_at: jakarta(at + hourMs), paid_at: jakarta(at + 5 * minuteMs), request_id: digits(at) + trx.slice(0, 12), paid_amount: amount };
}
