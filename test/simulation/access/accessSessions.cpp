#include "test/simulation/access/accessPlayer.hpp"

namespace ks::sim {

void AccessPlayer::signIn() {
  auto& person = anyPerson();
  LoginRequest request;
  request.context = calls_->contextFrom(true);
  request.identifier = person.email;
  request.password = SecretText{person.password};
  request.remember = random_.oneIn(2);
  auto login = calls_->ask<LoginAnswer>(world_.process(anyProcess()).auth.get(), std::move(request));
  if (!done("login of " + person.email, login)) {
    return;
  }
  if (person.status != Person::Status::active) {
    violate(person.email + " signed in, but may not");
  }
  auto& tokens = login.value().tokens;
  administration_.liftToTwoFactors(tokens.sessionId);
  Credential session;
  session.id = tokens.sessionId;
  session.userId = person.id;
  session.expires = now() + std::chrono::seconds{tokens.accessExpiresInS};
  session.checkedAt = now();
  session.secret = std::move(tokens.accessToken);
  session.refresh = std::move(tokens.refreshToken);
  oracle_.give(std::move(session));
}

void AccessPlayer::refresh() {
  const auto session = anyCredential({Kind::session});
  if (!session) {
    return signIn();
  }
  RefreshRequest request{calls_->contextFrom(true), session->refresh};
  auto login = calls_->ask<LoginAnswer>(world_.process(anyProcess()).auth.get(), std::move(request));
  if (!done("refresh of " + nameOf(*session), login)) {
    return;
  }
  if (session->ended || oracle_.personOf(session->userId)->status != Person::Status::active) {
    violate(nameOf(*session) + " was refreshed although it is over");
  }
  session->secret = std::move(login.value().tokens.accessToken);
  session->refresh = std::move(login.value().tokens.refreshToken);
  session->expires = now() + std::chrono::seconds{login.value().tokens.accessExpiresInS};
}

void AccessPlayer::logout() {
  const auto session = anyCredential({Kind::session, Kind::impersonation});
  const auto process = anyProcess();
  RequestContext context;
  const bool acting = session && session->kind == Kind::impersonation;
  if (!session || !admitted(acting ? "stopImpersonation" : "logout", session, process, context)) {
    return;
  }
  if (done("logout of " + nameOf(*session),
           calls_->ask<Done>(world_.process(process).auth.get(), LogoutRequest{context}))) {
    session->ended = true;
  }
}

void AccessPlayer::logoutAll() {
  const auto session = anyCredential({Kind::session, Kind::impersonation});
  const auto process = anyProcess();
  RequestContext context;
  if (!session || !admitted("logoutAll", session, process, context)) {
    return;
  }
  const bool keepCurrent = random_.oneIn(2);
  const bool keepKeys =
      now() - context.principal->authenticatedAt <= kRecentAuthentication && random_.oneIn(3);
  if (done("logoutAll by " + nameOf(*session),
           calls_->ask<SessionsRevoked>(world_.process(process).auth.get(),
                                        LogoutAllRequest{context, keepCurrent, keepKeys}))) {
    ended(session->userId, keepCurrent ? session->id : Uuid{}, keepKeys);
  }
}

void AccessPlayer::changePassword() {
  auto& person = anyPerson();
  ChangePasswordRequest request;
  const auto next = freshPassword();
  request.context = calls_->contextFrom(true);
  request.identifier = person.email;
  request.currentPassword = SecretText{person.password};
  request.newPassword = SecretText{next};
  request.keepKeys = random_.oneIn(3);
  const bool keepKeys = request.keepKeys;
  if (done("changePassword of " + person.email,
           calls_->ask<Done>(world_.process(anyProcess()).auth.get(), std::move(request)))) {
    person.password = next;
    ended(person.id, {}, keepKeys);
    oracle_.credentialChanged(person.id);
  }
}

void AccessPlayer::ownPassword() {
  const auto session = anyCredential({Kind::session, Kind::impersonation});
  const auto process = anyProcess();
  RequestContext context;
  if (!session || !admitted("changeOwnPassword", session, process, context)) {
    return;
  }
  auto& person = oracle_.person(session->userId);
  const auto next = freshPassword();
  const bool endOthers = !random_.oneIn(3);
  const bool keepKeys = random_.oneIn(3);
  if (done("ownPassword by " + nameOf(*session),
           calls_->ask<Done>(world_.process(process).recovery.get(),
                             OwnPasswordRequest{context, SecretText{person.password}, SecretText{next},
                                                endOthers, keepKeys}))) {
    person.password = next;
    oracle_.credentialChanged(person.id);
    if (endOthers) {
      ended(person.id, session->id, keepKeys);
    }
  }
}

void AccessPlayer::forgot() {
  auto& person = anyPerson();
  ForgotPasswordRequest request{calls_->contextFrom(true), person.email};
  if (!done("forgot of " + person.email,
            calls_->ask<Done>(world_.process(anyProcess()).recovery.get(), std::move(request)))) {
    return;
  }
  person.linkGood = person.status != Person::Status::deleted;
  calls_->settle();
  const auto mail = world_.mailbox.find(resetBox(person.email));
  if (mail != world_.mailbox.end()) {
    person.link = SecretText{mail->second};
    world_.mailbox.erase(mail);
  }
}

void AccessPlayer::reset() {
  std::vector<Person*> linked;
  for (auto& each : oracle_.persons) {
    if (!each.link.empty()) {
      linked.push_back(&each);
    }
  }
  if (linked.empty()) {
    return forgot();
  }
  auto& person = *linked[random_.below(linked.size())];
  const auto next = freshPassword();
  const bool keepKeys = random_.oneIn(3);
  ResetPasswordRequest request{calls_->contextFrom(true), person.link, SecretText{next}, keepKeys};
  if (!done("reset of " + person.email,
            calls_->ask<Done>(world_.process(anyProcess()).recovery.get(), std::move(request)))) {
    return;
  }
  if (!person.linkGood || person.status == Person::Status::deleted) {
    violate("a link of " + person.email + " set a password although it was void");
  }
  person.password = next;
  ended(person.id, {}, keepKeys);
  oracle_.credentialChanged(person.id);
}

}  // namespace ks::sim
