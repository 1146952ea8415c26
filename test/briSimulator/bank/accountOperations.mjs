// Virtual accounts (BRIVA WS): create 27, update 28, update-status 29, inquiry 30, delete 31.
import { parseTimestamp } from '../snap/jakartaTime.mjs';
import { checkAmount, checkFields, isDigits, isObject, isPadded, isText, isReference, isTimestamp, refusal, wrongFormat } from './fieldRules.mjs';

const customerNoDigits = 13; // BRI; SNAP has 20
const trxTypes = ['C', 'O', 'I', 'M', 'L', 'N', 'X'];

export const notFound = () => refusal(404, '12', 'Invalid Bill/Virtual Account');
const paid = () => refusal(404, '14', 'Paid Bill');

/** The three members that name a virtual account. */
export function checkNumber(bank, body, { trxId = 'none' } = {}) {
  checkFields(body, [
    ['partnerServiceId', true, isPadded],
    ['customerNo', true, isDigits(1, customerNoDigits)],
    ['virtualAccountNo', true, isText(1, 28)],
    ...(trxId === 'none' ? [] : [['trxId', true, isReference(bank.config.trxIdMaxLength)]]),
  ]);
  if (body.virtualAccountNo !== body.partnerServiceId + body.customerNo) throw wrongFormat('virtualAccountNo');
  if (body.partnerServiceId !== bank.config.partnerServiceId.padStart(8)) throw refusal(404, '16', 'Partner Not Found');
}

function checkTerms(bank, body) {
  checkFields(body, [['virtualAccountName', true, isText(1, 255)]]);
  checkAmount(body.totalAmount, 'totalAmount');
  checkFields(body, [
    ['expiredDate', true, isTimestamp],
    ['virtualAccountTrxType', false, (value) => trxTypes.includes(value)],
    ['additionalInfo', false, isObject],
  ]);
  if (body.additionalInfo) checkFields(body.additionalInfo, [['description', false, isText(0, 255)]], 'additionalInfo.');
  const expiresAt = parseTimestamp(body.expiredDate);
  const now = bank.clock.now();
  if (expiresAt <= now || expiresAt > now + bank.config.maxExpiryDays * 86_400_000) throw wrongFormat('expiredDate');
  return expiresAt;
}

const isOpen = (account, now) => !account.deleted && account.paidStatus === 'N' && account.expiresAt > now;

const terms = (body, expiresAt) => ({
  virtualAccountName: body.virtualAccountName,
  totalAmount: { value: body.totalAmount.value, currency: body.totalAmount.currency },
  expiredDate: body.expiredDate,
  expiresAt,
  virtualAccountTrxType: body.virtualAccountTrxType ?? 'C',
  additionalInfo: body.additionalInfo ?? {},
});

/** The three members of a number without its padding. */
export const numberParts = ({ partnerServiceId }, number) => ({
  partnerServiceId: partnerServiceId.padStart(8),
  customerNo: number.slice(partnerServiceId.length),
  virtualAccountNo: ' '.repeat(8 - partnerServiceId.length) + number,
});

/** virtualAccountData of an account. */
export const accountData = (account) => ({
  partnerServiceId: account.partnerServiceId,
  customerNo: account.customerNo,
  virtualAccountNo: account.virtualAccountNo,
  virtualAccountName: account.virtualAccountName,
  trxId: account.trxId,
  totalAmount: account.totalAmount,
  expiredDate: account.expiredDate,
  additionalInfo: account.additionalInfo,
});

export function createAccount(bank, body) {
  checkNumber(bank, body, { trxId: 'mandatory' });
  const expiresAt = checkTerms(bank, body);
  if (bank.register.accounts.has(body.trxId)) throw refusal(409, '01', 'Duplicate trxId');
  const holder = bank.register.numbers.get(body.virtualAccountNo.trim());
  if (holder && isOpen(holder, bank.clock.now())) throw refusal(409, '01', 'Duplicate virtualAccountNo');
  const account = {
    trxId: body.trxId,
    partnerServiceId: body.partnerServiceId,
    customerNo: body.customerNo,
    virtualAccountNo: body.virtualAccountNo,
    ...terms(body, expiresAt),
  };
  bank.ledger.append({ kind: 'account', account });
  return { virtualAccountData: accountData(account) };
}

/** The account that all four members name. */
function named(bank, body) {
  checkNumber(bank, body, { trxId: 'mandatory' });
  const account = bank.register.accounts.get(body.trxId);
  if (!account || account.deleted || account.virtualAccountNo !== body.virtualAccountNo) throw notFound();
  return account;
}

export function updateAccount(bank, body) {
  const account = named(bank, body);
  const expiresAt = checkTerms(bank, body);
  if (account.paidStatus === 'Y') throw paid();
  bank.ledger.append({ kind: 'account_update', trxId: account.trxId, changes: terms(body, expiresAt) });
  return { virtualAccountData: accountData(account) };
}

export function updateStatus(bank, body) {
  const account = named(bank, body);
  checkFields(body, [['paidStatus', true, (value) => value === 'Y' || value === 'N']]);
  bank.ledger.append({ kind: 'account_status', trxId: account.trxId, paidStatus: body.paidStatus });
  return { virtualAccountData: { ...accountData(account), paidStatus: account.paidStatus } };
}

export function inquireAccount(bank, body) {
  const account = named(bank, body);
  const data = accountData(account);
  return { virtualAccountData: { ...data, additionalInfo: { ...data.additionalInfo, paidStatus: account.paidStatus } } };
}

export function deleteAccount(bank, body) {
  const account = named(bank, body);
  if (account.paidStatus === 'Y') throw paid();
  bank.ledger.append({ kind: 'account_delete', trxId: account.trxId });
  const { partnerServiceId, customerNo, virtualAccountNo } = account; // no trxId since version 1.0.7
  return { [dataKey(bank)]: { partnerServiceId, customerNo, virtualAccountNo } };
}

export const dataKey = (bank) => (bank.config.lowerCaseDataKey ? 'virtualAccountdata' : 'virtualAccountData');
