// /sim: what a test or a person does to the bank. Only from this machine, and not through a proxy.
import { ControlFault, refundView, view } from '../merchant/customer.mjs';
import { qrStatus } from '../bank/qrOperations.mjs';
import { jakartaTimestamp } from '../snap/jakartaTime.mjs';
import { takeHistory } from './history.mjs';

const mostListed = 100_000;
const number = (text, fallback, most = Infinity) => (text !== null && /^\d+$/.test(text) ? Math.min(Number(text), most) : fallback);

export function isLocal(request) {
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const { headers } = request;
  if (!(address.startsWith('127.') || address === '::1')) return false;
  if (headers['x-forwarded-for'] || headers['x-real-ip'] || headers.forwarded) return false;
  // A page of another site cannot reach it under a name of its own.
  return /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '');
}

/** The newest entries first, limit of them, from a map in the order of creation. */
function newest(map, query, match, show) {
  const limit = number(query.get('limit'), 200, mostListed);
  const found = [];
  for (const one of [...map.values()].reverse()) {
    if (found.length === limit) break;
    if (match(one)) found.push(show(one));
  }
  return found;
}

function accountStatus(account, now) {
  if (account.deleted) return 'deleted';
  if (account.paidStatus === 'Y') return 'paid';
  return account.expiresAt > now ? 'open' : 'expired';
}

const qrNames = { '00': 'paid', '03': 'open', '04': 'refunded', '06': 'expired' };

export class ControlApi {
  #bank;

  constructor(bank) {
    this.#bank = bank;
  }

  /** {status, body} */
  async handle(method, url, bytes, contentType) {
    try {
      if (method === 'POST' && bytes.length > 0 && !/^application\/json\b/i.test(contentType ?? '')) throw new ControlFault(415, 'not_json', 'Content-Type is application/json');
      const name = url.pathname.slice('/sim/'.length);
      const run = this.#find(method, name);
      return { status: 200, body: await run(url.searchParams, this.#parse(bytes)) };
    } catch (error) {
      if (!(error instanceof ControlFault)) throw error;
      return { status: error.status, body: { error: { code: error.code, message: error.message } } };
    }
  }

  #parse(bytes) {
    try {
      const body = bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : {};
      if (body !== null && typeof body === 'object' && !Array.isArray(body)) return body;
    } catch { /* answered below */ }
    throw new ControlFault(400, 'body_invalid', 'the body is a JSON object');
  }

  #find(method, name) {
    const fault = /^faults\/(\d+)$/.exec(name);
    if (method === 'DELETE' && fault) return () => this.#removeFault(Number(fault[1]));
    const found = {
      'GET state': () => this.#bank.state(),
      'GET ledger': (query) => this.#ledger(query),
      'GET accounts': (query) => this.#accounts(query),
      'GET qrs': (query) => this.#qrs(query),
      'GET journal': (query) => this.#journal(query),
      'GET faults': () => this.#faults(),
      'POST faults': (_, body) => this.#addFault(body),
      'DELETE faults': () => this.#clearFaults(),
      'POST pay': (_, body) => this.#mayWait(body, this.#pay(body)),
      'POST reverse': (_, body) => this.#bank.customer.reverse(body),
      'POST resend': (_, body) => this.#mayWait(body, this.#bank.customer.resend(body)),
      'POST clock': (_, body) => this.#clock(body),
      'POST history': (_, body) => takeHistory(this.#bank, body),
      'POST reset': () => this.#bank.reset(),
    }[`${method} ${name}`];
    if (!found) throw new ControlFault(404, 'not_found', `no ${method} /sim/${name}`);
    return found;
  }

  #pay(body) {
    const { customer } = this.#bank;
    return Array.isArray(body.va) || Array.isArray(body.qr) ? customer.payMany(body) : customer.pay(body);
  }

  /** "wait": false answers at once. */
  async #mayWait({ wait = true }, promise) {
    if (wait) return promise;
    promise.catch((error) => this.#bank.journal.add({ at: jakartaTimestamp(this.#bank.clock.now()), dir: 'out', error: error.message }));
    return { result: 'started' };
  }

