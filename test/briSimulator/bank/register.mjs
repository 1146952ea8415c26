// What the bank knows: virtual accounts, QRs and the money on them. It is nothing but the sum of the ledger's lines, and
// every question that a request asks is answered from an index.
import { jakartaDay } from '../snap/jakartaTime.mjs';

const minor = (value) => BigInt(value.replace('.', ''));

/** "10000.00" of hundredths. */
export const moneyText = (amount) => {
  const digits = amount.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

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
    this.days = new Map(); // Jakarta day -> movements of that day, in order
    this.money = []; // the lines that GET /sim/ledger shows
    this.counts = { accounts: 0, paid: 0, deleted: 0, qrs: 0, qrsPaid: 0, credits: 0, reversals: 0 };
    this.results = {}; // of answers
    this.credited = 0n;
    this.reversed = 0n;
  }

  apply(line) {
    if (line.number > this.lastNumber) this.lastNumber = line.number;
    this[`on_${line.kind}`](line);
    if (line.kind === 'credit' || line.kind === 'answer' || line.kind === 'reversal') this.money.push(line);
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
    const { id, channel, amount, trx_id: trxId, qr, number, ...rest } = line;
    const credit = { id, channel, amount, at: line.at, ms: line.ms, trxId, qr, va: rest.va, customer: rest.customer, state: channel === 'va_online' ? 'asking' : 'taken', told: 'not_sent', sends: 0 };
    this.credits.set(id, credit);
    this.#movement(line.ms, { credit, type: 'CREDIT', ms: line.ms });
    const account = trxId && this.accounts.get(trxId);
    if (account) {
      account.credits.push(credit);
      this.#setPaid(account, 'Y');
    }
    const code = qr && this.qrs.get(qr);
    if (code) {
      if (code.credits.every(({ state }) => state === 'reversed')) ++this.counts.qrsPaid;
      code.credits.push(credit);
    }
    ++this.counts.credits;
    this.credited += minor(amount);
  }

  #movement(ms, movement) {
    const day = jakartaDay(ms);
    if (!this.days.has(day)) this.days.set(day, []);
    this.days.get(day).push(movement);
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

  on_reversal({ credit: id, cause, ms }) {
    const credit = this.credits.get(id);
    if (!credit) return;
    credit.state = 'reversed';
    credit.reversedBy = cause;
    this.#movement(ms, { credit, type: 'DEBIT', ms });
    ++this.counts.reversals;
    this.reversed += minor(credit.amount);
    const account = credit.trxId && this.accounts.get(credit.trxId);
    if (account && account.credits.every(({ state }) => state === 'reversed')) this.#setPaid(account, 'N');
    const code = credit.qr && this.qrs.get(credit.qr);
    if (code && code.credits.every(({ state }) => state === 'reversed')) --this.counts.qrsPaid;
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
      held: moneyText(this.credited - this.reversed),
    };
  }
}
