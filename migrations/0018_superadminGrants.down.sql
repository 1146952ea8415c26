DROP FUNCTION superadmin_grant_withdraw(uuid, uuid, timestamptz, jsonb);
DROP FUNCTION superadmin_grant(uuid, boolean, uuid, text, jsonb, timestamptz, timestamptz, jsonb);
DROP FUNCTION superadmin_grants_waiting(timestamptz);
DROP FUNCTION is_superadmin(uuid, timestamptz);
DROP TABLE superadmin_grants;
