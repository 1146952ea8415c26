DROP FUNCTION block_refusal(acting_rights, text, timestamptz);
