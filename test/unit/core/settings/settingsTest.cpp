#include "core/settings/settings.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/settings/settingsTable.hpp"

using namespace ks;

namespace {

const std::string kKey = "k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";

EnvironmentMap minimal() { return {{"K_RUN_DIR", "/srv/k/run"}, {"K_CRYPTO_MASTER_KEYS", kKey}}; }

EnvironmentMap with(std::initializer_list<std::pair<const std::string, std::string>> more) {
  EnvironmentMap environment = minimal();
  for (const auto& [name, value] : more) {
    environment[name] = value;
  }
  return environment;
}

LoadedSettings resolve(const EnvironmentMap& environment) { return resolveSettings(environment, {}); }

const SettingFault* faultOf(const std::vector<SettingFault>& faults, std::string_view variable) {
  const auto place = std::find_if(faults.begin(), faults.end(),
                                  [variable](const auto& fault) { return fault.variable == variable; });
  return place == faults.end() ? nullptr : &*place;
}

bool refused(const std::string& variable, const std::string& value) {
  const auto loaded = resolve(with({{variable, value}}));
  return faultOf(loaded.faults, variable) != nullptr;
}

bool accepted(const std::string& variable, const std::string& value) {
  const auto loaded = resolve(with({{variable, value}}));
  INFO(renderFaults(loaded));
  return loaded.ok();
}

}  // namespace

TEST_CASE("settings: defaults", "[core]") {
  const auto loaded = resolve(minimal());
  INFO(renderFaults(loaded));
  REQUIRE(loaded.ok());
  CHECK(loaded.warnings.empty());
  const auto& s = loaded.settings;
  CHECK(s.environment == Environment::development);
  CHECK(s.publicPort == 8001);
  CHECK(s.adminPort == 8002);
  CHECK(s.gatewayPort == 8080);
  CHECK(s.gatewayBind == "127.0.0.1");
  CHECK(s.gatewayConnections == 16384);
  CHECK(s.gatewayClientConnections == 256);
  CHECK(s.databaseUrl.reveal() == "postgresql:///k?host=/srv/k/run/sock&user=k_service");
  CHECK(s.databasePoolSize == 4);
  CHECK(s.databaseTimeout == std::chrono::seconds{30});
  CHECK(s.databaseRecycle == std::chrono::seconds{3600});
  CHECK(s.redisUrl.reveal() == "unix:///srv/k/run/sock/redis.sock");
  CHECK(s.redisMaxConnections == 50);
  CHECK(s.logLevel == LogLevel::info);
  CHECK_FALSE(s.logConsole);
  CHECK(s.slowOperation == std::chrono::milliseconds{500});
  CHECK(s.rateLimits);
  CHECK_FALSE(s.rateLimitShared);
  CHECK(s.rateLimitLogin == 5);
  CHECK(s.rateLimitRegister == 3);
  CHECK(s.rateLimitPayment == 100);
  CHECK(s.rateLimitAdmin == 120);
  CHECK(s.rateLimitSession == 120);
  CHECK(s.corsOrigins.empty());
  CHECK(s.trustedProxies.empty());
  CHECK(s.retentionDays == 7);
  CHECK(s.healthInterval == std::chrono::seconds{30});
  CHECK(s.logDir == "/srv/k/run/logs");
  CHECK(s.mailDir == "/srv/k/run/mail");
  CHECK(s.publicUrl == "http://127.0.0.1:8080");
}

TEST_CASE("settings: defaults follow other values", "[core]") {
  const auto shifted = resolve(with({{"K_PORT_OFFSET", "100"}, {"K_SOCKET_DIR", "/tmp/s"}}));
  REQUIRE(shifted.ok());
  CHECK(shifted.settings.gatewayPort == 8180);
  CHECK(shifted.settings.publicUrl == "http://127.0.0.1:8180");
  CHECK(shifted.settings.redisUrl.reveal() == "unix:///tmp/s/redis.sock");
  CHECK(shifted.settings.databaseUrl.reveal() == "postgresql:///k?host=/tmp/s&user=k_service");
  auto environment = minimal();
  environment.erase("K_RUN_DIR");
  environment["PWD"] = "/home/ann/k";
  CHECK(resolve(environment).settings.runDir == "/home/ann/k/.run");
  CHECK(resolve(with({{"K_ENVIRONMENT", "production"}})).settings.databasePoolSize == 20);
}

