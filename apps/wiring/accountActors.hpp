#pragma once
#include "actors/account/authDependencies.hpp"
#include "apps/wiring/serverContext.hpp"

namespace ks {

/// What every actor of accounts works with, in either process.
AuthDependencies authDependencies(const ServerContext& context);

/// Sends the mails of the outbox: by SMTP, or into the development mailbox (K_MAIL_TRANSPORT).
void addMailActor(ServerContext& context);

/// Users' own data. After addMailActor.
void addPersonalDataActor(ServerContext& context);

/// Accounts and sessions. After addMailActor where there is one.
void addAuthActor(ServerContext& context);
void addFactorActor(ServerContext& context);

/// Forgotten passwords and changes of one's own account. After addMailActor.
void addRecoveryActor(ServerContext& context);

}  // namespace ks
