#include "http/routes/administration/settingsSchemas.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/settings/settingsTable.hpp"
#include "http/routing/versionTag.hpp"

using namespace ks;

namespace {

std::vector<std::pair<std::string, ErrorCode>> faultsOf(const std::string& body) {
  const auto parsed = schemaOf<WishesInput<TypedWishes>>().parse(body);
  REQUIRE(!parsed.ok());
  std::vector<std::pair<std::string, ErrorCode>> faults;
  for (const auto& detail : parsed.fault().details) {
    faults.emplace_back(detail.field, detail.code);
  }
  if (faults.empty()) {
    faults.emplace_back(parsed.fault().field, parsed.fault().code);
  }
  return faults;
}

}  // namespace

TEST_CASE("settings change: values have the types of their settings", "[http]") {
  const auto parsed = schemaOf<WishesInput<TypedWishes>>().parse(
      R"({"settings":{"K_RATE_LIMIT_LOGIN":12,"K_LOG_LEVEL":"DEBUG","K_CORS_ORIGINS":["https://a.example","http://b.example:81"],)"
      R"("K_DETECT_HONEYPOT":"3/60","K_RATE_LIMIT_ADMIN":null}})");
  REQUIRE(parsed.ok());
  const auto& wishes = parsed.value().settings.values;
  CHECK(wishes.size() == 5);
  CHECK(wishes.find("K_RATE_LIMIT_LOGIN")->second == "12");
  CHECK(wishes.find("K_CORS_ORIGINS")->second == "https://a.example,http://b.example:81");
  CHECK(!wishes.find("K_RATE_LIMIT_ADMIN")->second);
  const auto none = schemaOf<WishesInput<TypedWishes>>().parse(R"({"settings":{"K_CORS_ORIGINS":[]}})");
  REQUIRE(none.ok());
  CHECK(none.value().settings.values.find("K_CORS_ORIGINS")->second == "");
}

TEST_CASE("settings: all that can be changed while running guard security, but for these", "[http]") {
  std::vector<std::string_view> free;
  for (const auto& setting : settingsTable()) {
    if (setting.live == LiveFor::administrators) {
      free.push_back(setting.variable);
    }
  }
  CHECK(free == std::vector<std::string_view>{"K_REGISTRATION_DAYS", "K_RATE_LIMIT_PAYMENT", "K_SIGN_UP"});
}

TEST_CASE("settings change: every fault is named with its field", "[http]") {
  using Faults = std::vector<std::pair<std::string, ErrorCode>>;
  CHECK(faultsOf(R"({"settings":{"K_RATE_LIMIT_LOGIN":101}})") ==
        Faults{{"settings.K_RATE_LIMIT_LOGIN", ErrorCode::outOfRange}});
  CHECK(
      faultsOf(
          R"({"settings":{"K_RATE_LIMIT_LOGIN":"12","K_LOG_LEVEL":"LOUD","K_NONSENSE":1,"K_PUBLIC_PORT":1}})") ==
      Faults{{"settings.K_RATE_LIMIT_LOGIN", ErrorCode::invalidFormat},
             {"settings.K_LOG_LEVEL", ErrorCode::invalidFormat},
             {"settings.K_NONSENSE", ErrorCode::settingUnknown},
             {"settings.K_PUBLIC_PORT", ErrorCode::settingNotLive}});
  CHECK(faultsOf(R"({"settings":{"K_CRYPTO_MASTER_KEYS":"x"}})").front().second == ErrorCode::settingNotLive);
  for (const char* list : {"[\"*\"]", "[\"https://a.example,https://b.example\"]", "[1]",
                           "\"https://a.example\"", "[\"\"]", "[\"https://a.example/\"]"}) {
    INFO(list);
    CHECK(faultsOf(std::string{R"({"settings":{"K_CORS_ORIGINS":)"} + list + "}}").front().second ==
          ErrorCode::invalidFormat);
  }
  CHECK(faultsOf(R"({"settings":{}})").front().second == ErrorCode::required);
  CHECK(faultsOf(R"({"settings":[]})").front().second == ErrorCode::invalidFormat);
  CHECK(faultsOf(R"({})").front().second == ErrorCode::required);
}

TEST_CASE("settings change: kctl sends texts", "[http]") {
  const auto parsed = schemaOf<WishesInput<TextWishes>>().parse(
      R"({"settings":{"K_RATE_LIMIT_LOGIN":"12","K_CORS_ORIGINS":""}})");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().settings.values.find("K_RATE_LIMIT_LOGIN")->second == "12");
  CHECK(!schemaOf<WishesInput<TextWishes>>().parse(R"({"settings":{"K_RATE_LIMIT_LOGIN":12}})").ok());
}

TEST_CASE("settings: written with their types, live ones only", "[http]") {
  LiveSettings live;
  live.loaded.effective = {
      {"K_PUBLIC_PORT", "8001", SettingOrigin::defaultValue},
      {"K_RATE_LIMIT_LOGIN", "12", SettingOrigin::database},
      {"K_CORS_ORIGINS", "https://a.example, https://b.example", SettingOrigin::environment}};
  live.version = 3;
  std::string text;
  schemaOf<SettingsOutput>().write(text, settingsOutputOf(live));
  CHECK(text.starts_with(
      R"({"version":3,"values":{"K_CORS_ORIGINS":["https://a.example","https://b.example"],"K_RATE_LIMIT_LOGIN":12},)"));
  CHECK(text.find("K_PUBLIC_PORT") == std::string::npos);
  CHECK(text.find(R"("origin":"database")") != std::string::npos);
}

TEST_CASE("If-Match takes the version, also as nginx weakens it", "[http]") {
  const auto versionOf = [](std::string_view tag) {
    HttpRequest request;
    request.headers.emplace_back("If-Match", tag);
    return expectedVersion(request, true);
  };
  CHECK(versionOf("12").value() == 12);
  CHECK(versionOf("\"12\"").value() == 12);
  CHECK(versionOf("W/\"12\"").value() == 12);
  for (const char* bad : {"", "\"", "*", "\"a\"", "-1", "\"1\", \"2\"", "99999999999999999999"}) {
    INFO(bad);
    CHECK(!versionOf(bad));
  }
}
