#pragma once
#include "persistence/sql/sqlStatement.hpp"

// SQL of PostgresPersonalDataRepository; the functions and views are in the migration personalData.
namespace ks::personalDataStatements {

extern const SqlStatement kOwnActivity;
extern const SqlStatement kOrderExport;
extern const SqlStatement kFindExport;
extern const SqlStatement kClaimExport;
extern const SqlStatement kFinishExport;
extern const SqlStatement kScheduleDeletion;
extern const SqlStatement kCancelledDeletions;
extern const SqlStatement kNoteCancelledDeletion;
extern const SqlStatement kDeleteDueAccount;

}  // namespace ks::personalDataStatements
