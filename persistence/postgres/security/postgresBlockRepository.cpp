#include "persistence/postgres/security/postgresBlockRepository.hpp"

#include "core/logging/eventRows.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/keysetPage.hpp"

namespace ks {
namespace {

#define KS_BLOCK_COLUMNS \
  "b.id, b.pattern::text, b.reason, b.created_by, b.created_at, b.expires_at, b.lifted_at, b.lifted_by"

// One that has run out is lifted at its end, so that it makes room in the index of standing ones.
const SqlStatement kRetireBlock{
    "block.retire",
    "UPDATE identifier_block SET lifted_at = expires_at WHERE pattern = $1::text AND lifted_at IS NULL "
    "AND expires_at <= $2",
    true};

// The error's name comes first, if the caller may not act on a matched account.
const SqlStatement kAddBlock{
    "block.add",
    "WITH asked AS (SELECT block_refusal(administration_rights($4, $4::uuid IS NULL, $5), $2, $5) AS "
    "refusal), "
    "b AS (INSERT INTO identifier_block (id, pattern, reason, created_by, created_at, expires_at) "
    "SELECT $1, $2::text, $3, $4, $5, $6 FROM asked WHERE refusal IS NULL ON CONFLICT (pattern) WHERE "
    "lifted_at IS NULL DO NOTHING "
    "RETURNING *), "
    "audited AS (" KS_AUDIT_CTE("$7", "b") ") SELECT coalesce(refusal, ''), " KS_BLOCK_COLUMNS
                                           " FROM asked LEFT JOIN b ON true"};

const SqlStatement kLiftBlock{
    "block.lift",
    "WITH changed AS (UPDATE identifier_block SET lifted_at = $3, lifted_by = $2 WHERE id = $1 AND lifted_at "
    "IS NULL "
    "AND (expires_at IS NULL OR expires_at > $3) RETURNING *), "
    "audited AS (" KS_AUDIT_CTE(
        "$4",
        "changed") ") SELECT " KS_BLOCK_COLUMNS
                   " FROM (SELECT * FROM changed UNION ALL SELECT * FROM identifier_block WHERE id = $1 "
                   "AND NOT EXISTS (SELECT FROM changed)) b"};

const SqlStatement kListBlocks{
    "block.list",
    "SELECT " KS_BLOCK_COLUMNS
    " FROM identifier_block b WHERE (created_at, id) < ($1, $2) "
    "AND (NOT $3 OR (lifted_at IS NULL AND (expires_at IS NULL OR expires_at > $4))) "
    "ORDER BY created_at DESC, id DESC LIMIT $5",
    true};

IdentifierBlock readBlock(const SqlRow& row, int first) {
  return {row.uuid(first),
          std::string{row.text(first + 1)},
          std::string{row.text(first + 2)},
          row.optionalUuid(first + 3),
          row.time(first + 4),
          row.optionalTime(first + 5),
          row.optionalTime(first + 6),
          row.optionalUuid(first + 7)};
}
IdentifierBlock readBlockRow(const SqlRow& row) { return readBlock(row, 0); }

}  // namespace

Result<std::optional<IdentifierBlock>> PostgresBlockRepository::add(const NewBlock& added) {
  const auto& block = added.block;
  if (auto retired =
          session_.connectAndExec(kRetireBlock, SqlParameters().text(block.pattern).time(block.createdAt));
      !retired.ok()) {
    return std::move(retired.fault());
  }
  auto rows = session_.connectAndExec(kAddBlock, SqlParameters()
                                                     .uuid(block.id)
                                                     .text(block.pattern)
                                                     .text(block.reason)
                                                     .optionalUuid(block.createdBy)
                                                     .time(block.createdAt)
                                                     .optionalTime(block.expiresAt)
                                                     .jsonbOrNull(formatAuditJson(added.audit)));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  const auto row = rows.value().row(0);
  if (const auto refusal = row.text(0); !refusal.empty()) {
    return errorCodeFromName(refusal);
  }
  return row.isNull(1) ? std::optional<IdentifierBlock>{} : std::optional{readBlock(row, 1)};
}

Result<IdentifierBlock> PostgresBlockRepository::lift(const BlockLift& lift) {
  return session_
      .connectAndExec(kLiftBlock,
                      SqlParameters().uuid(lift.id).optionalUuid(lift.by).time(lift.now).jsonbOrNull(
                          formatAuditJson(lift.audit)))
      .then([](const SqlRows& rows) {
        return readFirst<IdentifierBlock>(rows, readBlockRow, ErrorCode::notFound);
      });
}

Result<BlockPage> PostgresBlockRepository::list(const BlockQuery& query) {
  const std::string name = query.standing ? "blocks|standing" : "blocks|all";
  const auto place = keysetPlace(name, query.cursor);
  if (!place.ok()) {
    return place.fault();
  }
  return session_
      .connectAndExec(kListBlocks, SqlParameters()
                                       .time(place.value().before)
                                       .uuid(place.value().beforeId)
                                       .boolean(query.standing)
                                       .time(query.now)
                                       .int8(static_cast<std::int64_t>(query.limit) + 1))
      .then([&](const SqlRows& rows) {
        BlockPage page{readAll<IdentifierBlock>(rows, readBlockRow), {}};
        endKeysetPage(page, name, query.limit);
        return page;
      });
}

}  // namespace ks
