// The .env parser and everything behind it: for any file, faults are reported as printable text
// and secrets stay hidden.
#include <cstdlib>
#include <string_view>

#include "core/settings/settings.hpp"
#include "core/text/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = ks::parseEnvFile(text);
  const auto loaded = ks::resolveSettings({{"PWD", "/srv/k"}}, file);
  const std::string report = ks::renderFaults(loaded) + ks::renderSettings(loaded);
  if (!ks::isUtf8(report)) {
    std::abort();
  }
  if (loaded.ok() && (loaded.settings.publicPort < 1 || loaded.settings.publicPort > 65535 ||
                      loaded.settings.cryptoMasterKeys.empty())) {
    std::abort();
  }
  // Written into another variable too, the key is that variable's text, which may be shown.
  const auto keys = loaded.settings.cryptoMasterKeys.reveal();
  const bool once = text.find(keys) == text.rfind(keys);
  if (!keys.empty() && once && report.find(keys) != std::string::npos) {
    std::abort();
  }
  return 0;
}
