// What is meant to happen on the day, drawn from the seed: the same seed makes the same orders, customers and faults. Real time decides which
// request meets which fault, and where a process stands when it is killed.
import { randomUUID } from 'node:crypto';
import { money } from '../integration/payments.mjs';

export const total = Number(process.env.K_PAYMENT_DAY_PAYMENTS ?? 1500);
export const seed = Number(process.env.K_PAYMENT_DAY_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000);

export const isShort = total < 10_000;

/** Payments are made in rounds; each round but the first and the last has a restart. */
export const roundSize = Math.min(Math.ceil(total / 10), 1000);

function generator(from) {
  let state = from >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Of a thousand payments. `late`: it has ended when the customer pays; an account also because its time is over. */
const fates = {
  bri_va: { push: 460, online: 250, twice: 30, wrong: 30, never: 90, cancelled: 50, lateCancelled: 50, lateOverdue: 40 },
  bri_qris: { code: 780, wrong: 40, never: 90, cancelled: 50, lateCancelled: 40 },
};
/** Of a thousand that are paid as they should be. */
const refunds = {
  bri_va: { none: 920, whole: 40, half: 40 },
  bri_qris: { none: 700, whole: 150, half: 100, halves: 50 },
};
/** Whose second money, or money, has to wait for a person. */
export const waitsForDecision = ({ fate }) => fate === 'twice' || fate === 'wrong';
/** No order is of it. */
export const wrongAmount = '1234.00';

function draw(random, weights) {
  let left = random(1000);
  for (const [name, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return name;
  }
  throw new Error('the weights are not a thousand');
}

/** The orders of the day: {index, shop, key, body, fate, refund}. Their keys are new each time. */
export function makePlans() {
  const random = generator(seed);
  return Array.from({ length: total }, (_, index) => {
    const method = random(10) < 7 ? 'bri_va' : 'bri_qris';
    const fate = draw(random, fates[method]);
    const rupiah = 2000 * (1 + random(5000));
    const refund = draw(random, refunds[method]);
    return {
      index,
      shop: random(2),
      key: randomUUID(),
      fate,
      refund: ['push', 'online', 'code'].includes(fate) ? refund : 'none',
      minor: rupiah * 100,
      body: { merchant_ref: `day-${seed}-${index}`, method, amount: money(`${rupiah}.00`), description: 'Ten pencils', customer_name: 'Sabrina' },
    };
  });
}

const ofBoth = ['wrong_encoding', 'expired_token'];
const ofAsked = [
  'timeout_before', 'timeout_after_processing', 'slow:700', 'http:429', 'http:429:after', 'http:500', 'http:500:after', 'http:502', 'http:503', 'http:503:after', 'http:504', 'http:504:after',
  'drop_connection:before', 'drop_connection:processed', 'drop_connection:half', 'garbage_json', 'unlisted_code', 'unlisted_code:before', 'wrong_encoding:body', 'other_payment', 'redirect',
];
const ofSent = ['wrong_signature', 'unsigned', 'stale_timestamp', 'altered_amount', 'duplicate_same_extid', 'duplicate_new_extid', 'flood:4', 'late:5', 'dropped'];
const share = 0.05;

/** 5 % of all that the bank is asked and of all that it sends, each fault as often as the others of its direction. `life`: of the bank's process. */
export function faultRules(life) {
  const asked = share / (ofAsked.length + ofBoth.length);
  const sent = (share - ofBoth.length * asked) / ofSent.length;
  const rules = [
    ...ofBoth.map((fault) => ['*', fault, asked]),
    ...ofAsked.map((fault) => ['*', fault, asked]),
    ...ofSent.map((fault) => ['*', fault, sent]),
    // Of a code that nobody has seen nobody pays.
    ['create_va', 'out_of_order', asked],
  ];
  return rules.map(([op, fault, probability], index) => ({ op, fault, probability, seed: seed + life * 1000 + index }));
}
