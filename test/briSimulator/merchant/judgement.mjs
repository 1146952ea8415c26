// What the bank makes of the partner's answers.

const services = { push: '34', inquiry: '24', payment: '25', qr_notify: '52' };
const reversing = [400, 401, 403, 404, 405, 409];

/** {code, body, faults}: the answer read strictly. A fault is something that a real bank may stumble over. */
function read(op, answer, sent) {
  const faults = [];
  let body = null;
  try {
    body = JSON.parse(answer.text);
  } catch {
    faults.push('body is no JSON');
  }
  if (body === null || typeof body !== 'object') return { code: null, body: {}, faults };
  const code = typeof body.responseCode === 'string' && /^\d{7}$/.test(body.responseCode) ? body.responseCode : null;
  if (!/^application\/json\b/i.test(answer.contentType)) faults.push('Content-Type is not application/json');
  if (!code) faults.push('responseCode is not 7 digits');
  else if (!code.startsWith(String(answer.http))) faults.push('responseCode disagrees with the HTTP status');
  else if (code.slice(3, 5) !== services[op]) faults.push('responseCode has another service');
  if (typeof body.responseMessage !== 'string' || body.responseMessage.length > 150) faults.push('responseMessage is no text of at most 150');
  if (code === `200${services[op]}00`) faults.push(...contentFaults(op, body, sent));
  return { code, body, faults };
}

const isAmount = (amount) => /^\d{1,16}\.\d{2}$/.test(amount?.value) && amount.currency === 'IDR';

function contentFaults(op, body, sent) {
  if (op === 'qr_notify') return [];
  const data = body.virtualAccountData;
  if (data === null || typeof data !== 'object') return ['virtualAccountData is missing'];
  const faults = [];
  const echo = ['partnerServiceId', 'customerNo', 'virtualAccountNo', ...(op === 'payment' ? ['paymentRequestId'] : op === 'inquiry' ? ['inquiryRequestId'] : [])];
  for (const name of echo) if (data[name] !== sent[name]) faults.push(`${name} is not what was sent`);
  if (op === 'push') return faults;
  if (typeof data.virtualAccountName !== 'string') faults.push('virtualAccountName is missing');
  if (op === 'inquiry') {
    if (data.inquiryStatus !== '00') faults.push('inquiryStatus is not 00');
    if (!isAmount(data.totalAmount)) faults.push('totalAmount is no amount');
  } else {
    if (data.paymentFlagStatus !== '00') faults.push('paymentFlagStatus is not 00');
    if (!isAmount(data.paidAmount)) faults.push('paidAmount is no amount');
    else if (data.paidAmount.value !== sent.paidAmount.value) faults.push('paidAmount is not what was sent');
  }
  return faults;
}

/** Of a payment (25): success, reversed (the customer gets the money back) or suspended (kept until it is reconciled). */
function judgePayment(answer, code) {
  if (answer.http >= 200 && answer.http < 300) {
    if (code === '2002500') return 'success';
    return code?.startsWith('202') ? 'reversed' : 'suspended';
  }
  return reversing.includes(answer.http) ? 'reversed' : 'suspended';
}

/** {result, http, response_code, error, faults, body} of what the partner answered to sent. */
export function judge(op, answer, sent) {
  if (answer.error) return { result: op === 'payment' ? 'suspended' : 'unanswered', http: answer.http, error: answer.error, faults: [], body: {}, ms: answer.ms };
  const { code, body, faults } = read(op, answer, sent);
  const shared = { http: answer.http, response_code: code, faults, body, ms: answer.ms };
  if (op === 'payment') return { result: judgePayment(answer, code), ...shared };
  return { result: answer.http === 200 && code === `200${services[op]}00` ? 'accepted' : 'refused', ...shared };
}
