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
       .details = "Times are those of handling one message. Ends with 1 when an actor is not running.",
       .example = "kctl ps --sort mailbox",
       .actions = {},
       .options = {kProcessOption,
                   {"--sort", "COLUMN", "by name, or the highest first", "name|mailbox|handled|restarts"}},
       .run = runPs},
      {.name = "settings",
       .summary = "the settings in force, with their origin; secrets masked",
       .details =
           "Asks the running processes. With --local it reads the environment and .env as a process "
           "that starts now would, and ends with 1 when they are wrong. What is set goes into the database, "
           "wins over the environment and is in force everywhere within two seconds; .env.example says "
           "which settings can be. All are changed, or none.",
       .example = "kctl settings set K_RATE_LIMIT_LOGIN=20 K_LOG_LEVEL=DEBUG",
       .actions = {{"show", "", "what is in force"},
                   {"set", "VARIABLE=VALUE...", "set these while everything runs"},
                   {"reset", "VARIABLE...", "give these back to the environment, .env or the default"}},
       .defaultAction = "show",
       .options = {kProcessOption,
                   {"--local", "", "what a process that starts now would use, and its faults", "", "show"}},
       .run = runSettings},
      {.name = "trace",
       .summary = "one request's way: gateway line, log lines, audit entries in order of time",
       .details =
           "The request id is in every answer's X-Request-ID header and error body. Looks through the last "
           "seven days; ends with 1 when nothing is stored of the request.",
       .example = "kctl trace 0195e3a1-7c1e-7d4b-8a55-0d6f3c2b1a90",
       .actions = {},
       .argument = "REQUEST_ID",
       .options = {},
       .run = runTrace},
      {.name = "migrate",
       .summary = "the database schema",
       .details =
           "Runs the k-admin that lies beside kctl, which carries the migrations, and ends as it ends.",
       .example = "kctl migrate status",
       .actions = {{"up", "", "apply what is missing"},
                   {"down", "VERSION", "take back what is above VERSION; its data are gone"},
                   {"status", "", "the history"}},
       .options = {},
       .run = runAdminProgram},
      {.name = "audit",
       .summary = "the audit trail",
       .details = "Runs the k-admin that lies beside kctl; the servers need not run. verify walks the whole "
                  "chain and ends with 1 "
                  "when an entry is not as it was written, or the chain is not the one that the servers "
                  "sealed. seal "
                  "takes the chain as it is for true from now on, and notes that: after a finding that is "
                  "understood.",
       .example = "kctl audit verify",
       .actions = {{"verify", "", "whether every entry is as it was written"},
                   {"seal", "", "seal the chain as it is"}},
       .options = {},
       .run = runAdminProgram},
      {.name = "crypto",
       .summary = "the master keys",
       .details =
           "Runs the k-admin that lies beside kctl. Put the new key first into K_CRYPTO_MASTER_KEYS of every "
           "process and keep the old one behind it; rotate then seals again what is under the old one, "
           "beside "
           "the running servers. It may be stopped and started again at any time.",
       .example = "kctl crypto rotate",
       .actions = {{"rotate", "", "seal again under the first key what is under another"},
                   {"status", "", "how much is under another key than the first"}},
       .options = {},
       .run = runAdminProgram},
      {.name = "admin",
       .summary = "administrators",
       .details =
           "The new administrator has a one-time password, which must be changed at the first sign-in.",
       .example = "kctl admin create --email ann@example.org --output firstAdmin.txt",
       .actions = {{"create", "", "make an administrator"}},
       .options = {{"--email", "ADDRESS", "the administrator's address; in development admin@example.test"},
                   {"--if-none", "", "only when there is no administrator yet"},
                   {"--output", "FILE",
                    "write address and password to FILE (mode 0600) and not to the screen"}},
       .run = runAdmin},
      {.name = "key",
       .summary = "keys of machines",
       .details =
           "A key is sent as Authorization: Bearer and shown only once, here. Kind admin administers over "
           "/api/admin, kind service asks /api/auth/introspect (scope tokens:introspect). A key may do what "
           "its "
           "scopes, names of permissions, say.",
       .example =
           "kctl key create \"nightly report\" --scopes monitoring:read,users:read --output report.key",
       .actions = {{"list", "", "those not revoked first, newest first"},
                   {"create", "NAME", "make a key"},
                   {"rotate", "ID", "give a key a successor"},
                   {"revoke", "ID", "end a key at once"}},
       .defaultAction = "list",
       .options = {{"--kind", "KIND", "admin when left out", "admin|service", "create"},
                   {"--scopes", "PERMISSIONS", "what it may do, divided by commas", "", "create"},
                   {"--from", "NETWORKS", "good from there only, divided by commas", "", "create"},
                   {"--for", "SECONDS", "how long; without end when left out", "", "create"},
                   {"--overlap", "SECONDS", "so long the old key lives on; ends at once when left out", "",
                    "rotate"},
                   {"--output", "FILE", "write the key to FILE (mode 0600) and not to the screen"}},
       .run = runKey},
      {.name = "user",
       .summary = "accounts",
       .details =
           "USER is an id, an e-mail address or a user name. The operator stands above all ranks, but the "
           "last superadmin stays. A suspension ends the account's sessions.",
       .example = "kctl user suspend ann@example.org --reason \"takes over accounts\"",
       .actions = {{"list", "", "accounts, the newest first"},
                   {"show", "USER", "one account"},
                   {"suspend", "USER", "keep the account out"},
                   {"unsuspend", "USER", "let it in again"},
                   {"unlock", "USER", "forget its failed sign-ins"},
                   {"superadmin", "USER", "make it a superadmin, or restore a suspended one"},
                   {"reset-mfa", "USER", "take away its second factors, for who has lost them"},
                   {"sessions", "USER", "where it is signed in"}},
       .defaultAction = "list",
       .options = {{"--q", "TEXT", "in e-mail address, user name or display name", "", "list"},
                   {"--status", "STATUS", "only these", "pending|active|suspended|deleted", "list"},
                   {"--role", "ROLE", "only who has this role", "", "list"},
                   {"--limit", "NUMBER", "at most so many; 50 unless told", "", "list"},
                   {"--cursor", "CURSOR", "go on where a list ended", "", "list"},
                   {"--reason", "TEXT", "shown to administrators", "", "suspend"},
                   {"--until", "TIME", "ends by itself, as 2026-11-21T10:00:00Z", "", "suspend"},
                   {"--end", "", "end them all", "", "sessions"}},
       .run = runUser},
      {.name = "ban",
       .summary = "who may not come in",
       .details =
           "ADDRESS is an address, an IPv4 network of /24 or /16, or an IPv6 network of /64, /48 or /32; an "
           "IPv6 address means its /64. Addresses of signed-in administrators, of trusted proxies and of "
           "the machine itself are refused.",
       .example = "kctl ban add 203.0.113.9 --for 3600 --reason \"scans for passwords\"",
       .actions = {{"list", "", "standing bans, those that end first come first"},
                   {"add", "ADDRESS", "ban an address or a network"},
                   {"lift", "BAN", "lift a ban, by its id or its address"}},
       .defaultAction = "list",
       .options = {{"--for", "SECONDS", "how long; a day when left out", "", "add"},
                   {"--reason", "TEXT", "shown in the list", "", "add"}},
       .run = runBan},
      {.name = "logs",
       .summary = "log files of the gateway",
       .details =
           "Files may be compressed (.gz). What has been read before, here or by the collector, is not read "
           "again; lines older than the retention (K_RETENTION_DAYS) are counted and left out. Ends when all "
           "are stored, with 1 when one could not be read.",
       .example = "kctl logs import old/access.log.*.gz",
       .actions = {{"import", "FILE...", "read these too, beside what is followed"}},
       .options = {{"--source", "SOURCE", "whose log it is; by its name when not given", "access|dos"}},
       .run = runLogs},
      {.name = "monitoring",
       .summary = "whether the dashboard's figures are those of the single requests",
       .details = "Recomputes hours from the stored requests and compares every rollup row: counts exactly, "
                  "p95 within "
                  "1 %, unique addresses within 2 %. Ends with 1 when something differs.",
       .example = "kctl monitoring verify --range 7d",
       .actions = {{"verify", "", "compare rollups with the requests they count"}},
       .options = {{"--hour", "TIME", "this hour only, as 2026-11-21T10:00:00Z"},
                   {"--range", "LENGTH", "the last complete hours; 24h unless told", "1h|6h|24h|7d"}},
       .run = runMonitoring},
      {.name = "mail",
       .summary = "the development mailbox, and what waits to be sent",
       .details = "Reads the folder K_MAIL_DIR. For outbox it runs the k-admin that lies beside kctl, which "
                  "ends with "
                  "1 when a mail was given up within a week.",
       .example = "kctl mail latest --to ann@example.org --token --wait 5",
       .actions = {{"list", "", "every mail, the newest first"},
                   {"show", "ID", "one mail"},
                   {"latest", "", "the newest mail"},
                   {"outbox", "", "mails that wait or were given up, with the reason"}},
       .defaultAction = "list",
       .options = {{"--to", "ADDRESS", "only mail to this address", "", "latest"},
                   {"--wait", "SECONDS", "wait so long for it to come", "", "latest"},
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
