// POST /sim/history: accounts, codes and payments of the past, for reports of days on which the simulator did not run.
import { numberParts } from '../bank/accountOperations.mjs';
import { isAmountValue, isReference, isText } from '../bank/fieldRules.mjs';
import { qrContent } from '../bank/qrContent.mjs';
import { numberText } from '../bank/register.mjs';
import { ControlFault } from '../merchant/customer.mjs';
import { jakartaDigits, jakartaSeconds, parseTimestamp } from '../snap/jakartaTime.mjs';

const mostEntries = 2000;
const longestAgoMs = 400 * 86_400_000;

const minor = (value) => BigInt(value.replace('.', ''));
const isAmount = (value) => isAmountValue(value) && value !== '0.00';
const isWhole = (value) => isAmount(value) && value.endsWith('.00');
const isId = (most) => (value) => isText(1, most)(value) && /^[A-Za-z0-9]+$/.test(value);
const isTime = (value) => !Number.isNaN(parseTimestamp(value));
const isFlag = (value) => typeof value === 'boolean';

/** Member -> [mandatory, test]. */
const paymentRules = { paid_at: [false, isTime], request_id: [false, isId(36)], paid_amount: [false, isAmount], told: [false, isFlag] };
const spanRules = { created_at: [true, isTime], expires_at: [true, isTime] };
const qrRules = {
  partner_reference_no: [true, isReference(64)],
  qr: [false, (value) => /^\d{12}$/.test(value)],
  content: [false, isText(1, 512)],
  amount: [true, isWhole],
  ...spanRules,
  ...paymentRules,
  refunds: [false, Array.isArray],
};
const refundRules = { partner_refund_no: [true, isReference(64)], refund_no: [false, isId(64)], amount: [true, isWhole], reason: [false, isText(1, 256)], at: [true, isTime] };
const accountRules = ({ partnerServiceId, trxIdMaxLength }) => ({
  va: [true, (value) => typeof value === 'string' && value.startsWith(partnerServiceId) && /^\d{1,13}$/.test(value.slice(partnerServiceId.length))],
  trx_id: [true, isReference(trxIdMaxLength)],
  name: [true, isText(1, 255)],
  amount: [true, isWhole],
  ...spanRules,
  ...paymentRules,
});

const wrong = (where, what) => new ControlFault(400, 'history_invalid', `${where}: ${what}`);

function check(one, rules, where) {
  if (one === null || typeof one !== 'object' || Array.isArray(one)) throw wrong(where, 'is no object');
  for (const name of Object.keys(one)) if (!Object.hasOwn(rules, name)) throw wrong(where, `${name} is no member`);
  for (const [name, [mandatory, test]] of Object.entries(rules)) {
    if (one[name] === undefined) {
      if (mandatory) throw wrong(where, `${name} is missing`);
    } else if (!test(one[name])) {
      throw wrong(where, `${name} is wrong`);
    }
  }
}

class HistoryReader {
  #bank;
  #now;

  constructor(bank) {
    this.#bank = bank;
    this.#now = bank.clock.now();
  }

