#pragma once
#include <cstdint>
#include <string_view>

#include "actors/runtime/accountCrypto.hpp"
#include "core/settings/eventRate.hpp"
#include "messages/account/recoveryRecords.hpp"
#include "messages/platform/requestContext.hpp"

// The keys by which attempts are counted: keyed hashes, so the tables name neither addresses nor accounts.
namespace ks {

/// An e-mail address or user name in its one form (core/text/identifierFold.hpp), whether there is such an
/// account or not.
Bytes identifierKey(const AccountCrypto& crypto, std::string_view identifier);
/// An account, whatever identifier was used.
Bytes accountKey(const AccountCrypto& crypto, const Uuid& userId);

/// `what` of one client address, an IPv6 one by its /64.
AttemptLimit limitOfAddress(const AccountCrypto& crypto, const EventRate& rate, std::string_view what,
                            const ClientInfo& client);
/// `what` of one identifier.
AttemptLimit limitOfIdentifier(const AccountCrypto& crypto, const EventRate& rate, std::string_view what,
                               std::string_view identifier);

/// TOO_MANY_ATTEMPTS. `waitS` of LockStep::kForever: until the password is reset.
Fault tooManyAttempts(std::int64_t waitS);

}  // namespace ks
