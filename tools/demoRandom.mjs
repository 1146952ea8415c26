// Numbers of the demo that look random: the same parts always give the same ones.

/** The parts are numbers below 2^32. */
export function generator(...parts) {
  let state = parts.reduce((hash, part) => Math.imul(hash ^ part, 0x9e3779b1) ^ (hash >>> 15), 0x2545f491) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    pick: (list) => list[Math.floor(next() * list.length)],
    /** Log-normal around `middle`. */
    around: (middle, spread = 0.5) => middle * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
  };
}

/** `digits` is a multiple of 8. */
export const hex = (random, digits) => Array.from({ length: digits / 8 }, () => Math.floor(random.next() * 2 ** 32).toString(16).padStart(8, '0')).join('');
