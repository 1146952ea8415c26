#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace ks {

/// A fault from the database's answer. `detail` starts with the SQLSTATE and, where one is at fault, the
/// constraint's name. Codes: `timeout` (statement or lock timeout), `conflict` (unique, foreign key),
/// `dependencyUnavailable` (server going down, out of connections, read-only after a failover, endless
/// serialization failures), else `internal`.
[[nodiscard]] Fault makeSqlFault(std::string_view sqlState, std::string_view constraint,
                                 std::string_view message);

/// The five characters of the SQLSTATE in a fault of makeSqlFault(), else empty.
[[nodiscard]] std::string_view sqlStateOf(const Fault& fault);

/// Whether the fault says that this unique constraint or index was hit.
[[nodiscard]] bool isUniqueViolation(const Fault& fault, std::string_view constraint);

/// How to continue with connection and statement after an error.
enum class SqlErrorClass : unsigned char {
  final_,   ///< the statement's own fault
  again,    ///< serialization failure or deadlock: rolled back, may run again
  replace,  ///< not executed, and the connection is unusable (demoted to read-only, statement no
            ///< longer prepared)
  lost,     ///< the server ends the connection; whether the statement was done is unknown
};
[[nodiscard]] SqlErrorClass classifySqlState(std::string_view sqlState, std::string_view message);

}  // namespace ks
