#include "persistence/postgres/administration/postgresSettingsRepository.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/logging/eventRows.hpp"
#include "core/text/pageCursor.hpp"
#include "persistence/sql/auditStatements.hpp"

namespace ks {
namespace {

const SqlStatement kSettingsVersion{"settings.version", "SELECT version FROM system_settings_state", true};

const SqlStatement kLoadSettings{"settings.load",
                                 "SELECT state.version, s.key, s.value #>> '{}' FROM system_settings_state "
                                 "state LEFT JOIN system_settings s ON true",
                                 true};

// The row of system_settings_state serialises writers: the second finds a version that it did not
// expect.
const SqlStatement kChangeSettings{
    "settings.change",
    "WITH gate AS (UPDATE system_settings_state SET version = version + 1 WHERE version = $1 RETURNING version), "
    "wish AS (SELECT * FROM jsonb_each($2)), "
    "gone AS (DELETE FROM system_settings s USING wish, gate WHERE s.key = wish.key AND wish.value = 'null'), "
    "put AS (INSERT INTO system_settings (key, value, version, updated_by, updated_at) "
    "SELECT wish.key, wish.value, gate.version, $3, $4 FROM wish, gate WHERE wish.value <> 'null' "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, "
    "updated_by = excluded.updated_by, updated_at = excluded.updated_at), "
    "noted AS (INSERT INTO system_settings_history (key, version, before, value, updated_by, updated_at, request_id) "
    "SELECT wish.key, gate.version, s.value, nullif(wish.value, 'null'), $3, $4, $5 "
    "FROM gate, wish LEFT JOIN system_settings s USING (key)), "
    "audited AS (" KS_AUDIT_CTE("$6", "gate") ") "
    "SELECT version FROM gate"};

const SqlStatement kSettingsHistory{
    "settings.history",
    "SELECT version, key, before #>> '{}', value #>> '{}', updated_by, updated_at, request_id "
    "FROM system_settings_history WHERE ($1 = '' OR key = $1) AND (version, key) < ($2, $3) "
    "ORDER BY version DESC, key DESC LIMIT $4",
    true};

/// After every name of a variable.
constexpr const char* kPastVariables = "~";

std::string wishesJson(const SettingWishes& wishes) {
  auto json = nlohmann::json::object();
  for (const auto& [variable, value] : wishes) {
    json[variable] = value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  }
  return json.dump();
}

/// The cursor's key is the version, a blank and the variable.
std::optional<std::pair<std::int64_t, std::string>> cursorPlace(const std::string& list,
                                                                const std::string& text) {
  const auto cursor = readPageCursor(list, text);
  if (!cursor) {
    return std::nullopt;
  }
  std::int64_t version = 0;
  const auto* const begin = cursor->key.data();
  const auto* const end = begin + cursor->key.size();
  const auto [rest, error] = std::from_chars(begin, end, version);
  if (error != std::errc{} || rest == end || *rest != ' ') {
    return std::nullopt;
  }
  return std::pair{version, std::string(rest + 1, end)};
}

}  // namespace

Result<std::int64_t> PostgresSettingsRepository::version() {
  return session_.connectAndExec(kSettingsVersion).then([](const SqlRows& rows) {
    return rows.row(0).int64(0);
  });
}

Result<StoredSettingsState> PostgresSettingsRepository::load() {
  return session_.connectAndExec(kLoadSettings).then([](const SqlRows& rows) {
    StoredSettingsState state;
    for (const auto row : rows) {
      state.version = row.int64(0);
      if (!row.isNull(1)) {
        state.values.emplace(row.text(1), row.textOrEmpty(2));
      }
    }
    return state;
  });
}

Result<std::optional<std::int64_t>> PostgresSettingsRepository::change(const NewSettingsChange& change) {
  return session_
      .connectAndExec(kChangeSettings, SqlParameters()
                                           .int8(change.expectedVersion)
                                           .jsonb(wishesJson(change.wishes))
                                           .optionalUuid(change.by)
                                           .time(change.now)
                                           .textOrNull(change.requestId)
                                           .jsonbOrNull(formatAuditJson(change.audit)))
      .then([](const SqlRows& rows) {
        return readFirst<std::int64_t>(rows, [](const SqlRow& row) { return row.int64(0); });
      });
}

Result<SettingsHistoryPage> PostgresSettingsRepository::history(const SettingsHistoryQuery& query) {
  const auto list = "settingsHistory|" + query.variable;
  std::pair<std::int64_t, std::string> after{std::numeric_limits<std::int64_t>::max(), kPastVariables};
  if (!query.cursor.empty()) {
    auto place = cursorPlace(list, query.cursor);
    if (!place) {
      return fieldFault(ErrorCode::cursorInvalid, "cursor");
    }
    after = std::move(*place);
  }
  auto rows =
      session_.connectAndExec(kSettingsHistory, SqlParameters()
                                                    .text(query.variable)
                                                    .int8(after.first)
                                                    .text(after.second)
                                                    .int8(static_cast<std::int64_t>(query.limit) + 1));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  SettingsHistoryPage page;
  const auto found = static_cast<std::uint32_t>(rows.value().size());
  for (std::uint32_t i = 0; i < std::min(found, query.limit); ++i) {
    const auto row = rows.value().row(static_cast<int>(i));
    page.rows.push_back({row.int64(0), std::string{row.text(1)}, row.optionalText(2), row.optionalText(3),
                         row.optionalUuid(4), row.time(5), row.textOrEmpty(6)});
  }
  if (found > query.limit) {
    const auto& last = page.rows.back();
    page.nextCursor = writePageCursor(list, {last.at, std::to_string(last.version) + " " + last.variable});
  }
  return page;
}

}  // namespace ks
