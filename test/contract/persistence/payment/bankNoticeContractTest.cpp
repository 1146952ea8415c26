#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/payment/paymentFixture.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachNoticeStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

/// A payment (25) that nobody has seen yet.
ReceiveBankNotice newNotice(TimePoint now = startTime()) {
  ReceiveBankNotice notice;
  notice.id = freshId();
  notice.service = "25";
  notice.dedupKey = "request " + notice.id.toString();
  notice.externalId = "id " + notice.id.toString();
  notice.day = "2026-01-02";
  notice.rawBody = std::string("{\"raw\":\0 \xff}", 11);
  notice.now = now;
  notice.heldUntil = now + std::chrono::seconds{30};
  return notice;
}

/// The same notice, sent again.
ReceiveBankNotice again(ReceiveBankNotice notice, std::chrono::seconds later = {}) {
  notice.id = freshId();
  notice.now += later;
  notice.heldUntil += later;
  return notice;
}

BankNoticeAnswer answerNotice(StorageEngineInterface& engine, const Uuid& id, const std::string& body) {
  return valueOf(engine, AnswerBankNotice{id, {200, body}, startTime()});
}

}  // namespace

TEST_CASE("Bank tokens: live for their client until they expire", "[payments][bankNotices]") {
  const TestStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  const auto hash = freshId().toString();
  const auto expires = startTime() + std::chrono::seconds{899};
  const auto live = [&](const std::string& client, TimePoint now) {
    return valueOf(*engine, FindBankToken{hash, client, now});
  };
  CHECK_FALSE(live("bank", startTime()));
  valueOf(*engine, StoreBankToken{hash, "bank", expires});
  valueOf(*engine, StoreBankToken{hash, "bank", expires});
  CHECK(live("bank", startTime()) == expires);
  CHECK(live("bank", expires - Milliseconds{1}));
  CHECK_FALSE(live("bank", expires));
  CHECK_FALSE(live("another", startTime()));
  CHECK_FALSE(valueOf(*engine, FindBankToken{freshId().toString(), "bank", startTime()}));
}

TEST_CASE("Bank notices: a notice is answered once, and has this answer whenever it comes again",
          "[payments][bankNotices]") {
  const TestStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  const auto notice = newNotice();
  const auto received = valueOf(*engine, notice);
  CHECK(received.standing == BankNoticeStanding::taken);
  CHECK(received.id == notice.id);
  CHECK(answerNotice(*engine, received.id, "first").body == "first");
  CHECK(answerNotice(*engine, received.id, "second").body == "first");
  auto sameWithNewId = again(notice);
  sameWithNewId.externalId += " new";
  auto nextDay = again(notice);
  nextDay.day = "2026-01-03";
  for (const auto& repeated : {again(notice), sameWithNewId, nextDay}) {
    const auto found = valueOf(*engine, repeated);
    CHECK(found.standing == BankNoticeStanding::answered);
    CHECK(found.id == notice.id);
    CHECK(found.status == 200);
    CHECK(found.body == "first");
  }
  CHECK_FALSE(outcome(*engine, AnswerBankNotice{freshId(), {200, "x"}, startTime()}).ok());
}

TEST_CASE("Bank notices: the external id of another notice of the day is refused and stores nothing",
          "[payments][bankNotices]") {
  const TestStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  const auto notice = newNotice();
  valueOf(*engine, notice);
  auto other = newNotice();
  other.externalId = notice.externalId;
  CHECK(valueOf(*engine, other).standing == BankNoticeStanding::externalIdOfAnother);
  auto otherService = again(notice);  // the question before a payment, with the payment's id
  otherService.service = "24";
  CHECK(valueOf(*engine, otherService).standing == BankNoticeStanding::taken);
  auto nextDay = again(other);
  nextDay.day = "2026-01-03";
  const auto stored = valueOf(*engine, nextDay);
  CHECK(stored.standing == BankNoticeStanding::taken);
  CHECK(stored.id == nextDay.id);
}