TEST_CASE("settings: each bound holds, on both sides", "[core]") {
  for (const auto& setting : settingsTable()) {
    if (setting.kind != SettingKind::integer) {
      continue;
    }
    const std::string name(setting.variable);
    CAPTURE(name);
    CHECK_FALSE(refused(name, std::to_string(setting.least)));
    CHECK_FALSE(refused(name, std::to_string(setting.most)));
    CHECK(refused(name, std::to_string(setting.least - 1)));
    CHECK(refused(name, std::to_string(setting.most + 1)));
    for (const char* bad :
         {"x", "1.5", "-1", "+1", "0x10", "01", "1 ", " 1", "1e3", "99999999999999999999", "1\n"}) {
      CAPTURE(bad);
      CHECK(refused(name, bad));
    }
  }
}

TEST_CASE("settings: each choice is taken and nothing else", "[core]") {
  for (const auto& setting : settingsTable()) {
    if (setting.kind == SettingKind::choice) {
      CAPTURE(setting.variable);
      CHECK(refused(std::string(setting.variable), "neither"));
      CHECK(refused(std::string(setting.variable), std::string(setting.choices)));
    }
  }
  CHECK(resolve(with({{"K_LOG_LEVEL", "CRITICAL"}})).settings.logLevel == LogLevel::critical);
  CHECK(refused("K_LOG_LEVEL", "info"));
  CHECK(resolve(with({{"K_LOG_FORMAT", "console"}})).settings.logConsole);
  CHECK(resolve(with({{"K_RATE_LIMIT_SHARED", "on"}})).settings.rateLimitShared);
}

TEST_CASE("settings: URLs, paths, lists and keys", "[core]") {
  CHECK(accepted("K_DATABASE_URL",
                 "postgresql://u:p4ssw0rdX@h1:5432,h2:5433/db?target_session_attrs=read-write"));
  CHECK(accepted("K_DATABASE_URL", "host=h1,h2 dbname=k user=k"));
  CHECK(refused("K_DATABASE_URL", "mysql://h/db"));
  CHECK(refused("K_DATABASE_URL", "database"));
  CHECK(refused("K_DATABASE_URL", "postgresql://h/d b"));
  CHECK(accepted("K_REDIS_URL", "rediss://:x7@cache.example:6379/3"));
  CHECK(accepted("K_REDIS_URL", "unix:///run/redis.sock?db=2"));
  CHECK(accepted("K_REDIS_URL", "unix://processes:x7@/run/redis.sock"));
  for (const char* bad : {"http://h", "redis://", "redis://h/x", "redis://h/1/2", "redis://h:99999",
                          "unix://relative", "unix:///", "redis://h/0?x=1"}) {
    CAPTURE(bad);
    CHECK(refused("K_REDIS_URL", bad));
  }
  CHECK(refused("K_RUN_DIR", "relative/path"));
  CHECK(refused("K_LOG_DIR", "/x\ny"));
  CHECK(refused("K_GATEWAY_BIND", "everywhere"));
  CHECK(accepted("K_GATEWAY_BIND", "::"));
  CHECK(refused("K_GATEWAY_CONNECTIONS", "255"));
  CHECK(refused("K_GATEWAY_CLIENT_CONNECTIONS", "7"));
  CHECK(accepted("K_GATEWAY_CLIENT_CONNECTIONS", "8"));
  CHECK(refused("K_PUBLIC_URL", "https://k.example/path"));
  const auto origins = resolve(with({{"K_CORS_ORIGINS", "https://A.example, http://localhost:3000"}}));
  CHECK(origins.settings.corsOrigins ==
        std::vector<std::string>{"https://a.example", "http://localhost:3000"});
  for (const char* bad :
       {"*", "https://a.example,*", "https://a.example,", "https://a.example/", "a.example"}) {
    CAPTURE(bad);
    CHECK(refused("K_CORS_ORIGINS", bad));
  }
  CHECK(resolve(with({{"K_TRUSTED_PROXIES", "10.0.0.0/8,2001:db8::/32"}})).settings.trustedProxies.size() ==
        2);
  CHECK(refused("K_TRUSTED_PROXIES", "10.0.0.1/8"));
  const std::string other = "k2:dXRzcnFwb25tbGtqaWhnZmVkY2JhOTg3NjU0MzIxMDA=";
  CHECK(accepted("K_CRYPTO_MASTER_KEYS", kKey + "," + other));
  for (const std::string& bad :
       {std::string("k1"), std::string("k1:"), std::string("k1:AAAA"), kKey + "," + kKey, kKey + ",",
        ":" + kKey, std::string("k!:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY="),
        kKey.substr(0, kKey.size() - 1)}) {
    CAPTURE(bad);
    CHECK(refused("K_CRYPTO_MASTER_KEYS", bad));
  }
}

