// A receiver of webhooks that answers as it is told and keeps what it got.
import { createHmac, timingSafeEqual } from 'node:crypto';
import http from 'node:http';

export async function startReceiver() {
  const got = [];
  const receiver = {
    got,
    /** What the next requests are answered with, one each; then 204. A function gets (request, response). */
    answers: [],
    connections: 0,
    of: (type) => got.filter((one) => one.type === type),
  };
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      got.push({ at: Date.now(), path: request.url, method: request.method, headers: request.headers, body, type: request.headers['k-event-type'], id: request.headers['k-delivery-id'] });
      const answer = receiver.answers.shift() ?? 204;
      if (typeof answer === 'function') return answer(request, response);
      response.writeHead(answer).end();
    });
  });
  server.on('connection', () => ++receiver.connections);
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  receiver.port = server.address().port;
  receiver.url = `http://127.0.0.1:${receiver.port}`;
  receiver.close = () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
  return receiver;
}

/** As a receiver checks it: every signature of the header, newest secret first. */
export function isSigned({ headers, body }, secret, maxAgeS = 300) {
  const parts = headers['k-signature'].split(',').map((part) => part.split('='));
  const time = parts.find(([name]) => name === 't')[1];
  if (Math.abs(Date.now() / 1000 - Number(time)) > maxAgeS) return false;
  const wanted = createHmac('sha256', secret).update(`${time}.${body}`).digest();
  return parts.some(([name, value]) => name === 'v1' && timingSafeEqual(Buffer.from(value, 'hex'), wanted));
}
