// What the catalogue does not know of a table: the context that owns it, what a row is, and how long it lives. tools/dataModel.mjs
// refuses a table that is missing here and a note without a table.

const withAccount = 'as long as the account';
const monitoring = '`K_RETENTION_DAYS`, whole partitions of a day';

export const notes = {
  account: {
    users: ['An account.', 'until it is deleted; the emptied row stays, so that its id is never another\'s. A registration that nobody confirms: `K_REGISTRATION_DAYS`'],
    password_credentials: ['The password hash of an account.', withAccount],
    sessions: ['A sign-in.', '`K_SESSION_RETENTION_DAYS` after its end'],
    one_time_tokens: ['A link sent by mail: its hash and its purpose.', '30 days after its expiry'],
    email_changes: ['A requested change of address, which the old address can undo.', 'until `undo_expires_at`'],
    email_outbox: ['A mail to send. Recipient and content are sealed, and emptied once the mail is sent or given up.', 'for ever, without content'],
    login_throttle: ['Failed attempts on a secret, by a keyed hash of what was tried.', '2 days after the last failure; a lock without end: 400 days'],
    attempt_window: ['How often something was requested since the window began.', '2 days after the window ends'],
    mfa_factors: ['A second factor.', `${withAccount}; one that waits for its first code: 1 hour`],
    mfa_challenges: ['A sign-in between password and second factor.', '2 days after its expiry, or until the next challenge of the account'],
    recovery_sets: ['The current set of recovery codes.', withAccount],
    recovery_codes: ['A recovery code: its hash.', 'until the next set'],
    webauthn_credentials: ['Reserved for passkeys; no code uses it.', withAccount],
    api_keys: ['A key of a machine or of a user.', 'for ever, also when revoked; a user\'s: as long as the account'],
    signing_keys: ['A key that signs access tokens.', '1 day after `retire_at`'],
    personal_data_exports: ['A copy of a user\'s data, at most one a user.', '7 days'],
  },
  administration: {
    roles: ['A role.', 'until an administrator deletes it; system roles: for ever'],
    permissions: ['A permission. Migrations add them.', 'for ever'],
    role_permissions: ['A permission of a role.', 'as long as the role'],
    user_roles: ['A role of an account.', `${withAccount}, or until it is taken away; an expired one grants nothing`],
    superadmin_grants: ['A request for a superadmin that waits for a second one.', 'until it is decided or replaced; an expired one counts for nothing'],
    jobs: ['Work that goes on after its request was answered.', '30 days; the next job removes older ones'],
    job_lines: ['The outcome of a line of a job\'s input.', 'as long as the job'],
    system_settings: ['A setting that an administrator changed.', 'until the setting goes back to the environment'],
    system_settings_history: ['A change of a setting.', 'for ever'],
    system_settings_state: ['The number of the last change. Its one row is the lock of the writers.', 'for ever'],
    webhooks: ['A webhook.', 'until it is removed'],
    webhook_deliveries: ['A call of a webhook, made or due.', '30 days after it was made, unless it is pending; as long as the webhook'],
    webhook_cursor: ['The last entry of the audit trail that was turned into deliveries. One row.', 'for ever'],
  },
  security: {
    audit_pending: ['An audit event on its way. The operation writes it in its own statement.', 'below a second: `audit_chain_pending()` moves it into `audit_log`'],
    audit_log: ['An entry of the audit trail. Append-only; the hash covers the row and the hash of the row before.', '`K_AUDIT_RETENTION_DAYS`'],
    audit_chain: ['Both ends of the chain and its seal. Its one row is the lock of the writers.', 'for ever'],
    ip_ban: ['A banned address or network. Redis has a copy for nginx.', '90 days after its end'],
    identifier_block: ['A pattern of addresses that may neither register nor sign in.', 'for ever, also when lifted'],
    suspicious_activity: ['A finding of a detection rule.', monitoring],
  },
  monitoring: {
    log_file: ['A log file and the position up to which it is stored.', '400 days after the file is done'],
    log_bad_line: ['A rejected log line.', '`K_RETENTION_DAYS`, the newest 10,000'],
    metric_snapshot: ['A request, from a line of the access log. The id comes from the file and the offset, so a line always has the same id.', monitoring],
    metric_rollup_minute: ['Requests of a minute by service and route. An empty route counts the service; service `all` counts everything.', monitoring],
    metric_rollup_hour: ['The same by hour.', '90 days'],
    rate_limit_violation: ['How many requests of a caller nginx refused by a limit.', monitoring],
    violation_drain: ['A batch taken off the Redis list. Its row proves that the batch is stored.', '2 days'],
    system_log: ['A log line of type security or error.', monitoring],
    system_health_snapshot: ['A report of the health actor of a process.', monitoring],
  },
  migration: {
    schema_migration: ['An applied migration.', 'until it is taken back'],
    schema_function: ['A file of `migrations/functions/` as it was applied last.', 'as long as the file'],
    identifier_fold_undo: ['The functions as migration 0021 found them.', 'until that migration is taken back'],
  },
};
