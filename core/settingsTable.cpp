#include "core/settingsTable.hpp"

#include <algorithm>
#include <array>

#include "core/url.hpp"

namespace ks {
namespace {

constexpr std::int64_t kMaxPort = 65535;

constexpr std::array kSettings{
    SettingDescription{.variable = "K_ENVIRONMENT",
                       .member = &Settings::environment,
                       .kind = SettingKind::choice,
                       .fallback = "development",
                       .description = "What the installation is for; production refuses what is unsafe.",
                       .choices = "development|production"},
    SettingDescription{.variable = "K_PORT_OFFSET",
                       .member = &Settings::portOffset,
                       .kind = SettingKind::integer,
                       .fallback = "0",
                       .description = "Added to every default port, for a second checkout beside the first.",
                       .least = 0,
                       .most = 50000},
    SettingDescription{.variable = "K_GATEWAY_BIND",
                       .member = &Settings::gatewayBind,
                       .kind = SettingKind::address,
                       .fallback = "127.0.0.1",
                       .description = "Address that nginx listens on."},
    SettingDescription{.variable = "K_GATEWAY_PORT",
                       .member = &Settings::gatewayPort,
                       .kind = SettingKind::integer,
                       .fallback = "8080",
                       .description = "Port of nginx, the only public one.",
                       .least = 1,
                       .most = kMaxPort,
                       .shifted = true},
    SettingDescription{.variable = "K_PUBLIC_PORT",
                       .member = &Settings::publicPort,
                       .kind = SettingKind::integer,
                       .fallback = "8001",
                       .description = "Loopback port of k-public, for health checks and metrics.",
                       .least = 1,
                       .most = kMaxPort,
                       .shifted = true},
    SettingDescription{.variable = "K_ADMIN_PORT",
                       .member = &Settings::adminPort,
                       .kind = SettingKind::integer,
                       .fallback = "8002",
                       .description = "Loopback port of k-admin, for health checks and metrics.",
                       .least = 1,
                       .most = kMaxPort,
                       .shifted = true},
    SettingDescription{.variable = "K_REDIS_PORT",
                       .member = &Settings::redisPort,
                       .kind = SettingKind::integer,
                       .fallback = "6380",
                       .description = "Port of the private Redis of ./k up.",
                       .least = 1,
                       .most = kMaxPort,
                       .shifted = true},
    SettingDescription{.variable = "K_RUN_DIR",
                       .member = &Settings::runDir,
                       .kind = SettingKind::path,
                       .fallback = "${PWD}/.run",
                       .description = "Folder of everything that a running installation keeps.",
                       .required = true},
    SettingDescription{
        .variable = "K_SOCKET_DIR",
        .member = &Settings::socketDir,
        .kind = SettingKind::path,
        .fallback = "${K_RUN_DIR}/sock",
        .description = "Folder of the Unix sockets; short, because a socket's path has room for 107 bytes."},
    SettingDescription{.variable = "K_LOG_DIR",
                       .member = &Settings::logDir,
                       .kind = SettingKind::path,
                       .fallback = "${K_RUN_DIR}/logs",
                       .description = "Folder of nginx's logs, which k-admin reads."},
    SettingDescription{.variable = "K_MAIL_TRANSPORT",
                       .member = &Settings::mailBySmtp,
                       .kind = SettingKind::choice,
                       .fallback = "folder",
                       .description = "folder writes mail into K_MAIL_DIR, for development; smtp sends it.",
                       .choices = "folder|smtp"},
    SettingDescription{.variable = "K_MAIL_DIR",
                       .member = &Settings::mailDir,
                       .kind = SettingKind::path,
                       .fallback = "${K_RUN_DIR}/mail",
                       .description = "Folder that mail is written to in development; kctl mail shows it."},
    SettingDescription{.variable = "K_MAIL_SMTP_URL",
                       .member = &Settings::mailSmtpUrl,
                       .kind = SettingKind::smtpUrl,
                       .fallback = "",
                       .description =
                           "Mail server. smtps:// is TLS from the start; smtp:// demands STARTTLS, "
                           "but for a server on this machine, which is spoken to without TLS."},
    SettingDescription{.variable = "K_MAIL_SMTP_USER",
                       .member = &Settings::mailSmtpUser,
                       .kind = SettingKind::text,
                       .fallback = "",
                       .description = "User at the mail server; empty: no sign-in."},
    SettingDescription{.variable = "K_MAIL_SMTP_PASSWORD",
                       .member = &Settings::mailSmtpPassword,
                       .kind = SettingKind::text,
                       .fallback = "",
                       .description = "Password at the mail server.",
                       .secret = true},
    SettingDescription{.variable = "K_MAIL_SMTP_CA_FILE",
                       .member = &Settings::mailSmtpCaFile,
                       .kind = SettingKind::path,
                       .fallback = "",
                       .description =
                           "PEM file with the authorities that the mail server's certificate may come "
                           "from; empty: the system's."},
    SettingDescription{.variable = "K_MAIL_FROM",
                       .member = &Settings::mailFrom,
                       .kind = SettingKind::mailAddress,
                       .fallback = "",
                       .description = "Address that mail comes from; needed with smtp."},
    SettingDescription{.variable = "K_PUBLIC_URL",
                       .member = &Settings::publicUrl,
                       .kind = SettingKind::origin,
                       .fallback = "http://127.0.0.1:${K_GATEWAY_PORT}",
                       .description = "Where users reach the gateway; links in mails begin with it."},
    SettingDescription{.variable = "K_DATABASE_URL",
                       .member = &Settings::databaseUrl,
                       .kind = SettingKind::databaseUrl,
                       .fallback = "postgresql:///k?host=${K_SOCKET_DIR}&user=k",
                       .description = "PostgreSQL; the default is the private cluster of ./k up."},
    SettingDescription{.variable = "K_DATABASE_POOL_SIZE",
                       .member = &Settings::databasePoolSize,
                       .kind = SettingKind::integer,
                       .fallback = "20",
                       .description = "Connections of one process to PostgreSQL.",
                       .least = 1,
                       .most = 200,
                       .developmentFallback = "4"},
    SettingDescription{.variable = "K_DATABASE_TIMEOUT_S",
                       .member = &Settings::databaseTimeout,
                       .kind = SettingKind::integer,
                       .fallback = "30",
                       .description = "Longest wait for a free connection or an answer.",
                       .least = 1,
                       .most = 300,
                       .unit = "seconds"},
    SettingDescription{.variable = "K_DATABASE_RECYCLE_S",
                       .member = &Settings::databaseRecycle,
                       .kind = SettingKind::integer,
                       .fallback = "3600",
                       .description = "A connection older than this is replaced.",
                       .least = 60,
                       .most = 86400,
                       .unit = "seconds"},
    SettingDescription{.variable = "K_REDIS_URL",
                       .member = &Settings::redisUrl,
                       .kind = SettingKind::redisUrl,
                       .fallback = "redis://127.0.0.1:${K_REDIS_PORT}/0",
                       .description = "Redis; rediss:// is TLS."},
    SettingDescription{.variable = "K_REDIS_MAX_CONNECTIONS",
                       .member = &Settings::redisMaxConnections,
                       .kind = SettingKind::integer,
                       .fallback = "50",
                       .description = "Most connections of one process to Redis.",
                       .least = 1,
                       .most = 200},
    SettingDescription{.variable = "K_LOG_LEVEL",
                       .member = &Settings::logLevel,
                       .kind = SettingKind::choice,
                       .fallback = "INFO",
                       .description = "Lines below this level are not written.",
                       .choices = "DEBUG|INFO|WARNING|ERROR|CRITICAL"},
    SettingDescription{.variable = "K_LOG_FORMAT",
                       .member = &Settings::logConsole,
                       .kind = SettingKind::choice,
                       .fallback = "json",
                       .description = "json: one object a line; console: readable text.",
                       .choices = "json|console"},
    SettingDescription{.variable = "K_SLOW_OPERATION_MS",
                       .member = &Settings::slowOperation,
                       .kind = SettingKind::integer,
                       .fallback = "500",
                       .description = "Operations slower than this are logged.",
                       .least = 1,
                       .most = 60000,
                       .unit = "milliseconds"},
    SettingDescription{.variable = "K_RATE_LIMITS",
                       .member = &Settings::rateLimits,
                       .kind = SettingKind::choice,
                       .fallback = "on",
                       .description =
                           "off is for benchmarks in development only; the locks and limits of K_LOGIN_LOCKS "
                           "and K_LIMIT_* are off with it.",
                       .choices = "off|on"},
    SettingDescription{.variable = "K_RATE_LIMIT_SHARED",
                       .member = &Settings::rateLimitShared,
                       .kind = SettingKind::choice,
                       .fallback = "off",
                       .description = "on counts in Redis, for several nginx nodes.",
                       .choices = "off|on"},
    SettingDescription{.variable = "K_RATE_LIMIT_LOGIN",
                       .member = &Settings::rateLimitLogin,
                       .kind = SettingKind::integer,
                       .fallback = "5",
                       .description = "Sign-ins of one client.",
                       .least = 1,
                       .most = 100,
                       .unit = "a minute"},
    SettingDescription{.variable = "K_RATE_LIMIT_REGISTER",
                       .member = &Settings::rateLimitRegister,
                       .kind = SettingKind::integer,
                       .fallback = "3",
                       .description = "Registrations of one client.",
                       .least = 1,
                       .most = 50,
                       .unit = "a minute"},
    SettingDescription{.variable = "K_RATE_LIMIT_PAYMENT",
                       .member = &Settings::rateLimitPayment,
                       .kind = SettingKind::integer,
                       .fallback = "100",
                       .description = "Payment calls of one user.",
                       .least = 1,
                       .most = 1000,
                       .unit = "a minute"},
    SettingDescription{.variable = "K_RATE_LIMIT_ADMIN",
                       .member = &Settings::rateLimitAdmin,
                       .kind = SettingKind::integer,
                       .fallback = "120",
                       .description = "Administration calls of one client.",
                       .least = 1,
                       .most = 500,
                       .unit = "a minute"},
    SettingDescription{.variable = "K_RATE_LIMIT_SESSION",
                       .member = &Settings::rateLimitSession,
                       .kind = SettingKind::integer,
                       .fallback = "120",
                       .description = "Calls of one signed-in user: me, refresh, logout.",
                       .least = 1,
                       .most = 5000,
                       .unit = "a minute"},
    SettingDescription{.variable = "K_SIGNUP",
                       .member = &Settings::signupOpen,
                       .kind = SettingKind::choice,
                       .fallback = "open",
                       .description = "closed: nobody can open an account.",
                       .choices = "closed|open"},
    SettingDescription{.variable = "K_LOGIN_LOCKS",
                       .member = &Settings::loginLocks,
                       .kind = SettingKind::lockLadder,
                       .fallback = "6/1,7/2,8/4,9/8,10/300,20/1800,50/3600,100/forever",
                       .description = "From so many wrong passwords for one identifier on, each further one "
                                      "locks it for so many seconds; forever: until the password is reset by "
                                      "mail. A day without one begins anew."},
    SettingDescription{.variable = "K_LIMIT_REGISTER_ADDRESS",
                       .member = &Settings::registrationsOfAddress,
                       .kind = SettingKind::rate,
                       .fallback = "5/3600",
                       .description = "Registrations from one address."},
    SettingDescription{.variable = "K_LIMIT_MAIL_ACCOUNT",
                       .member = &Settings::mailsToAccount,
                       .kind = SettingKind::rate,
                       .fallback = "5/3600",
                       .description = "Reset mails, and confirmation mails, asked for one account."},
    SettingDescription{.variable = "K_LIMIT_MAIL_ADDRESS",
                       .member = &Settings::mailsAskedByAddress,
                       .kind = SettingKind::rate,
                       .fallback = "20/3600",
                       .description = "Such mails asked for from one address."},
    SettingDescription{
        .variable = "K_CORS_ORIGINS",
        .member = &Settings::corsOrigins,
        .kind = SettingKind::origins,
        .fallback = "",
        .description =
            "Other origins whose pages may call the API with credentials; empty: the same origin only."},
    SettingDescription{.variable = "K_TRUSTED_PROXIES",
                       .member = &Settings::trustedProxies,
                       .kind = SettingKind::networks,
                       .fallback = "",
                       .description = "Proxies before nginx whose X-Forwarded-For is believed; empty: none."},
    SettingDescription{.variable = "K_TLS_CERTIFICATE",
                       .member = &Settings::tlsCertificate,
                       .kind = SettingKind::path,
                       .fallback = "",
                       .description = "PEM file with nginx's certificate chain; turns TLS on."},
    SettingDescription{.variable = "K_TLS_KEY",
                       .member = &Settings::tlsKey,
                       .kind = SettingKind::path,
                       .fallback = "",
                       .description = "PEM file with the certificate's private key."},
    SettingDescription{.variable = "K_CRYPTO_MASTER_KEYS",
                       .member = &Settings::cryptoMasterKeys,
                       .kind = SettingKind::masterKeys,
                       .fallback = "",
                       .description = "Keys that secrets in the database are sealed with; the first "
                                      "encrypts, all decrypt. In development "
                                      "./k up makes one (.run/generated.env).",
                       .secret = true,
                       .required = true},
    SettingDescription{.variable = "K_SIGNING_KEY_DAYS",
                       .member = &Settings::signingKeyDays,
                       .kind = SettingKind::integer,
                       .fallback = "30",
                       .description = "How long one key signs the access tokens before the next one does.",
                       .least = 1,
                       .most = 365,
                       .unit = "days"},
    SettingDescription{.variable = "K_RETENTION_DAYS",
                       .member = &Settings::retentionDays,
                       .kind = SettingKind::integer,
                       .fallback = "7",
                       .description = "How long raw monitoring data is kept.",
                       .least = 1,
                       .most = 365,
                       .unit = "days"},
    SettingDescription{.variable = "K_AUDIT_RETENTION_DAYS",
                       .member = &Settings::auditRetentionDays,
                       .kind = SettingKind::integer,
                       .fallback = "365",
                       .description = "How long the audit trail is kept.",
                       .least = 1,
                       .most = 3650,
                       .unit = "days"},
    SettingDescription{.variable = "K_DELETION_GRACE_DAYS",
                       .member = &Settings::deletionGraceDays,
                       .kind = SettingKind::integer,
                       .fallback = "14",
                       .description = "How long a user who deleted the account may come back.",
                       .least = 1,
                       .most = 365,
                       .unit = "days"},
    SettingDescription{.variable = "K_HEALTH_INTERVAL_S",
                       .member = &Settings::healthInterval,
                       .kind = SettingKind::integer,
                       .fallback = "30",
                       .description = "Time between two health snapshots.",
                       .least = 1,
                       .most = 3600,
                       .unit = "seconds"},
    SettingDescription{
        .variable = "K_DETECT_DOS_ATTEMPT",
        .member = &Settings::detectDosAttempt,
        .kind = SettingKind::rate,
        .fallback = "11/300",
        .description = "Refusals by a rate limit, of one address: an attempt at denial of service."},
    SettingDescription{.variable = "K_DETECT_RAPID_VIOLATIONS",
                       .member = &Settings::detectRapidViolations,
                       .kind = SettingKind::rate,
                       .fallback = "51/3600",
                       .description = "The same, slower."},
    SettingDescription{
        .variable = "K_DETECT_HONEYPOT",
        .member = &Settings::detectHoneypot,
        .kind = SettingKind::rate,
        .fallback = "3/600",
        .description = "Honeypot hits of one address that are no accident; a single one is noted too."},
    SettingDescription{.variable = "K_DETECT_AUTH_SPRAY",
                       .member = &Settings::detectAuthSpray,
                       .kind = SettingKind::rate,
                       .fallback = "10/600",
                       .description = "Accounts that one address fails to sign in to."},
    SettingDescription{.variable = "K_DETECT_AUTH_DISTRIBUTED",
                       .member = &Settings::detectAuthDistributed,
                       .kind = SettingKind::rate,
                       .fallback = "10/600",
                       .description = "Addresses that fail to sign in to one account."},
    SettingDescription{.variable = "K_DETECT_PATH_PROBING",
                       .member = &Settings::detectPathProbing,
                       .kind = SettingKind::rate,
                       .fallback = "10/60",
                       .description = "Different paths that one address was answered 403 or 404 for."},
    SettingDescription{
        .variable = "K_DETECT_QUIET_S",
        .member = &Settings::detectQuiet,
        .kind = SettingKind::integer,
        .fallback = "3600",
        .description = "After a finding the same one of the same address is not noted again for so long.",
        .least = 1,
        .most = 86400,
        .unit = "seconds"},
    SettingDescription{.variable = "K_BAN_AUTOMATIC",
                       .member = &Settings::banAutomatically,
                       .kind = SettingKind::choice,
                       .fallback = "observe",
                       .description = "on bans the address of a finding of high severity; observe only notes "
                                      "that it would have been banned.",
                       .choices = "observe|on"},
    SettingDescription{.variable = "K_BAN_LENGTH_S",
                       .member = &Settings::banLength,
                       .kind = SettingKind::integer,
                       .fallback = "3600",
                       .description = "Length of an automatic ban; each earlier one of the address within 30 "
                                      "days doubles it, up to a week.",
                       .least = 1,
                       .most = 604800,
                       .unit = "seconds"},
};

constexpr std::array<std::string_view, 10> kScriptVariables{
    "K_ENV_FILE", "K_BUILD_DIR",        "K_CACHE_DIR",       "K_FAIL_LINES",   "K_FUZZ_SECONDS",
    "K_WEB_ROOT", "K_GATEWAY_TLS_PORT", "K_GATEWAY_WORKERS", "K_GATEWAY_USER", "K_TEST_TMP"};

std::string alternatives(std::string_view choices) {
  std::string text;
  for (const char c : choices) {
    text += c == '|' ? std::string(", ") : std::string(1, c);
  }
  return text;
}

}  // namespace

std::span<const SettingDescription> settingsTable() noexcept { return kSettings; }

std::string allowedText(const SettingDescription& setting) {
  switch (setting.kind) {
    case SettingKind::integer: {
      std::string text =
          "a whole number from " + std::to_string(setting.least) + " to " + std::to_string(setting.most);
      return setting.unit.empty() ? text : text + " (" + std::string(setting.unit) + ")";
    }
    case SettingKind::choice:
      return "one of " + alternatives(setting.choices);
    case SettingKind::path:
      return "an absolute path";
    case SettingKind::address:
      return "an IP address";
    case SettingKind::origin:
      return "http://host[:port] or https://host[:port], nothing after it";
    case SettingKind::origins:
      return "origins like https://app.example.org separated by commas; * is refused because requests carry "
             "credentials";
    case SettingKind::networks:
      return "networks like 10.0.0.0/8 or 2001:db8::/32 separated by commas, no bits set beyond the prefix";
    case SettingKind::databaseUrl:
      return "postgresql://[user[:password]@][host][:port][,…]/database[?…] or libpq's key=value pairs";
    case SettingKind::redisUrl:
      return "redis://[[user]:password@]host[:port][/database], rediss://… or unix:///path[?db=number]";
    case SettingKind::rate:
      return "COUNT/SECONDS, 1 to " + std::to_string(EventRate::kMostCount) + " within 1 to " +
             std::to_string(EventRate::kLongestWindow.count()) + " seconds";
    case SettingKind::lockLadder:
      return "off, or up to " + std::to_string(kMostLockSteps) +
             " steps FAILURES/SECONDS separated by commas, both growing, 1 to " +
             std::to_string(LockStep::kMostFailures) + " failures, 1 to " +
             std::to_string(LockStep::kLongest) + " seconds; the last may be FAILURES/forever";
    case SettingKind::smtpUrl:
      return "smtp://host[:port] or smtps://host[:port], nothing after it, no user or password in it";
    case SettingKind::mailAddress:
      return "an e-mail address like accounts@example.org";
    case SettingKind::text:
      return "1 to 256 characters";
    case SettingKind::masterKeys:
      break;
  }
  return "id:key pairs separated by commas, each id once (1 to 32 of a-z A-Z 0-9 - _), each key 32 bytes in "
         "base64";
}

std::string maskedValue(const SettingDescription& setting, std::string_view value) {
  if (setting.secret) {
    return value.empty() ? "" : "***";
  }
  const bool isUrl = setting.kind == SettingKind::databaseUrl || setting.kind == SettingKind::redisUrl;
  return isUrl ? maskPasswords(value) : std::string(value);
}

bool isScriptVariable(std::string_view name) noexcept {
  return name.starts_with("K_TEST_") || name.starts_with("K_BENCH_") || name.starts_with("K_DEMO_") ||
         std::find(kScriptVariables.begin(), kScriptVariables.end(), name) != kScriptVariables.end();
}

}  // namespace ks
