// Both sides' books beside each other, payment by payment.
import { bank, it, minorOf } from '../integration/payments.mjs';
import { waitsForDecision } from './plan.mjs';

async function creditsOfBank() {
  const found = [];
  for (;;) {
    const { status, json } = await bank.control('GET', `ledger?view=credits&limit=20000&after=${found.length}`);
    if (status !== 200) throw new Error(`the bank's ledger: ${status}`);
    if (json.credits.length === 0) return found;
    found.push(...json.credits);
  }
}

async function paymentsHere() {
  const rows = await it.sql(`select id, merchant_ref, gateway_ref, coalesce(bank_ref, ''), amount_minor, status, paid_minor, suspense_minor, late from payments`);
  return rows.map(([id, merchantRef, ref, bankRef, amount, status, paid, suspense, late]) => ({
    id, merchantRef, ref, bankRef, status, amount: Number(amount), paid: Number(paid), suspense: Number(suspense), late: late === 't', credits: [],
  }));
}

/** By key: what each movement of money from the bank has brought. */
const bookedHere = async () =>
  new Map((await it.sql(`select t.idem_key, e.amount_minor from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    where t.kind in ('credit', 'orphan') and e.account = 'bank:bri:clearing'`)).map(([key, minor]) => [key, Number(minor)]));

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

/** Why a payment is not what its money at the bank makes it, or nothing. */
function wrongPayment({ amount, status, paid, suspense, credits }, plan) {
  const right = credits.filter((minor) => minor === amount).length;
  if (paid + suspense !== sum(credits)) return 'holds another sum';
  if (credits.length === 0) return ['pending', 'expired', 'cancelled', 'failed'].includes(status) ? null : 'has no money at the bank';
  if (paid !== 0 && (paid !== amount || right === 0)) return 'is paid by what does not fit';
  if (paid === 0 && (right === credits.length || status !== 'review')) return 'has money, and is not paid';
  if (paid > 0 && !['paid', 'partially_refunded', 'refunded'].includes(status)) return 'is paid, and not called so';
  return suspense > 0 && !waitsForDecision(plan) ? 'waits for a person, which nobody meant it to' : null;
}

async function compareRefunds(credits, mismatches) {
  const atBank = credits.flatMap(({ refunds = [] }) => refunds);
  const here = new Map((await it.sql("select reference, amount_minor from payment_refunds where mode = 'api' and status = 'succeeded'")).map(([reference, minor]) => [reference, Number(minor)]));
  const seen = new Set();
  for (const { partner_refund_no: reference, amount } of atBank) {
    if (seen.has(reference)) mismatches.push(`refund ${reference}: twice at the bank`);
    seen.add(reference);
    if (here.get(reference) !== minorOf(amount)) mismatches.push(`refund ${reference}: ${amount} at the bank, ${here.get(reference)} here`);
  }
  for (const reference of here.keys()) if (!seen.has(reference)) mismatches.push(`refund ${reference}: here only`);
  return atBank.length;
}

/** {mismatches, counts}: a text for each difference; what both sides have. */
export async function compareBooks(plans) {
  const credits = await creditsOfBank();
  const payments = await paymentsHere();
  const booked = await bookedHere();
  const mismatches = [];
  const byRef = new Map(payments.map((payment) => [payment.ref, payment]));
  const byCode = new Map(payments.filter(({ bankRef }) => bankRef).map((payment) => [payment.bankRef, payment]));
  const held = credits.filter(({ state }) => state !== 'reversed');
  const expected = new Set();
  for (const credit of held) {
    const payment = credit.qr ? byCode.get(credit.qr) : byRef.get(credit.trx_id);
    const minor = minorOf(credit.amount);
    const key = payment && `credit:${payment.id}:${credit.qr ?? credit.id}`;
    if (credit.state === 'asking') mismatches.push(`credit ${credit.id}: its customer still waits`);
    if (!payment) mismatches.push(`credit ${credit.id}: of no payment`);
    else if (expected.has(key)) mismatches.push(`credit ${credit.id}: a second one of its reference`);
    else if (booked.get(key) !== minor) mismatches.push(`credit ${credit.id} of payment ${payment.id}: ${minor} at the bank, ${booked.get(key) ?? 'nothing'} here`);
    if (!payment) continue;
    expected.add(key);
    payment.credits.push(minor);
  }
  for (const [key, minor] of booked) if (!expected.has(key)) mismatches.push(`${key}: ${minor} here, nothing at the bank`);
  const byMerchantRef = new Map(plans.map((plan) => [plan.body.merchant_ref, plan]));
  for (const payment of payments) {
    const plan = byMerchantRef.get(payment.merchantRef);
    if (plan?.id !== payment.id) mismatches.push(`payment ${payment.id} (${payment.merchantRef}): its shop knows ${plan?.id}`);
    const why = plan && wrongPayment(payment, plan);
    if (why) mismatches.push(`payment ${payment.id} (${plan.fate}, ${payment.status}): ${why}: ${JSON.stringify(payment)}`);
  }
  if (payments.length !== plans.length) mismatches.push(`${plans.length} orders, ${payments.length} payments`);
  const refunds = await compareRefunds(credits, mismatches);
  const atBank = sum(held.map(({ amount }) => minorOf(amount)));
  const here = sum([...booked.values()]);
  if (atBank !== here) mismatches.push(`${atBank} at the bank, ${here} here`);
  return {
    mismatches,
    counts: { credits: held.length, reversed: credits.length - held.length, refunds, rupiah: atBank / 100, late: payments.filter(({ late }) => late).length },
  };
}

const tables = ['payments', 'payment_events', 'payment_refunds', 'ledger_transactions', 'ledger_entries', 'reconciliation_items'];

/** Every row of what payments are made of, but when a difference was seen last. */
export async function contents() {
  const found = {};
  for (const table of tables) {
    [found[table]] = await it.sql(`select count(*), coalesce(sum(hashtextextended((to_jsonb(t) - 'seen_at')::text, 0)::numeric), 0) from ${table} t`);
  }
  return found;
}