  /** {names, lines}: what may exist only once, and the lines of the ledger. */
  account(one, where) {
    check(one, accountRules(this.#bank.config), where);
    const { createdAt, expiresAt } = this.#span(one, where);
    const account = {
      trxId: one.trx_id,
      ...numberParts(this.#bank.config, one.va),
      virtualAccountName: one.name,
      totalAmount: { value: one.amount, currency: 'IDR' },
      expiredDate: jakartaSeconds(expiresAt),
      expiresAt,
      virtualAccountTrxType: 'C',
      additionalInfo: {},
    };
    const payment = this.#payment(one, { channel: 'va_push', va: one.va, trx_id: one.trx_id }, createdAt, where);
    return {
      names: { numbers: [one.va], accounts: [one.trx_id], credits: payment.ids },
      lines: [{ kind: 'account', ms: createdAt, account }, ...payment.lines],
    };
  }

  qr(one, where) {
    check(one, qrRules, where);
    const { createdAt, expiresAt } = this.#span(one, where);
    const number = one.qr ? undefined : this.#bank.nextNumber();
    const referenceNo = one.qr ?? numberText(number);
    const { merchantId, terminalId } = this.#bank.config;
    const content = one.content ?? qrContent({ merchantId, terminalId, amount: one.amount, referenceNo });
    const qr = { referenceNo, partnerReferenceNo: one.partner_reference_no, amount: one.amount, qrContent: content, expiresAt };
    const payment = this.#payment(one, { channel: 'qr', qr: referenceNo }, createdAt, where);
    const refunds = this.#refunds(one, referenceNo, payment, where);
    return {
      names: { qrs: [referenceNo], qrReferences: [one.partner_reference_no], credits: payment.ids, refunds: refunds.map((line) => line.partner_refund_no) },
      lines: [{ kind: 'qr', ms: createdAt, number, qr }, ...payment.lines, ...refunds],
    };
  }

  /** A time between another and now. */
  #past(text, from, where, name) {
    const ms = parseTimestamp(text);
    if (ms < from || ms > this.#now) throw wrong(where, `${name} is too early or to come`);
    return ms;
  }

  #span({ created_at: created, expires_at: expires }, where) {
    const createdAt = this.#past(created, this.#now - longestAgoMs, where, 'created_at');
    const expiresAt = parseTimestamp(expires);
    if (expiresAt <= createdAt) throw wrong(where, 'expires_at is not after created_at');
    return { createdAt, expiresAt };
  }

  #payment(one, target, createdAt, where) {
    if (one.paid_at === undefined) {
      const more = ['request_id', 'paid_amount', 'told', 'refunds'].find((name) => one[name] !== undefined);
      if (more) throw wrong(where, `${more} without paid_at`);
      return { ids: [], lines: [] };
    }
    const ms = this.#past(one.paid_at, createdAt, where, 'paid_at');
    const number = one.request_id ? undefined : this.#bank.nextNumber();
    const id = one.request_id ?? jakartaDigits(ms) + numberText(number);
    const told = one.told === false ? 'not_sent' : 'accepted';
    return { ids: [id], lines: [{ kind: 'credit', ms, id, number, ...target, amount: one.paid_amount ?? one.amount, told }] };
  }

  #refunds({ refunds = [] }, qr, { lines: [credit] }, where) {
    const lines = refunds.map((one, index) => {
      const here = `${where}.refunds[${index}]`;
      check(one, refundRules, here);
      const ms = this.#past(one.at, credit.ms, here, 'at');
      const number = one.refund_no ? undefined : this.#bank.nextNumber();
      const refundNo = one.refund_no ?? numberText(number);
      return { kind: 'refund', ms, number, refund_no: refundNo, qr, credit: credit.id, partner_refund_no: one.partner_refund_no, amount: one.amount, reason: one.reason ?? 'REFUND' };
    });
    const sum = lines.reduce((total, { amount }) => total + minor(amount), 0n);
    if (lines.length > 0 && sum > minor(credit.amount)) throw wrong(where, 'more is refunded than was paid');
    return lines;
  }
}

/** Takes all entries or, when one is wrong, none. What the bank knows already is skipped. */
export function takeHistory(bank, { accounts = [], qrs = [], ...rest }) {
  const [other] = Object.keys(rest);
  if (other !== undefined || !Array.isArray(accounts) || !Array.isArray(qrs)) throw wrong(other ?? 'accounts, qrs', other ? 'is no member' : 'are lists');
  if (accounts.length + qrs.length > mostEntries) throw new ControlFault(400, 'too_many', `at most ${mostEntries} entries a call`);
  const reader = new HistoryReader(bank);
  const entries = [...accounts.map((one, index) => reader.account(one, `accounts[${index}]`)), ...qrs.map((one, index) => reader.qr(one, `qrs[${index}]`))];
  const seen = new Set();
  const lines = [];
  let skipped = 0;
  for (const entry of entries) {
    const names = Object.entries(entry.names).flatMap(([map, keys]) => keys.map((key) => [map, key]));
    const ownTwice = new Set(names.map(String)).size < names.length;
    if (ownTwice || names.some(([map, key]) => bank.register[map].has(key) || seen.has(String([map, key])))) {
      ++skipped;
      continue;
    }
    for (const name of names) seen.add(String(name));
    lines.push(...entry.lines);
  }
  bank.ledger.appendAll(lines);
  const count = (wanted) => lines.filter(({ kind }) => kind === wanted).length;
  return { accounts: count('account'), qrs: count('qr'), credits: count('credit'), refunds: count('refund'), skipped };
}
