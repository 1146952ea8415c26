// How a request that meets a fault is answered instead.

const gatewayPage = (status) => `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
const snapBody = (http, service, caseCode, message) => ({
  http,
  body: { responseCode: `${http}${service}${caseCode}`, responseMessage: message },
});
const messages = { 429: 'Too Many Requests', 500: 'General Error', 504: 'Timeout' };

function failure(status, service) {
  if (status === 502 || status === 503) return { http: status, text: gatewayPage(status), type: 'text/html' };
  return snapBody(status, service, '00', messages[status]);
}

/** What happens before the operation and in its place: an answer, or {hold} or {drop}; null when it is processed. */
export function answerBefore(fault, service) {
  switch (fault?.name) {
    case 'timeout_before':
      return { hold: true };
    case 'http':
      return fault.parameter.endsWith(':after') ? null : failure(Number(fault.parameter), service);
    case 'drop_connection':
      return fault.parameter === '' || fault.parameter === 'before' ? { drop: true } : null;
    case 'unlisted_code':
      return fault.parameter === 'before' ? snapBody(403, service, '77', 'Unlisted') : null;
    case 'redirect':
      return { http: 307, text: '', type: 'text/plain', headers: { Location: 'http://127.0.0.1:9/elsewhere' } };
    default:
      return null;
  }
}

function spoilNames(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(spoilNames);
  const strange = {
    trxId: 'ANOTHERTRX', virtualAccountNo: '   999990000000001', customerNo: '0000000001',
    partnerReferenceNo: 'ANOTHERREF', originalPartnerReferenceNo: 'ANOTHERREF', referenceNo: '000000000001', originalReferenceNo: '000000000001',
    partnerRefundNo: 'ANOTHERREFUND',
  };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, strange[name] ?? spoilNames(inner)]));
}

/** What becomes of an answer that the operation gave. */
export function answerAfter(fault, answer, service) {
  switch (fault?.name) {
    case 'timeout_after_processing':
      return { ...answer, hold: true };
    case 'slow':
      return { ...answer, delayMs: Number(fault.parameter) };
    case 'http':
      return failure(Number.parseInt(fault.parameter, 10), service);
    case 'drop_connection':
      return fault.parameter === 'half' ? { ...answer, half: true } : { ...answer, drop: true };
    case 'garbage_json':
      return { http: answer.http, text: `${JSON.stringify(answer.body).slice(0, -2)}]]]`, type: 'application/json' };
    case 'unlisted_code':
      return snapBody(403, service, '77', 'Unlisted');
    case 'wrong_encoding':
      if (fault.parameter !== 'body') return answer; // refused already
      return { http: answer.http, bytes: Buffer.from(`\uFEFF${JSON.stringify(answer.body)}`, 'utf16le'), type: 'application/json' };
    case 'other_payment':
      return { ...answer, body: spoilNames(answer.body) };
    default:
      return answer;
  }
}
