#include "core/text/identifierFold.hpp"

#include <idn2.h>
#include <utf8proc.h>

#include <algorithm>
#include <memory>

#include "core/limits.hpp"
#include "core/text/shownText.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kMaxLocalBytes = 64;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxDomainBytes = 253;
constexpr std::size_t kLeastUsername = 3;
constexpr std::size_t kMostUsername = 32;

bool isLowerAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool isAtomCharacter(char c) {
  return isLowerAlphanumeric(c) || !isAscii({&c, 1}) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool isLocalPart(std::string_view local) {
  if (local.empty() || local.size() > kMaxLocalBytes || local.front() == '.' || local.back() == '.' ||
      local.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(local.begin(), local.end(), [](char c) { return c == '.' || isAtomCharacter(c); }) &&
         (isAscii(local) || isUnambiguous(local));
}

bool isLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return c == '-' || isLowerAlphanumeric(c); });
}

bool isHostName(std::string_view host) {
  if (host.size() > kMaxDomainBytes) {
    return false;
  }
  std::size_t labels = 0;
  while (true) {
    const auto dot = host.find('.');
    const auto label = host.substr(0, dot);
    if (!isLabel(label)) {
      return false;
    }
    ++labels;
    if (dot == std::string_view::npos) {
      const bool number =
          std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
      return labels >= 2 && !number;
    }
    host.remove_prefix(dot + 1);
  }
}

struct IdnFree {
  void operator()(char* text) const { idn2_free(text); }
};
using IdnText = std::unique_ptr<char, IdnFree>;

/// Each label by itself: one of Latin letters may stand below one of Han.
bool hasUnambiguousLabels(std::string_view domain) {
  while (true) {
    const auto dot = domain.find('.');
    const auto label = domain.substr(0, dot);
    if (!isAscii(label) && !isUnambiguous(label)) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    domain.remove_prefix(dot + 1);
  }
}

std::optional<std::string> aLabels(const std::string& domain) {
  char* made = nullptr;
  const int flags = IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES | IDN2_NFC_INPUT;
  const bool converted = idn2_to_ascii_8z(domain.c_str(), &made, flags) == IDN2_OK;
  const IdnText ascii{made};
  return converted ? std::optional<std::string>{ascii.get()} : std::nullopt;
}

std::optional<std::string> uLabels(const std::string& domain) {
  char* made = nullptr;
  const bool converted = idn2_to_unicode_8z8z(domain.c_str(), &made, 0) == IDN2_OK;
  const IdnText text{made};
  return converted ? std::optional<std::string>{text.get()} : std::nullopt;
}

/// Compatible form, case fold, composed.
std::optional<std::string> foldCase(std::string_view text) {
  if (!isUtf8(text)) {
    return std::nullopt;
  }
  utf8proc_uint8_t* made = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &made,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                                  UTF8PROC_COMPAT | UTF8PROC_CASEFOLD));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> folded{made, &std::free};
  if (length < 0) {
    return std::nullopt;
  }
  return std::string(reinterpret_cast<const char*>(made), static_cast<std::size_t>(length));
}

bool isUsername(std::string_view text) {
  const auto length = countCodePoints(text);
  if (length < kLeastUsername || length > kMostUsername) {
    return false;
  }
  const auto atEdge = [](char c) { return !isAscii({&c, 1}) || isLowerAlphanumeric(c); };
  return atEdge(text.front()) && atEdge(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return atEdge(c) || c == '.' || c == '_' || c == '-'; }) &&
         (isAscii(text) || (isLettersAndDigits(text) && isUnambiguous(text)));
}

}  // namespace

std::optional<std::string> normalizeDomain(std::string_view text) {
  if (text.size() > 4 * kMaxDomainBytes || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  auto domain = lowerAscii(text);
  if (isAscii(domain) && domain.find("xn--") == std::string::npos) {
    return isHostName(domain) ? std::optional{std::move(domain)} : std::nullopt;
  }
  auto ascii = isVisible(domain) ? aLabels(domain) : std::nullopt;
  if (!ascii || !isHostName(*ascii)) {
    return std::nullopt;
  }
  const auto shown = uLabels(*ascii);
  if (!shown || !hasUnambiguousLabels(*shown) || aLabels(*shown) != ascii) {
    return std::nullopt;
  }
  return ascii;
}

std::optional<std::string> normalizeEmail(std::string_view text) {
  if (text.size() > 4 * limits::kEmailBytes) {
    return std::nullopt;
  }
  const auto composed = normalizeNfc(text);
  const auto at = composed ? composed->find('@') : std::string::npos;
  if (at == std::string::npos) {
    return std::nullopt;
  }
  auto address = lowerAscii(std::string_view{*composed}.substr(0, at));
  const auto domain = normalizeDomain(std::string_view{*composed}.substr(at + 1));
  if (!domain || !isLocalPart(address)) {
    return std::nullopt;
  }
  address += '@';
  address += *domain;
  return address.size() <= limits::kEmailBytes ? std::optional{std::move(address)} : std::nullopt;
}

std::optional<std::string> normalizeUsername(std::string_view text) {
  if (text.size() > 16 * kMostUsername) {
    return std::nullopt;
  }
  if (isAscii(text)) {
    auto name = lowerAscii(text);
    return isUsername(name) ? std::optional{std::move(name)} : std::nullopt;
  }
  auto name = foldCase(text);
  return name && isUsername(*name) && foldCase(*name) == name ? name : std::nullopt;
}

std::string normalizeIdentifier(std::string_view text) {
  auto folded = text.find('@') != std::string_view::npos ? normalizeEmail(text) : normalizeUsername(text);
  return std::move(folded).value_or(std::string{text});
}

std::string normalizeSearch(std::string_view text) {
  const auto composed = normalizeNfc(text).value_or(std::string{text});
  const auto at = composed.rfind('@');
  const auto begin = at == std::string::npos ? 0 : at + 1;
  const auto domain = normalizeDomain(std::string_view{composed}.substr(begin));
  return domain ? composed.substr(0, begin) + *domain : composed;
}

}  // namespace ks
