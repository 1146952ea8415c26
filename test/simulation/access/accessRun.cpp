#include "test/simulation/access/accessPlayer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "crypto/passwordHash.hpp"

namespace ks::sim {

namespace {

constexpr std::uint64_t kCalls = 18;
constexpr std::array<std::string_view, 21> kEveryRight = {
    "audit:read",     "keys:read",          "keys:write",       "monitoring:read",   "monitoring:write",
    "payments:read",  "payments:reconcile", "payments:refund",  "payments:write",    "roles:read",
    "roles:write",    "sessions:read",      "sessions:refresh", "sessions:revoke",   "settings:read",
    "settings:write", "tokens:introspect",  "users:delete",     "users:impersonate", "users:read",
    "users:write"};

}  // namespace

const Rights& keeperRights() {
  static const Rights rights = {"keys:read", "keys:write", "users:impersonate", "users:read"};
  return rights;
}

AccessPlayer::AccessPlayer(std::uint64_t seed, Plant plant, std::FILE* trace)
    : world_(seed, plant, trace), random_(seed ^ 0xacce55ULL) {
  world_.settle();
  calls_.emplace(world_);
  found();
}

RunOutcome AccessPlayer::play(std::FILE* failures, std::uint64_t seed) {
  for (std::uint64_t i = 0; i < kCalls && why_.empty(); ++i) {
    step();
    calls_->settle();
    check();
  }
  RunOutcome outcome{why_, world_.hash(), world_.steps(), std::move(answers_)};
  if (!why_.empty() && failures != nullptr) {
    std::fprintf(failures, "access seed %llu failed: %s\n", static_cast<unsigned long long>(seed),
                 why_.c_str());
    for (const auto& line : said_) {
      std::fprintf(failures, "  %s\n", line.c_str());
    }
  }
  calls_.reset();
  if (!world_.stop()) {
    std::fprintf(stderr, "access seed %llu: the processes do not stop\n",
                 static_cast<unsigned long long>(seed));
    std::_Exit(1);
  }
  return outcome;
}

void AccessPlayer::found() {
  oracle_.roles = {
      {"superadmin", Rights(kEveryRight.begin(), kEveryRight.end())},
      {"support",
       {"monitoring:read", "payments:read", "sessions:read", "sessions:revoke", "users:read", "users:write"}},
      {"keeper", keeperRights()},
      {"user", {}}};
  administration_.editRole("keeper", keeperRights(), now());
  const std::array<std::pair<const char*, std::set<std::string>>, 5> people = {
      {{"boss", {"superadmin"}},
       {"deputy", {"keeper", "user"}},
       {"helper", {"support", "user"}},
       {"ann", {"user"}},
       {"bob", {"user"}}}};
  for (const auto& [name, roles] : people) {
    Person person;
    person.id = world_.process(0).uuids.next();
    person.email = std::string(name) + "@example.test";
    person.password = freshPassword();
    person.roles = roles;
    UserRecord user;
    user.id = person.id;
    user.email = person.email;
    user.emailVerifiedAt = user.createdAt = user.updatedAt = now();
    user.locale = "en";
    user.status = UserStatus::active;
    user.roles.assign(roles.begin(), roles.end());
    world_.database->users.emplace(person.id, user);
    world_.database->passwords.emplace(
        person.id, hashPassword(SecretText{person.password}, {8, 1}, world_.random).value());
    oracle_.persons.push_back(std::move(person));
  }
}

std::string AccessPlayer::nameOf(const Credential& credential) const {
  static constexpr std::array<const char*, 4> kNames = {"session", "impersonation", "key", "machine key"};
  const auto* user = oracle_.personOf(credential.userId);
  const auto* maker = oracle_.personOf(credential.maker);
  return std::string(kNames[static_cast<std::size_t>(credential.kind)]) + " " +
         credential.id.toString().substr(24) + (user ? " of " + user->email : "") +
         (maker                      ? " by " + maker->email
          : credential.maker.isNil() ? ""
                                     : " by " + credential.maker.toString().substr(24));
}

AccessPlayer::Held AccessPlayer::anyCredential(std::initializer_list<Kind> kinds) {
  std::vector<Held> fitting;
  for (const auto& each : oracle_.credentials) {
    // Most that are over are left alone.
    if (std::find(kinds.begin(), kinds.end(), each->kind) != kinds.end() &&
        (random_.oneIn(8) || oracle_.may(*each, now(), true))) {
      fitting.push_back(each);
    }
  }
  return fitting.empty() ? nullptr : fitting[random_.below(fitting.size())];
}

Rights AccessPlayer::someRights(const std::vector<std::string>& of) {
  Rights rights;
  for (const auto& right : of) {
    if (!random_.oneIn(3)) {
      rights.insert(right);
    }
  }
  if (random_.oneIn(6)) {
    rights.emplace(kEveryRight[random_.below(kEveryRight.size())]);
  }
  return rights;
}

bool AccessPlayer::admitted(const char* operation, const Held& credential, std::size_t process,
                            RequestContext& context) {
  const bool inside = !random_.oneIn(6);
  context = calls_->contextFrom(inside);
  const bool mayBefore = oracle_.may(*credential, now(), inside).has_value();
  const auto admission = calls_->admit(calls_->route(operation), process, credential->secret, context);
  if (!admission.ok()) {
    say(std::string(operation) + " with " + nameOf(*credential), &admission.fault());
    return false;
  }
  const auto& access = calls_->route(operation).access;
  const bool ofOneDevice = access.recentOnly || access.kind == RouteAccess::Kind::permission;
  if (!inside && credential->kind == Kind::session && ofOneDevice) {
    violate(nameOf(*credential) + " was let in to " + operation + " on another device");
  }
  if (!mayBefore && !ends(*credential) && !oracle_.may(*credential, now(), inside)) {
    violate(nameOf(*credential) + " was let in to " + operation + " although it is over");
  }
  return true;
}

void AccessPlayer::step() {
  const auto draw = random_.below(40);
  if (oracle_.credentials.size() < 2 || draw < 7) {
    signIn();
  } else if (draw < 9) {
    refresh();
  } else if (draw < 10) {
    logout();
  } else if (draw < 12) {
    logoutAll();
  } else if (draw < 13) {
    changePassword();
  } else if (draw < 15) {
    ownPassword();
  } else if (draw < 17) {
    reset();
  } else if (draw < 21) {
    makeOwnKey();
  } else if (draw < 27) {
    makeMachineKey();
  } else if (draw < 29) {
    rotateKey();
  } else if (draw < 31) {
    revokeKey();
  } else if (draw < 34) {
    impersonate();
  } else if (draw < 35) {
    changeRoles();
  } else if (draw < 36) {
    editRole();
  } else if (draw < 38) {
    changeStatus();
  } else {
    passTime();
  }
}

void AccessPlayer::checkCredential(const Credential& credential, std::size_t process, bool inside) {
  auto context = calls_->contextFrom(inside);
  const auto result = calls_->authenticate(process, credential.secret, context);
  const auto most = oracle_.may(credential, now(), inside);
  if (!most) {
    if (result.ok()) {
      violate(nameOf(credential) + " still opens process " + std::to_string(process));
    }
    return;
  }
  if (!result.ok()) {
    violate(nameOf(credential) + " is refused with " + std::string{describe(result.fault().code).name} +
            " although nothing ended it");
    return;
  }
  const auto& held = result.value().principal->permissions;
  const Rights rights(held.begin(), held.end());
  for (const auto& right : rights) {
    if (!most->contains(right)) {
      violate(nameOf(credential) + " has " + right + ", which nobody gave it");
    }
  }
  if (rights.size() < most->size()) {
    violate(nameOf(credential) + " has less than was given to it");
  }
  if (credential.kind == Credential::Kind::impersonation) {
    checkRoutesOf(credential);
  }
}

bool AccessPlayer::ends(const Credential& credential) const {
  const bool byToken = credential.kind == Kind::session || credential.kind == Kind::impersonation;
  return credential.expires >= now() - kBlur - (byToken ? kSkew : std::chrono::seconds{0}) &&
         credential.expires <= now() + kBlur;
}

void AccessPlayer::checkRoutesOf(const Credential& impersonation) {
  for (const auto& route : calls_->routes().routes()) {
    const auto& spec = route->spec;
    if (spec.access.kind == RouteAccess::Kind::open) {
      continue;
    }
    auto context = calls_->contextFrom(true);
    const bool lets = calls_->admit(spec, 0, impersonation.secret, context).ok();
    const bool ends = spec.operationId == "logout" || spec.operationId == "stopImpersonation";
    const bool secret = spec.operationId == "countRecoveryCodes" || spec.operationId == "fetchDataExport";
    if (lets && !ends && (spec.method != HttpMethod::get || secret)) {
      violate(nameOf(impersonation) + " was let in to " + spec.operationId);
    }
  }
}

void AccessPlayer::check() {
  for (const auto& each : oracle_.credentials) {
    const bool blurred = std::any_of(oracle_.credentials.begin(), oracle_.credentials.end(),
                                     [&](const auto& one) { return ends(*one); });
    for (std::size_t process = 0; process < 2 && !blurred && why_.empty(); ++process) {
      checkCredential(*each, process, true);
      if (each->kind == Kind::userKey || each->kind == Kind::machineKey) {
        checkCredential(*each, process, false);
      }
    }
  }
  for (const auto& [hash, token] : world_.database->resetTokens) {
    const auto* person = oracle_.personOf(token.userId);
    if (!token.consumedAt && token.expires > now() && person != nullptr && !person->linkGood) {
      violate("a link of " + person->email + " waits although a credential changed");
    }
  }
}

RunOutcome runAccessSeed(std::uint64_t seed, Plant plant, std::FILE* trace, std::FILE* failures) {
  return AccessPlayer(seed, plant, trace).play(failures, seed);
}

}  // namespace ks::sim
