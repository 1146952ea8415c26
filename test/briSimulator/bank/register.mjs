// What the bank knows: virtual accounts, QRs and the money on them. It is nothing but the sum of the ledger's lines, and
// every question that a request asks is answered from an index.
import { jakartaDay } from '../snap/jakartaTime.mjs';

const moneyKinds = ['credit', 'answer', 'reversal', 'refund'];
const minor = (value) => BigInt(value.replace('.', ''));

/** "10000.00" of hundredths. */
export const moneyText = (amount) => {
  const digits = amount.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** As references of codes, refunds and calls have it. */
export const numberText = (number) => String(number).padStart(12, '0');

/** What the bank has of a payment: not what it gave back. */
export const leftOf = (credit) => (credit.state === 'reversed' ? 0n : minor(credit.amount) - credit.refunded);
export const isGivenBack = (credit) => leftOf(credit) === 0n;

export class Register {
  constructor() {
    this.clear();
    this.offsetS = 0;
    this.lastNumber = 0;
  }

  clear() {
    this.accounts = new Map(); // trxId -> account, in the order of creation
    this.numbers = new Map(); // virtual account number without padding -> its newest account
    this.qrs = new Map(); // referenceNo -> QR
    this.qrReferences = new Map(); // partnerReferenceNo -> QR
    this.credits = new Map(); // id -> credit
    this.refunds = new Map(); // partnerRefundNo -> refund of a QR payment
    this.days = new Map(); // Jakarta day -> movements of that day, in order
    this.money = []; // the lines that GET /sim/ledger shows
    this.counts = { accounts: 0, paid: 0, deleted: 0, qrs: 0, qrsPaid: 0, credits: 0, reversals: 0, refunds: 0 };
    this.results = {}; // of answers
    this.credited = 0n;
    this.reversed = 0n;
    this.refunded = 0n;
  }

  apply(line) {
    if (line.number > this.lastNumber) this.lastNumber = line.number;
    this[`on_${line.kind}`](line);
    if (moneyKinds.includes(line.kind)) this.money.push(line);
  }

  on_account({ account }) {
    const one = { ...account, paidStatus: 'N', deleted: false, credits: [] };
    this.accounts.set(one.trxId, one);
    this.numbers.set(one.virtualAccountNo.trim(), one);
    ++this.counts.accounts;
  }

  on_account_update({ trxId, changes }) {
    Object.assign(this.accounts.get(trxId), changes);
  }

  on_account_status({ trxId, paidStatus }) {
    this.#setPaid(this.accounts.get(trxId), paidStatus);
  }

  #setPaid(account, paidStatus) {
    if (account.paidStatus !== paidStatus) this.counts.paid += paidStatus === 'Y' ? 1 : -1;
    account.paidStatus = paidStatus;
  }

  on_account_delete({ trxId }) {
    const account = this.accounts.get(trxId);
    account.deleted = true;
    ++this.counts.deleted;
  }

  on_qr({ qr }) {
    const one = { ...qr, credits: [] };
    this.qrs.set(one.referenceNo, one);
    this.qrReferences.set(one.partnerReferenceNo, one);
    ++this.counts.qrs;
  }

  on_credit(line) {
    const { id, channel, amount, trx_id: trxId, qr, va, customer, told = 'not_sent', at, ms } = line;
    const state = channel === 'va_online' ? 'asking' : 'taken';
    const credit = { id, channel, amount, at, ms, trxId, qr, va, customer, state, told, sends: 0, refunded: 0n, refunds: [] };
    this.credits.set(id, credit);
    this.#movement({ credit, type: 'CREDIT', ms, amount, id, remark: '' });
    const account = trxId && this.accounts.get(trxId);
    if (account) {
      account.credits.push(credit);
      this.#setPaid(account, 'Y');
    }
    const code = qr && this.qrs.get(qr);
    if (code) {
      if (code.credits.every(isGivenBack)) ++this.counts.qrsPaid;
      code.credits.push(credit);
    }
    ++this.counts.credits;
    this.credited += minor(amount);
  }

  /** In the order of time: the past may be put in later. */
  #movement(movement) {
    const day = jakartaDay(movement.ms);
    if (!this.days.has(day)) this.days.set(day, []);
    const list = this.days.get(day);
    let at = list.length;
    while (at > 0 && list[at - 1].ms > movement.ms) --at;
    list.splice(at, 0, movement);
  }

  on_sent({ credit: id, op, external_id: externalId }) {
    const credit = this.credits.get(id);
    if (!credit) return;
    ++credit.sends;
    credit.externalIds = { ...credit.externalIds, [op]: externalId };
  }

  on_answer({ credit: id, result }) {
    this.results[result] = (this.results[result] ?? 0) + 1;
    const credit = this.credits.get(id);
    if (!credit) return;
    // A later copy does not take back what was accepted; a reversal is a line of its own.
    if (credit.told !== 'accepted') credit.told = result === 'success' ? 'accepted' : result;
    if (credit.state === 'asking' || credit.state === 'suspended') {
      if (result === 'success') credit.state = 'taken';
      else if (result === 'suspended') credit.state = 'suspended';
    }
  }

  on_refund({ credit: id, refund_no: refundNo, partner_refund_no: partnerRefundNo, amount, reason, at, ms }) {
    const credit = this.credits.get(id);
    const refund = { refundNo, partnerRefundNo, amount, reason, at, ms };
    this.refunds.set(partnerRefundNo, refund);
    credit.refunds.push(refund);
    credit.refunded += minor(amount);
    if (isGivenBack(credit)) credit.state = 'refunded';
    this.#movement({ credit, type: 'DEBIT', ms, amount, id: refundNo, remark: 'REFUND ' });
    ++this.counts.refunds;
    this.refunded += minor(amount);
    this.#noteGivenBack(credit);
  }

  #noteGivenBack({ trxId, qr }) {
    const account = trxId && this.accounts.get(trxId);
    if (account?.credits.every(isGivenBack)) this.#setPaid(account, 'N');
    const code = qr && this.qrs.get(qr);
    if (code?.credits.every(isGivenBack)) --this.counts.qrsPaid;
  }

  on_reversal({ credit: id, cause, ms, amount }) {
    const credit = this.credits.get(id);
    if (!credit) return;
    credit.state = 'reversed';
    credit.reversedBy = cause;
    this.#movement({ credit, type: 'DEBIT', ms, amount, id, remark: 'REVERSAL ' });
    ++this.counts.reversals;
    this.reversed += minor(amount);
    this.#noteGivenBack(credit);
  }

  on_clock({ offset_s: offsetS }) {
    this.offsetS = offsetS;
  }

  on_reset() {
    this.clear();
  }

  /** Movements of days that overlap the time. */
  *movements(from, to) {
    for (let ms = from; jakartaDay(ms) <= jakartaDay(to); ms += 86_400_000) {
      for (const one of this.days.get(jakartaDay(ms)) ?? []) if (one.ms >= from && one.ms <= to) yield one;
    }
  }

  totals() {
    return {
      credits: this.counts.credits,
      credited: moneyText(this.credited),
      reversals: this.counts.reversals,
      reversed: moneyText(this.reversed),
      refunds: this.counts.refunds,
      refunded: moneyText(this.refunded),
      held: moneyText(this.credited - this.reversed - this.refunded),
    };
  }
}
