#include <algorithm>
#include <utility>

#include "actors/payment/bankQuestion.hpp"
#include "actors/payment/reconciliationActor.hpp"
#include "actors/payment/reconciliationRules.hpp"
#include "actors/platform/storageJob.hpp"
#include "core/failPoint.hpp"
#include "core/invariant.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

/// A report is asked for in pieces; after two answers that were no use, which may have been too long, in smaller ones, and
/// in longer ones again after each that was.
constexpr std::chrono::seconds kLongestPiece{3600};
constexpr std::chrono::seconds kShortestPiece{1};
constexpr int kPieceShrinks = 4;
constexpr int kPieceGrows = 4;
constexpr std::size_t kCreditsCompared = 200;
constexpr std::uint32_t kPaidPage = 200;
constexpr std::uint32_t kMostRefundsOfPayment = 200;
/// Times of ours have milliseconds.
constexpr std::chrono::milliseconds kRestOfSecond{999};
/// Tries of one step, of which a run has many, until the run is put off and begins anew.
constexpr int kMostTries = 5;
constexpr std::chrono::seconds kTryPause{1};

}  // namespace

template <class Op, class Next>
void ReconciliationState::store(const ProgressPtr& progress, Op operation, Next next) {
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, operation,
      [progress, next](typename Op::Out& out) {
        progress->questions = 0;
        next(out);
      },
      [this, progress, operation, next](const Fault& fault) {
        if (++progress->questions >= kMostTries) {
          return failed(progress, fault);
        }
        self->run_delayed(kTryPause, [this, progress, operation, next] { store(progress, operation, next); });
      });
}

void ReconciliationState::report(const ProgressPtr& progress) {
  failPoint("reconciliation.reporting");
  const auto& run = progress->run;
  if (progress->next > run.to) {
    return run.kind == ReconciliationKind::day ? listPaid(progress)
                                               : end(progress, ReconciliationStatus::done, {});
  }
  BankOrder order;
  order.operation = BankOperation::report;
  order.from = progress->next;
  order.to = std::min<TimePoint>(run.to, progress->next + progress->piece - std::chrono::seconds{1});
  const auto after = order.to + std::chrono::seconds{1};
  askBankThen(self, probe_, deps_.bank, {}, std::move(order), deps_.policy.bankLimit,
              [this, progress, after](BankAnswer& answer) {
                if (answer.outcome != BankOutcome::ok) {
                  if (++progress->questions >= kMostTries) {
                    return putOff(progress, "report: " + describedAnswer(answer));
                  }
                  if (progress->questions > 1) {
                    progress->piece = std::max(kShortestPiece, progress->piece / kPieceShrinks);
                  }
                  self->run_delayed(kTryPause, [this, progress] { report(progress); });
                  return;
                }
                progress->questions = 0;
                progress->piece = std::min(kLongestPiece, progress->piece * kPieceGrows);
                progress->next = after;
                progress->credits = std::move(answer.report);
                progress->compared = 0;
                progress->run.counts.credits += static_cast<std::int64_t>(progress->credits.size());
                if (progress->run.kind == ReconciliationKind::day) {
                  for (const auto& credit : progress->credits) {
                    progress->references.insert(credit.reference);
                  }
                }
                keep(progress, [this, progress, unreadable = std::move(answer.unreadable)] {
                  noteUnreadable(progress, unreadable);
                });
              });
}

// Nothing else ever shows their money.
void ReconciliationState::noteUnreadable(const ProgressPtr& progress,
                                         const std::vector<std::string>& unreadable) {
  std::vector<ReconciliationItem> items;
  for (const auto& line : unreadable) {
    items.push_back(unclearCredit("line " + tokenDigestHex(line), line));
    ++progress->run.counts.items;
  }
  note(progress, std::move(items), [this, progress] { compare(progress); });
}

void ReconciliationState::compare(const ProgressPtr& progress) {
  const auto& credits = progress->credits;
  if (progress->compared == credits.size()) {
    return report(progress);
  }
  const auto first = credits.begin() + static_cast<std::ptrdiff_t>(progress->compared);
  const auto count = std::min(kCreditsCompared, credits.size() - progress->compared);
  std::vector<BankCredit> part(first, first + static_cast<std::ptrdiff_t>(count));
  progress->compared += count;
  store(progress, MatchCredits{part},
        [this, progress, part](std::vector<MatchedCredit>& known) { compared(progress, part, known); });
}

// A difference is noted before its money is booked: a run that ends between both finds it again.
void ReconciliationState::compared(const ProgressPtr& progress, const std::vector<BankCredit>& credits,
                                   const std::vector<MatchedCredit>& known) {
  ensure(credits.size() == known.size(), "each credit has its answer");
  auto& counts = progress->run.counts;
  std::vector<ReconciliationItem> items;
  progress->toBook.clear();
  progress->booked = 0;
  std::unordered_set<std::string>
      booking;  // payments that have money by the time that the next credit is booked
  for (std::size_t i = 0; i < credits.size(); ++i) {
    auto before = known[i];
    if (before.payment && booking.contains(before.payment->id.toString())) {
      before.payment->status = PaymentStatus::paid;
      before.payment->paidMinor = before.payment->amount.minor;
    }
    auto verdict = judgeCredit(credits[i], before, deps_.policy.reviewLate);
    if (verdict.matches) {
      ++counts.matched;
      continue;
    }
    if (verdict.booksNow) {
      BookMoney money;
      money.paymentId = known[i].payment->id;
      money.credit = credits[i];
      money.cause = progress->run.id.toString();
      progress->toBook.push_back(std::move(money));
      booking.insert(known[i].payment->id.toString());
    }
    if (verdict.item->status == ReconciliationItemStatus::healed) {
      ++counts.healed;
    } else {
      ++counts.items;
    }
    items.push_back(std::move(*verdict.item));
  }
  note(progress, std::move(items), [this, progress] { book(progress); });
}

