#include "messages/account/sessionNotice.hpp"

namespace ks {

std::string SessionsEnded::toText() const {
  auto text = userId.toString();
  for (const auto& id : sessionIds) {
    text += ' ';
    text += id.toString();
  }
  return text;
}

std::optional<SessionsEnded> SessionsEnded::parse(std::string_view text) {
  SessionsEnded ended;
  bool first = true;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto id = Uuid::parse(text.substr(0, blank));
    if (!id) {
      return std::nullopt;
    }
    if (first) {
      ended.userId = *id;
      first = false;
    } else {
      ended.sessionIds.push_back(*id);
    }
    text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
  }
  if (first) {
    return std::nullopt;
  }
  return ended;
}

}  // namespace ks
