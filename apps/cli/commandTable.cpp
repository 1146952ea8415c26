#include "apps/cli/commandTable.hpp"

#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"

namespace ks::cli {

std::span<const CommandSpec> commandTable() {
  static const std::vector<CommandSpec> kCommands{
      {.name = "status",
       .summary = "health, queues and collector of the processes, on one screen",
       .details = "Ends with 1 when a process is not healthy and with 2 when one does not answer.",
       .example = "kctl status --process public",
       .actions = {},
       .options = {kProcessOption},
       .run = runStatus},
      {.name = "ps",
       .summary = "every actor: mailbox, messages handled, times, restarts, last error",
       .details = "Times are per message. Ends with 1 when an actor is not running.",
       .example = "kctl ps --sort mailbox",
       .actions = {},
       .options = {kProcessOption,
                   {"--sort", "COLUMN", "by name, or highest first", "name|mailbox|handled|restarts"}},
       .run = runPs},
      {.name = "settings",
       .summary = "the settings in force, with their origin; secrets masked",
       .details =
           "Asks the running processes. With --local it reads the environment and .env as a process "
           "started now would, and ends with 1 when they are invalid. set writes into the database; its values "
           "take precedence over the environment and apply everywhere within two seconds; .env.example says "
           "which settings can be changed. All are changed, or none.",
       .example = "kctl settings set K_RATE_LIMIT_LOGIN=20 K_LOG_LEVEL=DEBUG",
       .actions = {{"show", "", "the values in force"},
                   {"set", "VARIABLE=VALUE...", "set these while everything runs"},
                   {"reset", "VARIABLE...", "give these back to the environment, .env or the default"}},
       .defaultAction = "show",
       .options = {kProcessOption,
                   {"--local", "", "the settings of a process started now, and their faults", "", "show"}},
       .run = runSettings},
      {.name = "trace",
       .summary =
           "one request, or a payment: gateway line, log lines, audit entries, the bank's part, in order of time",
       .details =
           "The request id is in every answer's X-Request-ID header and error body. The id of a payment "
           "gives its whole way. Searches the last seven days; ends with 1 when nothing is stored.",
       .example = "kctl trace 0195e3a1-7c1e-7d4b-8a55-0d6f3c2b1a90",
       .actions = {},
       .argument = "ID",
       .options = {},
       .run = runTrace},
      {.name = "migrate",
       .summary = "the database schema",
       .details =
           "Runs the k-admin in kctl's folder, which contains the migrations, and has its exit status.",
       .example = "kctl migrate status",
       .actions = {{"up", "", "apply missing migrations"},
                   {"down", "VERSION", "revert migrations above VERSION; deletes their data"},
                   {"status", "", "the history"}},
       .options = {},
       .run = runAdminProgram},
      {.name = "audit",
       .summary = "the audit trail",
       .details = "Runs the k-admin in kctl's folder; the servers need not run. verify checks the whole "
                  "chain and ends with 1 "
                  "when an entry is not as it was written, or the chain is not the one that the servers "
                  "sealed. seal "
                  "accepts the chain as it is from now on, and records that: after a finding that is "
                  "understood.",
       .example = "kctl audit verify",
       .actions = {{"verify", "", "whether every entry is as it was written"},
                   {"seal", "", "seal the chain as it is"}},
       .options = {},
       .run = runAdminProgram},
      {.name = "crypto",
       .summary = "the master keys",
       .details =
           "Runs the k-admin in kctl's folder. Put the new key first into K_CRYPTO_MASTER_KEYS of every "
           "process and keep the old one behind it; rotate then reseals what is under the old one, "
           "beside "
           "the running servers. It may be stopped and started again at any time.",
       .example = "kctl crypto rotate",
       .actions = {{"rotate", "", "reseal under the first key what is under another"},
                   {"status", "", "how many values are not under the first key"}},
       .options = {},
       .run = runAdminProgram},
      {.name = "admin",
       .summary = "administrators",
       .details =
           "The new administrator has a one-time password, which must be changed at the first sign-in.",
       .example = "kctl admin create --email ann@example.org --output firstAdmin.txt",
       .actions = {{"create", "", "create an administrator"}},
       .options = {{"--email", "ADDRESS", "the administrator's address; in development admin@example.test"},
                   {"--if-none", "", "only if there is no administrator yet"},
                   {"--output", "FILE",
                    "write address and password to FILE (mode 0600) instead of the screen"}},
       .run = runAdmin},
      {.name = "key",
       .summary = "machine keys",
       .details =
           "A key is sent as Authorization: Bearer and shown only once, here. Kind admin is for "
           "/api/admin, kind service for /api/payment and /api/auth/introspect (scope tokens:introspect). A key "
           "may do what its scopes (names of permissions) allow.",
       .example =
           "kctl key create \"nightly report\" --scopes monitoring:read,users:read --output report.key",
       .actions = {{"list", "", "those not revoked first, newest first"},
                   {"create", "NAME", "create a key"},
                   {"rotate", "ID", "give a key a successor"},
                   {"revoke", "ID", "end a key at once"}},
       .defaultAction = "list",
       .options = {{"--kind", "KIND", "default: admin", "admin|service", "create"},
                   {"--scopes", "PERMISSIONS", "permissions, separated by commas", "", "create"},
                   {"--from", "NETWORKS", "valid only from these networks, separated by commas", "",
                    "create"},
                   {"--for", "SECONDS", "lifetime; default: unlimited", "", "create"},
                   {"--overlap", "SECONDS", "lifetime of the old key; default: ends at once", "", "rotate"},
                   {"--output", "FILE", "write the key to FILE (mode 0600) instead of the screen"}},
       .run = runKey},
      {.name = "user",
       .summary = "accounts",
       .details = "USER is an id, an e-mail address or a user name. The operator outranks all roles, but the "
                  "last superadmin cannot be removed. A suspension ends the account's sessions.",
       .example = "kctl user suspend ann@example.org --reason \"takes over accounts\"",
       .actions = {{"list", "", "accounts, the newest first"},
                   {"show", "USER", "one account"},
                   {"suspend", "USER", "block sign-in and end the sessions"},
                   {"unsuspend", "USER", "lift the suspension"},
                   {"unlock", "USER", "clear its failed sign-ins"},
                   {"superadmin", "USER", "grant superadmin, or restore a suspended superadmin"},
                   {"reset-mfa", "USER", "remove its second factors when they are lost"},
                   {"sessions", "USER", "its sessions"}},
       .defaultAction = "list",
       .options = {{"--q", "TEXT", "in e-mail address, user name or display name", "", "list"},
                   {"--status", "STATUS", "only these", "pending|active|suspended|deleted", "list"},
                   {"--role", "ROLE", "only accounts with this role", "", "list"},
                   {"--limit", "NUMBER", "maximum number; default: 50", "", "list"},
                   {"--cursor", "CURSOR", "continue where a list ended", "", "list"},
                   {"--reason", "TEXT", "shown to administrators", "", "suspend"},
                   {"--until", "TIME", "end of the suspension, such as 2026-11-21T10:00:00Z", "", "suspend"},
                   {"--end", "", "end them all", "", "sessions"}},
       .run = runUser},
      {.name = "ban",
       .summary = "banned addresses",
       .details =
           "ADDRESS is an address, an IPv4 network of /24 or /16, or an IPv6 network of /64, /48 or /32; an "
           "IPv6 address means its /64. Addresses of signed-in administrators, of trusted proxies and of "
           "the machine itself are refused.",
       .example = "kctl ban add 203.0.113.9 --for 3600 --reason \"scans for passwords\"",
       .actions = {{"list", "", "current bans, in order of their end"},
                   {"add", "ADDRESS", "ban an address or a network"},
                   {"lift", "BAN", "lift a ban, by its id or its address"}},
       .defaultAction = "list",
       .options = {{"--for", "SECONDS", "duration; default: a day", "", "add"},
                   {"--reason", "TEXT", "shown in the list", "", "add"}},
       .run = runBan},
      {.name = "payments",
       .summary = "payments, refunds, the ledger and the comparison with the bank",
       .details =
           "ledger shows every account with its balance and ends with 1 when the ledger is not balanced; with "
           "--account or --payment it shows the entries. sync has the bank asked about a payment. reconcile "
           "compares a day with the bank's report and ends with 1 when a difference is open, of whatever day. "
           "complete records that a manual refund was paid out. simulate pays a virtual account (its number), "
           "a QR code (its reference) or a payment (its id) at the simulated bank, in development only.",
       .example = "kctl payments list --status review",
       .actions = {{"list", "", "everybody's payments, the newest first"},
                   {"show", "ID", "one payment with its history"},
                   {"sync", "ID", "have the bank asked about a payment, and show it"},
                   {"refunds", "", "everybody's refunds, the newest first"},
                   {"complete", "REFUND", "record that a refund was paid out"},
                   {"ledger", "", "the accounts of the ledger, or its entries"},
                   {"reconcile", "", "compare a day with the bank's report"},
                   {"items", "", "differences that comparisons have found, the newest first"},
                   {"simulate", "VA_OR_ID", "have a customer of the simulated bank pay"}},
       .defaultAction = "list",
       .options =
           {{"--status", "STATUS", "only these",
             "created|pending|paid|partially_refunded|refunded|reversed|expired|cancelled|failed|review",
             "list"},
            {"--method", "METHOD", "only these", "bri_va|bri_qris", "list"},
            {"--user", "ID", "only payments that this user is to pay", "", "list"},
            {"--by", "ID", "only payments that this user or key created", "", "list"},
            {"--ref", "REFERENCE", "only with this reference of the merchant", "", "list"},
            {"--from", "TIME", "created then or later, such as 2026-11-21T10:00:00Z", "", "list"},
            {"--to", "TIME", "created before", "", "list"},
            {"--wait", "SECONDS", "how long to wait for a change; default: 10", "", "sync"},
            {"--status", "STATUS", "only these", "requested|unknown|succeeded|failed", "refunds"},
            {"--mode", "MODE", "only these", "api|manual", "refunds"},
            {"--payment", "ID", "only refunds of this payment", "", "refunds"},
            {"--reference", "TEXT", "the bank's reference of the payout", "", "complete"},
            {"--account", "CODE", "the entries of this account", "", "ledger"},
            {"--payment", "ID", "the entries of this payment", "", "ledger"},
            {"--day", "DAY", "in Jakarta, such as 2026-11-21; default: yesterday", "", "reconcile"},
            {"--wait", "SECONDS", "how long to wait for the end; default: 120", "", "reconcile"},
            {"--status", "STATUS", "only these", "open|healed|resolved", "items"},
            {"--class", "CLASS", "only these",
             "missing_notification|amount_mismatch|duplicate_credit|orphan_credit|paid_here_not_at_bank|"
             "reversed_at_bank|unclear_credit",
             "items"},
            {"--run", "ID", "only those that this run has found first", "", "items"},
            {"--limit", "NUMBER", "of a list: maximum number; default: 50"},
            {"--cursor", "CURSOR", "of a list: continue where it ended"},
            {"--amount", "RUPIAH", "another amount than asked for, such as 12000.00", "", "simulate"}},
       .run = runPayments},
      {.name = "logs",
       .summary = "log files of the gateway",
       .details =
           "Files may be compressed (.gz). Lines that were read before, here or by the collector, are not read "
           "again; lines older than the retention (K_RETENTION_DAYS) are counted and skipped. Ends when all "
           "are stored, with 1 when one could not be read.",
       .example = "kctl logs import old/access.log.*.gz",
       .actions = {{"import", "FILE...", "import these in addition to the followed files"}},
       .options = {{"--source", "SOURCE", "type of log; default: from the name", "access|dos"}},
       .run = runLogs},
      {.name = "monitoring",
       .summary = "compares the dashboard's figures with the single requests",
       .details = "Recomputes hours from the stored requests and compares every rollup row: counts exactly, "
                  "p95 within "
                  "1 %, unique addresses within 2 %. Ends with 1 when something differs.",
       .example = "kctl monitoring verify --range 7d",
       .actions = {{"verify", "", "compare rollups with the requests they count"}},
       .options = {{"--hour", "TIME", "this hour only, such as 2026-11-21T10:00:00Z"},
                   {"--range", "LENGTH", "the last complete hours; default: 24h", "1h|6h|24h|7d"}},
       .run = runMonitoring},
      {.name = "mail",
       .summary = "the development mailbox, and the outbox",
       .details = "Reads the folder K_MAIL_DIR. For outbox it runs the k-admin in kctl's folder, which "
                  "ends with "
                  "1 when a mail was given up within a week.",
       .example = "kctl mail latest --to ann@example.org --token --wait 5",
       .actions = {{"list", "", "every mail, the newest first"},
                   {"show", "ID", "one mail"},
                   {"latest", "", "the newest mail"},
                   {"outbox", "", "mails that wait or were given up, with the reason"}},
       .defaultAction = "list",
       .options = {{"--to", "ADDRESS", "only mail to this address", "", "latest"},
                   {"--wait", "SECONDS", "how long to wait for the mail", "", "latest"},
                   {"--token", "", "print the token of its link only", "", "latest"},
                   {"--link", "", "print its link only", "", "latest"}},
       .run = runMail},
      {.name = "completion",
       .summary = "the completion script of a shell",
       .details = "",
       .example = "source <(kctl completion bash)",
       .actions = {{"bash", "", "for bash"}, {"zsh", "", "for zsh"}},
       .options = {},
       .run = runCompletion},
      {.name = "help",
       .summary = "help on kctl or on one command",
       .details = "",
       .example = "kctl help mail",
       .actions = {},
       .argument = "COMMAND",
       .options = {},
       .run = runHelp},
  };
  return kCommands;
}

}  // namespace ks::cli
