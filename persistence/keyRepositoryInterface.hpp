#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/account/keyRecords.hpp"

namespace ks {

/// Keys of machines, and the rotation of the keys that sign tokens. Rules as AccountRepositoryInterface has
/// them.
class KeyRepositoryInterface {
 public:
  virtual ~KeyRepositoryInterface() = default;

  virtual void createApiKey(CreateApiKey creation, Reply<CreatedApiKey> reply) = 0;
  /// Notes the use too, at most once a minute, where key and secret are good.
  virtual void useApiKey(UseApiKey use, Reply<std::optional<FoundApiKey>> reply) = 0;
  /// Those that were not revoked first, newest first, at most 200.
  virtual void listApiKeys(ListApiKeys which, Reply<std::vector<ApiKeyRecord>> reply) = 0;
  /// The key as it is now; nothing when there is none. One that was revoked before stays as it is.
  virtual void revokeApiKey(RevokeApiKey revocation, Reply<RevokedApiKey> reply) = 0;
  /// Of machines' keys only. A key has one successor.
  virtual void rotateApiKey(RotateApiKey rotation, Reply<RotatedApiKey> reply) = 0;

  /// At most 20 users who are yet to be told that keys of theirs ended.
  virtual void endedApiKeys(Reply<std::vector<EndedApiKeys>> reply) = 0;
  virtual void noteEndedApiKeys(NoteEndedApiKeys note, Reply<Done> reply) = 0;

  /// Whether this very call made another key the one that signs.
  virtual void rotateSigningKeys(RotateSigningKeys rotation, Reply<bool> reply) = 0;
};

}  // namespace ks