TEST_CASE("Bank notices: money and its notice are stored together, or neither of them",
          "[payments][bankNotices]") {
  const TestStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  const auto payment = created(*engine, newCreation(freshId(), "together")).payment;
  auto change = paidBy(payment, "together");
  change.notice = AnsweredBankNotice{newNotice(), {200, "taken"}};
  const auto& notice = change.notice->notice;
  auto sameKey = change;
  sameKey.notice->notice = again(notice);
  sameKey.notice->notice.externalId += " new";
  auto sameExternalId = change;
  sameExternalId.notice->notice = newNotice();
  sameExternalId.notice->notice.externalId = notice.externalId;

  // Known, and not answered yet: another attempt holds it.
  const auto unanswered = valueOf(*engine, notice);
  for (const auto& known : {sameKey, sameExternalId}) {
    CHECK(valueOf(*engine, known).outcome == ChangePaymentOutcome::noticeKnown);
  }
  CHECK(textOf(valueOf(*engine, FindPayment{payment.id}).value()) == textOf(payment));
  CHECK_FALSE(valueOf(*engine, IsMoneyBooked{change.movement->key}));
  CHECK(valueOf(*engine, again(notice)).standing == BankNoticeStanding::busy);
  answerNotice(*engine, unanswered.id, "refused");

  // Of a payment that has changed meanwhile nothing is stored either.
  change.notice->notice = newNotice();
  auto stale = change;
  ++stale.after.version;
  CHECK(valueOf(*engine, stale).outcome == ChangePaymentOutcome::moved);
  CHECK(valueOf(*engine, change).outcome == ChangePaymentOutcome::changed);
  const auto found = valueOf(*engine, again(notice));
  CHECK(found.standing == BankNoticeStanding::answered);
  CHECK(found.id == notice.id);
  CHECK(found.status == 200);
  CHECK(found.body == "taken");
  ReplayBankNotice replay;
  replay.id = notice.id;
  replay.now = change.now;
  const auto stored = valueOf(*engine, replay);
  REQUIRE(stored);
  CHECK(stored->paymentId == payment.id);
  CHECK(stored->body == notice.rawBody);
  CHECK(stored->answerBody == "taken");
  CHECK(stored->processedAt == change.now);
}

TEST_CASE("Bank notices: one attempt holds a notice; unanswered, the next takes it when the hold is over",
          "[payments][bankNotices]") {
  const TestStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  const auto notice = newNotice();
  CHECK(valueOf(*engine, notice).standing == BankNoticeStanding::taken);
  CHECK(valueOf(*engine, notice).standing == BankNoticeStanding::taken);  // sent again by a broken connection
  CHECK(valueOf(*engine, again(notice)).standing == BankNoticeStanding::busy);
  CHECK(valueOf(*engine, again(notice, std::chrono::seconds{29})).standing == BankNoticeStanding::busy);
  const auto next = valueOf(*engine, again(notice, std::chrono::seconds{30}));
  CHECK(next.standing == BankNoticeStanding::taken);
  CHECK(next.id == notice.id);
  CHECK(valueOf(*engine, again(notice, std::chrono::seconds{31})).standing == BankNoticeStanding::busy);

  auto unheld = newNotice();
  unheld.heldUntil = unheld.now;
  CHECK(valueOf(*engine, unheld).standing == BankNoticeStanding::taken);
  CHECK(valueOf(*engine, again(unheld)).standing == BankNoticeStanding::taken);
}

TEST_CASE("Bank notices: of a hundred at once one is taken, the others wait or have its answer",
          "[payments][bankNotices][race]") {
  const TestStorage storage(eachNoticeStorage());
  for (const bool sameExternalId : {true, false}) {
    const auto notice = newNotice();
    std::atomic<int> taken{0};
    std::atomic<int> refused{0};
    hundredAtOnce(storage, [&](StorageEngineInterface& engine, int number) {
      auto one = again(notice);
      one.externalId += sameExternalId ? "" : std::to_string(number);
      engine.run(one, Reply<ReceivedBankNotice>([&](Result<ReceivedBankNotice> received) {
                   taken += received.ok() && received.value().standing == BankNoticeStanding::taken;
                   refused +=
                       !received.ok() || received.value().standing == BankNoticeStanding::externalIdOfAnother;
                 }));
    });
    CHECK(taken == 1);
    CHECK(refused == 0);
  }
}