TEST_CASE("settings: all faults come together, secrets masked", "[core]") {
  auto environment = with({{"K_PUBLIC_PORT", "0"},
                           {"K_LOG_LEVEL", "loud"},
                           {"K_RETENTION_DAYS", "366"},
                           {"K_DATABASE_URL", "mysql://u:topsecret@h/db"},
                           {"K_CRYPTO_MASTER_KEYS", "k1:verysecret"}});
  environment.erase("K_RUN_DIR");
  const auto loaded = resolve(environment);
  for (const char* name : {"K_PUBLIC_PORT", "K_LOG_LEVEL", "K_RETENTION_DAYS", "K_DATABASE_URL",
                           "K_CRYPTO_MASTER_KEYS", "K_RUN_DIR"}) {
    CAPTURE(name);
    CHECK(faultOf(loaded.faults, name) != nullptr);
  }
  CHECK(faultOf(loaded.faults, "K_PUBLIC_PORT")->cause == "allowed: a whole number from 1 to 65535");
  CHECK(faultOf(loaded.faults, "K_PUBLIC_PORT")->origin == "environment");
  const std::string text = renderFaults(loaded) + renderSettings(loaded);
  CHECK(text.find("topsecret") == std::string::npos);
  CHECK(text.find("verysecret") == std::string::npos);
  CHECK(text.find("mysql://u:***@h/db") != std::string::npos);
  CHECK(text.find("error: K_RUN_DIR: is missing") != std::string::npos);
}

TEST_CASE("settings: combinations", "[core]") {
  const auto ports = resolve(with({{"K_PUBLIC_PORT", "8080"}}));
  REQUIRE(faultOf(ports.faults, "K_PUBLIC_PORT") != nullptr);
  CHECK(ports.faults.size() == 1);
  CHECK(faultOf(resolve(with({{"K_TLS_CERTIFICATE", "/c.pem"}})).faults, "K_TLS_KEY") != nullptr);
  CHECK(faultOf(resolve(with({{"K_TLS_KEY", "/k.pem"}})).faults, "K_TLS_CERTIFICATE") != nullptr);
  CHECK(resolve(with({{"K_TLS_KEY", "/k.pem"}, {"K_TLS_CERTIFICATE", "/c.pem"}})).ok());
  CHECK(refused("K_LOGIN_ANSWER_MS", "400"));  // no divisor of a request's 15 s
  CHECK_FALSE(refused("K_LOGIN_ANSWER_MS", "500"));
  CHECK(refused("K_SOCKET_DIR", "/" + std::string(89, 's')));
  CHECK_FALSE(refused("K_SOCKET_DIR", "/" + std::string(88, 's')));
}

TEST_CASE("settings: mail by SMTP needs a server and a sender", "[core]") {
  const auto bare = resolve(with({{"K_MAIL_TRANSPORT", "smtp"}}));
  CHECK(faultOf(bare.faults, "K_MAIL_SMTP_URL") != nullptr);
  CHECK(faultOf(bare.faults, "K_MAIL_FROM") != nullptr);
  const auto resolved = [](const std::string& url, const EnvironmentMap& more) {
    auto environment = with({{"K_MAIL_TRANSPORT", "smtp"}, {"K_MAIL_SMTP_URL", url}});
    environment["K_MAIL_FROM"] = "accounts@example.org";
    for (const auto& [name, value] : more) {
      environment[name] = value;
    }
    return resolve(environment);
  };
  CHECK(resolved("smtp://mail.example.org:587", {}).ok());
  CHECK(
      resolved("smtps://mail.example.org", {{"K_MAIL_SMTP_USER", "u"}, {"K_MAIL_SMTP_PASSWORD", "p"}}).ok());
  for (const auto* url : {"http://mail.example.org", "smtp://user:secret@mail.example.org",
                          "smtp://mail.example.org/x", "smtp://mail.example.org?x", "mail.example.org"}) {
    CHECK(faultOf(resolved(url, {}).faults, "K_MAIL_SMTP_URL") != nullptr);
  }
  const auto noPassword = resolved("smtp://a.example", {{"K_MAIL_SMTP_USER", "u"}});
  CHECK(faultOf(noPassword.faults, "K_MAIL_SMTP_PASSWORD") != nullptr);
  CHECK(faultOf(resolved("smtp://a.example", {{"K_MAIL_FROM", "none"}}).faults, "K_MAIL_FROM") != nullptr);
  const auto secret =
      resolved("smtp://a.example", {{"K_MAIL_SMTP_USER", "u"}, {"K_MAIL_SMTP_PASSWORD", "hush"}});
  CHECK(secret.ok());
  CHECK(renderSettings(secret).find("hush") == std::string::npos);
}

