// The bank's customers: they pay, and the bank tells the partner. Money is in the ledger before the partner hears of it.
import { isGivenBack, leftOf, moneyText, numberText } from '../bank/register.mjs';
import { faultNote } from '../faults/faultRules.mjs';
import { journalBody } from '../journal.mjs';
import { jakartaDigits, jakartaTimestamp } from '../snap/jakartaTime.mjs';
import { judge } from './judgement.mjs';
import { inquiryBody, paymentBody, pushBody, qrNotifyBody } from './messages.mjs';

/** What the control API answers with an error. */
export class ControlFault extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const keptBody = (text) => journalBody(Buffer.from(text));
const mostAtOnce = 10_000;
const operationOf = { va_push: 'push', va_online: 'payment', qr: 'qr_notify' };

/** "10000.00" of 10000, "10000" or "10000.00". */
function amountOf(given) {
  if (given === undefined || given === null || given === '') return null;
  const text = /^\d+$/.test(String(given)) ? `${given}.00` : String(given);
  if (!/^(0|[1-9]\d{0,15})\.\d{2}$/.test(text) || text === '0.00') throw new ControlFault(400, 'amount_invalid', 'amount is rupiah above zero');
  return text;
}

const timesOf = (times = 1) => {
  if (!(Number.isInteger(times) && times >= 1 && times <= 1000)) throw new ControlFault(400, 'times_invalid', 'times is 1 to 1000');
  return times;
};
const externalIdOf = (choice) => {
  if (choice !== 'same' && choice !== 'new') throw new ControlFault(400, 'external_id_invalid', 'external_id is same or new');
  return choice;
};

export class Customer {
  #bank;
  #client;

  constructor(bank, client) {
    this.#bank = bank;
    this.#client = client;
  }

  /** {va | qr, amount?, times?, external_id?, way?, force?}: one payment, told times times. */
  async pay({ va, qr, amount, times, external_id: externalId = 'new', way = 'push', force = false }) {
    const plan = { times: timesOf(times), externalId: externalIdOf(externalId), force, amount: amountOf(amount) };
    if (way !== 'push' && way !== 'online') throw new ControlFault(400, 'way_invalid', 'way is push or online');
    if (qr !== undefined) return this.#payQr(this.#findQr(qr), plan);
    if (va === undefined) throw new ControlFault(400, 'target_missing', 'va or qr is needed');
    const number = this.#number(va);
    return way === 'online' ? this.#payOnline(number, plan) : this.#payAccount(number, plan);
  }

