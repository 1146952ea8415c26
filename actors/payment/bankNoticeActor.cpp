#include "actors/payment/bankNoticeActor.hpp"

#include <utility>

#include "actors/payment/paymentDecision.hpp"
#include "actors/payment/reconciliationRules.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/failPoint.hpp"
#include "core/logging/logging.hpp"
#include "core/payment/jakartaTime.hpp"
#include "core/text/timeText.hpp"
#include "crypto/secretToken.hpp"

namespace ks {
namespace {

/// What SNAP's token answers have, a second below a quarter of an hour.
constexpr std::chrono::seconds kBankTokenLife{899};
/// Longer than the booking of money that nobody waits for any more can take.
constexpr std::chrono::seconds kPaymentHold{30};
constexpr std::chrono::milliseconds kBusyPause{100};
/// The bank needs one at a time.
constexpr std::size_t kMostLiveTokens = 64;

const char* refusalReason(BankNoticeCase what) noexcept {
  switch (what) {
    case BankNoticeCase::unauthorized:
      return "bank_signature_invalid";
    case BankNoticeCase::badToken:
      return "bank_token_invalid";
    default:
      return "bank_request_invalid";
  }
}

/// By which its payment is found.
const std::string& subjectOf(const BankNotice& notice) {
  return !notice.vaNumber.empty()     ? notice.vaNumber
         : !notice.gatewayRef.empty() ? notice.gatewayRef
                                      : notice.bankRef;
}

}  // namespace

std::optional<BankNoticeCase> whyNotPayable(const std::optional<PaymentRecord>& payment, TimePoint now) {
  if (!payment) {
    return BankNoticeCase::unknownPayment;
  }
  switch (payment->status) {
    case PaymentStatus::created:
    case PaymentStatus::pending:
      if (now >= payment->expiresAt) {
        return BankNoticeCase::ended;
      }
      return std::nullopt;
    case PaymentStatus::expired:
    case PaymentStatus::cancelled:
      return BankNoticeCase::ended;
    case PaymentStatus::failed:
      return BankNoticeCase::unknownPayment;
    case PaymentStatus::paid:
    case PaymentStatus::partiallyRefunded:
    case PaymentStatus::refunded:
    case PaymentStatus::reversed:
    case PaymentStatus::review:
      break;
  }
  return BankNoticeCase::alreadyPaid;
}

BankNoticeState::BankNoticeState(BankNoticeActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                                 BankNoticeDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

BankNoticeActor::behavior_type BankNoticeState::make_behavior() {
  return {guarded(self, probe_, [this](BankNoticeRequest& request) { return take(request); })};
}

template <class Op, class Next>
void BankNoticeState::store(const CallPtr& call, Op operation, Next next) {
  storeThen(self, probe_, call->request.context, deps_.limit, deps_.storage, std::move(operation),
            call->promise, std::move(next));
}

caf::result<BankNoticeReply> BankNoticeState::take(BankNoticeRequest& request) {
  auto call = std::make_shared<Call>(
      Call{.request = std::move(request), .promise = self->make_response_promise<BankNoticeReply>()});
  if (call->request.kind == BankNoticeKind::token) {
    giveToken(call);
  } else {
    checkToken(call);
  }
  return call->promise;
}

void BankNoticeState::refuse(const CallPtr& call, const BankNoticeProblem& problem) {
  const auto& request = call->request;
  auto event = auditOf(deps_.environment, request.context, "request.refuse", AuditOutcome::fail);
  event.reason = refusalReason(problem.what);
  event.targetType = "route";
  event.targetId = request.method + " " + request.path;
  deps_.refusals->note(std::move(event));
  call->promise.deliver(deps_.reader->refused(request.kind, problem));
}

void BankNoticeState::giveToken(const CallPtr& call) {
  const auto now = deps_.environment.clock.now();
  if (const auto refusal = deps_.reader->refuseTokenRequest(call->request, now)) {
    return refuse(call, *refusal);
  }
  const auto token = makeSecretToken(deps_.environment.random);
  store(call, StoreBankToken{tokenDigestHex(token.reveal()), deps_.reader->clientId(), now + kBankTokenLife},
        [this, call, token](Done& /*done*/) {
          call->promise.deliver(deps_.reader->tokenGiven(token, kBankTokenLife));
        });
}

void BankNoticeState::checkToken(const CallPtr& call) {
  if (const auto refusal = deps_.reader->refuseHead(call->request)) {
    return refuse(call, *refusal);
  }
  const auto token = deps_.reader->tokenOf(call->request);
  if (!looksLikeSecretToken(token.reveal())) {
    return refuse(call, {BankNoticeCase::badToken});
  }
  const auto hash = tokenDigestHex(token.reveal());
  const auto now = deps_.environment.clock.now();
  if (const auto known = liveTokens_.find(hash); known != liveTokens_.end() && known->second > now) {
    return checkSignature(call);
  }
  store(call, FindBankToken{hash, deps_.reader->clientId(), now},
        [this, call, hash](std::optional<TimePoint>& until) {
          if (!until) {
            return refuse(call, {BankNoticeCase::badToken});
          }
          if (liveTokens_.size() >= kMostLiveTokens) {
            liveTokens_.clear();
          }
          liveTokens_[hash] = *until;
          checkSignature(call);
        });
}

void BankNoticeState::checkSignature(const CallPtr& call) {
  const auto& request = call->request;
  const auto now = deps_.environment.clock.now();
  if (const auto refusal = deps_.reader->refuseSignature(request, now)) {
    return refuse(call, *refusal);
  }
  call->attempt = deps_.environment.uuids.next();
  auto read = deps_.reader->read(request, now);
  if (const auto* const problem = std::get_if<BankNoticeProblem>(&read)) {
    logWarning("payment.notice.unreadable", "A notice of the bank has a form that it should not have",
               {{"snap_service", std::string(bankNoticeService(request.kind))}, {"field", problem->about}});
    call->unreadable = *problem;
    call->notice.dedupKey = "body " + tokenDigestHex(request.body);
    return receive(call);
  }
  call->notice = std::move(std::get<BankNotice>(read));
  findPayment(call);
}

void BankNoticeState::findPayment(const CallPtr& call) {
  const auto& notice = call->notice;
  if (!notice.vaNumber.empty()) {
    findPayment(call, {.vaNumber = notice.vaNumber}, false);
  } else if (!notice.gatewayRef.empty()) {
    findPayment(call, {.gatewayRef = notice.gatewayRef}, true);
  } else {
    findPayment(call, {.bankRef = notice.bankRef}, false);
  }
}

void BankNoticeState::findPayment(const CallPtr& call, FindPaymentAtBank which, bool orByBankRef) {
  store(call, std::move(which), [this, call, orByBankRef](std::optional<PaymentRecord>& payment) {
    if (!payment && orByBankRef) {
      return findPayment(call, {.bankRef = call->notice.bankRef}, false);
    }
    call->payment = std::move(payment);
    failPoint("notice.receiving");
    if (call->request.kind == BankNoticeKind::payment && !std::exchange(call->wasTriedAtOnce, true)) {
      return bookAtOnce(call);
    }
    receive(call);
  });
}

void BankNoticeState::bookAtOnce(const CallPtr& call) {
  const auto& told = call->notice;
  const auto& payment = call->payment;
  if (whyNotPayable(payment, deps_.environment.clock.now()) || told.amount != payment->amount) {
    return receive(call);
  }
  auto reply = deps_.reader->accepted(call->request.kind, told, *payment);
  BookNotice booking{call->request.context,
                     *payment,
                     {.reference = told.reference, .amount = told.amount, .at = told.at},
                     {rowOf(*call), {reply.status, reply.body}}};
  callThen<bool>(self, probe_, call->request.context, deps_.limit, deps_.payments.get(), std::move(booking),
                 call->promise, [this, call, reply = std::move(reply)](bool& stored) {
                   if (!stored) {
                     return receive(call);
                   }
                   call->noticeId = call->attempt;
                   give(call, reply);
                 });
}

ReceiveBankNotice BankNoticeState::rowOf(const Call& call) const {
  const auto& request = call.request;
  const auto now = deps_.environment.clock.now();
  ReceiveBankNotice notice;
  notice.id = call.attempt;
  notice.service = bankNoticeService(request.kind);
  notice.dedupKey = call.notice.dedupKey;
  notice.externalId = request.externalId;
  notice.day = jakartaDay(parseTime(request.timestamp).value_or(now));  // of the bank that counts the ids
  notice.rawBody = request.body;
  notice.subject = subjectOf(call.notice);
  notice.paymentId = call.payment ? call.payment->id : Uuid{};
  notice.now = now;
  notice.heldUntil = request.kind == BankNoticeKind::payment ? now + kPaymentHold : now;
  return notice;
}

void BankNoticeState::receive(const CallPtr& call) {
  store(call, rowOf(*call), [this, call](ReceivedBankNotice& outcome) { received(call, outcome); });
}

void BankNoticeState::received(const CallPtr& call, ReceivedBankNotice& outcome) {
  switch (outcome.standing) {
    case BankNoticeStanding::externalIdOfAnother:
      logWarning("payment.notice.conflict",
                 "The bank told of something with the external id of another notice of the day",
                 {{"snap_service", std::string(bankNoticeService(call->request.kind))},
                  {"external_id", call->request.externalId},
                  {"subject", subjectOf(call->notice)}});
      return call->promise.deliver(deps_.reader->refused(call->request.kind, {BankNoticeCase::conflict}));
    case BankNoticeStanding::answered:
      return call->promise.deliver(BankNoticeReply{outcome.status, std::move(outcome.body)});
    case BankNoticeStanding::busy:
      self->run_delayed(kBusyPause, [this, call] { call->unreadable ? receive(call) : findPayment(call); });
      return;
    case BankNoticeStanding::taken:
      failPoint("notice.received");
      call->noticeId = outcome.id;
      return act(call);
  }
}

void BankNoticeState::act(const CallPtr& call) {
  if (call->unreadable) {
    return answerUnclear(call, *call->unreadable);
  }
  switch (call->request.kind) {
    case BankNoticeKind::push:
    case BankNoticeKind::qrNotify:
      return askTheBank(call);
    case BankNoticeKind::payment:
      return book(call);
    case BankNoticeKind::inquiry:
    case BankNoticeKind::token:
      break;
  }
  if (const auto refusal = whyNotPayable(call->payment, deps_.environment.clock.now())) {
    return answer(call, *refusal);
  }
  answer(call, deps_.reader->accepted(call->request.kind, call->notice, *call->payment));
}

// The notice has no amount, or none that the signature covers: what has come is the bank's answer to a question.
void BankNoticeState::askTheBank(const CallPtr& call) {
  if (!call->payment) {
    return answerUnclear(call, {BankNoticeCase::unknownPayment});
  }
  const PlannedWork question{PaymentWorkKind::ask, deps_.environment.clock.now()};
  store(call, PlanPaymentWork{call->payment->id, question}, [this, call](bool& /*there*/) {
    if (const auto payments = deps_.payments.get()) {
      compat::tell(self, payments, WakeAtom_v);
    }
    answer(call, deps_.reader->accepted(call->request.kind, call->notice, *call->payment));
  });
}

// No report has the money of codes, and the bank keeps what it told of, whatever we answer.
void BankNoticeState::answerUnclear(const CallPtr& call, const BankNoticeProblem& problem) {
  const auto kind = call->request.kind;
  if (kind != BankNoticeKind::push && kind != BankNoticeKind::qrNotify) {
    return answer(call, deps_.reader->refused(kind, problem));
  }
  auto item = unclearCredit("notice " + call->noticeId.toString(),
                            call->unreadable ? "the notice cannot be read: " + problem.about
                                             : "no payment has " + subjectOf(call->notice));
  item.id = deps_.environment.uuids.next();
  item.vaNumber = call->notice.vaNumber;
  item.bankMinor = call->notice.amount.minor;
  store(call, NoteReconciliationItems{{std::move(item)}, deps_.environment.clock.now()},
        [this, call, problem](Done& /*done*/) {
          answer(call, deps_.reader->refused(call->request.kind, problem));
        });
}

// Money that is in the ledger was taken, whatever has become of the payment since: to refuse it now would have the bank
// give back what we keep.
void BankNoticeState::acceptIfBooked(const CallPtr& call, std::function<void()> otherwise) {
  const IsMoneyBooked which{creditKey(call->payment->id, call->notice.reference)};
  store(call, which, [this, call, otherwise = std::move(otherwise)](bool& booked) {
    if (booked) {
      return answer(call, deps_.reader->accepted(call->request.kind, call->notice, *call->payment));
    }
    otherwise();
  });
}

void BankNoticeState::book(const CallPtr& call) {
  if (!call->payment) {
    return answer(call, BankNoticeCase::unknownPayment);
  }
  acceptIfBooked(call, [this, call] { bookNew(call); });
}

void BankNoticeState::bookNew(const CallPtr& call) {
  const auto& notice = call->notice;
  const auto& payment = call->payment;
  if (const auto refusal = whyNotPayable(payment, deps_.environment.clock.now())) {
    return answer(call, *refusal);
  }
  if (notice.amount != payment->amount) {
    return answer(call, BankNoticeCase::wrongAmount);
  }
  BookMoney money;
  money.context = call->request.context;
  money.paymentId = payment->id;
  money.credit = {.reference = notice.reference, .amount = notice.amount, .at = notice.at};
  money.cause = call->noticeId.toString();
  money.onlyIfAwaited = true;
  callThen<PaymentRecord>(self, probe_, call->request.context, deps_.limit, deps_.payments.get(),
                          std::move(money), call->promise, [this, call](PaymentRecord& booked) {
                            call->payment = std::move(booked);
                            acceptIfBooked(call, [this, call] { refuseBooked(call); });
                          });
}

void BankNoticeState::refuseBooked(const CallPtr& call) {
  const auto refusal = whyNotPayable(call->payment, deps_.environment.clock.now());
  if (!refusal) {
    return fail(call->promise, makeFault(ErrorCode::internal, "money that fits was not booked"));
  }
  answer(call, *refusal);
}

void BankNoticeState::answer(const CallPtr& call, BankNoticeCase refusal) {
  answer(call, deps_.reader->refused(call->request.kind, {refusal}));
}

void BankNoticeState::answer(const CallPtr& call, BankNoticeReply reply) {
  store(
      call,
      AnswerBankNotice{call->noticeId, {reply.status, std::move(reply.body)}, deps_.environment.clock.now()},
      [call](BankNoticeAnswer& stored) {
        give(call, {stored.status, std::move(stored.body)});
      });
}

void BankNoticeState::give(const CallPtr& call, BankNoticeReply reply) {
  failPoint("notice.answered");
  logInfo("payment.notice", "A notice of the bank was answered",
          {{"snap_service", std::string(bankNoticeService(call->request.kind))},
           {"notice", call->noticeId.toString()},
           {"payment", call->payment ? call->payment->id.toString() : std::string{}},
           {"status", reply.status}});
  call->promise.deliver(std::move(reply));
}

}  // namespace ks
