#include <algorithm>

#include "actors/session/sessionActor.hpp"
#include "crypto/refreshToken.hpp"
#include "test/simulation/account/clientActor.hpp"

namespace ks::sim {
namespace {

constexpr std::chrono::seconds kGrace{10};
/// Notifications of the database are read twice a second, whatever happens to Redis or any actor.
constexpr std::chrono::milliseconds kNoticeTime{600};

}  // namespace

void ClientState::adopt(const Session& session, const SessionTokens& tokens, std::int64_t counter) {
  session->access = tokens.accessToken;
  session->accessAt = world.now();
  session->refresh = tokens.refreshToken;
  session->counter = counter;
  session->use = std::make_shared<TokenUse>();
}

void ClientState::ended(const Session& session, std::size_t process) {
  if (!session->ended) {
    session->ended = true;
    session->endedBy = process;
    session->endedAt = world.now();
  }
}

/// Whether an access token of a session whose end was acknowledged may not be accepted by `process` any more.
bool ClientState::mustRefuse(const SessionView& session, std::size_t process) {
  if (!session.ended) {
    return false;
  }
  if (process == session.endedBy) {
    return true;
  }
  const auto from = session.endedAt + kNoticeTime;
  return world.settledAt >= from && world.now() >= from;
}

void ClientState::authenticate(const Session& session, std::size_t process) {
  const bool refuse = mustRefuse(*session, process);
  const bool deaf = session->ended && !world.process(process).listening();
  const bool live = !session->ended && !session->maybeEnded;
  auto& there = world.process(process);
  if (auto known = there.tokenCache->find(tokenCacheKey(*there.crypto, session->access, {}))) {
    judgeAuthenticate(session, process, refuse || deaf, live, std::move(*known));
    return;
  }
  AuthenticateRequest request;
  request.accessToken = session->access;
  ask<Authenticated>("authenticate", there.session.get(), std::move(request),
                     [this, session, process, refuse, deaf, live](Result<Authenticated>& result) {
                       const bool stayedDeaf = deaf && !world.process(process).listening();
                       judgeAuthenticate(session, process, refuse || stayedDeaf, live, result);
                     });
}

void ClientState::judgeAuthenticate(const Session& session, std::size_t process, bool refuse, bool live,
                                    const Result<Authenticated>& result) {
  if (result.ok()) {
    if (refuse) {
      violate("a session ended by process " + std::to_string(session->endedBy) +
              " is still good in process " + std::to_string(process));
    }
    if (result.value().principal->sessionId != session->id || result.value().user->email != account.email) {
      violate("a token was taken for somebody else's");
    }
    if (result.value().principal->assuranceLevel != session->level) {
      violate("a session has another level of assurance than its factors gave it");
    }
  } else if (!unavailable(result.fault()) && live && !steppedSince(session->openedAt)) {
    violate("a rightful access token was refused");
  }
}

void ClientState::refresh(const Session& session, std::size_t process, bool loseAnswer) {
  const auto use = session->use;
  if (use->attempts++ == 0) {
    use->firstSent = world.now();
  }
  const bool endedBefore = session->ended;
  RefreshRequest request;
  request.refreshToken = session->refresh;
  ask<LoginAnswer>("refresh", world.process(process).auth.get(), std::move(request),
                   [this, session, process, loseAnswer, use, endedBefore](Result<LoginAnswer>& result) {
                     if (loseAnswer && result.ok()) {
                       world.say("the answer is lost");
                       return;
                     }
                     judgeRefresh(session, process, *use, endedBefore, result);
                   });
}

void ClientState::judgeRefresh(const Session& session, std::size_t process, const TokenUse& use,
                               bool endedBefore, const Result<LoginAnswer>& result) {
  if (result.ok()) {
    const auto& tokens = result.value().tokens;
    const auto parts = readRefreshToken(tokens.refreshToken.reveal());
    if (!parts.ok() || parts.value().sessionId != session->id) {
      violate("a refresh gave no token of its session");
      return;
    }
    const auto counter = parts.value().counter;
    // The second tab of a pair gets the same token as the first.
    if (counter < session->counter || (counter == session->counter && session->use.get() == &use)) {
      violate("the refresh counter did not grow");
      return;
    }
    if (endedBefore) {
      violate("a session that had ended was refreshed");
    }
    if (counter > session->counter) {
      session->old.push_back({session->refresh, session->counter, world.now()});
    }
    adopt(session, tokens, counter);
    return;
  }
  const auto code = result.fault().code;
  const bool stillGood = use.attempts <= 1 || world.now() - use.firstSent <= kGrace;
  if (unavailable(result.fault())) {
    // Past the grace the token may have been judged as reused, and only the answer was lost.
    session->maybeEnded = session->maybeEnded || !stillGood || steppedSince(session->openedAt);
    return;
  }
  const bool excused = session->ended || session->maybeEnded || steppedSince(session->openedAt);
  if (stillGood && !excused) {
    violate("a rightful user was signed out by a refresh: " + std::string{describe(code).name});
  }
  if (code == ErrorCode::refreshTokenReused) {
    ended(session, process);
  } else {
    session->maybeEnded = true;
  }
}

void ClientState::replay(const Session& session) {
  const auto usable = std::find_if(session->old.begin(), session->old.end(), [&](const auto& old) {
    return old.counter + 2 <= session->counter ||
           (world.now() - old.replacedAt > kGrace + std::chrono::seconds{1} && !steppedSince(old.replacedAt));
  });
  if (usable == session->old.end()) {
    authenticate(session, anyProcess());
    return;
  }
  const auto process = anyProcess();
  RefreshRequest request;
  request.refreshToken = usable->token;
  ask<LoginAnswer>("replay", world.process(process).auth.get(), std::move(request),
                   [this, session, process](Result<LoginAnswer>& result) {
                     if (result.ok()) {
                       violate("a used refresh token was accepted outside the grace");
                       return;
                     }
                     if (unavailable(result.fault())) {
                       session->maybeEnded = true;
                     } else if (result.fault().code == ErrorCode::refreshTokenReused) {
                       ended(session, process);
                       const auto stored = world.database->sessions.find(session->id);
                       if (stored == world.database->sessions.end() || !stored->second.revokedAt) {
                         violate("a replayed refresh token did not end its session");
                       }
                     } else if (!session->maybeEnded && !session->ended && !steppedSince(session->openedAt)) {
                       violate("a replayed refresh token got another answer than REFRESH_TOKEN_REUSED");
                     }
                   });
}

void ClientState::list(const Session& session) {
  ListSessionsRequest request;
  request.context = signedIn(*session);
  ask<std::vector<SessionRecord>>(
      "list", world.process(anyProcess()).auth.get(), std::move(request),
      [this](Result<std::vector<SessionRecord>>& result) {
        if (!result.ok()) {
          return;
        }
        const auto& listed = result.value();
        for (const auto& own : account.sessions) {
          const bool there = std::any_of(listed.begin(), listed.end(), [&](const SessionRecord& each) {
            return each.session.id == own->id;
          });
          if (there && own->ended) {
            violate("a session that has ended is listed");
          }
          if (!there && !own->ended && !own->maybeEnded && !steppedSince(own->openedAt)) {
            violate("a living session is not listed");
          }
        }
      });
}

void ClientState::revoke(const Session& session, const Session& other) {
  RevokeSessionRequest request;
  request.context = signedIn(*session);
  request.id = other->id;
  const auto process = anyProcess();
  ask<Done>("revoke", world.process(process).auth.get(), std::move(request),
            [this, other, process](Result<Done>& result) {
              if (result.ok()) {
                ended(other, process);
              } else if (unavailable(result.fault())) {
                other->maybeEnded = true;
              } else if (!other->ended && !other->maybeEnded && !steppedSince(other->openedAt)) {
                violate("a living session could not be revoked");
              }
            });
}

void ClientState::logout(const Session& session) {
  LogoutRequest request;
  request.context = signedIn(*session);
  const auto process = anyProcess();
  ask<Done>("logout", world.process(process).auth.get(), std::move(request),
            [this, session, process](Result<Done>& result) {
              if (result.ok()) {
                ended(session, process);
              } else {
                session->maybeEnded = true;
                if (!unavailable(result.fault())) {
                  violate("a sign-out was refused");
                }
              }
            });
}

void ClientState::logoutAll(const Session& session, bool keepCurrent) {
  LogoutAllRequest request;
  request.context = signedIn(*session);
  request.keepCurrent = keepCurrent;
  const auto process = anyProcess();
  ask<SessionsRevoked>("logout all", world.process(process).auth.get(), std::move(request),
                       [this, session, keepCurrent, process](Result<SessionsRevoked>& result) {
                         const bool kept = session->maybeEnded;
                         if (!result.ok()) {
                           everySessionUnsure();
                           session->maybeEnded = !keepCurrent || kept;
                         }
                         for (const auto& each : account.sessions) {
                           if (result.ok() && !(keepCurrent && each == session)) {
                             ended(each, process);
                           }
                         }
                         if (!result.ok() && !unavailable(result.fault())) {
                           violate("a sign-out of all sessions was refused");
                         }
                       });
}

}  // namespace ks::sim
