// Dynamic QRIS: generate 47, query 51, refund 78.
import { jakartaSeconds } from '../snap/jakartaTime.mjs';
import { checkAmount, checkFields, isObject, isReference, isText, refusal } from './fieldRules.mjs';
import { qrContent } from './qrContent.mjs';
import { isGivenBack, leftOf, numberText } from './register.mjs';

function checkMerchant({ config }, merchantId, terminalId) {
  if (merchantId !== config.merchantId) throw refusal(404, '08', 'Invalid Merchant');
  if (terminalId !== config.terminalId) throw refusal(404, '17', 'Invalid Terminal');
}

export function generateQr(bank, body) {
  checkFields(body, [
    ['partnerReferenceNo', true, isReference(64)],
  ]);
  checkAmount(body.amount, 'amount');
  checkFields(body, [
    ['merchantId', true, isText(1, 64)],
    ['terminalId', true, isText(1, 16)],
  ]);
  checkMerchant(bank, body.merchantId, body.terminalId);
  if (bank.register.qrReferences.has(body.partnerReferenceNo)) throw refusal(409, '01', 'Duplicate partnerReferenceNo');
  const number = bank.nextNumber();
  const referenceNo = numberText(number);
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
  if (qr.credits.some((credit) => !isGivenBack(credit))) return ['00', 'Success'];
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
  const credit = qr.credits.findLast((one) => !isGivenBack(one)) ?? qr.credits.at(-1);
  return {
    originalReferenceNo: qr.referenceNo,
    originalPartnerReferenceNo: qr.partnerReferenceNo,
    serviceCode: body.serviceCode,
    latestTransactionStatus,
    transactionStatusDesc,
    amount: { value: credit?.amount ?? qr.amount, currency: 'IDR' },
    terminalId: bank.config.terminalId,
    ...(credit && {
      paidTime: jakartaSeconds(credit.ms),
      refundHistory: qr.credits.flatMap(({ refunds }) => refunds).map(refundShown),
      additionalInfo: payerInfo(credit),
    }),
  };
}

const refundShown = ({ refundNo, partnerRefundNo, amount, reason, ms }) => ({
  refundNo,
  partnerRefundNo,
  refundAmount: { value: amount, currency: 'IDR' },
  refundStatus: '00',
  refundDate: jakartaSeconds(ms),
  reason,
});

/** Part of a payment or all of it; at most what is left of it. A partnerRefundNo counts once, whatever it was for. */
export function refundQr(bank, body) {
  checkFields(body, [
    ['merchantId', true, isText(1, 64)],
    ['originalPartnerReferenceNo', true, isText(1, 64)],
    ['originalReferenceNo', true, isText(1, 64)],
    ['partnerRefundNo', true, isReference(64)],
  ]);
  checkAmount(body.refundAmount, 'refundAmount');
  checkFields(body, [
    ['reason', true, isText(1, 256)],
    ['additionalInfo', false, isObject],
  ]);
  if (body.additionalInfo) checkFields(body.additionalInfo, [['terminalId', false, isText(1, 16)]], 'additionalInfo.');
  checkMerchant(bank, body.merchantId, body.additionalInfo?.terminalId ?? bank.config.terminalId);
  if (bank.register.refunds.has(body.partnerRefundNo)) throw refusal(409, '01', 'Duplicate partnerRefundNo');
  const qr = bank.register.qrs.get(body.originalReferenceNo);
  if (qr?.partnerReferenceNo !== body.originalPartnerReferenceNo) throw refusal(404, '01', 'Transaction Not Found');
  const credit = qr.credits.findLast((one) => !isGivenBack(one));
  if (!credit) throw refusal(403, '15', 'Transaction Not Permitted');
  const { value } = body.refundAmount;
  if (BigInt(value.replace('.', '')) > leftOf(credit)) throw refusal(404, '13', 'Invalid Amount');
  const number = bank.nextNumber();
  const refundNo = numberText(number);
  const { ms } = bank.ledger.append({ kind: 'refund', number, refund_no: refundNo, qr: qr.referenceNo, credit: credit.id, partner_refund_no: body.partnerRefundNo, amount: value, reason: body.reason });
  return {
    originalPartnerReferenceNo: qr.partnerReferenceNo,
    originalReferenceNo: qr.referenceNo,
    refundNo,
    partnerRefundNo: body.partnerRefundNo,
    refundAmount: { value, currency: 'IDR' },
    refundTime: jakartaSeconds(ms),
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
