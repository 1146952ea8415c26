#pragma once
#include "persistence/sql/sqlStatement.hpp"

// The SQL of PostgresRecoveryRepository. Whatever touches both locks password_credentials before users.
namespace ks::recoveryStatements {

extern const SqlStatement kRequestReset;
extern const SqlStatement kFindTokenOwner;
extern const SqlStatement kResetPassword;
extern const SqlStatement kFindOwnCredential;

// emailChangeStatements.cpp
extern const SqlStatement kRequestEmailChange;
extern const SqlStatement kConfirmEmailChange;
extern const SqlStatement kCancelEmailChange;
extern const SqlStatement kFindUndo;
extern const SqlStatement kUndoEmailChange;

extern const SqlStatement kUpdateProfile;

}  // namespace ks::recoveryStatements
