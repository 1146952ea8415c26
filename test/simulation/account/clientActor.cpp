#include "test/simulation/account/clientActor.hpp"

#include <algorithm>

namespace ks::sim {

ClientState::ClientState(ClientActor::pointer selfPointer, SimWorld& simWorld, std::uint64_t seed, int number,
                         int actions)
    : self(selfPointer), world(simWorld), random(seed), number_(number), left_(actions) {
  account.email = "client" + std::to_string(number) + "@example.test";
  account.passwords = {"correct horse battery " + std::to_string(number)};
}

ClientActor::behavior_type ClientState::make_behavior() {
  pause(std::chrono::milliseconds{random.below(500)});
  return {[this](TickAtom) { tick(); }};
}

void ClientState::pause(std::chrono::milliseconds wait) {
  compat::tellAfter(self, wait, ClientActor{self}, TickAtom_v);
}

void ClientState::answered() {
  if (--pending_ > 0) {
    return;
  }
  // Now and then long enough to be past the grace of refresh tokens.
  pause(std::chrono::milliseconds{random.oneIn(10) ? 11'000 + random.below(3000) : random.below(1500)});
}

void ClientState::violate(const std::string& why) {
  world.ledger.violate("client " + std::to_string(number_) + ": " + why);
}

void ClientState::judgeAnswerTime(const std::string& what) {
  if (waited_ < waitedAtLeast_) {
    violate(what + ": the answer's time tells how long the work took");
  }
}

RequestContext ClientState::signedIn(const SessionView& session) const {
  auto principal = std::make_shared<Principal>();
  principal->userId = session.userId;
  principal->sessionId = session.id;
  RequestContext context;
  context.principal = std::move(principal);
  return context;
}

void ClientState::tick() {
  if (pending_ > 0 || finished_) {
    return;
  }
  idle_ = std::chrono::milliseconds{random.below(500)};
  if (closing_ > 0) {
    close();
  } else if (left_ > 0) {
    --left_;
    if (!account.registered) {
      registerAccount();
    } else if (!account.verified) {
      chooseBeforeVerified();
    } else {
      chooseAfterVerified();
    }
  }
  if (pending_ == 0) {
    pause(idle_);
  }
}

void ClientState::chooseBeforeVerified() {
  if (random.oneIn(4)) {
    strangerRegisters();
  } else if (random.oneIn(8)) {
    strangerLogin();
  } else if (world.mailbox.contains(account.email)) {
    verify();
  } else if (world.mailbox.contains(resetBox(account.email))) {
    resetPassword();
  } else if (random.oneIn(6)) {
    forgotPassword();
  } else if (random.oneIn(3)) {
    resend();
  } else if (random.oneIn(3)) {
    login();
  }
}

void ClientState::chooseAfterVerified() {
  std::erase_if(account.sessions, [&](const Session& session) {
    return session->ended && account.sessions.size() > 4 && random.oneIn(3);
  });
  if (account.sessions.empty() || random.oneIn(account.factor ? 3 : 6)) {
    login();
    return;
  }
  if (world.mailbox.contains(resetBox(account.email)) && random.oneIn(8)) {
    resetPassword();
  } else if (random.oneIn(30)) {
    forgotPassword();
  } else if (!account.usedResets.empty() && random.oneIn(20)) {
    replayReset();
  } else if (random.oneIn(8)) {
    wrongLogin();
  } else if (random.oneIn(20)) {
    strangerRegisters();
  } else if (random.oneIn(20)) {
    strangerLogin();
  } else if (random.oneIn(14)) {
    changePassword();
  } else if (random.oneIn(20)) {
    checkHealth();
  } else {
    useSession(account.sessions[random.below(account.sessions.size())]);
  }
}

void ClientState::useSession(const Session& session) {
  const auto draw = random.below(36);
  if (draw < 8 || session->ended) {
    authenticate(session, anyProcess());
  } else if (draw < 12) {
    refresh(session, anyProcess(), false);
  } else if (draw < 14) {
    refresh(session, anyProcess(), true);
  } else if (draw < 16) {  // two tabs
    refresh(session, 0, false);
    refresh(session, 1, false);
  } else if (draw < 18) {
    replay(session);
  } else if (draw < 20) {
    list(session);
  } else if (draw < 22) {
    revoke(session, account.sessions[random.below(account.sessions.size())]);
  } else if (draw < 25) {
    enrol(session);
  } else if (draw < 29) {
    reauthenticate(session);
  } else if (draw < 30) {
    removeFactor(session);
  } else if (draw < 33) {
    logoutAll(session, random.oneIn(2));
  } else {
    logout(session);
  }
}

/// Nothing fails any more: whoever is right must get through, in order, and the end of a session must hold.
void ClientState::close() {
  if (account.lockedOut) {
    finished_ = true;
  } else if (!account.registered) {
    registerAccount();
  } else if (!account.verified) {
    if (world.mailbox.contains(account.email)) {
      verify();
    } else if (world.mailbox.contains(resetBox(account.email))) {
      resetPassword();
    } else if (random.oneIn(4)) {
      resend();
    } else if (random.oneIn(4)) {
      login();  // an attempt of unknown outcome may have verified
    } else {
      idle_ = std::chrono::seconds{1};
    }
  } else if (!crowded_ && account.passwords.size() == 1 && !account.deviceToken.empty() &&
             account.deviceTries == 0) {
    crowded_ = true;
    signInAtOnce();
  } else if (closing_ == 1) {
    const auto before = account.sessions.size();
    closingSession_ = before == 0 || account.sessions.back()->ended || account.sessions.back()->maybeEnded ||
                              steppedSince(account.sessions.back()->openedAt)
                          ? nullptr
                          : account.sessions.back();
    if (closingSession_) {
      closing_ = 2;
      authenticate(closingSession_, 0);
    } else {
      login();
    }
  } else if (closing_ == 2) {
    closing_ = 3;
    authenticate(closingSession_, 1);
  } else if (closing_ == 3) {
    closing_ = 4;
    refresh(closingSession_, anyProcess(), false);
  } else if (closing_ == 4) {
    if (closingSession_->ended) {  // the grace of an answer lost before the faults ended was over
      closing_ = 1;
      login();
    } else if (closingSession_->use->attempts > 0) {
      refresh(closingSession_, anyProcess(), false);
    } else {
      closing_ = 5;
      logout(closingSession_);
    }
  } else if (closing_ == 5 && !closingSession_->ended) {
    logout(closingSession_);
  } else if (closing_ < 8) {
    ++closing_;
    idle_ = std::chrono::seconds{2};
  } else if (closing_ < 10) {
    authenticate(closingSession_, static_cast<std::size_t>(closing_ - 8));
    ++closing_;
  } else {
    finished_ = true;
  }
}

}  // namespace ks::sim
