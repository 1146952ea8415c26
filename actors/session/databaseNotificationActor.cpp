#include "actors/session/databaseNotificationActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr Milliseconds kNoticeWait{500};
/// After this time it checks for a stop.
constexpr int kNoticesAtOnce = 1000;

}  // namespace

NoticeState::NoticeState(DatabaseNotificationActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         const NoticeSubscriptionFactory& makeSubscription,
                         std::shared_ptr<TokenCache> tokenCache, ActorRef<SigningKeyActor> signingKeys)
    : self(selfPointer),
      probe_(std::move(probe)),
      subscription_(makeSubscription()),
      tokenCache_(std::move(tokenCache)),
      signingKeys_(std::move(signingKeys)) {}

NoticeState::~NoticeState() { tokenCache_->setListening(false); }

DatabaseNotificationActor::behavior_type NoticeState::make_behavior() {
  compat::tell(self, DatabaseNotificationActor{self}, TickAtom_v);
  return {
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tell(self, DatabaseNotificationActor{self}, TickAtom_v);
                int taken = receive(kNoticeWait) ? 1 : kNoticesAtOnce;
                while (taken < kNoticesAtOnce && receive(Milliseconds{0})) {
                  ++taken;
                }
              }),
  };
}

bool NoticeState::receive(Milliseconds wait) {
  const auto event = subscription_->receive(wait);
  if (!event.ok()) {
    if (std::exchange(listening_, false)) {
      tokenCache_->setListening(false);
      logWarning("database.notices.lost",
                 "The database's notifications do not arrive: every token is looked up meanwhile",
                 {{"cause", event.fault().detail}});
    }
    probe_->noteError(event.fault().detail);
    return false;
  }
  if (!event.value()) {
    return false;
  }
  const auto& notice = *event.value();
  if (notice.kind == DatabaseEvent::Kind::gap) {
    listening_ = true;
    tokenCache_->setListening(true);
    wakeSigningKeys();
  } else if (notice.channel == kAccessChannel) {
    applyAccess(notice.payload);
  } else if (notice.channel == kKeysChannel) {
    wakeSigningKeys();
  }
  return true;
}

void NoticeState::applyAccess(std::string_view payload) {
  const auto blank = payload.find(' ');
  const auto user = Uuid::parse(payload.substr(0, blank));
  if (!user) {
    tokenCache_->clear();
    return;
  }
  if (blank != std::string_view::npos) {
    if (const auto ended = Uuid::parse(payload.substr(blank + 1))) {
      tokenCache_->forgetSession(*ended);
    }
  }
  tokenCache_->forgetUser(*user);
}

void NoticeState::wakeSigningKeys() {
  if (const auto keys = signingKeys_.get()) {
    compat::tell(self, keys, WakeAtom_v);
  }
}

}  // namespace ks
