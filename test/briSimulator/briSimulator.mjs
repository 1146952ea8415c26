// Plays Bank Rakyat Indonesia for development and tests: briSimulator.mjs --port 0 --data DIR [--config FILE] [--diagnose] [--seed N]
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { Bank } from './bank/bank.mjs';
import { readConfig } from './config.mjs';
import { createBankServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string' },
    config: { type: 'string' },
    diagnose: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

function fail(message) {
  process.stderr.write(`briSimulator: ${message}\n`);
  process.exit(2);
}

if (!values.data) fail('--data DIR is needed');
if (!/^\d{1,9}$/.test(values.seed)) fail('--seed is a whole number');
fs.mkdirSync(values.data, { recursive: true, mode: 0o700 });

let bank;
try {
  bank = new Bank({ folder: values.data, config: readConfig(values.config), seed: Number(values.seed), diagnose: values.diagnose });
} catch (error) {
  fail(error.message);
}
const server = createBankServer(bank);
server.on('error', (error) => fail(error.message));
server.listen(Number(values.port), values.host, () => {
  const { port } = server.address();
  const url = `${bank.config.tls ? 'https' : 'http'}://${values.host}:${port}`;
  process.stdout.write(`${JSON.stringify({ url, port, pid: process.pid, seed: bank.seed })}\n`);
});

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  server.close();
  server.closeAllConnections();
  await bank.close();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