TEST_CASE("settings: payments need all that the bank asks for", "[core]") {
  const auto resolved = [](const EnvironmentMap& more) {
    auto environment = with({{"K_BRI_URL", "https://bank.example"},
                             {"K_BRI_CLIENT_ID", "c"},
                             {"K_BRI_CLIENT_SECRET", "hush"},
                             {"K_BRI_PRIVATE_KEY_FILE", "/k.pem"},
                             {"K_BRI_PARTNER_ID", "P"},
                             {"K_BRI_PARTNER_SERVICE_ID", "77777"}});
    for (const auto& [name, value] : more) {
      environment[name] = value;
    }
    return resolve(environment);
  };
  const auto good = resolved({});
  INFO(renderFaults(good));
  CHECK(good.ok());
  CHECK(renderSettings(good).find("hush") == std::string::npos);
  CHECK(resolve(with({{"K_BRI_PARTNER_SERVICE_ID", "x"}})).ok());  // payments are off
  const std::pair<const char*, const char*> bad[] = {{"K_BRI_CLIENT_ID", ""},
                                                     {"K_BRI_CLIENT_SECRET", ""},
                                                     {"K_BRI_PRIVATE_KEY_FILE", ""},
                                                     {"K_BRI_PARTNER_ID", ""},
                                                     {"K_BRI_PARTNER_ID", "a b"},
                                                     {"K_BRI_PARTNER_SERVICE_ID", ""},
                                                     {"K_BRI_PARTNER_SERVICE_ID", "123456789"},
                                                     {"K_BRI_PARTNER_SERVICE_ID", "7777a"},
                                                     {"K_BRI_CHANNEL_ID", "9"},
                                                     {"K_BRI_VA_PATH", "/a//b"},
                                                     {"K_BRI_TOKEN_PATH", "/a?b"},
                                                     {"K_BRI_QR_REFUND_PATH", "/a/../b"},
                                                     {"K_BRI_NOTICE_PATH", "/a/"}};
  for (const auto& [name, value] : bad) {
    CAPTURE(name, value);
    CHECK(faultOf(resolved({{name, value}}).faults, name) != nullptr);
  }
  CHECK(faultOf(resolved({{"K_BRI_MERCHANT_ID", "m"}}).faults, "K_BRI_TERMINAL_ID") != nullptr);
  CHECK(faultOf(resolved({{"K_BRI_NOTICE_CLIENT_ID", "b"}}).faults, "K_BRI_NOTICE_KEY_FILE") != nullptr);
  CHECK(resolved({{"K_BRI_URL", "http://127.0.0.1:9"}}).ok());
  const auto open = resolved({{"K_BRI_URL", "http://bank.example"}, {"K_ENVIRONMENT", "production"}});
  CHECK(faultOf(open.faults, "K_BRI_URL") != nullptr);
}

