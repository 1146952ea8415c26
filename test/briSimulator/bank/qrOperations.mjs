// Dynamic QRIS: generate 47, query 51.
import { jakartaSeconds } from '../snap/jakartaTime.mjs';
import { checkAmount, checkFields, isObject, isReference, isText, refusal } from './fieldRules.mjs';
import { qrContent } from './qrContent.mjs';

export function generateQr(bank, body) {
  checkFields(body, [
    ['partnerReferenceNo', true, isReference(64)],
  ]);
  checkAmount(body.amount, 'amount');
  checkFields(body, [
    ['merchantId', true, isText(1, 64)],
    ['terminalId', true, isText(1, 16)],
  ]);
  if (body.merchantId !== bank.config.merchantId) throw refusal(404, '08', 'Invalid Merchant');
  if (body.terminalId !== bank.config.terminalId) throw refusal(404, '17', 'Invalid Terminal');
  if (bank.register.qrReferences.has(body.partnerReferenceNo)) throw refusal(409, '01', 'Duplicate partnerReferenceNo');
  const number = bank.nextNumber();
  const referenceNo = String(number).padStart(12, '0');
  const content = qrContent({ merchantId: body.merchantId, terminalId: body.terminalId, amount: body.amount.value, referenceNo });
  const qr = {
    referenceNo,
    partnerReferenceNo: body.partnerReferenceNo,
    amount: body.amount.value,
    qrContent: content,
    expiresAt: bank.clock.now() + bank.config.qrLifetimeS * 1000,
  };
  bank.ledger.append({ kind: 'qr', number, qr });
  return { referenceNo, partnerReferenceNo: qr.partnerReferenceNo, qrContent: content };
}

/** latestTransactionStatus: 00 success, 03 pending, 04 refunded, 06 failed, here expired. */
export function qrStatus(qr, now) {
  if (qr.credits.some(({ state }) => state !== 'reversed')) return ['00', 'Success'];
  if (qr.credits.length > 0) return ['04', 'Refunded'];
  return qr.expiresAt > now ? ['03', 'Pending'] : ['06', 'Expired'];
}

export function queryQr(bank, body) {
  checkFields(body, [
    ['originalReferenceNo', true, isText(1, 64)],
    ['serviceCode', true, (value) => bank.config.qrServiceCodes.includes(value)],
    ['additionalInfo', true, isObject],
  ]);
  checkFields(body.additionalInfo, [['terminalId', true, isText(1, 16)]], 'additionalInfo.');
  if (body.additionalInfo.terminalId !== bank.config.terminalId) throw refusal(404, '17', 'Invalid Terminal');
  const qr = bank.register.qrs.get(body.originalReferenceNo);
  if (!qr) throw refusal(404, '01', 'Transaction Not Found');
  const [latestTransactionStatus, transactionStatusDesc] = qrStatus(qr, bank.clock.now());
  const credit = qr.credits.findLast(({ state }) => state !== 'reversed') ?? qr.credits.at(-1);
  return {
    originalReferenceNo: qr.referenceNo,
    originalPartnerReferenceNo: qr.partnerReferenceNo,
    serviceCode: body.serviceCode,
    latestTransactionStatus,
    transactionStatusDesc,
    amount: { value: credit?.amount ?? qr.amount, currency: 'IDR' },
    terminalId: bank.config.terminalId,
    ...(credit && { paidTime: jakartaSeconds(credit.ms), additionalInfo: payerInfo(credit) }),
  };
}

export const payerInfo = (credit) => ({
  customerName: 'SIMULATED CUSTOMER',
  customerNumber: '9360000200000000019',
  invoiceNumber: credit.id.slice(-20),
  issuerName: 'BRI',
  issuerRrn: credit.id.slice(-12),
  mpan: '9360000200000000001',
});
