#include "core/settings/liveSettings.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "core/settings/settingsTable.hpp"

using namespace ks;

namespace {

LoadedSettings baseOf(EnvironmentMap more = {}) {
  more.emplace("K_RUN_DIR", "/srv/k/run");
  more.emplace("K_CRYPTO_MASTER_KEYS", "k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=");
  return resolveSettings(more, {});
}

const EffectiveSetting& effective(const LoadedSettings& loaded, std::string_view variable) {
  return *std::find_if(loaded.effective.begin(), loaded.effective.end(),
                       [variable](const auto& one) { return one.variable == variable; });
}

}  // namespace

TEST_CASE("live settings: the database wins over the environment, and only what it has", "[core]") {
  const auto base = baseOf({{"K_RATE_LIMIT_LOGIN", "7"}, {"K_CORS_ORIGINS", "https://a.example"}});
  const auto layered = layerSettings(
      base, {{"K_RATE_LIMIT_LOGIN", "20"}, {"K_CORS_ORIGINS", ""}, {"K_DETECT_HONEYPOT", "4/60"}});
  CHECK(layered.faults.empty());
  CHECK(layered.settings.rateLimitLogin == 20);
  CHECK(layered.settings.corsOrigins.empty());
  CHECK(layered.settings.detectHoneypot.count == 4);
  CHECK(layered.settings.rateLimitAdmin == base.settings.rateLimitAdmin);
  CHECK(effective(layered, "K_RATE_LIMIT_LOGIN").value == "20");
  CHECK(effective(layered, "K_RATE_LIMIT_LOGIN").origin == SettingOrigin::database);
  CHECK(effective(layered, "K_RATE_LIMIT_ADMIN").origin == SettingOrigin::defaultValue);
  CHECK(settingOriginName(SettingOrigin::database) == "database");
  CHECK(layerSettings(base, {}).settings.rateLimitLogin == 7);
}

TEST_CASE("live settings: what is not allowed does not count, the rest does", "[core]") {
  const auto layered = layerSettings(baseOf(), {{"K_RATE_LIMIT_LOGIN", "0"},
                                                {"K_RATE_LIMIT_ADMIN", "77"},
                                                {"K_DATABASE_URL", "postgresql:///other"},
                                                {"K_PUBLIC_PORT", "99"},
                                                {"K_NONSENSE", "1"},
                                                {"K_CORS_ORIGINS", "*"}});
  CHECK(layered.faults.size() == 5);
  CHECK(layered.settings.rateLimitLogin == 5);
  CHECK(layered.settings.rateLimitAdmin == 77);
  CHECK(layered.settings.publicPort == 8001);
  CHECK(effective(layered, "K_RATE_LIMIT_LOGIN").origin == SettingOrigin::defaultValue);
}

TEST_CASE("live settings: no secret, no path, no port, no address of another part is live", "[core]") {
  for (const auto& setting : settingsTable()) {
    if (setting.isLive()) {
      INFO(setting.variable);
      CHECK(!setting.secret);
      CHECK(!setting.required);
      CHECK(!setting.shifted);
      CHECK(setting.developmentFallback.empty());
      CHECK(setting.fallback.find("${") == std::string_view::npos);
      CHECK((setting.kind == SettingKind::integer || setting.kind == SettingKind::choice ||
             setting.kind == SettingKind::rate || setting.kind == SettingKind::lockLadder ||
             setting.kind == SettingKind::origins || setting.kind == SettingKind::usernames));
    }
  }
}

TEST_CASE("live settings: who reads them sees one moment, before or after a change", "[core]") {
  const auto base = baseOf();
  const auto board = std::make_shared<SettingsBoard>(base);
  struct Limits {
    int login = 0;
    int admin = 0;
  };
  std::thread writer([&] {
    for (std::int64_t version = 1; version <= 200; ++version) {
      const auto text = std::to_string(1 + version % 100);
      board->publish(
          {layerSettings(base, {{"K_RATE_LIMIT_LOGIN", text}, {"K_RATE_LIMIT_ADMIN", text}}), version});
    }
  });
  const Live<Limits> live{board, [](const Settings& settings) {
                            return Limits{settings.rateLimitLogin, settings.rateLimitAdmin};
                          }};
  bool same = true;
  while (board->current()->version < 200) {
    const auto limits = *live;
    same = same && (limits.login == limits.admin || (limits.login == 5 && limits.admin == 120));
  }
  writer.join();
  CHECK(same);
  CHECK(live->login == 1);
  const Live<int> fixed{7};
  CHECK(*fixed == 7);
}
