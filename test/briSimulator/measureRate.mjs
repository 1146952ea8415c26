// How many creations a second the simulator takes on one core: measureRate.mjs [ACCOUNTS] [CONNECTIONS]. Requests are
// signed beforehand, in this process; the simulator runs on core 0 when taskset is there.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { startSimulator } from './simulatorProcess.mjs';
import { newAccount, paths, StrictClient } from './strictClient.mjs';

const [total = 100_000, connections = 16] = process.argv.slice(2).map(Number);
const batch = 5000;
const bank = await startSimulator();
try {
  execFileSync('taskset', ['-cp', '0', String(bank.pid)], { stdio: 'ignore' });
  execFileSync('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' });
} catch { /* the system places them */ }
const client = new StrictClient(bank);
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });

function post([url, method, headers, text]) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve([response.statusCode, performance.now() - started]));
    });
    request.on('error', reject);
    request.end(text);
  });
}

const times = [];
let seconds = 0;
try {
  client.token = (await client.askToken()).json.accessToken;
  for (let done = 0; done < total; done += batch) {
    const requests = await Promise.all(Array.from({ length: batch }, () => client.signed(paths.create, newAccount())));
    const started = performance.now();
    await Promise.all(Array.from({ length: connections }, async () => {
      for (let next = requests.pop(); next; next = requests.pop()) {
        const [status, ms] = await post(next);
        if (status !== 200) throw new Error(`answered ${status}`);
        times.push(ms);
      }
    }));
    const took = (performance.now() - started) / 1000;
    seconds += took;
    process.stdout.write(`${done + batch} accounts: ${Math.round(batch / took)} a second\n`);
  }
  times.sort((one, other) => one - other);
  const { accounts, memory_mb: memory } = await bank.get('state');
  process.stdout.write(`${accounts} accounts in ${seconds.toFixed(1)} s: ${Math.round(times.length / seconds)} a second, median ${times[times.length >> 1].toFixed(2)} ms, p99 ${times[Math.floor(times.length * 0.99)].toFixed(2)} ms, ${memory} MB\n`);
  const restarted = performance.now();
  await bank.stop('SIGKILL');
  await bank.start();
  process.stdout.write(`started again with all of them in ${Math.round(performance.now() - restarted)} ms: ${(await bank.get('state')).accounts}\n`);
} finally {
  await bank.down();
}
process.exit(0);
