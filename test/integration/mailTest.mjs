// Mail by SMTP, against a real server: delivered over TLS, tried again, given up, never lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dns from 'node:dns/promises';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { startInstallation, until } from './installation.mjs';

const password = 'correct horse battery staple';
const account = { user: 'kservices', pass: 'a secret of the mail server' };
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'k-mail-'));
const keyFile = path.join(directory, 'key.pem');
const certificateFile = path.join(directory, 'certificate.pem');
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
  '-subj', '/CN=mail.test', '-addext', `subjectAltName=IP:127.0.0.1,DNS:${os.hostname()}`, '-keyout', keyFile, '-out', certificateFile], { stdio: 'pipe' });
const tls = { key: fs.readFileSync(keyFile), cert: fs.readFileSync(certificateFile) };

let it;
let server;
let port;
/** What came: {from, to, text, secure, user}. */
const arrived = [];
/** What the server does with the next recipient or text: may throw an answer. */
let onRecipient = () => {};
let onText = async () => {};

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

/** Listens at `port`; the first time at a port that the kernel chooses. */
function listen(options = {}) {
  return new Promise((resolve, reject) => {
    server = new SMTPServer({
      secure: true,
      ...tls,
      authOptional: false,
      hideENHANCEDSTATUSCODES: false,
      closeTimeout: 100,
      onAuth: ({ username, password: given }, session, done) =>
        username === account.user && given === account.pass ? done(null, { user: username }) : done(refusal(535, 'no')),
      onRcptTo: (address, session, done) => {
        try {
          onRecipient(address.address);
          done();
        } catch (error) {
          done(error);
        }
      },
      onData: (stream, session, done) => {
        const parts = [];
        stream.on('data', (part) => parts.push(part));
        stream.on('end', async () => {
          try {
            const mail = { from: session.envelope.mailFrom.address, to: session.envelope.rcptTo[0].address, text: Buffer.concat(parts).toString(), secure: session.secure, user: session.user };
            await onText(mail);
            arrived.push(mail);
            done();
          } catch (error) {
            done(error);
          }
        });
      },
      ...options,
    });
    server.on('error', () => {}); // a client that goes away in the middle
    server.listen(port ?? 0, '0.0.0.0', (error) => {
      port = server.server.address().port;
      error ? reject(error) : resolve();
    });
  });
}

const close = () => new Promise((resolve) => server.close(resolve));
const fromMe = (address) => arrived.filter(({ to }) => to === address);
const register = async (email) => assert.equal((await it.client.post('/api/auth/register', { email, password })).status, 202);
const outbox = async (where = 'sent_at is null') => it.sql(`select attempts, coalesce(last_error, ''), next_at = 'infinity' from email_outbox where ${where} order by created_at`);
const tryAgainNow = () => it.sql("update email_outbox set next_at = now() where sent_at is null and next_at < 'infinity'");
const tokenIn = (mail) => /#token=3D([\w-]+)/.exec(mail.text.replace(/=\r\n/g, ''))[1];

/** k-public anew with other settings. */
async function withSettings(settings) {
  Object.assign(it.env, settings);
  await it.stop('k-public');
  await it.start('k-public');
}

before(async () => {
  await listen();
  it = await startInstallation('mail', {
    K_MAIL_TRANSPORT: 'smtp',
    K_MAIL_SMTP_URL: `smtps://127.0.0.1:${port}`,
    K_MAIL_SMTP_USER: account.user,
    K_MAIL_SMTP_PASSWORD: account.pass,
    K_MAIL_SMTP_CA_FILE: certificateFile,
    K_MAIL_FROM: 'accounts@k.example',
  });
});
beforeEach(async () => {
  onRecipient = () => {};
  onText = async () => {};
  await it.sql('delete from email_outbox where sent_at is null');
});
after(async () => {
  await it?.down();
  await close();
  fs.rmSync(directory, { recursive: true, force: true });
});

test('a mail is delivered over TLS, signed in, and its link works', async () => {
  await register('ann@example.org');
  const [mail] = await until('the mail', () => fromMe('ann@example.org').length && fromMe('ann@example.org'));
  assert.equal(mail.from, 'accounts@k.example');
  assert.equal(mail.secure, true);
  assert.equal(mail.user, account.user);
  const head = mail.text.slice(0, mail.text.indexOf('\r\n\r\n'));
  assert.match(head, /^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/m);
  assert.match(head, /^Message-ID: <[0-9a-f-]{36}@k\.example>$/m);
  assert.match(head, /^From: accounts@k\.example$/m);
  assert.match(head, /^Subject: Confirm your e-mail address$/m);
  assert.match(head, /^To: ann@example\.org$/m);
  assert.equal((await it.client.post('/api/auth/verify-email', { token: tokenIn(mail) })).status, 200);
  await until('it is marked as sent and wiped', async () => (await outbox("sent_at is not null and payload_enc = '' and to_enc = ''")).length === 1);
  for (const name of ['k-public.log', 'k-admin.log']) {
    const said = fs.readFileSync(it.log(name), 'utf8');
    for (const secret of [account.pass, tokenIn(mail), 'ann@example.org']) assert.ok(!said.includes(secret), `${name} names ${secret}`);
  }
});

