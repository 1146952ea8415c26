DROP TABLE ledger_entries, ledger_transactions, ledger_accounts, bank_calls, payment_work, payment_idempotency_keys, payment_events, payments;
DROP SEQUENCE payment_customer_numbers;
DROP FUNCTION IF EXISTS payment_history_refuse(), ledger_balance();