TEST_CASE("settings: what production refuses, development warns of", "[core]") {
  const std::pair<std::string, std::string> unsafe[] = {
      {"K_RATE_LIMITS", "off"},
      {"K_REDIS_URL", "redis://cache.example:6379/0"},
      {"K_DATABASE_URL", "postgresql://k:postgres@127.0.0.1/k"},
      {"K_CRYPTO_MASTER_KEYS", "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
  };
  for (const auto& [name, value] : unsafe) {
    CAPTURE(name);
    const auto development = resolve(with({{name, value}}));
    CHECK(development.ok());
    CHECK(faultOf(development.warnings, name) != nullptr);
    const auto production = resolve(
        with({{name, value}, {"K_ENVIRONMENT", "production"}, {"K_PUBLIC_URL", "https://k.example"}}));
    CHECK(faultOf(production.faults, name) != nullptr);
    CHECK(faultOf(production.warnings, name) == nullptr);
  }
  const auto good = resolve(with({{"K_ENVIRONMENT", "production"},
                                  {"K_PUBLIC_URL", "https://k.example"},
                                  {"K_MAIL_TRANSPORT", "smtp"},
                                  {"K_MAIL_SMTP_URL", "smtps://mail.example"},
                                  {"K_MAIL_FROM", "accounts@k.example"},
                                  {"K_REDIS_URL", "rediss://cache.example:6379/0"}}));
  INFO(renderFaults(good));
  CHECK(good.ok());
  CHECK(good.warnings.empty());
  auto keyless = minimal();
  keyless.erase("K_CRYPTO_MASTER_KEYS");
  CHECK(faultOf(resolve(keyless).faults, "K_CRYPTO_MASTER_KEYS") != nullptr);
}

TEST_CASE("settings: master keys from a file that nobody else can read", "[core]") {
  const std::string path = "/tmp/k-settingsTest-" + std::to_string(::getpid()) + ".keys";
  const auto given = [&path](const std::string& text, mode_t mode, EnvironmentMap more = {}) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    more.emplace("K_RUN_DIR", "/srv/k/run");
    more.emplace("K_CRYPTO_MASTER_KEYS_FILE", path);
    return loadSettings(more, "/nonexistent/.env");
  };
  const std::string second = "k2:" + kKey.substr(3);
  const auto two = given(kKey + "\n" + second + "\n", 0600);
  INFO(renderFaults(two));
  REQUIRE(two.ok());
  CHECK(two.settings.cryptoMasterKeys.reveal() == kKey + "," + second);
  CHECK(renderSettings(two).find(kKey) == std::string::npos);
  CHECK(given(kKey, 0400).ok());
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    const auto open = given(kKey, mode);
    CHECK(faultOf(open.faults, "K_CRYPTO_MASTER_KEYS_FILE") != nullptr);
    CHECK(open.faults.size() == 1);
  }
  // systemd opens its credentials to the service by an access list, which shows as the group's bits.
  CHECK(given(kKey, 0440, {{"CREDENTIALS_DIRECTORY", "/tmp"}}).ok());
  CHECK_FALSE(given(kKey, 0444, {{"CREDENTIALS_DIRECTORY", "/tmp"}}).ok());
  if (::geteuid() == 0) {  // nobody else may give a file away
    REQUIRE(given(kKey, 0600).ok());
    REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
    CHECK(faultOf(loadSettings({{"K_RUN_DIR", "/srv/k/run"}, {"K_CRYPTO_MASTER_KEYS_FILE", path}},
                               "/nonexistent/.env")
                      .faults,
                  "K_CRYPTO_MASTER_KEYS_FILE") != nullptr);
    REQUIRE(::chown(path.c_str(), 0, 0) == 0);
  }
  CHECK(faultOf(given("none", 0600).faults, "K_CRYPTO_MASTER_KEYS") != nullptr);
  CHECK(faultOf(given("\n", 0600).faults, "K_CRYPTO_MASTER_KEYS_FILE") != nullptr);
  CHECK(faultOf(given(second, 0600, {{"K_CRYPTO_MASTER_KEYS", kKey}}).faults, "K_CRYPTO_MASTER_KEYS_FILE") !=
        nullptr);
  std::filesystem::remove(path);
  const auto gone =
      loadSettings({{"K_RUN_DIR", "/srv/k/run"}, {"K_CRYPTO_MASTER_KEYS_FILE", path}}, "/nonexistent/.env");
  CHECK(faultOf(gone.faults, "K_CRYPTO_MASTER_KEYS_FILE") != nullptr);
}

TEST_CASE("settings: unknown variables are named with the nearest known one", "[core]") {
  const auto loaded =
      resolve(with({{"K_LOG_LEVL", "INFO"}, {"K_ZZZZZZZZZZ", "1"}, {"HOME", "/x"}, {"K_TEST_TMP", "/x"}}));
  REQUIRE(loaded.ok());
  REQUIRE(loaded.warnings.size() == 2);
  CHECK(faultOf(loaded.warnings, "K_LOG_LEVL")->cause == "is not a setting; did you mean K_LOG_LEVEL?");
  CHECK(faultOf(loaded.warnings, "K_ZZZZZZZZZZ")->cause == "is not a setting");
}

