#include "persistence/sql/sqlFault.hpp"

#include <algorithm>
#include <cctype>

namespace ks {
namespace {

constexpr std::size_t kSqlStateLength = 5;

ErrorCode codeOf(std::string_view state) {
  const auto family = state.substr(0, 2);
  if (state == "57014" || state == "55P03" || state == "25P03") {
    return ErrorCode::timeout;
  }
  if (state == "23505" || state == "23503") {
    return ErrorCode::conflict;
  }
  if (family == "08" || family == "57" || family == "53" || family == "40" || state == "25006") {
    return ErrorCode::dependencyUnavailable;
  }
  return ErrorCode::internal;
}

}  // namespace

Fault makeSqlFault(std::string_view sqlState, std::string_view constraint, std::string_view message) {
  while (!message.empty() && std::isspace(static_cast<unsigned char>(message.back())) != 0) {
    message.remove_suffix(1);
  }
  std::string detail(sqlState);
  if (!constraint.empty()) {
    detail.append(" ").append(constraint);
  }
  detail.append(": ").append(message);
  return makeFault(codeOf(sqlState), std::move(detail));
}

std::string_view sqlStateOf(const Fault& fault) {
  const std::string_view detail = fault.detail;
  if (detail.size() <= kSqlStateLength ||
      (detail[kSqlStateLength] != ' ' && detail[kSqlStateLength] != ':')) {
    return {};
  }
  const auto state = detail.substr(0, kSqlStateLength);
  const bool wellFormed = std::all_of(
      state.begin(), state.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
  return wellFormed ? state : std::string_view();
}

bool isUniqueViolation(const Fault& fault, std::string_view constraint) {
  return sqlStateOf(fault) == "23505" && std::string_view(fault.detail)
                                             .substr(kSqlStateLength + 1)
                                             .starts_with(std::string(constraint) + ":");
}

SqlErrorClass classifySqlState(std::string_view sqlState, std::string_view message) {
  if (sqlState == "40001" || sqlState == "40P01") {
    return SqlErrorClass::again;
  }
  // 25006: the server was demoted to a standby. 26000: the prepared statement is gone (a pooler between,
  // DISCARD ALL). A cached plan is refused when a migration changed the result's columns.
  if (sqlState == "25006" || sqlState == "26000" ||
      (sqlState == "0A000" && message.find("cached plan") != std::string_view::npos)) {
    return SqlErrorClass::replace;
  }
  if (sqlState.starts_with("57P") || sqlState.starts_with("08")) {
    return SqlErrorClass::lost;
  }
  return SqlErrorClass::final_;
}

}  // namespace ks
