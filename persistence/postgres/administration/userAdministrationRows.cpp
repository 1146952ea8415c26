#include "persistence/postgres/administration/userAdministrationRows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "core/bytes.hpp"

namespace ks::userAdministrationRows {

ErrorCode readRefusal(std::string_view outcome) {
  if (outcome == "ok") {
    return ErrorCode::none;
  }
  const auto code = errorCodeFromName(outcome);
  if (code == ErrorCode::none) {
    throw SqlReadError("no error is called " + std::string{outcome});
  }
  return code;
}

std::vector<Uuid> readIds(const SqlRow& row, int column) {
  std::vector<Uuid> ids;
  for (const auto& text : row.textArray(column)) {
    if (const auto id = Uuid::parse(text)) {
      ids.push_back(*id);
    }
  }
  return ids;
}

std::vector<EndedSession> readEnded(const SqlRow& row, int holders, int sessions) {
  std::vector<EndedSession> ended;
  const auto users = readIds(row, holders);
  const auto ids = readIds(row, sessions);
  for (std::size_t i = 0; i < std::min(users.size(), ids.size()); ++i) {
    ended.push_back({users[i], ids[i]});
  }
  return ended;
}

nlohmann::json mailJson(const OutboxMail& mail) {
  return {{"id", mail.id.toString()},
          {"template", mail.mailTemplate},
          {"locale", mail.locale},
          {"to", toHex(mail.recipientSealed)},
          {"payload", toHex(mail.payloadSealed)}};
}

}  // namespace ks::userAdministrationRows
