#pragma once
#include "messages/account/keyTypeIds.hpp"

namespace ks {

/// Keys of machines. Faults as in actorInterfaces.hpp.
using ApiKeyActor = caf::typed_actor<
    // scopeNotAllowed, conflict (too many).
    caf::result<IssuedApiKey>(CreateApiKeyRequest),
    // Those that were not revoked first, newest first, at most 200.
    caf::result<std::vector<ApiKeyRecord>>(ListApiKeysRequest),
    // keyNotFound. Of no effect on one that is over already.
    caf::result<ApiKeyRecord>(RevokeApiKeyRequest),
    // keyNotFound, conflict (has a successor or is over), scopeNotAllowed.
    caf::result<IssuedApiKey>(RotateApiKeyRequest)>;

/// Has the keys that sign tokens changed in time (both processes).
using SigningKeyActor = caf::typed_actor<
    // The one that signs first, then the next, then those that only verify.
    caf::result<std::vector<SigningKeyRecord>>(ListSigningKeysRequest),
    // conflict: the next key is not known to everybody yet.
    caf::result<std::vector<SigningKeyRecord>>(RotateSigningKeysRequest),
    // Another process has changed them.
    caf::result<void>(WakeAtom), caf::result<void>(TickAtom)>;

/// Listens to what the database tells and keeps the token cache true.
using DatabaseNotificationActor = caf::typed_actor<caf::result<void>(TickAtom)>;

}  // namespace ks
