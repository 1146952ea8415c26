#include "core/text/userAgent.hpp"

#include <algorithm>
#include <array>

namespace ks {
namespace {

struct AgentMark {
  std::string_view mark;
  std::string_view name;
};

// The order matters: browsers contain the names of those that they imitate, so the imitated come last.
constexpr std::array kBrowsers{
    AgentMark{"Edg/", "Edge"},
    AgentMark{"EdgA/", "Edge"},
    AgentMark{"EdgiOS/", "Edge"},
    AgentMark{"OPR/", "Opera"},
    AgentMark{"SamsungBrowser/", "Samsung Internet"},
    AgentMark{"Vivaldi/", "Vivaldi"},
    AgentMark{"FxiOS/", "Firefox"},
    AgentMark{"Firefox/", "Firefox"},
    AgentMark{"CriOS/", "Chrome"},
    AgentMark{"HeadlessChrome/", "Chrome"},
    AgentMark{"Chrome/", "Chrome"},
    AgentMark{"Chromium/", "Chrome"},
    AgentMark{"Safari/", "Safari"},
    AgentMark{"curl/", "curl"},
    AgentMark{"Wget/", "Wget"},
    AgentMark{"okhttp/", "okhttp"},
    AgentMark{"Dart/", "Dart"},
    AgentMark{"python-requests/", "Python"},
    AgentMark{"Python", "Python"},
    AgentMark{"PostmanRuntime/", "Postman"},
    AgentMark{"node", "Node"},
};
constexpr std::array kSystems{
    AgentMark{"iPhone", "iOS"},      AgentMark{"iPad", "iPadOS"},     AgentMark{"Android", "Android"},
    AgentMark{"Windows", "Windows"}, AgentMark{"CrOS", "ChromeOS"},   AgentMark{"Macintosh", "macOS"},
    AgentMark{"Linux", "Linux"},     AgentMark{"FreeBSD", "FreeBSD"},
};

template <std::size_t Count>
std::string_view firstMatch(const std::array<AgentMark, Count>& marks, std::string_view text) {
  for (const auto& entry : marks) {
    if (text.find(entry.mark) != std::string_view::npos) {
      return entry.name;
    }
  }
  return {};
}

std::string lowerOr(std::string_view name, std::string_view fallback) {
  std::string text(name.empty() ? fallback : name);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    if (c == ' ') {
      return '-';
    }
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

}  // namespace

std::string userAgentFamily(std::string_view userAgent) {
  return lowerOr(firstMatch(kBrowsers, userAgent), "other") + "/" +
         lowerOr(firstMatch(kSystems, userAgent), "other");
}

std::string describeUserAgent(std::string_view userAgent) {
  const auto browser = firstMatch(kBrowsers, userAgent);
  const auto system = firstMatch(kSystems, userAgent);
  if (browser.empty() && system.empty()) {
    return "Unknown device";
  }
  if (browser.empty() || system.empty()) {
    return std::string(browser.empty() ? system : browser);
  }
  return std::string(browser) + " on " + std::string(system);
}

}  // namespace ks
