#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/settings/settings.hpp"

namespace {

ks::LoadedSettings withRate(const std::string& value) {
  return ks::resolveSettings({{"K_DETECT_DOS_ATTEMPT", value}}, ks::EnvFile{});
}

bool isRefused(const std::string& value) {
  const auto loaded = withRate(value);
  return std::any_of(loaded.faults.begin(), loaded.faults.end(),
                     [](const auto& fault) { return fault.variable == "K_DETECT_DOS_ATTEMPT"; });
}

}  // namespace

TEST_CASE("a rate of events is COUNT/SECONDS") {
  const auto loaded = withRate("5/60");
  CHECK(loaded.settings.detectDosAttempt.count == 5);
  CHECK(loaded.settings.detectDosAttempt.window == std::chrono::seconds{60});
  CHECK(loaded.settings.detectPathProbing.count == 10);
  CHECK(loaded.settings.detectPathProbing.window == std::chrono::seconds{60});
  CHECK(!loaded.settings.banAutomatically);
  for (const char* bad : {"5", "/60", "5/", "0/60", "5/0", "1001/60", "5/3601", "-5/60", "5/60/1", " 5/60",
                          "5 /60", "05/60", "5.5/60", "99999999999999999999/60"}) {
    CAPTURE(bad);
    CHECK(isRefused(bad));
  }
}
