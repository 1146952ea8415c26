#include <algorithm>
#include <utility>

#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"
#include "persistence/memory/paymentWorkRules.hpp"

namespace ks {
namespace {

/// The payment that a notice names, in one of three ways; nil: there is none.
Uuid paymentOfSubject(const MemoryDatabase& database, const std::string& subject) {
  const PaymentRecord* newest = nullptr;
  for (const auto& [id, payment] : database.payments) {
    const bool named = !subject.empty() && (payment.vaNumber == subject || payment.gatewayRef == subject ||
                                            payment.bankRef == subject);
    if (named && (newest == nullptr || payment.createdAt > newest->createdAt)) {
      newest = &payment;
    }
  }
  return newest == nullptr ? Uuid{} : newest->id;
}

BankNoticeRecord recordOf(const MemoryDatabase::BankNoticeRow& row) {
  const auto& received = row.received;
  BankNoticeRecord record;
  record.id = received.id;
  record.service = received.service;
  record.dedupKey = received.dedupKey;
  record.externalId = received.externalId;
  record.body = received.rawBody;
  record.paymentId = received.paymentId;
  record.receivedAt = received.now;
  record.processedAt = row.processedAt;
  if (row.answer) {
    record.answerStatus = row.answer->status;
    record.answerBody = row.answer->body;
  }
  return record;
}

}  // namespace

Result<Done> runInMemory(MemoryDatabase& database, const StoreBankToken& token) {
  database.bankTokens.try_emplace(token.tokenHash,
                                  MemoryDatabase::BankToken{token.clientId, token.expiresAt});
  return Done{};
}

Result<std::optional<TimePoint>> runInMemory(MemoryDatabase& database, const FindBankToken& token) {
  const auto found = database.bankTokens.find(token.tokenHash);
  const bool live = found != database.bankTokens.end() && found->second.clientId == token.clientId &&
                    found->second.expiresAt > token.now;
  return live ? std::optional(found->second.expiresAt) : std::nullopt;
}

Result<ReceivedBankNotice> runInMemory(MemoryDatabase& database, const ReceiveBankNotice& notice) {
  const auto key = std::pair{notice.service, notice.dedupKey};
  const bool taken =
      std::any_of(database.bankNotices.begin(), database.bankNotices.end(), [&](const auto& entry) {
        const auto& other = entry.second.received;
        return entry.first != key && other.service == notice.service && other.day == notice.day &&
               other.externalId == notice.externalId;
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
  if (row.received.subject.empty()) {
    row.received.subject = notice.subject;
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
        row.processedAt = answered.now;
      }
      return *row.answer;
    }
  }
  return makeFault(ErrorCode::internal, "the notice to answer is not there");
}

Result<std::optional<BankNoticeRecord>> runInMemory(MemoryDatabase& database,
                                                    const ReplayBankNotice& replay) {
  using Out = std::optional<BankNoticeRecord>;
  for (auto& [key, row] : database.bankNotices) {
    auto& received = row.received;
    if (received.id != replay.id) {
      continue;
    }
    if (const auto paymentId = paymentOfSubject(database, received.subject); !paymentId.isNil()) {
      received.paymentId = paymentId;
    }
    if (!received.paymentId.isNil()) {
      memoryRules::planPaymentWork(database, received.paymentId, {PaymentWorkKind::ask, replay.now});
    }
    memoryRules::noteAudit(database, replay.audit);
    return Out(recordOf(row));
  }
  return Out();
}

}  // namespace ks
