#include "persistence/postgresBlockRepository.hpp"

#include "core/eventRows.hpp"
#include "persistence/auditStatements.hpp"
#include "persistence/newestFirst.hpp"

namespace ks {
namespace {

#define KS_BLOCK_COLUMNS \
  "b.id, b.pattern::text, b.reason, b.created_by, b.created_at, b.expires_at, b.lifted_at, b.lifted_by"

// One that has run out is lifted at its end, so that it makes room in the index of standing ones.
const SqlStatement kRetireBlock{
    "block.retire",
    "UPDATE identifier_block SET lifted_at = expires_at WHERE pattern = $1::citext AND lifted_at IS NULL "
    "AND expires_at <= $2",
    true};

const SqlStatement kAddBlock{
    "block.add",
    "WITH b AS (INSERT INTO identifier_block (id, pattern, reason, created_by, created_at, expires_at) "
    "VALUES ($1, $2::citext, $3, $4, $5, $6) ON CONFLICT (pattern) WHERE lifted_at IS NULL DO NOTHING "
    "RETURNING *), "
    "audited AS (" KS_NOTE_AUDIT("$7", "b") ") SELECT " KS_BLOCK_COLUMNS " FROM b"};

const SqlStatement kLiftBlock{
    "block.lift",
    "WITH changed AS (UPDATE identifier_block SET lifted_at = $3, lifted_by = $2 WHERE id = $1 AND lifted_at "
    "IS NULL "
    "AND (expires_at IS NULL OR expires_at > $3) RETURNING *), "
    "audited AS (" KS_NOTE_AUDIT(
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

IdentifierBlock readBlock(const SqlRow& row) {
  return {row.uuid(0), std::string{row.text(1)}, std::string{row.text(2)}, row.optionalUuid(3),
          row.time(4), row.optionalTime(5),      row.optionalTime(6),      row.optionalUuid(7)};
}

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
  std::optional<IdentifierBlock> made;
  if (!rows.value().empty()) {
    made = readBlock(rows.value().row(0));
  }
  return made;
}

Result<IdentifierBlock> PostgresBlockRepository::lift(const BlockLift& lift) {
  auto rows = session_.connectAndExec(
      kLiftBlock, SqlParameters().uuid(lift.id).optionalUuid(lift.by).time(lift.now).jsonbOrNull(
                      formatAuditJson(lift.audit)));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  if (rows.value().empty()) {
    return ErrorCode::notFound;
  }
  return readBlock(rows.value().row(0));
}

Result<BlockPage> PostgresBlockRepository::list(const BlockQuery& query) {
  const std::string name = query.standing ? "blocks|standing" : "blocks|all";
  const auto place = newestFirstPlace(name, query.cursor);
  if (!place.ok()) {
    return place.fault();
  }
  auto rows = session_.connectAndExec(kListBlocks, SqlParameters()
                                                       .time(place.value().before)
                                                       .uuid(place.value().beforeId)
                                                       .boolean(query.standing)
                                                       .time(query.now)
                                                       .int8(static_cast<std::int64_t>(query.limit) + 1));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  BlockPage page;
  for (int i = 0; i < rows.value().size(); ++i) {
    page.rows.push_back(readBlock(rows.value().row(i)));
  }
  endNewestFirstPage(page, name, query.limit);
  return page;
}

}  // namespace ks