test('a temporary refusal is tried again', async () => {
  onRecipient = () => {
    throw refusal(451, 'later');
  };
  await register('later@example.org');
  const [[attempts, error, givenUp]] = await until('the refusal', async () => (await outbox("sent_at is null and last_error is not null")).length && outbox());
  assert.deepEqual([attempts, givenUp], ['1', 'f']);
  assert.match(error, /the mail server said 451/);
  assert.ok(!error.includes('later@example.org'));
  onRecipient = () => {};
  await tryAgainNow();
  await until('the mail', () => fromMe('later@example.org').length === 1);
});

test('a refusal for good is given up at once, audited, and shown by kctl', async () => {
  onRecipient = () => {
    throw refusal(550, 'no such user');
  };
  await register('nobody@example.org');
  const [[attempts, error]] = await until('given up', async () => (await outbox("sent_at is null and next_at = 'infinity'")).length && outbox());
  assert.equal(attempts, '1');
  assert.match(error, /550/);
  assert.equal(await it.number("select count(*) from email_outbox where next_at = 'infinity' and (payload_enc <> '' or to_enc <> '')"), 0);
  await until('the audit entry', async () => (await it.number("select count(*) from audit_log where action = 'mail.giveUp' and outcome = 'fail' and target_type = 'mail'")) === 1);
  const shown = await it.kctl('mail', 'outbox');
  assert.equal(shown.status, 1);
  assert.match(shown.stdout, /verifyEmail .* tries 1 {2}given up .*550/);
  await it.sql("delete from email_outbox where next_at = 'infinity'");
  assert.equal((await it.kctl('mail', 'outbox')).stdout, 'Nothing waits to be sent.\n');
});

test('what is refused for the time being thirteen times is given up', async () => {
  onText = async () => {
    throw refusal(452, 'disk full');
  };
  await register('full@example.org');
  await until('the first refusal', async () => (await outbox("last_error is not null and sent_at is null")).length === 1);
  await it.sql('update email_outbox set attempts = 12 where sent_at is null');
  await tryAgainNow();
  await until('given up', async () => (await outbox("sent_at is null and next_at = 'infinity' and attempts = 13")).length === 1);
});

test('a mail server that is away loses nothing', async () => {
  await close();
  const addresses = Array.from({ length: 6 }, (_, index) => `away${index}@example.org`);
  for (const address of addresses) await register(address);
  await until('each was tried', async () => (await outbox("sent_at is null and attempts > 0 and last_error is not null")).length === 6);
  await listen();
  await tryAgainNow();
  await until('all are there', () => addresses.every((address) => fromMe(address).length === 1), 20_000);
});

test('a mail whose sender is killed goes out after half a minute', async () => {
  let held = 0;
  onText = async (mail) => {
    if (mail.to === 'killed@example.org' && held++ === 0) {
      it.kill('k-public', 'SIGKILL');
      throw refusal(451, 'the sender is gone');
    }
  };
  // The mail may be on its way before the answer is, which then does not come.
  const { status } = await it.client.post('/api/auth/register', { email: 'killed@example.org', password });
  assert.ok([202, 502].includes(status), `${status}`);
  await until('it is being sent', () => held > 0);
  await until('k-public starts', async () => (await it.start('k-public'), true));
  await until('the mail', () => fromMe('killed@example.org').length === 1, 40_000);
});

test('without a certificate from a known authority nothing is said', async () => {
  await withSettings({ K_MAIL_SMTP_CA_FILE: '' });
  await register('strange@example.org');
  const [[, error]] = await until('the refusal', async () => (await outbox("last_error is not null and sent_at is null")).length && outbox());
  assert.match(error, /certificate|SSL/i);
  assert.equal(fromMe('strange@example.org').length, 0);
  await withSettings({ K_MAIL_SMTP_CA_FILE: certificateFile });
  await tryAgainNow();
  await until('the mail', () => fromMe('strange@example.org').length === 1);
});

test('a server on another machine must offer STARTTLS; one on this machine need not', async (t) => {
  const name = os.hostname();
  await close();
  await listen({ secure: false, disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
  await withSettings({ K_MAIL_SMTP_URL: `smtp://127.0.0.1:${port}` });
  await register('near@example.org');
  await until('the mail', () => fromMe('near@example.org').length === 1);
  assert.equal(fromMe('near@example.org')[0].secure, false);
  if (!(await dns.lookup(name).catch(() => undefined))) return t.diagnostic(`${name} has no address: the other half was not tried`);
  await withSettings({ K_MAIL_SMTP_URL: `smtp://${name}:${port}` });
  await register('far@example.org');
  const [[, error]] = await until('the refusal', async () => (await outbox("last_error is not null and sent_at is null")).length && outbox());
  assert.match(error, /SSL/);
  assert.equal(fromMe('far@example.org').length, 0);
  await close();
  await listen({ secure: false });
  await tryAgainNow();
  await until('the mail', () => fromMe('far@example.org').length === 1);
  assert.equal(fromMe('far@example.org')[0].secure, true);
});
