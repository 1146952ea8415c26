#pragma once
#include "messages/account/accountRecords.hpp"
#include "persistence/sql/sqlRows.hpp"

// Rows of accountStatements as records.
namespace ks::accountRows {

inline constexpr int kUserColumns = 17;

[[nodiscard]] std::string_view statusName(UserStatus status);
/// Throws SqlReadError when it is the name of none.
[[nodiscard]] UserStatus statusFrom(std::string_view name);
/// KS_USER_COLUMNS, from column 0 on.
[[nodiscard]] UserRecord readUser(const SqlRow& row);
/// KS_USER_COLUMNS, then KS_SESSION_COLUMNS.
[[nodiscard]] SessionRecord readSession(const SqlRow& row);
[[nodiscard]] OutboxMail readMail(const SqlRow& row);
[[nodiscard]] SigningKeyRecord readSigningKey(const SqlRow& row);

/// The first column; NULLs are left out.

template <class Record>
std::vector<Record> readAll(const SqlRows& rows, Record (*read)(const SqlRow&)) {
  std::vector<Record> records;
  records.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) {
    records.push_back(read(rows.row(i)));
  }
  return records;
}

}  // namespace ks::accountRows
