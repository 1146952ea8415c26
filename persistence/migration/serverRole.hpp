#pragma once
#include <string>
#include <vector>

#include "core/result.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// The role that a connection acts as.
struct DatabaseRole {
  std::string name;
  std::vector<std::string> excess;  ///< what it may do though a server has no need of it; for a person
};

Result<DatabaseRole> readDatabaseRole(PostgresSession& session);

/// Grants `role` the rights of servers, also on future tables. `owner` is a connection of the tables' owner,
/// and the schema is the newest.
Result<Done> grantToServers(PostgresSession& owner, const std::string& role);

/// The minimum retention of the audit trail, which servers cannot shorten. `owner` as above.
Result<Done> keepAuditTrail(PostgresSession& owner, int days);

}  // namespace ks
