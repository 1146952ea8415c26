#pragma once
#include "messages/account/keyTypeIds.hpp"

namespace ks {

/// Keys of machines. Faults as in actorInterfaces.hpp.
using ApiKeyActor = caf::typed_actor<
    // scopeNotAllowed, conflict (too many).
    caf::result<IssuedApiKey>(CreateApiKeyRequest),
    // Keys that are not revoked first, newest first, at most 200.
    caf::result<std::vector<ApiKeyRecord>>(ListApiKeysRequest),
    // keyNotFound. No effect on one that has already ended.
    caf::result<ApiKeyRecord>(RevokeApiKeyRequest),
    // keyNotFound, conflict (has a successor or has ended), scopeNotAllowed.
    caf::result<IssuedApiKey>(RotateApiKeyRequest)>;

/// Rotates the keys that sign tokens in time (both processes).
using SigningKeyActor = caf::typed_actor<
    // The one that signs first, then the next, then those that only verify.
    caf::result<std::vector<SigningKeyRecord>>(ListSigningKeysRequest),
    // conflict: the next key has not been published long enough.
    caf::result<std::vector<SigningKeyRecord>>(RotateSigningKeysRequest),
    // Another process has changed them.
    caf::result<void>(WakeAtom), caf::result<void>(TickAtom)>;

/// Receives notifications of the database and keeps the token cache correct.
using DatabaseNotificationActor = caf::typed_actor<caf::result<void>(TickAtom)>;

}  // namespace ks
