#include "persistence/postgresKeyRepository.hpp"

#include <utility>

#include "core/eventRows.hpp"
#include "persistence/accountRows.hpp"
#include "persistence/keyStatements.hpp"
#include "persistence/postgresPipeline.hpp"

namespace ks {

namespace keySql = keyStatements;

namespace {

/// KS_API_KEY_COLUMNS, from `column` on.
ApiKeyRecord readApiKeyRecord(const SqlRow& row, int column) {
  ApiKeyRecord key;
  key.id = row.uuid(column++);
  const auto kind = apiKeyKindFrom(row.text(column++));
  if (!kind) {
    throw SqlReadError("unknown kind of key");
  }
  key.kind = *kind;
  key.ownerId = row.optionalUuid(column++).value_or(Uuid{});
  key.name = row.text(column++);
  key.secretHash = row.bytea(column++);
  key.scopes = row.textArray(column++);
  key.allowedNetworks = row.textArray(column++);
  key.expiresAt = row.optionalTime(column++);
  key.lastUsedAt = row.optionalTime(column++);
  key.revokedAt = row.optionalTime(column++);
  key.rotatedFrom = row.optionalUuid(column++).value_or(Uuid{});
  key.createdBy = row.optionalUuid(column++).value_or(Uuid{});
  key.createdAt = row.time(column++);
  return key;
}

std::vector<ApiKeyRecord> readApiKeys(const SqlRows& rows) {
  std::vector<ApiKeyRecord> keys;
  keys.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) {
    keys.push_back(readApiKeyRecord(rows.row(i), 0));
  }
  return keys;
}

std::optional<FoundApiKey> readFoundKey(const SqlRows& rows) {
  if (rows.empty()) {
    return std::nullopt;
  }
  FoundApiKey found;
  const auto row = rows.row(0);
  if (!row.isNull(0)) {
    found.owner = accountRows::readUser(row);
  }
  found.key = readApiKeyRecord(row, accountRows::kUserColumns);
  return found;
}

}  // namespace

void PostgresKeyRepository::createApiKey(CreateApiKey creation, Reply<bool> reply) {
  const auto& key = creation.key;
  SqlParameters parameters;
  parameters.uuid(key.id)
      .text(apiKeyKindName(key.kind))
      .optionalUuid(key.ownerId)
      .text(key.name)
      .bytea(key.secretHash)
      .textArray(key.scopes)
      .textArray(key.allowedNetworks)
      .optionalTime(key.expiresAt)
      .optionalUuid(key.createdBy)
      .time(key.createdAt)
      .int8(static_cast<std::int64_t>(creation.most))
      .jsonbOrNull(formatAuditJson(creation.audit));
  pipeline_.enqueue(keySql::kCreateApiKey, std::move(parameters),
                    decodeRows<bool>(keySql::kCreateApiKey.name, std::move(reply),
                                     [](const SqlRows& rows) { return !rows.empty(); }));
}

void PostgresKeyRepository::useApiKey(Uuid id, TimePoint now, Reply<std::optional<FoundApiKey>> reply) {
  pipeline_.enqueue(
      keySql::kUseApiKey, std::move(SqlParameters().uuid(id).time(now)),
      decodeRows<std::optional<FoundApiKey>>(keySql::kUseApiKey.name, std::move(reply), readFoundKey));
}

void PostgresKeyRepository::listApiKeys(ListApiKeys which, Reply<std::vector<ApiKeyRecord>> reply) {
  pipeline_.enqueue(
      keySql::kListApiKeys, std::move(SqlParameters().optionalUuid(which.ownerId)),
      decodeRows<std::vector<ApiKeyRecord>>(keySql::kListApiKeys.name, std::move(reply), readApiKeys));
}

void PostgresKeyRepository::revokeApiKey(RevokeApiKey revocation, Reply<std::optional<ApiKeyRecord>> reply) {
  SqlParameters parameters;
  parameters.uuid(revocation.id)
      .optionalUuid(revocation.ownerId)
      .time(revocation.now)
      .jsonbOrNull(formatAuditJson(revocation.audit));
  pipeline_.enqueue(keySql::kRevokeApiKey, std::move(parameters),
                    decodeRows<std::optional<ApiKeyRecord>>(
                        keySql::kRevokeApiKey.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt
                                              : std::optional<ApiKeyRecord>(readApiKeyRecord(rows.row(0), 0));
                        }));
}

void PostgresKeyRepository::rotateApiKey(RotateApiKey rotation, Reply<RotatedApiKey> reply) {
  SqlParameters parameters;
  parameters.uuid(rotation.oldId)
      .uuid(rotation.newId)
      .bytea(rotation.newSecretHash)
      .optionalUuid(rotation.createdBy)
      .time(rotation.oldEndsAt)
      .time(rotation.now)
      .jsonbOrNull(formatAuditJson(rotation.audit));
  pipeline_.enqueue(
      keySql::kRotateApiKey, std::move(parameters),
      decodeRows<RotatedApiKey>(keySql::kRotateApiKey.name, std::move(reply), [](const SqlRows& rows) {
        const auto row = rows.row(0);
        RotatedApiKey rotated;
        if (!row.isNull(1)) {
          rotated.outcome = RotateApiKeyOutcome::rotated;
          rotated.key = readApiKeyRecord(row, 1);
        } else if (row.boolean(0)) {
          rotated.outcome = RotateApiKeyOutcome::rotatedBefore;
        }
        return rotated;
      }));
}

void PostgresKeyRepository::rotateSigningKeys(RotateSigningKeys rotation, Reply<bool> reply) {
  SqlParameters parameters;
  parameters.text(rotation.fresh.keyId)
      .bytea(rotation.fresh.publicKey)
      .bytea(rotation.fresh.privateSealed)
      .time(rotation.fresh.notBefore)
      .time(rotation.currentBefore)
      .time(rotation.retireAt)
      .time(rotation.now)
      .jsonbOrNull(formatAuditJson(rotation.audit));
  pipeline_.enqueue(keySql::kRotateSigningKeys, std::move(parameters),
                    decodeRows<bool>(keySql::kRotateSigningKeys.name, std::move(reply),
                                     [](const SqlRows& rows) { return rows.row(0).boolean(0); }));
}

}  // namespace ks