TEST_CASE("settings: environment over file over default, and empty is not set", "[core]") {
  const auto file =
      parseEnvFile("K_RETENTION_DAYS=30\nexport K_SLOW_OPERATION_MS='250'\nK_RATE_LIMIT_LOGIN=9\n");
  REQUIRE(file.faults.empty());
  const auto loaded = resolveSettings(with({{"K_RETENTION_DAYS", "60"}, {"K_RATE_LIMIT_LOGIN", ""}}), file);
  REQUIRE(loaded.ok());
  CHECK(loaded.settings.retentionDays == 60);
  CHECK(loaded.settings.slowOperation == std::chrono::milliseconds{250});
  CHECK(loaded.settings.rateLimitLogin == 9);
  const auto originOf = [&loaded](std::string_view name) {
    for (const auto& setting : loaded.effective) {
      if (setting.variable == name) {
        return settingOriginName(setting.origin);
      }
    }
    return std::string_view("none");
  };
  CHECK(originOf("K_RETENTION_DAYS") == "environment");
  CHECK(originOf("K_SLOW_OPERATION_MS") == "file");
  CHECK(originOf("K_PUBLIC_PORT") == "default");
  CHECK(loaded.effective.size() == settingsTable().size());
}

TEST_CASE("settings: the .env parser names lines", "[core]") {
  const auto file = parseEnvFile(
      "# comment\n\n  K_A=1\r\nK_B = 2\nK C=3\nK_D='a b'\nK_E=\"x\nK_F=a "
      "b\nK_A=4\nnonsense\nK_G=\"a$b\"\nK_H=\nK_I='it''s'\n1K=2\nK_J=a\x01");
  CHECK(file.entries.at("K_A").value == "1");
  CHECK(file.entries.at("K_A").line == 3);
  CHECK(file.entries.at("K_D").value == "a b");
  CHECK(file.entries.at("K_H").value.empty());
  std::vector<std::size_t> lines;
  for (const auto& fault : file.faults) {
    lines.push_back(fault.line);
    CHECK(fault.cause.find("sec") == std::string::npos);
  }
  CHECK(lines == std::vector<std::size_t>{4, 5, 7, 8, 9, 10, 11, 13, 14, 15});
  const auto loaded = resolveSettings(minimal(), file);
  CHECK(loaded.faults.size() == file.faults.size());
  CHECK(loaded.faults.front().origin == ".env line 4");
  CHECK(parseEnvFile(std::string(300'000, 'x')).faults.size() == 1);
}

TEST_CASE("settings: the file on disk", "[core]") {
  const auto folder = std::filesystem::temp_directory_path() / ("ks-settings-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto path = folder / ".env";
  CHECK(loadSettings(minimal(), path.string()).ok());
  std::ofstream(path) << "K_RETENTION_DAYS=14\n";
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  const auto loaded = loadSettings(minimal(), path.string());
  CHECK(loaded.ok());
  CHECK(loaded.warnings.empty());
  CHECK(loaded.settings.retentionDays == 14);
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  CHECK(loadSettings(minimal(), path.string()).ok());
  CHECK(loadSettings(minimal(), path.string()).warnings.size() == 1);
  const auto production = loadSettings(
      with({{"K_ENVIRONMENT", "production"}, {"K_PUBLIC_URL", "https://k.example"}}), path.string());
  CHECK(production.faults.size() == 1);
  CHECK_FALSE(loadSettings(minimal(), folder.string()).ok());
  std::filesystem::remove_all(folder);
}

TEST_CASE("settings: .env.example is what the table says", "[core]") {
  const std::filesystem::path root = KS_SOURCE_DIR;
  std::ifstream in(root / ".env.example");
  std::ostringstream text;
  text << in.rdbuf();
  CHECK(text.str() == renderEnvExample());
  CHECK(parseEnvFile(text.str()).faults.empty());
  for (const auto& setting : settingsTable()) {
    CHECK(text.str().find("#" + std::string(setting.variable) + "=") != std::string::npos);
  }
}
