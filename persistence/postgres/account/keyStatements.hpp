#pragma once
#include "persistence/sql/sqlStatement.hpp"

// The SQL of PostgresKeyRepository. Rules as accountStatements.hpp.
namespace ks::keyStatements {

extern const SqlStatement kCreateApiKey;
extern const SqlStatement kUseApiKey;
extern const SqlStatement kListApiKeys;
extern const SqlStatement kRevokeApiKey;
extern const SqlStatement kRotateApiKey;
extern const SqlStatement kEndedKeys;
extern const SqlStatement kNoteEndedKeys;
extern const SqlStatement kRotateSigningKeys;

}  // namespace ks::keyStatements