namespace {

ReplayBankNotice replayOf(const Uuid& id) {
  ReplayBankNotice replay;
  replay.id = id;
  replay.now = startTime() + std::chrono::minutes{10};
  replay.audit.id = freshId();
  replay.audit.at = replay.now;
  replay.audit.actorType = "user";
  replay.audit.action = "payment.notice_replayed";
  replay.audit.targetType = "bank_notice";
  replay.audit.targetId = id.toString();
  return replay;
}

/// A notice that names `subject`, received and not answered.
Uuid noticeAbout(StorageEngineInterface& engine, const std::string& subject, const Uuid& paymentId = {}) {
  auto notice = newNotice();
  notice.subject = subject;
  notice.paymentId = paymentId;
  return valueOf(engine, notice).id;
}

}  // namespace

TEST_CASE("Bank notices: a replay finds the payment that came later, and has the bank asked about it",
          "[payments][bankNotices]") {
  const PaymentStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  auto notice = newNotice();
  notice.subject = "777770000000001";
  CHECK(valueOf(*engine, notice).standing == BankNoticeStanding::taken);
  answerNotice(*engine, notice.id, "unknown account");

  const auto early = valueOf(*engine, replayOf(notice.id));
  REQUIRE(early);
  CHECK(early->paymentId.isNil());
  CHECK(claimedWork(*engine, startTime() + std::chrono::hours{1}).empty());

  const auto made = created(*engine, newCreation(freshId(), "A1"));
  auto opened = changeTo(made.payment, PaymentStatus::pending, "gateway_open");
  opened.after.vaNumber = notice.subject;
  opened.finished = made.work;
  changed(*engine, opened);
  const auto replay = replayOf(notice.id);
  const auto found = valueOf(*engine, replay);
  REQUIRE(found);
  CHECK(found->paymentId == made.payment.id);
  CHECK(found->id == notice.id);
  CHECK(found->service == "25");
  CHECK(found->dedupKey == notice.dedupKey);
  CHECK(found->externalId == notice.externalId);
  CHECK(found->body == notice.rawBody);
  CHECK(found->receivedAt == notice.now);
  CHECK(found->answerStatus == 200);
  CHECK(found->answerBody == "unknown account");
  CHECK(found->processedAt == startTime());
  CHECK(claimedWork(*engine, replay.now - Milliseconds{1}).empty());
  CHECK(kindsOf(claimedWork(*engine, replay.now)) == "ask");
  CHECK(valueOf(*engine, again(notice)).body == "unknown account");
  CHECK_FALSE(valueOf(*engine, replayOf(freshId())));
  if (storage.kind() == StorageKind::postgres) {
    const auto noted = "SELECT count(*) FROM audit_pending WHERE id = '" + replay.audit.id.toString() + "'";
    CHECK(countOf(noted.c_str()) == 1);
  }
}

TEST_CASE(
    "Bank notices: a replay knows payments by account, our reference and the bank's, and keeps what it knows",
    "[payments][bankNotices]") {
  const PaymentStorage storage(eachNoticeStorage());
  const auto engine = storage.engine();
  auto payment = created(*engine, newCreation(freshId(), "A1")).payment;
  auto coded = changeTo(payment, PaymentStatus::pending, "gateway_open");
  coded.after.bankRef = "BANK1";
  payment = changed(*engine, coded);
  for (const auto& subject : {payment.vaNumber, payment.gatewayRef, payment.bankRef}) {
    const auto found = valueOf(*engine, replayOf(noticeAbout(*engine, subject)));
    REQUIRE(found);
    CHECK(found->paymentId == payment.id);
    CHECK_FALSE(found->answerStatus);
    CHECK_FALSE(found->processedAt);
    CHECK(found->answerBody.empty());
  }
  for (const std::string subject : {"", "777770", "nobody"}) {
    CHECK(valueOf(*engine, replayOf(noticeAbout(*engine, subject)))->paymentId.isNil());
    CHECK(valueOf(*engine, replayOf(noticeAbout(*engine, subject, payment.id)))->paymentId == payment.id);
  }
}
