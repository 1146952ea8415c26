#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

#include "core/text/pageCursor.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

// The ledger as administrators read it. Who writes it is paymentChangeOperations.cpp, and of money that belongs to no payment
// reconciliationOperations.cpp.
namespace ks {
namespace {

constexpr std::uint32_t kMostListedEntries = 500;

LedgerAccountRecord readLedgerAccount(const SqlRow& row) {
  LedgerAccountRecord account;
  account.code = row.text(0);
  account.kind = row.text(1);
  account.balanceMinor = row.int64(2);
  account.entries = row.count(3);
  return account;
}

LedgerEntryRecord readLedgerEntry(const SqlRow& row) {
  LedgerEntryRecord entry;
  entry.transactionId = row.int64(0);
  entry.key = row.text(1);
  entry.kind = row.text(2);
  entry.paymentId = row.optionalUuid(3).value_or(Uuid{});
  entry.account = row.text(4);
  entry.minor = row.int64(5);
  entry.at = row.time(6);
  return entry;
}

/// The last entry of the page before.
struct LedgerPlace {
  std::int64_t transactionId = std::numeric_limits<std::int64_t>::max();
  std::string account;
};

std::optional<LedgerPlace> ledgerPlaceOf(std::string_view key) {
  LedgerPlace place;
  const auto space = std::min(key.find(' '), key.size());
  const auto [end, error] = std::from_chars(key.data(), key.data() + space, place.transactionId);
  place.account = key.substr(std::min(space + 1, key.size()));
  const bool printable =
      std::all_of(place.account.begin(), place.account.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (error != std::errc{} || end != key.data() + space || !printable) {
    return std::nullopt;
  }
  return place;
}

/// A cursor belongs to the filters that it was given out for.
std::string ledgerListName(const ListLedgerEntries& list) {
  return "ledger|" + list.account + "|" + (list.paymentId ? list.paymentId->toString() : std::string{});
}

Result<LedgerPlace> ledgerPlace(const std::string& name, const std::string& cursor) {
  if (cursor.empty()) {
    return LedgerPlace{};
  }
  const auto read = readPageCursor(name, cursor);
  auto place = read ? ledgerPlaceOf(read->key) : std::nullopt;
  if (!place) {
    return fieldFault(ErrorCode::cursorInvalid, "cursor",
                      "the cursor is not one that this list gave out for these filters");
  }
  return std::move(*place);
}

// Each filter is a statement of its own: one plan for all would walk through every entry.
#define KS_LIST_LEDGER(which)                                                             \
  "SELECT t.id, t.idem_key, t.kind, t.payment_id, e.account, e.amount_minor, t.at "       \
  "FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "          \
  "WHERE e.transaction_id <= $1 AND (e.transaction_id < $1 OR e.account > $2) AND " which \
  " ORDER BY e.transaction_id DESC, e.account LIMIT $3"

SqlText ledgerText(const ListLedgerEntries& list) {
  if (list.paymentId) {
    return repeatable(KS_LIST_LEDGER("t.payment_id = $5 AND ($4::text IS NULL OR e.account = $4)"),
                      "ledger.entriesOfPayment");
  }
  if (!list.account.empty()) {
    return repeatable(KS_LIST_LEDGER("e.account = $4 AND $5::uuid IS NULL"), "ledger.entriesOfAccount");
  }
  return repeatable(KS_LIST_LEDGER("$4::text IS NULL AND $5::uuid IS NULL"));
}

}  // namespace

SqlCall<ListLedgerAccounts> sqlCall(const ListLedgerAccounts& /*list*/) {
  constexpr const char* kSql = R"sql(
SELECT a.code, a.kind, coalesce(s.balance, 0)::int8, coalesce(s.entries, 0),
  NOT EXISTS (SELECT FROM ledger_entries GROUP BY transaction_id HAVING sum(amount_minor) <> 0)
FROM ledger_accounts a
LEFT JOIN (SELECT account, sum(amount_minor) AS balance, count(*) AS entries FROM ledger_entries GROUP BY account) s ON s.account = a.code
ORDER BY a.code COLLATE "C")sql";
  return {repeatable(kSql), {}, [](const SqlRows& rows) {
            LedgerAccounts ledger;
            ledger.accounts = readAll<LedgerAccountRecord>(rows, readLedgerAccount);
            ledger.balanced = rows.empty() || rows.row(0).boolean(4);
            return ledger;
          }};
}

SqlCall<ListLedgerEntries> sqlCall(const ListLedgerEntries& list) {
  const auto name = ledgerListName(list);
  auto place = ledgerPlace(name, list.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  const auto limit = std::clamp<std::uint32_t>(list.limit, 1, kMostListedEntries);
  SqlParameters parameters;
  parameters.int8(place.value().transactionId)
      .text(place.value().account)
      .int8(limit + 1)
      .textOrNull(list.account)
      .optionalUuid(list.paymentId);
  return {ledgerText(list), std::move(parameters), [name, limit](const SqlRows& rows) {
            LedgerEntryPage page;
            page.rows = readAll<LedgerEntryRecord>(rows, readLedgerEntry);
            if (page.rows.size() > limit) {
              page.rows.resize(limit);
              const auto& last = page.rows.back();
              page.nextCursor = writePageCursor(
                  name, {TimePoint{}, std::to_string(last.transactionId) + " " + last.account});
            }
            return page;
          }};
}

}  // namespace ks
