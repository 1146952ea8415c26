#include <algorithm>
#include <utility>

#include "persistence/memory/memoryCalls.hpp"

namespace ks {

Result<Done> runInMemory(MemoryDatabase& database, const StoreBankToken& token) {
  database.bankTokens.try_emplace(token.tokenHash,
                                  MemoryDatabase::BankToken{token.clientId, token.expiresAt});
  return Done{};
}

Result<bool> runInMemory(MemoryDatabase& database, const FindBankToken& token) {
  const auto found = database.bankTokens.find(token.tokenHash);
  return found != database.bankTokens.end() && found->second.clientId == token.clientId &&
         found->second.expiresAt > token.now;
}

Result<ReceivedBankNotice> runInMemory(MemoryDatabase& database, const ReceiveBankNotice& notice) {
  const auto key = std::pair{notice.service, notice.dedupKey};
  const bool taken =
      std::any_of(database.bankNotices.begin(), database.bankNotices.end(), [&](const auto& entry) {
        const auto& other = entry.second.received;
        return entry.first != key && other.day == notice.day && other.externalId == notice.externalId;
      });
  if (taken) {
    return ReceivedBankNotice{BankNoticeStanding::externalIdOfAnother, {}, 0, {}};
  }
  auto& row = database.bankNotices
                  .try_emplace(key, MemoryDatabase::BankNoticeRow{notice, notice.id, notice.heldUntil})
                  .first->second;
  if (!notice.paymentId.isNil()) {
    row.received.paymentId = notice.paymentId;
  }
  if (row.answer) {
    return ReceivedBankNotice{BankNoticeStanding::answered, row.received.id, row.answer->status,
                              row.answer->body};
  }
  if (row.heldUntil <= notice.now) {
    row.heldBy = notice.id;
    row.heldUntil = notice.heldUntil;
  }
  return ReceivedBankNotice{
      row.heldBy == notice.id ? BankNoticeStanding::taken : BankNoticeStanding::busy, row.received.id, 0, {}};
}

Result<BankNoticeAnswer> runInMemory(MemoryDatabase& database, const AnswerBankNotice& answered) {
  for (auto& [key, row] : database.bankNotices) {
    if (row.received.id == answered.id) {
      if (!row.answer) {
        row.answer = answered.answer;
      }
      return *row.answer;
    }
  }
  return makeFault(ErrorCode::internal, "the notice to answer is not there");
}

}  // namespace ks
