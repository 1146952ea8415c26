// Timed questions to k-admin as the first administrator, whose tokens (adminToken.mjs) come on descriptor 3.
import fs from 'node:fs';
import http from 'node:http';

const renewAfterMs = 120_000; // an administrator's access token lives five minutes
export const agent = new http.Agent({ keepAlive: true });
let tokens;
let renewedAt;

async function token() {
  if (!tokens) {
    tokens = JSON.parse(fs.readFileSync(3, 'utf8'));
    renewedAt = Date.now();
  } else if (Date.now() - renewedAt >= renewAfterMs) {
    const answer = await fetch(`http://127.0.0.1:${process.env.K_GATEWAY_PORT}/api/auth/token/refresh`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refresh_token: tokens.refresh_token }),
    });
    if (!answer.ok) throw new Error(`the session cannot be renewed: ${answer.status} ${await answer.text()}`);
    tokens = await answer.json();
    renewedAt = Date.now();
  }
  return tokens.access_token;
}

/** {tookMs, json} of a GET on k-admin's own port. */
export async function ask(port, path) {
  const headers = { Authorization: `Bearer ${await token()}` };
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    http
      .get({ host: '127.0.0.1', port, path, agent, headers }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const tookMs = performance.now() - begin;
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) resolve({ tookMs, json: JSON.parse(text) });
          else reject(new Error(`${path}: ${response.statusCode} ${text}`));
        });
      })
      .on('error', reject);
  });
}
