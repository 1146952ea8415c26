// The bank: its books, its keys, its clock, and whoever uses them.
import { FaultRules } from '../faults/faultRules.mjs';
import { Journal } from '../journal.mjs';
import { Customer } from '../merchant/customer.mjs';
import { MerchantClient } from '../merchant/merchantClient.mjs';
import { jakartaTimestamp } from '../snap/jakartaTime.mjs';
import { BankClock } from './bankClock.mjs';
import { ExternalIds } from './externalIds.mjs';
import { openBankKey, partnerKeyReader } from './keys.mjs';
import { Ledger } from './ledger.mjs';
import { numberText, Register } from './register.mjs';
import { Tokens } from './tokens.mjs';

const noStats = () => ({ externalIdRepeats: 0, answerFaults: 0, calls: { in: {}, out: {} }, codes: {} });

export class Bank {
  #client;
  #number;
  #started = Date.now();

  constructor({ folder, config, seed, diagnose }) {
    Object.assign(this, { config, seed, diagnose, stats: noStats() });
    const bankKey = openBankKey(folder);
    this.partnerKey = partnerKeyReader(config.partnerPublicKey);
    this.clock = new BankClock();
    this.register = new Register();
    this.ledger = new Ledger(folder, this.clock, (line) => this.register.apply(line));
    this.clock.setOffset(this.register.offsetS);
    this.externalIds = new ExternalIds(folder);
    this.tokens = new Tokens();
    this.journal = new Journal(folder);
    this.faults = new FaultRules(seed);
    this.#client = new MerchantClient(config.callback, bankKey, this.clock);
    this.customer = new Customer(this, this.#client);
    // 12 digits that rise over restarts and over folders: a partner's database may outlive the simulator's.
    this.#number = Math.max(this.register.lastNumber, (Math.floor(Date.now() / 1000) % 1e9) * 1000);
    this.#suspendUnanswered();
  }

  /** Payments that were asked about when the simulator stopped: the partner's answer is not known. */
  #suspendUnanswered() {
    for (const { id, state } of this.register.credits.values()) {
      if (state === 'asking') this.ledger.append({ kind: 'answer', credit: id, op: 'payment', result: 'suspended', error: 'the bank restarted' });
    }
  }

  /** Numbers that a code of the past has are left out. */
  nextNumber() {
    do ++this.#number;
    while (this.register.qrs.has(numberText(this.#number)));
    return this.#number;
  }

  countCall(direction, op) {
    const calls = this.stats.calls[direction];
    calls[op] = (calls[op] ?? 0) + 1;
  }

  countCode(code) {
    this.stats.codes[code] = (this.stats.codes[code] ?? 0) + 1;
  }

  setClock(offsetS) {
    this.ledger.append({ kind: 'clock', offset_s: offsetS });
    this.clock.setOffset(offsetS);
  }

  /** Empty books. Keys and tokens stay, numbers go on. */
  reset() {
    this.ledger.append({ kind: 'reset' });
    this.setClock(0);
    this.clock.clear();
    this.externalIds.clear();
    this.faults.clear();
    this.journal.clear();
    this.#client.forgetToken();
    this.stats = noStats();
    return this.state();
  }

  state() {
    const { register, stats, clock } = this;
    return {
      ready: true,
      seed: this.seed,
      diagnose: this.diagnose,
      uptime_s: Math.round((Date.now() - this.#started) / 1000),
      clock: { offset_s: clock.offsetS, now: jakartaTimestamp(clock.now()) },
      callback: this.config.callback.baseUrl,
      partner_key: this.partnerKey() !== null,
      ...register.counts,
      totals: register.totals(),
      results: register.results,
      scheduled: clock.waiting,
      requests: stats.calls,
      codes: stats.codes,
      external_id_repeats: stats.externalIdRepeats,
      answer_faults: stats.answerFaults,
      faults: { enabled: this.faults.enabled, rules: this.faults.list().length, fired: this.faults.list().reduce((sum, { fired }) => sum + fired, 0) },
      memory_mb: Math.round(process.memoryUsage.rss() / 1e6),
    };
  }

  async close() {
    this.clock.clear();
    this.#client.close();
    this.externalIds.close();
    await this.journal.close();
    this.ledger.close();
  }
}
