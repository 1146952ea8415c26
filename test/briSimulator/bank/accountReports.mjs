// What the bank tells about money on virtual accounts: report 35 and status 26.
import { jakartaSeconds, parseTimestamp } from '../snap/jakartaTime.mjs';
import { accountData, checkNumber, dataKey, notFound, numberParts } from './accountOperations.mjs';
import { checkFields, isPadded, isText, refusal, wrongFormat } from './fieldRules.mjs';

const isDay = (value) => typeof value === 'string' && !Number.isNaN(parseTimestamp(`${value}T00:00:00+07:00`));
const isTime = (value) => typeof value === 'string' && !Number.isNaN(parseTimestamp(dayTime('2026-01-01', value)));

/** A time with or without seconds and offset: BRI's kit sends both, ASPI neither. */
function dayTime(day, time) {
  const [, clock, offset = '+07:00'] = /^([\d:]+)(Z|[+-]\d\d:\d\d)?$/.exec(time) ?? [];
  if (!clock) return '';
  return `${day}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`;
}

/** The bank has the money: it was not given back, and of a payment that is asked for the answer has come. */
const isHeld = ({ state }) => state !== 'reversed' && state !== 'asking';

function payment(bank, credit) {
  const account = bank.register.accounts.get(credit.trxId);
  const data = account ? accountData(account) : numberParts(bank.config, credit.va);
  return {
    ...data,
    trxId: credit.trxId ?? '',
    inquiryRequestId: credit.id,
    paymentRequestId: credit.id,
    paidAmount: { value: credit.amount, currency: 'IDR' },
    trxDateTime: jakartaSeconds(credit.ms),
    paymentFlagStatus: '00',
    paymentFlagReason: { english: 'Success', indonesia: 'Sukses' },
    additionalInfo: { ...data.additionalInfo, paidStatus: 'Y' },
  };
}

/** Payments of a part of a day. Money that was given back is not in it; the bank statement has both movements. */
export function report(bank, body) {
  checkFields(body, [
    ['partnerServiceId', true, isPadded],
    ['startDate', true, isDay],
    ['endDate', false, isDay],
    ['startTime', true, isTime],
    ['endTime', true, isTime],
  ]);
  if (body.partnerServiceId !== bank.config.partnerServiceId.padStart(8)) throw refusal(404, '16', 'Partner Not Found');
  const from = parseTimestamp(dayTime(body.startDate, body.startTime));
  const to = parseTimestamp(dayTime(body.endDate ?? body.startDate, body.endTime)) + 999;
  if (to < from || to - from > 31 * 86_400_000) throw wrongFormat('endTime');
  const list = [];
  for (const { credit, type } of bank.register.movements(from, to)) {
    if (type === 'CREDIT' && credit.channel !== 'qr' && isHeld(credit)) list.push(payment(bank, credit));
  }
  return { [dataKey(bank)]: list };
}

export function status(bank, body) {
  checkNumber(bank, body);
  checkFields(body, [
    ['inquiryRequestId', false, isText(1, 128)],
    ['paymentRequestId', false, isText(1, 128)],
  ]);
  const account = bank.register.numbers.get(body.virtualAccountNo.trim());
  const asked = bank.register.credits.get(body.paymentRequestId ?? body.inquiryRequestId);
  const held = (credit) => credit && credit.va === body.virtualAccountNo.trim() && isHeld(credit);
  const credit = held(asked) ? asked : account?.credits.findLast((one) => held(one));
  if (!credit && (!account || account.deleted)) throw notFound();
  if (!credit) throw refusal(404, '01', 'Transaction Not Found');
  return { virtualAccountData: { ...payment(bank, credit), inquiryRequestId: body.inquiryRequestId ?? credit.id } };
}
