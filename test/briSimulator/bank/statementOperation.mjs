// Bank statement 14: every movement of a time, credits and what was given back.
import { jakartaSeconds, parseTimestamp } from '../snap/jakartaTime.mjs';
import { checkFields, isDigits, isTimestamp, refusal, wrongFormat } from './fieldRules.mjs';
import { moneyText } from './register.mjs';

const longestMs = 31 * 86_400_000;

export function bankStatement(bank, body) {
  checkFields(body, [
    ['accountNo', true, isDigits(15, 15)],
    ['fromDateTime', true, isTimestamp],
    ['toDateTime', true, isTimestamp],
  ]);
  const from = parseTimestamp(body.fromDateTime);
  const to = parseTimestamp(body.toDateTime);
  if (to < from || to - from > longestMs) throw wrongFormat('toDateTime');
  if (body.accountNo !== bank.config.accountNo) throw refusal(404, '11', 'Invalid Account');
  const totals = { CREDIT: { count: 0, sum: 0n }, DEBIT: { count: 0, sum: 0n } };
  const detailData = [];
  for (const { credit, type, ms, amount, id, remark } of bank.register.movements(from, to)) {
    const total = totals[type];
    ++total.count;
    total.sum += BigInt(amount.replace('.', ''));
    detailData.push({
      amount: { value: amount, currency: 'IDR' },
      transactionDate: jakartaSeconds(ms),
      remark: remark + (credit.qr ? `QRIS ${credit.qr}` : `BRIVA ${credit.va}`),
      transactionId: id,
      type,
    });
  }
  const entries = ({ count, sum }) => ({ numberOfEntries: String(count), amount: { value: moneyText(sum), currency: 'IDR' } });
  return { totalCreditEntries: entries(totals.CREDIT), totalDebitEntries: entries(totals.DEBIT), detailData };
}
