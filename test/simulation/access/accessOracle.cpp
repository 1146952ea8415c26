#include "test/simulation/access/accessOracle.hpp"

#include <algorithm>
#include <iterator>

namespace ks::sim {
namespace {

Rights both(const Rights& a, const Rights& b) {
  Rights common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(common, common.end()));
  return common;
}

bool isActive(const Person* person) { return person != nullptr && person->status == Person::Status::active; }

}  // namespace

Rights AccessOracle::rightsOf(const Person& person) const {
  Rights rights;
  for (const auto& role : person.roles) {
    rights.insert(roles.at(role).begin(), roles.at(role).end());
  }
  return rights;
}

const Person* AccessOracle::personOf(const Uuid& id) const {
  const auto found =
      std::find_if(persons.begin(), persons.end(), [&](const Person& each) { return each.id == id; });
  return found == persons.end() ? nullptr : &*found;
}

Person& AccessOracle::person(const Uuid& id) {
  return *std::find_if(persons.begin(), persons.end(), [&](const Person& each) { return each.id == id; });
}

const Credential* AccessOracle::credentialOf(const Uuid& id) const {
  const auto found =
      std::find_if(credentials.begin(), credentials.end(), [&](const auto& each) { return each->id == id; });
  return found == credentials.end() ? nullptr : found->get();
}

std::shared_ptr<Credential> AccessOracle::give(Credential credential) {
  return credentials.emplace_back(std::make_shared<Credential>(std::move(credential)));
}

std::optional<Rights> AccessOracle::may(const Credential& credential, TimePoint now, bool inside) const {
  if (credential.ended || now >= credential.expires || (credential.bound && !inside)) {
    return std::nullopt;
  }
  if (credential.kind == Credential::Kind::machineKey) {
    if (credential.maker.isNil()) {
      return credential.scopes;
    }
    if (const auto* key = credentialOf(credential.maker)) {
      const auto above = may(*key, now, inside);
      return above ? std::optional(both(credential.scopes, *above)) : std::nullopt;
    }
    const auto* maker = personOf(credential.maker);
    return isActive(maker) ? std::optional(both(credential.scopes, rightsOf(*maker))) : std::nullopt;
  }
  const auto* user = personOf(credential.userId);
  if (!isActive(user)) {
    return std::nullopt;
  }
  if (credential.kind == Credential::Kind::userKey) {
    return both(credential.scopes, rightsOf(*user));
  }
  if (credential.kind == Credential::Kind::impersonation) {
    const auto* administrator = personOf(credential.maker);
    if (!isActive(administrator) || !rightsOf(*administrator).contains("users:impersonate")) {
      return std::nullopt;
    }
  }
  return rightsOf(*user);
}

void AccessOracle::endSessions(const Uuid& person, const Uuid& spared) {
  for (const auto& each : credentials) {
    const bool session =
        each->kind == Credential::Kind::session || each->kind == Credential::Kind::impersonation;
    if (session && each->id != spared && (each->userId == person || each->maker == person)) {
      each->ended = true;
    }
  }
}

void AccessOracle::endKeys(const Uuid& person) {
  for (const auto& each : credentials) {
    if (each->kind == Credential::Kind::userKey && each->userId == person) {
      each->ended = true;
    }
  }
}

}  // namespace ks::sim
