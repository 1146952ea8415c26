#pragma once
#include <string>
#include <vector>

#include "core/result.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// The migration whose SQL foldStoredIdentifiers() completes.
inline constexpr const char* kIdentifierFoldMigration = "identifierFold";

/// Brings addresses and blocks that are stored already into their one form (core/text/identifierFold.hpp):
/// those with domains beyond ASCII, the rest SQL has done. What has no form, or one that another account has,
/// stays as it is, belongs to nobody any more and is named here, a line each. Runs in the caller's
/// transaction.
Result<std::vector<std::string>> foldStoredIdentifiers(PostgresSession& session);

}  // namespace ks