void ReconciliationState::note(const ProgressPtr& progress, std::vector<ReconciliationItem> items,
                               std::function<void()> next) {
  if (items.empty()) {
    return next();
  }
  const auto now = deps_.environment.clock.now();
  for (auto& item : items) {
    item.id = deps_.environment.uuids.next();
    item.runId = progress->run.id;
    item.createdAt = now;
    item.seenAt = now;
  }
  store(progress, NoteReconciliationItems{std::move(items), now},
        [next = std::move(next)](Done& /*done*/) { next(); });
}

void ReconciliationState::book(const ProgressPtr& progress) {
  if (progress->booked == progress->toBook.size()) {
    return compare(progress);
  }
  failPoint("reconciliation.booking");
  auto& money = progress->toBook[progress->booked++];
  compat::ask(self, deps_.payments.get(), caf::timespan{deps_.storageTimeout}, std::move(money))
      .then([this, progress](PaymentRecord& /*payment*/) { book(progress); },
            [this, progress](caf::error& error) { failed(progress, faultFromCafError(error)); });
}

// Of virtual accounts what the report has is not asked for again.
void ReconciliationState::listPaid(const ProgressPtr& progress) {
  ListPaidPayments list;
  list.method = progress->method;
  list.from = progress->run.from;
  list.to = progress->run.to + kRestOfSecond;
  list.limit = kPaidPage;
  if (!progress->paid.empty()) {
    list.afterAt = *progress->paid.back().paidAt;
    list.afterId = progress->paid.back().id;
  }
  store(progress, list, [this, progress](std::vector<PaymentRecord>& page) {
    if (page.empty()) {
      progress->paid.clear();
      if (progress->method == PaymentMethod::briVa) {
        progress->method = PaymentMethod::briQris;
        return listPaid(progress);
      }
      return askAboutCodes(progress);
    }
    progress->paid = std::move(page);
    progress->asked = 0;
    keep(progress, [this, progress] { lookUpPaid(progress); });
  });
}

void ReconciliationState::lookUpPaid(const ProgressPtr& progress) {
  while (progress->asked < progress->paid.size() &&
         progress->references.contains(progress->paid[progress->asked].paidReference)) {
    ++progress->asked;
  }
  if (progress->asked == progress->paid.size()) {
    return listPaid(progress);
  }
  const auto& payment = progress->paid[progress->asked];
  askBankThen(self, probe_, deps_.bank, payment.id, bankOrderOf(payment, BankOperation::status),
              deps_.policy.bankLimit, [this, progress](BankAnswer& answer) {
                if (answer.outcome != BankOutcome::ok || answer.state != BankState::refunded) {
                  return paidAnswered(progress, answer, 0);
                }
                ListRefunds list;
                list.query.paymentId = progress->paid[progress->asked].id;
                list.query.mode = RefundMode::api;
                list.query.limit = kMostRefundsOfPayment;
                store(progress, std::move(list), [this, progress, answer](RefundPage& page) {
                  std::int64_t byBank = 0;
                  for (const auto& refund : page.rows) {
                    byBank += refund.status == RefundStatus::failed ? 0 : refund.amount.minor;
                  }
                  paidAnswered(progress, answer, byBank);
                });
              });
}

void ReconciliationState::paidAnswered(const ProgressPtr& progress, const BankAnswer& answer,
                                       std::int64_t refundedByBank) {
  const auto& payment = progress->paid[progress->asked];
  auto verdict = judgePaid(payment, answer, refundedByBank);
  if (!verdict) {
    if (++progress->questions >= kMostTries) {
      return putOff(progress, "payment " + payment.id.toString() + ": " + describedAnswer(answer));
    }
    self->run_delayed(kTryPause, [this, progress] { lookUpPaid(progress); });
    return;
  }
  progress->questions = 0;
  auto& counts = progress->run.counts;
  if (payment.method == PaymentMethod::briQris) {
    ++counts.credits;
    counts.matched += verdict->item ? 0 : 1;
  }
  std::vector<ReconciliationItem> items;
  if (verdict->item) {
    ++counts.items;
    items.push_back(std::move(*verdict->item));
  }
  ++progress->asked;
  constexpr std::size_t kQuestionsOfLease = 4;  // each may take as long as a call at most
  note(progress, std::move(items), [this, progress] {
    if (progress->asked % kQuestionsOfLease == 0) {
      return keep(progress, [this, progress] { lookUpPaid(progress); });
    }
    lookUpPaid(progress);
  });
}

// Nobody reports the payments of codes: those that are not paid here are asked for once more.
void ReconciliationState::askAboutCodes(const ProgressPtr& progress) {
  const auto& run = progress->run;
  store(progress, PlanCodeQuestions{run.from, run.to + kRestOfSecond, deps_.environment.clock.now()},
        [this, progress](std::int64_t& /*planned*/) { end(progress, ReconciliationStatus::done, {}); });
}

}  // namespace ks
