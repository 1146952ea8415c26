// An HTTP server on a Unix socket that answers with what it received. Headers of the request steer it:
// x-echo-status, x-echo-set (JSON of response headers), x-echo-delay-ms, x-echo-text (a number of bytes), x-echo-drop.
import crypto from 'node:crypto';
import http from 'node:http';

function acceptWebSocket(request, socket) {
  const key = request.headers['sec-websocket-key'];
  const accept = crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('data', (bytes) => socket.write(bytes));
  socket.on('error', () => socket.destroy());
}

function sendEvents(response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('data: first\n\n');
  const timer = setTimeout(() => response.end('data: second\n\n'), 1500);
  response.on('close', () => clearTimeout(timer));
}

export function startBackend(name, socketPath) {
  const received = [];
  const opened = { count: 0 };
  const server = http.createServer({ keepAliveTimeout: 65000 }, (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const { headers } = request;
      const seen = {
        backend: name,
        method: request.method,
        url: request.url,
        headers,
        rawHeaders: request.rawHeaders,
        bodyLength: Buffer.concat(parts).length,
      };
      received.push(seen);
      if (headers['x-echo-drop']) return request.socket.destroy();
      if (request.url === '/api/admin/monitoring/metrics/live') return sendEvents(response);
      const body = headers['x-echo-text'] ? 'a'.repeat(Number(headers['x-echo-text'])) : JSON.stringify(seen);
      const answer = () => {
        response.writeHead(Number(headers['x-echo-status'] ?? 200), {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          ...JSON.parse(headers['x-echo-set'] ?? '{}'),
        });
        response.end(body);
      };
      setTimeout(answer, Number(headers['x-echo-delay-ms'] ?? 0));
    });
  });
  server.on('connection', () => ++opened.count);
  server.on('upgrade', (request, socket) => {
    received.push({ backend: name, method: request.method, url: request.url, headers: request.headers });
    acceptWebSocket(request, socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () =>
      resolve({
        received,
        opened,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      }),
    );
  });
}