  /** view=lines (default): money as it moved; view=credits: each payment with its state. after is a line's seq, or a position. */
  #ledger(query) {
    const { register } = this.#bank;
    const after = number(query.get('after'), 0);
    const limit = number(query.get('limit'), 1000, mostListed);
    if (query.get('view') === 'credits') {
      const found = [...register.credits.values()].slice(after, after + limit);
      return { credits: found.map(view), next: after + found.length, totals: register.totals() };
    }
    const { money } = register;
    let from = 0;
    for (let to = money.length; from < to;) {
      const middle = (from + to) >> 1;
      if (money[middle].seq > after) to = middle;
      else from = middle + 1;
    }
    const entries = money.slice(from, from + limit).map(({ ms, number: _, ...line }) => line);
    return { entries, next: entries.at(-1)?.seq ?? after, totals: register.totals() };
  }

  #accounts(query) {
    const now = this.#bank.clock.now();
    const wanted = query.get('status') ?? 'all';
    const va = query.get('va')?.trim();
    const show = (one) => ({
      va: one.virtualAccountNo.trim(),
      virtualAccountNo: one.virtualAccountNo,
      trx_id: one.trxId,
      name: one.virtualAccountName,
      amount: one.totalAmount.value,
      expires_at: one.expiredDate,
      status: accountStatus(one, now),
      credits: one.credits.map(view),
    });
    const trxId = query.get('trx_id');
    if (trxId) return { accounts: this.#bank.register.accounts.has(trxId) ? [show(this.#bank.register.accounts.get(trxId))] : [] };
    const match = (one) => (wanted === 'all' || accountStatus(one, now) === wanted) && (!va || one.virtualAccountNo.trim() === va);
    return { accounts: newest(this.#bank.register.accounts, query, match, show) };
  }

  #qrs(query) {
    const now = this.#bank.clock.now();
    const wanted = query.get('status') ?? 'all';
    const stateOf = (one) => qrNames[qrStatus(one, now)[0]];
    const show = (one) => ({
      qr: one.referenceNo,
      partner_reference_no: one.partnerReferenceNo,
      amount: one.amount,
      content: one.qrContent,
      expires_at: jakartaTimestamp(one.expiresAt),
      status: stateOf(one),
      credits: one.credits.map(view),
      refunds: one.credits.flatMap(({ refunds }) => refunds).map(refundView),
    });
    return { qrs: newest(this.#bank.register.qrs, query, (one) => wanted === 'all' || stateOf(one) === wanted, show) };
  }

  #journal(query) {
    const wanted = ['op', 'dir', 'fault'].filter((name) => query.has(name));
    const match = (entry) => wanted.every((name) => String(entry[name] ?? '').startsWith(query.get(name)));
    const entries = this.#bank.journal.list({ after: number(query.get('after'), 0), limit: number(query.get('limit'), 200, 5000), match });
    return { seed: this.#bank.seed, entries, dropped: this.#bank.journal.dropped };
  }

  #faults() {
    const { faults } = this.#bank;
    return { enabled: faults.enabled, faults: faults.list() };
  }

  /** One rule, {"rules": […]}, or {"enabled": false} to hold all of them back. */
  #addFault(body) {
    const { faults } = this.#bank;
    if (typeof body.enabled === 'boolean') {
      faults.enabled = body.enabled;
      if (body.fault === undefined && body.rules === undefined) return this.#faults();
    }
    try {
      const added = (body.rules ?? [body]).map((rule) => faults.add(rule));
      return body.rules ? { added } : added[0];
    } catch (error) {
      throw new ControlFault(400, 'fault_invalid', error.message);
    }
  }

  #removeFault(id) {
    if (!this.#bank.faults.remove(id)) throw new ControlFault(404, 'fault_unknown', 'no such fault');
    return this.#faults();
  }

  #clearFaults() {
    this.#bank.faults.clear();
    return this.#faults();
  }

  #clock({ offset_s: offsetS }) {
    if (!Number.isFinite(offsetS) || Math.abs(offsetS) > 400 * 86_400) throw new ControlFault(400, 'offset_invalid', 'offset_s is seconds, at most 400 days');
    this.#bank.setClock(offsetS);
    return { offset_s: offsetS, now: jakartaTimestamp(this.#bank.clock.now()) };
  }
}
