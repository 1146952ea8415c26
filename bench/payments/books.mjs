// What has to hold when everything was measured. A mismatch is one payment, movement or notice that breaks a rule.

/** sql(text) answers rows of texts; answered: {payments: Map of id to merchant_ref, notices: how many were accepted}; accepted: SQL that counts
 * the notices stored as accepted. Answers [{rule, mismatches}]. */
export async function checkBooks(sql, answered, accepted) {
  const number = async (text) => Number((await sql(text))[0][0]);
  const stored = new Map(await sql('select id, merchant_ref from payments'));
  const lost = [...answered.payments].filter(([id, ref]) => stored.get(id) !== ref).length;
  const unknown = [...stored.keys()].filter((id) => !answered.payments.has(id)).length;
  const paid = await number("select count(*) from payments where status = 'paid'");
  const credits = await number("select count(*) from ledger_transactions where kind = 'credit'");
  const noted = await number(accepted);
  return [
    { rule: 'every payment that was answered is there once', mismatches: lost },
    { rule: 'no payment is there that was not answered', mismatches: unknown },
    { rule: 'accepted notices = stored notices', mismatches: Math.abs(answered.notices - noted) },
    { rule: 'accepted notices = paid payments', mismatches: Math.abs(answered.notices - paid) },
    { rule: 'accepted notices = credits', mismatches: Math.abs(answered.notices - credits) },
    { rule: 'the ledger adds up to zero', mismatches: (await number('select coalesce(sum(amount_minor), 0) from ledger_entries')) === 0 ? 0 : 1 },
    {
      rule: 'each movement adds up to zero',
      mismatches: await number(`select count(*) from ledger_transactions t left join (select transaction_id, sum(amount_minor) total, count(*) entries
        from ledger_entries group by 1) e on e.transaction_id = t.id where e.total is distinct from 0 or e.entries < 2`),
    },
    {
      rule: 'what is paid is the amount, and what the ledger owes',
      mismatches: await number(`select count(*) from payments p left join (select t.payment_id, -sum(e.amount_minor) owed from ledger_transactions t
        join ledger_entries e on e.transaction_id = t.id and e.account = 'merchant:payable' group by 1) l on l.payment_id = p.id
        where p.paid_minor <> coalesce(l.owed, 0) or p.paid_minor <> (case p.status when 'paid' then p.amount_minor else 0 end)`),
    },
    {
      rule: 'each change has its event',
      mismatches: await number(`select count(*) from payments p left join (select payment_id, max(seq) last, count(*) events from payment_events group by 1) e
        on e.payment_id = p.id where p.version is distinct from e.last or p.version is distinct from e.events`),
    },
  ];
}

/** Every payment of ours is with the bank, once. accounts: what the bank has. */
export async function checkBank(sql, accounts) {
  const here = Number((await sql("select count(*) from payments where gateway_state = 'open'"))[0][0]);
  const open = Number((await sql("select count(*) from payments where gateway_state <> 'open'"))[0][0]);
  return [
    { rule: 'every payment is with the bank', mismatches: open },
    { rule: 'the bank has one account for each', mismatches: Math.abs(accounts - here) },
  ];
}
