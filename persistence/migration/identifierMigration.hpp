#pragma once
#include <string>
#include <vector>

#include "core/result.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// The migration whose SQL foldStoredIdentifiers() completes.
inline constexpr const char* kIdentifierFoldMigration = "identifierFold";

/// Brings addresses and blocks that are stored already into their one form (core/text/identifierFold.hpp):
/// those with domains beyond ASCII; SQL has done the others. A text without a form, or with that of another
/// account, is unchanged, no longer matches any account and is returned here, a line each. Runs in the
/// caller's transaction.
Result<std::vector<std::string>> foldStoredIdentifiers(PostgresSession& session);

}  // namespace ks
