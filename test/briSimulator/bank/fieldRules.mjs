// The form of fields, and the refusals that the bank answers.
import { parseTimestamp } from '../snap/jakartaTime.mjs';

/** A refusal: HTTP status, case code and message; the service code is added where it is answered. */
export const refusal = (http, caseCode, message) => ({ refusal: true, http, caseCode, message });

export const missingField = (name) => refusal(400, '02', `Invalid Mandatory Field ${name}`);
export const wrongFormat = (name) => refusal(400, '01', `Invalid Field Format ${name}`);

export const isText = (from, to) => (value) => typeof value === 'string' && value.length >= from && value.length <= to;
export const isDigits = (from, to) => (value) => isText(from, to)(value) && /^\d+$/.test(value);
export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
export const isTimestamp = (value) => !Number.isNaN(parseTimestamp(value));
export const isReference = (to) => (value) => isText(1, to)(value) && /^[A-Za-z0-9._-]+$/.test(value);
export const isPadded = (value) => isText(8, 8)(value) && /^ *\d+$/.test(value);

const amountShape = /^(0|[1-9]\d{0,15})\.\d{2}$/;
export const isAmountValue = (value) => typeof value === 'string' && amountShape.test(value);

/** Throws the first refusal. A rule: [name, mandatory, test]; the rules' order is the order of the answer. */
export function checkFields(body, rules, prefix = '') {
  for (const [name, mandatory, test] of rules) {
    const value = body[name];
    if (value === undefined || value === null || value === '') {
      if (mandatory) throw missingField(prefix + name);
    } else if (!test(value)) {
      throw wrongFormat(prefix + name);
    }
  }
}

/** {value, currency}: a number in text with two decimals, whole rupiah above zero, as BRIVA and QRIS take it. */
export function checkAmount(amount, name) {
  if (amount === undefined || amount === null) throw missingField(name);
  if (!isObject(amount)) throw wrongFormat(name);
  checkFields(amount, [
    ['value', true, isAmountValue],
    ['currency', true, (value) => value === 'IDR'],
  ], `${name}.`);
  if (!amount.value.endsWith('.00') || amount.value === '0.00') throw refusal(404, '13', 'Invalid Amount');
}
