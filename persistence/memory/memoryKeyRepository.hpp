#pragma once
#include "persistence/keyRepositoryInterface.hpp"
#include "persistence/memory/memoryQueue.hpp"

namespace ks {

/// KeyRepositoryInterface on a MemoryDatabase, as MemoryAccountRepository.
class MemoryKeyRepository final : public KeyRepositoryInterface {
 public:
  explicit MemoryKeyRepository(MemoryQueue& queue) : queue_(queue) {}

  void createApiKey(CreateApiKey creation, Reply<CreatedApiKey> reply) override;
  void useApiKey(UseApiKey use, Reply<std::optional<FoundApiKey>> reply) override;
  void listApiKeys(ListApiKeys which, Reply<std::vector<ApiKeyRecord>> reply) override;
  void revokeApiKey(RevokeApiKey revocation, Reply<RevokedApiKey> reply) override;
  void rotateApiKey(RotateApiKey rotation, Reply<RotatedApiKey> reply) override;
  void endedApiKeys(Reply<std::vector<EndedApiKeys>> reply) override;
  void noteEndedApiKeys(NoteEndedApiKeys note, Reply<Done> reply) override;
  void rotateSigningKeys(RotateSigningKeys rotation, Reply<bool> reply) override;

 private:
  MemoryQueue& queue_;
};

}  // namespace ks
