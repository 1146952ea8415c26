#include "test/simulation/access/accessPlayer.hpp"

#include <algorithm>
#include <array>

#include "actors/account/sessionTokens.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "crypto/refreshToken.hpp"

namespace ks::sim {

void AccessPlayer::impersonate() {
  const auto by = anyCredential({Kind::session, Kind::impersonation, Kind::machineKey});
  auto& target = anyPerson();
  const auto process = anyProcess();
  RequestContext context;
  if (!by || target.id == by->userId || target.status != Person::Status::active ||
      !oracle_.rightsOf(target).empty() || !admitted("impersonateUser", by, process, context) ||
      context.principal->keyId) {
    return;
  }
  auto& one = world_.process(process);
  NewSession session;
  session.id = one.uuids.next();
  session.userId = target.id;
  session.createdAt = now();
  session.absoluteExpiresAt = session.idleExpiresAt = now() + std::chrono::minutes{1 + random_.below(59)};
  session.transport = "bearer";
  session.impersonatorId = context.principal->userId;
  const auto refreshKey = makeRefreshKey(world_.random);
  session.refreshKeySealed =
      one.crypto->cipher.seal(refreshKey.reveal(), refreshKeyContext(session.id)).value();
  administration_.impersonate(session);
  SessionRecord record;
  record.session = session;
  record.user.id = target.id;
  const AuthDependencies dependencies{one.environment, one.storage, one.passwords,   one.sessionCache,
                                      one.mail,        one.crypto,  one.signingKeys, one.tokenCache,
                                      one.events,      one.policy};
  auto tokens = makeTokens(dependencies, record, refreshKey, 0);
  Credential acting;
  acting.kind = Kind::impersonation;
  acting.id = session.id;
  acting.userId = target.id;
  acting.maker = by->userId;
  acting.expires = session.absoluteExpiresAt;
  acting.secret = std::move(tokens.value().tokens.accessToken);
  say("impersonate " + target.email + " by " + nameOf(*by));
  oracle_.give(std::move(acting));
}

void AccessPlayer::changeRoles() {
  auto& person = oracle_.persons[1 + random_.below(oracle_.persons.size() - 1)];
  std::set<std::string> roles = {"user"};
  for (const auto* role : {"keeper", "support"}) {
    if (random_.oneIn(3)) {
      roles.insert(role);
    }
  }
  if (person.status == Person::Status::deleted) {
    return;
  }
  administration_.setRoles(person.id, roles, now());
  person.roles = roles;
  oracle_.endSessions(person.id, {});
  say("roles of " + person.email + " are " + std::to_string(roles.size()));
}

void AccessPlayer::editRole() {
  const auto rights = someRights({keeperRights().begin(), keeperRights().end()});
  administration_.editRole("keeper", rights, now());
  oracle_.roles["keeper"] = rights;
  for (const auto& each : oracle_.credentials) {
    const auto* user = oracle_.personOf(each->userId);
    if ((each->kind == Kind::session || each->kind == Kind::impersonation) &&
        user->roles.contains("keeper")) {
      each->ended = true;
    }
  }
  say("editRole to " + std::to_string(rights.size()) + " rights");
}

void AccessPlayer::changeStatus() {
  auto& person = oracle_.persons[1 + random_.below(oracle_.persons.size() - 1)];
  if (person.status == Person::Status::deleted) {
    return;
  }
  if (person.status == Person::Status::suspended) {
    administration_.restore(person.id, now());
    person.status = Person::Status::active;
    say("restore " + person.email);
    return;
  }
  const bool gone = random_.oneIn(4);
  if (gone) {
    administration_.remove(person.id, now());
  } else {
    administration_.suspend(person.id, now());
  }
  person.status = gone ? Person::Status::deleted : Person::Status::suspended;
  ended(person.id, {}, false);
  oracle_.credentialChanged(person.id);
  say((gone ? "delete " : "suspend ") + person.email);
}

void AccessPlayer::passTime() {
  const auto seconds = random_.oneIn(2) ? 5 + random_.below(50) : 60 * (1 + random_.below(20));
  world_.clock.step(std::chrono::seconds{seconds});
  say("time passes, " + std::to_string(seconds) + " s");
}

}  // namespace ks::sim
