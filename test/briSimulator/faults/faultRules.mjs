// Which requests meet which fault. Each rule draws from a generator of its own, so the same seed and the same order of
// requests meet the same faults.

/** Operations by direction: the name, and the service code that may be used instead. */
export const operations = {
  in: {
    token: '73', create_va: '27', update_va: '28', update_status: '29', inquiry_va: '30', delete_va: '31',
    report: '35', status: '26', qr_generate: '47', qr_query: '51', qr_refund: '78', bank_statement: '14',
  },
  out: { push: '34', inquiry: '24', payment: '25', qr_notify: '52' },
};

const none = /^$/;
const wholeNumber = /^\d{1,6}$/;
const count = /^[1-9]\d{0,3}$/;
const status = /^(401|429|500|502|503|504)(:after)?$/;

/** Name -> {direction, what may follow the colon}. */
const kinds = {
  timeout_before: ['in', none],
  timeout_after_processing: ['in', none],
  slow: ['in', wholeNumber], // milliseconds
  http: ['in', status],
  drop_connection: ['in', /^(|before|processed|half)$/],
  garbage_json: ['in', none],
  unlisted_code: ['in', /^(|before)$/],
  wrong_encoding: ['both', /^(|body)$/],
  expired_token: ['both', none],
  other_payment: ['in', none],
  redirect: ['in', none],
  out_of_order: ['in', none],
  wrong_signature: ['out', none],
  unsigned: ['out', none],
  stale_timestamp: ['out', none],
  altered_amount: ['out', none],
  duplicate_same_extid: ['out', none],
  duplicate_new_extid: ['out', none],
  late: ['out', wholeNumber], // seconds
  dropped: ['out', none],
  flood: ['out', count],
};
const creations = ['create_va', 'qr_generate'];

export const faultNames = Object.keys(kinds);

/** mulberry32: 32 bits of state, good enough to decide about faults. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function operationNames(op, direction) {
  const all = Object.entries(direction === 'both' ? { ...operations.in, ...operations.out } : operations[direction]);
  if (op === '*') return all.map(([name]) => name);
  const found = all.find(([name, code]) => name === op || code === op);
  return found ? [found[0]] : null;
}

export class FaultRules {
  #seed;
  #rules = [];
  #lastId = 0;
  enabled = true;

  constructor(seed) {
    this.#seed = seed;
  }

  /** Adds {op, fault, count | probability, seed}; throws with what is wrong about it. */
  add({ op, fault, count: times, probability, seed }) {
    const [name, ...rest] = String(fault).split(':');
    const parameter = rest.join(':');
    if (!Object.hasOwn(kinds, name)) throw new Error(`fault is one of ${faultNames.join(', ')}`);
    const [direction, allowed] = kinds[name];
    if (!allowed.test(parameter)) throw new Error(`${name} does not take "${parameter}"`);
    let names = operationNames(String(op), direction);
    if (name === 'out_of_order') names = names?.filter((one) => creations.includes(one));
    if (parameter === 'body') names = names?.filter((one) => Object.hasOwn(operations.in, one));
    if (!names?.length) throw new Error(`${name} cannot happen to the operation ${op}`);
    if (probability !== undefined && !(probability > 0 && probability <= 1)) throw new Error('probability is above 0, at most 1');
    if (times !== undefined && !(Number.isInteger(times) && times > 0)) throw new Error('count is a whole number above 0');
    if (seed !== undefined && !Number.isInteger(seed)) throw new Error('seed is a whole number');
    const id = ++this.#lastId;
    const own = seed ?? this.#seed + id;
    const rule = {
      shown: { id, op: String(op), fault: String(fault), ...(times && { count: times }), ...(probability && { probability }), seed: own, asked: 0, fired: 0 },
      names: new Set(names),
      name,
      parameter,
      left: times ?? (probability === undefined ? 1 : Infinity),
      random: generator(own),
      probability: probability ?? 1,
    };
    this.#rules.push(rule);
    return rule.shown;
  }

  /** The fault that this request meets, or null: {name, parameter, rule, seed}. */
  draw(operation) {
    if (!this.enabled) return null;
    for (const rule of this.#rules) {
      if (rule.left <= 0 || !rule.names.has(operation)) continue;
      ++rule.shown.asked;
      if (rule.probability < 1 && rule.random() >= rule.probability) continue;
      --rule.left;
      ++rule.shown.fired;
      return { name: rule.name, parameter: rule.parameter, rule: rule.shown.id, seed: rule.shown.seed };
    }
    return null;
  }

  list() {
    return this.#rules.map(({ shown, left }) => ({ ...shown, left: left === Infinity ? null : left }));
  }

  remove(id) {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter(({ shown }) => shown.id !== id);
    return this.#rules.length < before;
  }

  clear() {
    this.#rules = [];
    this.enabled = true;
  }
}

/** As the journal and the ledger name it. */
export const faultNote = (fault) =>
  fault && { fault: fault.parameter ? `${fault.name}:${fault.parameter}` : fault.name, rule: fault.rule, seed: fault.seed };
