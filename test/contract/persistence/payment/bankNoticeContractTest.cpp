#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/testStorage.hpp"

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
  CHECK(live("bank", startTime()));
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
  auto otherService = again(notice);
  otherService.service = "34";
  CHECK(valueOf(*engine, otherService).standing == BankNoticeStanding::externalIdOfAnother);
  auto nextDay = again(other);
  nextDay.day = "2026-01-03";
  const auto stored = valueOf(*engine, nextDay);
  CHECK(stored.standing == BankNoticeStanding::taken);
  CHECK(stored.id == nextDay.id);
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