  /** va or qr is a list: pays each, concurrency at a time, and answers how many came to which result. */
  async payMany({ va = [], qr = [], concurrency = 32, ...plan }) {
    if (!Array.isArray(va) || !Array.isArray(qr)) throw new ControlFault(400, 'targets_invalid', 'va and qr are lists, or one of them is one');
    const targets = [...va.map((one) => ({ va: one })), ...qr.map((one) => ({ qr: one }))];
    if (targets.length > mostAtOnce) throw new ControlFault(400, 'too_many', `at most ${mostAtOnce} at once`);
    if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 256)) throw new ControlFault(400, 'concurrency_invalid', 'concurrency is 1 to 256');
    const results = {};
    const started = performance.now();
    let next = 0;
    await Promise.all(Array.from({ length: concurrency }, async () => {
      while (next < targets.length) {
        const result = await this.pay({ ...plan, ...targets[next++] }).then((one) => one.result, (error) => error.code ?? error.message);
        results[result] = (results[result] ?? 0) + 1;
      }
    }));
    return { payments: targets.length, results, ms: Math.round(performance.now() - started) };
  }

  #number(va) {
    const number = String(va).trim();
    if (!/^\d{1,28}$/.test(number) || !number.startsWith(this.#bank.config.partnerServiceId)) {
      throw new ControlFault(400, 'va_invalid', 'va begins with the partnerServiceId and has digits only');
    }
    return number;
  }

  #findQr(text) {
    const { qrs, qrReferences } = this.#bank.register;
    const byContent = /0112(\d{12})07/.exec(text)?.[1];
    const qr = qrs.get(String(text)) ?? qrReferences.get(String(text)) ?? (byContent && qrs.get(byContent));
    if (!qr) throw new ControlFault(404, 'qr_unknown', 'the bank has no such QR');
    return qr;
  }

  #payAccount(number, { amount, force, ...plan }) {
    const account = this.#bank.register.numbers.get(number);
    if (!force) {
      if (!account || account.deleted) throw new ControlFault(404, 'va_unknown', 'the bank has no such virtual account');
      if (account.paidStatus === 'Y') throw new ControlFault(409, 'va_paid', 'the virtual account is paid');
      if (account.expiresAt <= this.#bank.clock.now()) throw new ControlFault(409, 'va_expired', 'the virtual account is expired');
    }
    const paid = amount ?? account?.totalAmount.value;
    if (!paid) throw new ControlFault(400, 'amount_missing', 'amount is needed');
    const credit = this.#credit({ channel: 'va_push', va: number, trx_id: account?.trxId, amount: paid });
    return this.#tell(credit, { ...plan, expiresAt: account?.expiresAt });
  }

  #payQr(qr, { amount, force, ...plan }) {
    if (!force) {
      if (qr.credits.some(({ state }) => state !== 'reversed')) throw new ControlFault(409, 'qr_paid', 'the QR is paid');
      if (qr.expiresAt <= this.#bank.clock.now()) throw new ControlFault(409, 'qr_expired', 'the QR is expired');
    }
    const credit = this.#credit({ channel: 'qr', qr: qr.referenceNo, amount: amount ?? qr.amount });
    return this.#tell(credit, { ...plan, expiresAt: qr.expiresAt });
  }

  /** BRIVA Online: the partner is asked first, and its answer to the payment decides about the customer's money. */
  async #payOnline(number, { amount, force, ...plan }) {
    this.#needPartner();
    const { id, number: used } = this.#newId();
    const body = inquiryBody(this.#bank.config, number, id, amount, this.#bank.clock.now());
    const asked = await this.#send({ op: 'inquiry', body, fault: this.#bank.faults.draw('inquiry') });
    const offer = asked.body.virtualAccountData ?? {};
    if (asked.answer.result !== 'accepted' && !force) return { result: 'not_offered', answers: [asked.answer] };
    const account = this.#bank.register.numbers.get(number);
    const paid = amount ?? offer.totalAmount?.value ?? account?.totalAmount.value;
    if (!/^\d{1,16}\.\d{2}$/.test(paid)) throw new ControlFault(400, 'amount_missing', 'amount is needed, the partner named none');
    const trxId = account && !account.deleted ? account.trxId : undefined;
    const credit = this.#credit({ id, number: used, channel: 'va_online', va: number, trx_id: trxId, amount: paid, customer: offer.virtualAccountName });
    const told = await this.#tell(credit, { ...plan, expiresAt: account?.expiresAt });
    return { ...told, answers: [asked.answer, ...told.answers] };
  }

  #needPartner() {
    if (!this.#client.isConfigured) throw new ControlFault(409, 'not_configured', 'callback.baseUrl is not set');
  }

  #newId() {
    const number = this.#bank.nextNumber();
    return { id: jakartaDigits(this.#bank.clock.now()) + numberText(number), number };
  }

  #credit(entry) {
    const { id } = this.#bank.ledger.append({ kind: 'credit', ...(entry.id ? {} : this.#newId()), ...entry });
    return this.#bank.register.credits.get(id);
  }

  /** Tells the partner about a credit, as the faults of the operation have it. */
  async #tell(credit, { times, externalId, expiresAt }) {
    const op = operationOf[credit.channel];
    if (!this.#client.isConfigured) return { credit: view(credit), result: 'not_sent', answers: [] };
    const fault = this.#bank.faults.draw(op);
    if (fault?.name === 'dropped') return this.#drop(credit, op, fault);
    if (fault?.name === 'late') return this.#tellLater(credit, op, fault, { times, externalId, expiresAt });
    return this.#tellNow(credit, op, { times, externalId, fault });
  }

  #drop(credit, op, fault) {
    const result = op === 'payment' ? 'suspended' : 'not_sent';
    this.#bank.ledger.append({ kind: 'answer', credit: credit.id, op, result, error: 'not sent', ...faultNote(fault) });
    this.#bank.journal.add({ at: jakartaTimestamp(this.#bank.clock.now()), dir: 'out', op, credit: credit.id, error: 'not sent', ...faultNote(fault) });
    return { credit: view(credit), result, answers: [] };
  }

  #tellLater(credit, op, fault, { expiresAt, ...plan }) {
    const due = Math.max(this.#bank.clock.now(), expiresAt ?? 0) + Number(fault.parameter) * 1000;
    this.#bank.clock.at(due, () => this.#inBackground(this.#tellNow(credit, op, { ...plan, fault })));
    return { credit: view(credit), result: 'scheduled', due: jakartaTimestamp(due), answers: [] };
  }

  async #tellNow(credit, op, { times, externalId, fault }) {
    const first = externalId === 'same' && credit.externalIds?.[op] ? credit.externalIds[op] : this.#newExternalId();
    const choice = { duplicate_same_extid: 'same', duplicate_new_extid: 'new', flood: 'new' }[fault?.name] ?? externalId;
    const copies = fault?.name === 'flood' ? Number(fault.parameter) : times * (fault?.name.startsWith('duplicate_') ? 2 : 1);
    const one = (index) => this.#send({ op, credit, body: this.#body(op, credit), fault, externalId: index === 0 || choice === 'same' ? first : this.#newExternalId() });
    const answers = [];
    if (fault?.name === 'flood') {
      answers.push(...(await Promise.all(Array.from({ length: copies }, (_, index) => one(index)))).map(({ answer }) => answer));
    } else {
      for (let index = 0; index < copies; ++index) answers.push((await one(index)).answer);
    }
    const worst = answers.find(({ result }) => result === 'reversed') ?? answers.at(-1);
    if (op !== 'payment' && answers.every(({ result }) => result !== 'accepted')) this.#retry(credit, op, 1);
    return { credit: view(credit), result: worst.result, answers };
  }

  #retry(credit, op, attempt) {
    const { retries, retryDelayMs } = this.#bank.config.callback;
    if (attempt > retries) return;
    this.#bank.clock.at(this.#bank.clock.now() + retryDelayMs, () => this.#inBackground((async () => {
      const { answer } = await this.#send({ op, credit, body: this.#body(op, credit), externalId: this.#newExternalId() });
      if (answer.result !== 'accepted') this.#retry(credit, op, attempt + 1);
    })()));
  }

  #inBackground(promise) {
    promise.catch((error) => this.#bank.journal.add({ at: jakartaTimestamp(this.#bank.clock.now()), dir: 'out', error: error.message }));
  }

  #newExternalId() {
    return numberText(this.#bank.nextNumber());
  }

  #body(op, credit) {
    const { config, register, clock } = this.#bank;
    if (op === 'push') return pushBody(config, credit);
    return op === 'payment' ? paymentBody(config, credit) : qrNotifyBody(register, credit, clock.now());
  }

  /** One call with its lines in ledger and journal, and what follows from the answer for the customer's money. */
  async #send({ op, credit, body, fault, externalId = this.#newExternalId() }) {
    const { ledger, journal, config, clock, stats } = this.#bank;
    const path = config.callback.paths[{ qr_notify: 'qrNotify' }[op] ?? op];
    const note = faultNote(fault);
    ledger.append({ kind: 'sent', credit: credit?.id, op, external_id: externalId, number: Number(externalId), ...note });
    const got = await this.#client.call({ path, body, externalId, fault, qr: op === 'qr_notify' });
    const { body: answered, faults, ...judged } = judge(op, got, body);
    const answer = { op, external_id: externalId, ...judged, ...(faults.length > 0 && { answer_faults: faults }), ...note };
    stats.answerFaults += faults.length > 0 && !note ? 1 : 0;
    this.#bank.countCall('out', op);
    journal.add({ at: jakartaTimestamp(clock.now()), dir: 'out', method: 'POST', path, credit: credit?.id, ...answer, body: keptBody(JSON.stringify(body)), ...(got.text !== undefined && { answer: keptBody(got.text) }) });
    if (credit) {
      ledger.append({ kind: 'answer', credit: credit.id, ...answer });
      if (op === 'payment' && answer.result === 'reversed') this.#reverse(credit, 'answer', answer);
    }
    return { answer, body: answered };
  }

  /** What refunds have left of it. */
  #reverse(credit, cause, { http, response_code: responseCode } = {}) {
    if (isGivenBack(credit)) return;
    this.#bank.ledger.append({ kind: 'reversal', credit: credit.id, amount: moneyText(leftOf(credit)), cause, http, response_code: responseCode });
  }

  #findCredit({ credit: id, va, qr }) {
    const { credits, numbers } = this.#bank.register;
    let found = null;
    if (id !== undefined) found = credits.get(String(id));
    else if (qr !== undefined) found = this.#findQr(qr).credits.at(-1);
    else if (va !== undefined) found = numbers.get(this.#number(va))?.credits.at(-1);
    if (!found) throw new ControlFault(404, 'credit_unknown', 'the ledger has no such payment');
    return found;
  }

  /** {credit | va | qr}: the bank gives the newest payment back. The partner is not told; its reconciliation sees it. */
  reverse(target) {
    const credit = this.#findCredit(target);
    if (isGivenBack(credit)) throw new ControlFault(409, `already_${credit.state}`, `the payment is ${credit.state}`);
    this.#reverse(credit, 'bank');
    return { credit: view(credit), result: 'reversed' };
  }

  /** {credit | va | qr, external_id?, times?}: the newest payment is told again. */
  async resend({ external_id: externalId = 'same', times, ...target }) {
    const plan = { times: timesOf(times), externalId: externalIdOf(externalId) };
    const credit = this.#findCredit(target);
    this.#needPartner();
    if (credit.state === 'reversed' && credit.channel === 'va_online') throw new ControlFault(409, 'already_reversed', 'the payment is reversed');
    return this.#tell(credit, plan);
  }

  /** For the fault out_of_order: the customer was faster than the answer to the creation. */
  async payBeforeAnswer({ virtualAccountData, referenceNo }) {
    try {
      await this.pay(referenceNo ? { qr: referenceNo } : { va: virtualAccountData.virtualAccountNo });
    } catch (error) {
      this.#bank.journal.add({ at: jakartaTimestamp(this.#bank.clock.now()), dir: 'out', error: error.message });
    }
  }
}

/** A credit as the control API shows it. */
export const view = ({ id, channel, amount, at, trxId, qr, va, state, told, sends, reversedBy, refunded, refunds }) => ({
  id, channel, amount, at, ...(va && { va }), ...(trxId && { trx_id: trxId }), ...(qr && { qr }), state, told, sends, ...(reversedBy && { reversed_by: reversedBy }),
  ...(refunds.length > 0 && { refunded: moneyText(refunded), refunds: refunds.map(refundView) }),
});

export const refundView = ({ refundNo, partnerRefundNo, amount, at, reason }) => ({ refund_no: refundNo, partner_refund_no: partnerRefundNo, amount, at, reason });
