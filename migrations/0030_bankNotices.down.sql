DROP TABLE bank_notices, bank_tokens;
