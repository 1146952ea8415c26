#pragma once
#include "persistence/keyRepositoryInterface.hpp"

namespace ks {

class PostgresPipeline;

/// KeyRepositoryInterface over one PostgreSQL connection.
class PostgresKeyRepository final : public KeyRepositoryInterface {
 public:
  explicit PostgresKeyRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void createApiKey(CreateApiKey creation, Reply<CreatedApiKey> reply) override;
  void useApiKey(UseApiKey use, Reply<std::optional<FoundApiKey>> reply) override;
  void listApiKeys(ListApiKeys which, Reply<std::vector<ApiKeyRecord>> reply) override;
  void revokeApiKey(RevokeApiKey revocation, Reply<RevokedApiKey> reply) override;
  void rotateApiKey(RotateApiKey rotation, Reply<RotatedApiKey> reply) override;
  void endedApiKeys(Reply<std::vector<EndedApiKeys>> reply) override;
  void noteEndedApiKeys(NoteEndedApiKeys note, Reply<Done> reply) override;
  void rotateSigningKeys(RotateSigningKeys rotation, Reply<bool> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
