// The bank of a test: briSimulator with keys of its own, the settings with which an installation uses it, and its control API.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { SimulatorProcess } from '../briSimulator/simulatorProcess.mjs';

export const noticePath = '/api/payment/bri';
const serviceId = '77777';

const canListen = (port) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Below the kernel's ephemeral range, so that it is still free when the same process starts again. */
export async function freePort() {
  for (let tries = 0; tries < 200; ++tries) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) return port;
  }
  throw new Error('no free port');
}

const secret = () => randomBytes(12).toString('hex');

class Bank extends SimulatorProcess {
  constructor(config, ports, secrets) {
    super({ ...config, callback: { baseUrl: `http://127.0.0.1:${ports.gateway}${noticePath}`, ...config.callback } }, ['--port', String(ports.bank)]);
    this.ports = ports;
    this.secrets = secrets;
    this.privateKey = this.partner.privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.privateKeyFile = path.join(this.folder, 'partner.key');
    fs.writeFileSync(this.privateKeyFile, this.privateKey, { mode: 0o600 });
  }

  get pidFile() {
    return process.env.K_TEST_TMP && path.join(process.env.K_TEST_TMP, `bank-${this.ports.bank}.process`);
  }

  /** On the same port and folder as before. run.sh ends what a test that was cut off leaves, by the file with its pid. */
  async start() {
    await super.start();
    if (!this.pidFile) return;
    const started = fs.readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19];
    fs.writeFileSync(this.pidFile, `${this.pid} ${started}\n`);
  }

  /** The same bank, with another way of calling its partner. */
  async restart(callback) {
    await this.stop();
    Object.assign(this.config.callback, callback);
    await this.start();
  }

  async down() {
    await super.down();
    if (this.pidFile) fs.rmSync(this.pidFile, { force: true });
  }

  /** For startInstallation. */
  get settings() {
    return {
      K_GATEWAY_PORT: this.ports.gateway,
      K_BRI_URL: `http://127.0.0.1:${this.ports.bank}`,
      K_BRI_CLIENT_ID: this.config.clientId,
      K_BRI_CLIENT_SECRET: this.config.clientSecret,
      K_BRI_PRIVATE_KEY_FILE: this.privateKeyFile,
      K_BRI_PARTNER_ID: this.config.partnerId,
      K_BRI_CHANNEL_ID: this.config.channelId,
      K_BRI_PARTNER_SERVICE_ID: serviceId,
      K_BRI_MERCHANT_ID: this.config.merchantId,
      K_BRI_TERMINAL_ID: this.config.terminalId,
      K_BRI_QR_REFUND_PATH: '/snap/v1.1/qr/qr-mpm-refund',
      K_BRI_SIGNATURE_ENCODING: 'hex',
      K_BRI_NOTICE_CLIENT_ID: this.config.callback.clientId,
      K_BRI_NOTICE_CLIENT_SECRET: this.config.callback.clientSecret,
      K_BRI_NOTICE_KEY_FILE: path.join(this.data, 'bank.pub'),
      K_BRI_NOTICE_PATH: noticePath,
    };
  }

  async #must(method, name, body) {
    const { status, json } = await this.control(method, name, body);
    if (status !== 200) throw new Error(`${method} /sim/${name} ${JSON.stringify(body ?? {})}: ${status} ${json.error?.code}`);
    return json;
  }

  state() {
    return this.#must('GET', 'state');
  }

  /** The fault of the next request of this operation, or of all that `more` says. */
  fault(op, fault, more = {}) {
    return this.#must('POST', 'faults', { op, fault, ...more });
  }

  faultRules(rules) {
    return this.#must('POST', 'faults', { rules });
  }

  async faults() {
    return (await this.#must('GET', 'faults')).faults;
  }

  clearFaults() {
    return this.#must('DELETE', 'faults');
  }

  /** {va | qr, amount?, way?, force?, times?, external_id?}: {credit, result, answers}. */
  pay(what) {
    return this.#must('POST', 'pay', what);
  }

  /** A payment that the partner is not told of. */
  async payUntold(what) {
    await this.fault(what.qr === undefined ? 'push' : 'qr_notify', 'dropped');
    return this.pay(what);
  }

  resend(what) {
    return this.#must('POST', 'resend', what);
  }

  clock(offsetS) {
    return this.#must('POST', 'clock', { offset_s: offsetS });
  }

  /** Payments with their states: the truth about the money. */
  credits() {
    return this.#must('GET', 'ledger?view=credits&limit=100000');
  }

  /** The account that has our reference, whatever has become of it. */
  async account(trxId) {
    return (await this.#must('GET', `accounts?trx_id=${trxId}`)).accounts[0];
  }

  async accountsOf(va) {
    return (await this.#must('GET', `accounts?va=${va}`)).accounts;
  }

  async qr(partnerReferenceNo) {
    return (await this.#must('GET', 'qrs?limit=100000')).qrs.find((one) => one.partner_reference_no === partnerReferenceNo);
  }

  /** What it has paid back of a code, the earliest first: [{refund_no, partner_refund_no, amount, …}]. */
  async refundsOf(partnerReferenceNo) {
    return (await this.qr(partnerReferenceNo)).credits.flatMap(({ refunds = [] }) => refunds);
  }

  /** Of all codes. */
  async refunds() {
    return (await this.credits()).credits.flatMap(({ refunds = [] }) => refunds);
  }

  /** {credit | va | qr}: the bank gives the newest payment back, and tells nobody. */
  reverse(what) {
    return this.#must('POST', 'reverse', what);
  }

  /** The newest requests, oldest first: journal('op=create_va'). */
  async journal(query = '') {
    return (await this.#must('GET', `journal?${query}`)).entries;
  }
}

/** A running bank. Its ports are chosen before the installation starts, as each has to know the other's. */
export async function startBank({ callback = {}, ...config } = {}) {
  const ports = { gateway: await freePort(), bank: await freePort() };
  const secrets = [secret(), secret()];
  const bank = new Bank(
    {
      clientId: 'ks-at-bri',
      clientSecret: secrets[0],
      hmacEncoding: 'hex',
      partnerId: 'KSERVICES1',
      channelId: '00009',
      partnerServiceId: serviceId,
      merchantId: '000001019000014',
      terminalId: '10049258',
      ...config,
      callback: { clientId: 'bri-at-ks', clientSecret: secrets[1], ...callback },
    },
    ports,
    secrets,
  );
  await bank.start();
  return bank;
}
