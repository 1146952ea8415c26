#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "core/errorCode.hpp"
#include "core/uuid.hpp"
#include "messages/administration/userAdministration.hpp"
#include "persistence/sql/sqlRows.hpp"

// What the functions of migration userAdministration answer.
namespace ks::userAdministrationRows {

/// "ok", or the wire name of the error that says why not; throws SqlReadError for any other.
[[nodiscard]] ErrorCode readRefusal(std::string_view outcome);
/// A text array of ids.
[[nodiscard]] std::vector<Uuid> readIds(const SqlRow& row, int column);
/// Two text arrays of ids: whose the sessions were, and the sessions.
[[nodiscard]] std::vector<EndedSession> readEnded(const SqlRow& row, int holders, int sessions);
/// The input of user_mail().
[[nodiscard]] nlohmann::json mailJson(const OutboxMail& mail);

}  // namespace ks::userAdministrationRows
