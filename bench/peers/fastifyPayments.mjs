// The peer of payments: Fastify and pg. POST /api/payment/payments asks for one, with an Idempotency-Key; POST
// /api/payment/bri/snap/v1.0/transfer-va/payment is BRIVA Online's payment, signed by the bank. Each is one transaction, committed before it
// is answered. The machine's key and the bank's token are kept in memory; nothing works on the outbox.
// Environment: PEER_PORT, PEER_DATABASE_URL, PEER_WORKERS, PEER_POOL (connections of one worker), PEER_STYLE (steps: BEGIN, a statement for
// each table, COMMIT; single: one statement that does it all), PEER_KEY, PEER_TOKEN, PEER_SECRET.
import cluster from 'node:cluster';
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const { PEER_PORT, PEER_DATABASE_URL, PEER_WORKERS = '2', PEER_POOL = '8', PEER_STYLE = 'steps' } = process.env;
const { PEER_KEY, PEER_TOKEN, PEER_SECRET } = process.env;
const noticePath = '/api/payment/bri/snap/v1.0/transfer-va/payment';
const serviceId = '77777';
const lifeMs = 86_400_000;
const skewMs = 300_000;

const sha256 = (text) => createHash('sha256').update(text).digest();
const sameText = (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Version 7: new rows are neighbours in the index. */
function newId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const minorOf = (value) => (/^\d{1,16}\.\d{2}$/.test(value) ? BigInt(value.replace('.', '')) : null);
const valueOf = (minor) => {
  const text = String(minor).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
};
const money = (minor) => ({ value: valueOf(minor), currency: 'IDR' });

const view = (row) => ({
  id: row.id,
  merchant_ref: row.merchant_ref,
  method: row.method,
  status: row.status,
  amount: money(row.amount_minor),
  refunded: money(0),
  description: row.description,
  customer_name: row.customer_name,
  va: row.status === 'created' ? null : { number: row.va_number, bank: 'BRI', expires_at: row.expires_at },
  qr: null,
  created_at: row.created_at,
  updated_at: row.updated_at,
  paid_at: row.paid_at,
  late: false,
  version: Number(row.version),
});

// ---- What is stored, in both styles

const claim = `INSERT INTO idempotency_keys (scope, key, fingerprint, payment_id, created_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (scope, key) DO NOTHING RETURNING payment_id`;
const insertPayment = `INSERT INTO payments (id, created_by, merchant_ref, method, amount_minor, currency, description, customer_name, status, va_number,
  expires_at, created_at, updated_at)`;
const newNumber = `'${serviceId}' || lpad(nextval('va_numbers')::text, 10, '0')`;

const creationSteps = {
  claim: { name: 'claim', text: claim },
  payment: { name: 'payment', text: `${insertPayment} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'created', ${newNumber}, $9, $10, $10) RETURNING *` },
  event: { name: 'createdEvent', text: "INSERT INTO payment_events VALUES ($1, 1, 'created', 'created', 'created', $2, $3)" },
  work: { name: 'work', text: "INSERT INTO outbox (payment_id, kind, next_at) VALUES ($1, 'create', $2)" },
};
const creationSingle = {
  name: 'create',
  text: `WITH claimed AS (${claim}), made AS (
    ${insertPayment} SELECT $4, $1, $6, $7, $8, $9, $10, $11, 'created', ${newNumber}, $12, $5, $5 FROM claimed RETURNING *
  ), event AS (
    INSERT INTO payment_events SELECT id, 1, 'created', 'created', 'created', $1, $5 FROM made
  ), work AS (
    INSERT INTO outbox (payment_id, kind, next_at) SELECT id, 'create', $5 FROM made
  ) SELECT * FROM made`,
};
const replayed = {
  name: 'replayed',
  text: 'SELECT k.fingerprint, p.* FROM idempotency_keys k JOIN payments p ON p.id = k.payment_id WHERE k.scope = $1 AND k.key = $2',
};

const noticeSteps = {
  payment: { name: 'payable', text: 'SELECT * FROM payments WHERE va_number = $1 FOR UPDATE' },
  notice: { name: 'notice', text: 'INSERT INTO inbox VALUES ($1, $2, $3, $4, $5, $6, $7, $8)' },
  movement: { name: 'movement', text: "INSERT INTO ledger_transactions (idem_key, payment_id, kind, at) VALUES ($1, $2, 'credit', $3) RETURNING id" },
  entries: { name: 'entries', text: "INSERT INTO ledger_entries VALUES ($1, 'bank:bri:clearing', $2::bigint), ($1, 'merchant:payable', -$2::bigint)" },
  paid: {
    name: 'paid',
    text: "UPDATE payments SET status = 'paid', paid_at = $2, paid_reference = $3, paid_minor = amount_minor, version = version + 1, updated_at = $4 WHERE id = $1",
  },
  event: { name: 'paidEvent', text: "INSERT INTO payment_events VALUES ($1, $2, 'money', $3, 'paid', $4, $5)" },
};
const noticeSingle = {
  name: 'book',
  text: `WITH paid AS (
    UPDATE payments SET status = 'paid', paid_at = $3, paid_reference = $2, paid_minor = amount_minor, version = version + 1, updated_at = $4
    WHERE va_number = $1 AND status IN ('created', 'pending') AND amount_minor = $5 AND expires_at > $4 RETURNING *
  ), notice AS (
    INSERT INTO inbox SELECT $6, $7, $8, $9::date, $10, id, $4, $11 FROM paid
  ), event AS (
    INSERT INTO payment_events SELECT id, version, 'money', 'pending', 'paid', $2, $4 FROM paid
  ), movement AS (
    INSERT INTO ledger_transactions (idem_key, payment_id, kind, at) SELECT 'credit:' || id || ':' || $2, id, 'credit', $4 FROM paid RETURNING id
  ), entries AS (
    INSERT INTO ledger_entries SELECT m.id, e.account, e.minor
    FROM movement m, (VALUES ('bank:bri:clearing', $5::bigint), ('merchant:payable', -$5::bigint)) e (account, minor)
  ) SELECT id FROM paid`,
};
const storedAnswer = { name: 'storedAnswer', text: 'SELECT raw_body, answer_body FROM inbox WHERE dedup_key = $1' };
const stateOf = { name: 'stateOf', text: 'SELECT status, amount_minor, expires_at FROM payments WHERE va_number = $1' };

// ---- The worker

class Refusal extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

function whyNotPayable(row, minor, now) {
  if (!row) return new Refusal('4042512', 'Invalid Bill/Virtual Account');
  if (row.status === 'paid' || row.status === 'review') return new Refusal('4042514', 'Paid Bill');
  if ((row.status !== 'created' && row.status !== 'pending') || row.expires_at <= now) return new Refusal('4042519', 'Invalid Bill/Virtual Account');
  return BigInt(row.amount_minor) === minor ? null : new Refusal('4042513', 'Invalid Amount');
}

async function startWorker() {
  const pool = new pg.Pool({ connectionString: PEER_DATABASE_URL, options: '-c search_path=peer', max: Number(PEER_POOL), idleTimeoutMillis: 0 });
  const app = fastify({ logger: false, keepAliveTimeout: 75_000 });
  const steps = PEER_STYLE === 'steps';
  const keyHash = sha256(PEER_KEY);
  const tokens = new Set([sha256(PEER_TOKEN).toString('hex')]);
  const query = (client, statement, values) => client.query({ ...statement, values });

  async function inTransaction(work) {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  // The signature is over the bytes as they came.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBytes = body;
    try {
      done(null, JSON.parse(body.toString('utf8')));
    } catch (error) {
      done(Object.assign(error, { statusCode: 400 }));
    }
  });

  const creation = {
    body: {
      type: 'object',
      required: ['merchant_ref', 'method', 'amount', 'customer_name'],
      additionalProperties: false,
      properties: {
        merchant_ref: { type: 'string', minLength: 1, maxLength: 64 },
        method: { enum: ['bri_va'] },
        amount: {
          type: 'object',
          required: ['value', 'currency'],
          properties: { value: { type: 'string', pattern: '^[0-9]{1,16}\\.00$' }, currency: { const: 'IDR' } },
        },
        description: { type: 'string', maxLength: 140 },
        customer_name: { type: 'string', minLength: 1, maxLength: 40 },
      },
    },
    headers: {
      type: 'object',
      required: ['idempotency-key', 'authorization'],
      properties: { 'idempotency-key': { type: 'string', minLength: 1, maxLength: 255 } },
    },
  };

  const wanted = (body) => [body.merchant_ref, body.method, minorOf(body.amount.value), body.amount.currency, body.description ?? '', body.customer_name];

  async function storeInSteps(scope, key, fingerprint, id, now, body, expires) {
    return inTransaction(async (client) => {
      const claimed = await query(client, creationSteps.claim, [scope, key, fingerprint, id, now]);
      if (claimed.rowCount === 0) return undefined;
      const made = await query(client, creationSteps.payment, [id, scope, ...wanted(body), expires, now]);
      await query(client, creationSteps.event, [id, scope, now]);
      await query(client, creationSteps.work, [id, now]);
      return made.rows[0];
    });
  }

  async function storeAtOnce(scope, key, fingerprint, id, now, body, expires) {
    const made = await query(pool, creationSingle, [scope, key, fingerprint, id, now, ...wanted(body), expires]);
    return made.rows[0];
  }

  app.post('/api/payment/payments', { schema: creation }, async (request, reply) => {
    const { authorization, 'idempotency-key': key } = request.headers;
    if (!timingSafeEqual(sha256(authorization.replace(/^Bearer /, '')), keyHash)) {
      return reply.code(401).send({ error: { code: 'TOKEN_INVALID' } });
    }
    const now = new Date();
    const fingerprint = sha256(request.rawBytes);
    const store = steps ? storeInSteps : storeAtOnce;
    try {
      const made = await store('machine', key, fingerprint, newId(), now, request.body, new Date(now.getTime() + lifeMs));
      if (made) return reply.code(201).send(view(made));
    } catch (error) {
      if (error.constraint === 'payments_created_by_merchant_ref_key') return reply.code(409).send({ error: { code: 'DUPLICATE_MERCHANT_REF' } });
      throw error;
    }
    const { rows } = await query(pool, replayed, ['machine', key]);
    if (!rows[0].fingerprint.equals(fingerprint)) return reply.code(422).send({ error: { code: 'IDEMPOTENCY_MISMATCH' } });
    return reply.code(201).header('Idempotent-Replayed', 'true').send(view({ ...rows[0], status: 'created', version: 1, paid_at: null }));
  });

  function checkCaller(headers, path, bytes, now) {
    const token = (headers.authorization ?? '').replace(/^Bearer /, '');
    if (!tokens.has(sha256(token).toString('hex'))) throw new Refusal('4012501', 'Invalid Token (B2B)');
    const at = Date.parse(headers['x-timestamp']);
    if (!(Math.abs(at - now.getTime()) <= skewMs)) throw new Refusal('4012500', 'Unauthorized. X-TIMESTAMP');
    const text = `POST:${path}:${token}:${sha256(bytes).toString('hex')}:${headers['x-timestamp']}`;
    const expected = createHmac('sha512', PEER_SECRET).update(text).digest('hex');
    if (!sameText(headers['x-signature'] ?? '', expected)) throw new Refusal('4012500', 'Unauthorized. Signature');
    if (!/^[!-~]{1,36}$/.test(headers['x-external-id'] ?? '')) throw new Refusal('4002501', 'Invalid Field Format X-EXTERNAL-ID');
  }

  async function bookInSteps(money) {
    await inTransaction(async (client) => {
      const { rows } = await query(client, noticeSteps.payment, [money.number]);
      const refusal = whyNotPayable(rows[0], money.minor, money.now);
      if (refusal) throw refusal;
      const { id, version, status } = rows[0];
      await query(client, noticeSteps.notice, [newId(), money.dedupKey, money.externalId, money.day, money.bytes, id, money.now, money.answer]);
      const movement = await query(client, noticeSteps.movement, [`credit:${id}:${money.reference}`, id, money.now]);
      await query(client, noticeSteps.entries, [movement.rows[0].id, money.minor]);
      await query(client, noticeSteps.paid, [id, money.at, money.reference, money.now]);
      await query(client, noticeSteps.event, [id, Number(version) + 1, status, money.reference, money.now]);
    });
  }

  async function bookAtOnce(money) {
    const { rows } = await query(pool, noticeSingle, [
      money.number, money.reference, money.at, money.now, money.minor, newId(), money.dedupKey, money.externalId, money.day, money.bytes, money.answer,
    ]);
    if (rows.length === 1) return;
    const found = await query(pool, stateOf, [money.number]);
    throw whyNotPayable(found.rows[0], money.minor, money.now) ?? new Refusal('5002500', 'General Error');
  }

  app.post(noticePath, async (request, reply) => {
    const { headers, body, rawBytes: bytes } = request;
    const now = new Date();
    let dedupKey = null;
    try {
      checkCaller(headers, noticePath, bytes, now);
      const number = String(body.virtualAccountNo).trim();
      const minor = minorOf(body.paidAmount?.value);
      const reference = body.paymentRequestId;
      if (!/^\d{6,28}$/.test(number) || minor === null || !/^[!-~]{1,128}$/.test(reference ?? '')) {
        throw new Refusal('4002501', 'Invalid Field Format');
      }
      dedupKey = `${number}:${reference}`;
      const answer = JSON.stringify({
        responseCode: '2002500',
        responseMessage: 'Successful',
        virtualAccountData: {
          partnerServiceId: body.partnerServiceId,
          customerNo: body.customerNo,
          virtualAccountNo: body.virtualAccountNo,
          virtualAccountName: body.virtualAccountName,
          paymentRequestId: reference,
          paidAmount: body.paidAmount,
          paymentFlagStatus: '00',
          paymentFlagReason: { english: 'Success', indonesia: 'Sukses' },
          additionalInfo: {},
        },
      });
      const day = new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
      const externalId = headers['x-external-id'];
      const at = new Date(body.trxDateTime);
      await (steps ? bookInSteps : bookAtOnce)({ number, minor, reference, dedupKey, externalId, at, now, day, bytes, answer });
      return reply.type('application/json').send(answer);
    } catch (error) {
      if (dedupKey && (error.code === '4042514' || error.code === '23505')) {
        const { rows } = await query(pool, storedAnswer, [dedupKey]);
        if (rows.length === 1) return reply.type('application/json').send(rows[0].answer_body);
      }
      const code = error instanceof Refusal ? error.code : '5002500';
      const message = error instanceof Refusal ? error.message : 'General Error';
      return reply.code(Number(code.slice(0, 3))).send({ responseCode: code, responseMessage: message });
    }
  });

  await app.listen({ port: Number(PEER_PORT), host: '127.0.0.1', backlog: 4096 });
}

if (cluster.isPrimary) {
  for (let i = 0; i < Number(PEER_WORKERS); ++i) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
} else {
  await startWorker();
}
