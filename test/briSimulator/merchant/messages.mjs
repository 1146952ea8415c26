// The bodies that the bank sends to the partner.
import { numberParts } from '../bank/accountOperations.mjs';
import { payerInfo, qrStatus } from '../bank/qrOperations.mjs';
import { jakartaSeconds } from '../snap/jakartaTime.mjs';

const money = (value) => ({ value, currency: 'IDR' });
const application = { idApp: 'SIMULATOR', passApp: 'simulated-pass' };

export function pushBody(config, credit) {
  return {
    ...numberParts(config, credit.va),
    paymentRequestId: credit.id,
    trxDateTime: jakartaSeconds(credit.ms),
    ...(config.callback.pushAmount && { paidAmount: money(credit.amount) }),
    additionalInfo: application,
  };
}

export function inquiryBody(config, va, requestId, amount, now) {
  return {
    ...numberParts(config, va),
    inquiryRequestId: requestId,
    ...(amount && { amount: money(amount) }),
    trxDateInit: jakartaSeconds(now),
    channelCode: 1,
    sourceBankCode: '002',
    passApp: application.passApp,
    additionalInfo: { idApp: application.idApp },
  };
}

export function paymentBody(config, credit) {
  return {
    ...numberParts(config, credit.va),
    virtualAccountName: credit.customer ?? '',
    paidAmount: money(credit.amount),
    trxDateTime: jakartaSeconds(credit.ms),
    channelCode: 1,
    sourceBankCode: '002',
    passApp: application.passApp,
    inquiryRequestId: credit.id,
    paymentRequestId: credit.id,
    ...(credit.trxId && { trxId: credit.trxId }),
    additionalInfo: { idApp: application.idApp },
  };
}

export function qrNotifyBody(register, credit, now) {
  const qr = register.qrs.get(credit.qr);
  const [latestTransactionStatus, transactionStatusDesc] = qrStatus(qr, now);
  const { issuerName, issuerRrn, customerNumber } = payerInfo(credit);
  return {
    originalReferenceNo: qr.referenceNo,
    originalPartnerReferenceNo: qr.partnerReferenceNo,
    latestTransactionStatus,
    transactionStatusDesc,
    customerNumber,
    accountType: 'tabungan',
    destinationAccountName: 'K SERVICES',
    amount: money(credit.amount),
    sessionID: credit.id.slice(-12),
    bankCode: '002',
    externalStoreID: '1',
    additionalInfo: { reffId: credit.id, issuerName, issuerRrn },
  };
}
