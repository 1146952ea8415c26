#include "persistence/migration/identifierMigration.hpp"

#include <optional>

#include "core/text/identifierFold.hpp"
#include "core/text/identifierPattern.hpp"

namespace ks {
namespace {

#define KS_BEYOND_SQL(column) column " ~ '[^ -~]|xn--'"

const SqlStatement kAddresses{"migration.addresses",
                              "SELECT id, email FROM users WHERE deleted_at IS NULL AND " KS_BEYOND_SQL(
                                  "email") " ORDER BY created_at, id"};
/// No row: another account has the address.
const SqlStatement kFoldAddress{"migration.foldAddress", R"sql(
WITH account AS (
  UPDATE users SET email = $2 WHERE id = $1 AND NOT EXISTS (
    SELECT FROM users other WHERE other.email = $2 AND other.deleted_at IS NULL AND other.id <> $1)
  RETURNING id
), links AS (
  UPDATE one_time_tokens t SET relates_to = $2 FROM account WHERE t.user_id = account.id AND t.relates_to = $3
)
SELECT id FROM account)sql"};
const SqlStatement kOwner{"migration.owner", "SELECT id FROM users WHERE email = $1 AND deleted_at IS NULL"};

const SqlStatement kChanges{
    "migration.changes",
    "SELECT id, old_email, new_email FROM email_changes WHERE " KS_BEYOND_SQL("old_email || new_email")};
const SqlStatement kFoldChange{"migration.foldChange", R"sql(
WITH change AS (
  UPDATE email_changes SET old_email = $2, new_email = $3 WHERE id = $1 RETURNING user_id, state
)
UPDATE users SET pending_email = $3 FROM change WHERE users.id = change.user_id AND change.state = 'open')sql"};
const SqlStatement kDropChange{"migration.dropChange", R"sql(
WITH change AS (
  DELETE FROM email_changes WHERE id = $1 RETURNING user_id, state
)
UPDATE users SET pending_email = NULL FROM change WHERE users.id = change.user_id AND change.state = 'open')sql"};

const SqlStatement kBlocks{
    "migration.blocks", "SELECT id, pattern FROM identifier_block WHERE lifted_at IS NULL AND " KS_BEYOND_SQL(
                            "pattern") " ORDER BY created_at, id"};
/// Lifted where the same thing is blocked already.
const SqlStatement kFoldBlock{"migration.foldBlock", R"sql(
UPDATE identifier_block SET pattern = $2, lifted_at = (
  SELECT now() FROM identifier_block other WHERE other.pattern = $2 AND other.lifted_at IS NULL AND other.id <> $1)
WHERE id = $1)sql"};

class Fold {
 public:
  explicit Fold(PostgresSession& session) : session_(session) {}

  Result<std::vector<std::string>> all() {
    for (const auto part : {&Fold::addresses, &Fold::changes, &Fold::blocks}) {
      if (auto done = (this->*part)(); !done.ok()) {
        return std::move(done.fault());
      }
    }
    return std::move(remarks_);
  }

 private:
  Result<Done> addresses() {
    auto rows = session_.exec(kAddresses);
    if (!rows.ok()) {
      return std::move(rows.fault());
    }
    for (const auto row : rows.value()) {
      const auto id = row.uuid(0);
      const std::string stored{row.text(1)};
      const auto folded = normalizeEmail(stored);
      if (!folded) {
        remarks_.push_back(
            "Account " + id.toString() +
            ": its address has no valid form (invisible characters, mixed scripts or a domain that "
            "cannot be). Give it another one.");
        continue;
      }
      if (*folded == stored) {
        continue;
      }
      auto done = session_.exec(kFoldAddress, SqlParameters().uuid(id).text(*folded).text(stored));
      if (!done.ok()) {
        return std::move(done.fault());
      }
      if (done.value().empty()) {
        auto owner = session_.exec(kOwner, SqlParameters().text(*folded));
        if (!owner.ok()) {
          return std::move(owner.fault());
        }
        remarks_.push_back("Account " + id.toString() + ": its address is the one of account " +
                           owner.value().row(0).uuid(0).toString() +
                           ", written in another way. Give one of them another address, or delete it.");
      }
    }
    return Done{};
  }

  Result<Done> changes() {
    auto rows = session_.exec(kChanges);
    if (!rows.ok()) {
      return std::move(rows.fault());
    }
    for (const auto row : rows.value()) {
      const auto from = normalizeEmail(row.text(1));
      const auto to = normalizeEmail(row.text(2));
      auto done = from && to
                      ? session_.exec(kFoldChange, SqlParameters().uuid(row.uuid(0)).text(*from).text(*to))
                      : session_.exec(kDropChange, SqlParameters().uuid(row.uuid(0)));
      if (!done.ok()) {
        return std::move(done.fault());
      }
    }
    return Done{};
  }

  Result<Done> blocks() {
    auto rows = session_.exec(kBlocks);
    if (!rows.ok()) {
      return std::move(rows.fault());
    }
    for (const auto row : rows.value()) {
      const auto id = row.uuid(0);
      const auto folded = normalizeIdentifierPattern(row.text(1));
      if (!folded) {
        remarks_.push_back("Block " + id.toString() +
                           ": what it names has no valid form, so it blocks nobody.");
        continue;
      }
      if (auto done = session_.exec(kFoldBlock, SqlParameters().uuid(id).text(*folded)); !done.ok()) {
        return std::move(done.fault());
      }
    }
    return Done{};
  }

  PostgresSession& session_;
  std::vector<std::string> remarks_;
};

}  // namespace

Result<std::vector<std::string>> foldStoredIdentifiers(PostgresSession& session) {
  return Fold{session}.all();
}

}  // namespace ks
