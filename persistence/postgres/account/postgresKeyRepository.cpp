#include "persistence/postgres/account/postgresKeyRepository.hpp"

#include <algorithm>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/account/keyStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/repositorySteps.hpp"

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

constexpr int kApiKeyColumns = 13;

std::vector<Uuid> readIdTexts(const SqlRow& row, int column) {
  std::vector<Uuid> ids;
  for (const auto& text : row.textArray(column)) {
    ids.push_back(Uuid::parse(text).value());
  }
  return ids;
}

std::vector<std::string> splitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(',', from), text.size());
    parts.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
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
  int column = accountRows::kUserColumns;
  found.key = readApiKeyRecord(row, column);
  column += kApiKeyColumns;
  found.limits.standing = row.boolean(column++);
  found.limits.permissions = row.textArray(column++);
  for (const auto& list : row.textArray(column++)) {
    found.limits.networks.push_back(splitAtCommas(list));
  }
  found.limits.goodUntil = row.optionalTime(column++);
  found.limits.makers = readIdTexts(row, column++);
  return found;
}

std::vector<EndedApiKeys> readEndedKeys(const SqlRows& rows) {
  std::vector<EndedApiKeys> users;
  for (int i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    users.push_back({row.uuid(0), std::string{row.text(1)}, std::string{row.text(2)}, readIdTexts(row, 3),
                     row.textArray(4)});
  }
  return users;
}

}  // namespace

void PostgresKeyRepository::createApiKey(CreateApiKey creation, Reply<CreatedApiKey> reply) {
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
      .jsonbOrNull(formatAuditJson(creation.audit))
      .optionalUuid(creation.callerSession);
  addMail(parameters, creation.notice);
  pipeline_.enqueue(
      keySql::kCreateApiKey, std::move(parameters),
      decodeRows<CreatedApiKey>(keySql::kCreateApiKey.name, std::move(reply), [](const SqlRows& rows) {
        const auto row = rows.row(0);
        if (!row.boolean(0)) {
          return CreatedApiKey{CreateApiKeyOutcome::sessionOver, {}};
        }
        if (!row.boolean(1)) {
          return CreatedApiKey{CreateApiKeyOutcome::widerThanMaker, {}};
        }
        return row.isNull(2) ? CreatedApiKey{}
                             : CreatedApiKey{CreateApiKeyOutcome::created, readApiKeyRecord(row, 2)};
      }));
}

void PostgresKeyRepository::useApiKey(UseApiKey use, Reply<std::optional<FoundApiKey>> reply) {
  pipeline_.enqueue(
      keySql::kUseApiKey, std::move(SqlParameters().uuid(use.id).time(use.now).bytea(use.secretHash)),
      decodeRows<std::optional<FoundApiKey>>(keySql::kUseApiKey.name, std::move(reply), readFoundKey));
}

void PostgresKeyRepository::listApiKeys(ListApiKeys which, Reply<std::vector<ApiKeyRecord>> reply) {
  pipeline_.enqueue(
      keySql::kListApiKeys, std::move(SqlParameters().optionalUuid(which.ownerId)),
      decodeRows<std::vector<ApiKeyRecord>>(keySql::kListApiKeys.name, std::move(reply), readApiKeys));
}

void PostgresKeyRepository::revokeApiKey(RevokeApiKey revocation, Reply<RevokedApiKey> reply) {
  SqlParameters parameters;
  parameters.uuid(revocation.id)
      .optionalUuid(revocation.ownerId)
      .time(revocation.now)
      .jsonbOrNull(formatAuditJson(revocation.audit))
      .optionalUuid(revocation.by);
  pipeline_.enqueue(
      keySql::kRevokeApiKey, std::move(parameters),
      decodeRows<RevokedApiKey>(keySql::kRevokeApiKey.name, std::move(reply), [](const SqlRows& rows) {
        RevokedApiKey revoked;
        if (!rows.empty()) {
          revoked.rankTooLow = rows.row(0).boolean(kApiKeyColumns);
          revoked.key = readApiKeyRecord(rows.row(0), 0);
        }
        return revoked;
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
  addMail(parameters, rotation.notice);
  pipeline_.enqueue(
      keySql::kRotateApiKey, std::move(parameters),
      decodeRows<RotatedApiKey>(keySql::kRotateApiKey.name, std::move(reply), [](const SqlRows& rows) {
        const auto row = rows.row(0);
        RotatedApiKey rotated;
        if (!row.isNull(3)) {
          rotated.outcome = RotateApiKeyOutcome::rotated;
          rotated.key = readApiKeyRecord(row, 3);
        } else if (row.boolean(1)) {
          rotated.outcome = RotateApiKeyOutcome::widerThanMaker;
        } else if (row.boolean(2)) {
          rotated.outcome = RotateApiKeyOutcome::rankTooLow;
        } else if (row.boolean(0)) {
          rotated.outcome = RotateApiKeyOutcome::rotatedBefore;
        }
        return rotated;
      }));
}

void PostgresKeyRepository::endedApiKeys(Reply<std::vector<EndedApiKeys>> reply) {
  pipeline_.enqueue(
      keySql::kEndedKeys, {},
      decodeRows<std::vector<EndedApiKeys>>(keySql::kEndedKeys.name, std::move(reply), readEndedKeys));
}

void PostgresKeyRepository::noteEndedApiKeys(NoteEndedApiKeys note, Reply<Done> reply) {
  SqlParameters parameters;
  parameters.uuidArray(note.ids).time(note.now);
  addMail(parameters, note.notice);
  pipeline_.enqueue(keySql::kNoteEndedKeys, std::move(parameters),
                    decodeDone(keySql::kNoteEndedKeys, std::move(reply)));
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
