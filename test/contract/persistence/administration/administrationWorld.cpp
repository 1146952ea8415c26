#include "administrationWorld.hpp"

#include <algorithm>
#include <chrono>

namespace ks::contract {
namespace {

constexpr std::array<const char*, 9> kWorldPermissions{
    "users:write", "roles:write",    "users:delete", "users:impersonate", "sessions:revoke",
    "audit:read",  "settings:write", "keys:write",   "payments:refund"};
constexpr std::size_t kWorldRoles = 4;
constexpr std::size_t kWorldAccounts = 5;
constexpr std::size_t kLargestWorld = 9;
constexpr const char* kWorldHash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA";

TimePoint worldNow() { return TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now())); }

std::string arrayText(const Permissions& permissions) {
  std::string text;
  for (const auto& permission : permissions) {
    text += (text.empty() ? "'{" : ",") + permission;
  }
  return text.empty() ? "'{}'" : text + "}'";
}

std::string listed(const Permissions& permissions) {
  std::string text;
  for (const auto& permission : permissions) {
    text += " " + permission;
  }
  return text;
}

bool within(const Permissions& some, const Permissions& all) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::string shortId(const Uuid& id) { return id.toString().substr(28); }

}  // namespace

Permissions AdministrationWorld::anyPermissions() {
  Permissions permissions;
  for (const auto* permission : kWorldPermissions) {
    const bool common =
        std::string_view{permission} == "users:write" || std::string_view{permission} == "roles:write";
    if (random_.below(10) < (common ? 7U : 4U)) {
      permissions.insert(permission);
    }
  }
  return permissions;
}

std::string AdministrationWorld::setUp() {
  std::string sql;
  for (std::size_t i = 0; i < kWorldRoles; ++i) {
    const auto id = freshId();
    roles_.push_back(id);
    sql += "INSERT INTO roles (id, name, rank) VALUES ('" + id.toString() + "', '" + roleName(i) + "', " +
           std::to_string(random_.below(900)) + ");INSERT INTO role_permissions SELECT '" + id.toString() +
           "', p FROM unnest(" + arrayText(anyPermissions()) + "::text[]) p;";
  }
  for (std::size_t i = 0; i < kWorldAccounts; ++i) {
    const auto id = freshId().toString();
    accounts_.push_back(*Uuid::parse(id));
    addresses_[accounts_.back()] = prefix() + std::to_string(i) + "@example.org";
    sql += "INSERT INTO users (id, email, email_verified_at, status, created_at, updated_at) VALUES ('" + id +
           "', '" + prefix() + std::to_string(i) + "@example.org', now(), 'active', now(), now());" +
           "INSERT INTO password_credentials VALUES ('" + id + "', 'x', NULL, now(), NULL);" +
           "INSERT INTO webhooks (id, url, events, secret_enc, authorized_by, created_at, updated_at) VALUES "
           "('" +
           freshId().toString() + "', 'https://hook.example.org', '{*}', '', '" + id + "', now(), now());";
    // The last one has nothing.
    for (std::size_t role = 0; i + 1 < kWorldAccounts && role < kWorldRoles; ++role) {
      if (random_.oneIn(3)) {
        sql += "INSERT INTO user_roles (user_id, role_id, granted_at) VALUES ('" + id + "', '" +
               roles_[role].toString() + "', now());";
      }
    }
  }
  return sql;
}

void AdministrationWorld::begin() {
  for (const auto& id : accounts_) {
    controllers_[id] = {id};
    given_[id] = observed_[id].may;
  }
  before_ = observed_;
}

Uuid AdministrationWorld::anyCaller() {
  return !keys_.empty() && random_.oneIn(4) ? keys_[random_.below(keys_.size())].id : anyAccount();
}

std::vector<std::string> AdministrationWorld::anyRoles() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    if (random_.oneIn(3)) {
      names.push_back(roleName(i));
    }
  }
  return names;
}

std::set<Uuid> AdministrationWorld::peopleBehind(const Uuid& caller) const {
  for (const auto& key : keys_) {
    if (key.id == caller) {
      return peopleBehind(key.maker);
    }
  }
  const auto found = controllers_.find(caller);
  return found == controllers_.end() ? std::set<Uuid>{} : found->second;
}

Permissions AdministrationWorld::rightsOf(const Uuid& caller) const {
  for (const auto& key : keys_) {
    if (key.id == caller) {
      const auto maker = rightsOf(key.maker);
      Permissions both;
      std::set_intersection(maker.begin(), maker.end(), key.scopes.begin(), key.scopes.end(),
                            std::inserter(both, both.end()));
      return both;
    }
  }
  const auto found = before_.find(caller);
  return found == before_.end() ? Permissions{} : found->second.may;
}

void AdministrationWorld::controlledBy(const Uuid& account, const std::set<Uuid>& people) {
  controllers_[account].insert(account);
  controllers_[account].insert(people.begin(), people.end());
}

UserChange AdministrationWorld::changeOf(const Uuid& caller, const Uuid& target,
                                         UserOperation operation) const {
  UserChange change;
  change.actor = caller;
  change.userId = target;
  change.wish.operation = operation;
  change.wish.reason = "test";
  change.now = worldNow();
  return change;
}

void AdministrationWorld::change(PostgresMonitoringEngine& users, UserChange change, bool takesOver) {
  const auto target = change.userId;
  const auto caller = *change.actor;
  const auto operation = static_cast<int>(change.wish.operation);
  const auto address = change.wish.email.value_or("");
  users.run(std::move(change), [this, target, caller, operation, address,
                                takesOver](Result<UserChangeOutcome> result) {
    const auto refused = result.ok() ? result.value().refused : result.fault().code;
    note(shortId(caller) + " operation " + std::to_string(operation) + " on " + shortId(target) + ": " +
         std::string{describe(refused).name} + (result.ok() ? "" : " " + result.fault().detail));
    if (refused == ErrorCode::none) {
      ++successes_;
      if (!address.empty()) {
        addresses_[target] = address;
      }
      if (takesOver) {
        controlledBy(target, people_);
      }
    }
  });
}

void AdministrationWorld::create(PostgresMonitoringEngine& users, const Uuid& caller) {
  NewUser user;
  user.actor = caller;
  user.id = freshId();
  user.email = prefix() + "new" + std::to_string(mails_++) + "@example.org";
  user.locale = "en";
  user.roles = anyRoles();
  user.emailVerified = true;
  user.passwordHash = SecretText{kWorldHash};
  user.now = worldNow();
  const auto id = user.id;
  const auto address = user.email;
  users.run(std::move(user), [this, id, address, caller](Result<UserChangeOutcome> result) {
    const auto refused = result.ok() ? result.value().refused : result.fault().code;
    note(shortId(caller) + " creates " + shortId(id) + ": " + std::string{describe(refused).name});
    if (refused == ErrorCode::none) {
      ++successes_;
      accounts_.push_back(id);
      addresses_[id] = address;
      controlledBy(id, people_);
    }
  });
}

void AdministrationWorld::importOne(PostgresMonitoringEngine& users, const Uuid& caller) {
  const auto job = freshId();
  users.run(NewJob{job, "user_import", caller, 1, worldNow()}, [](const Result<Done>&) {});
  ImportedUser line;
  line.line = 1;
  line.id = freshId();
  line.auditId = freshId();
  line.email = prefix() + "new" + std::to_string(mails_++) + "@example.org";
  line.locale = "en";
  line.roles = anyRoles();
  line.emailVerified = true;
  line.passwordHash = SecretText{kWorldHash};
  const auto id = line.id;
  const auto address = line.email;
  ImportUsers users1{caller, job, {std::move(line)}, "done", worldNow(), {}};
  users.run(std::move(users1), [](const Result<Done>&) {});
  users.run(JobQuery{job, 0, 1, worldNow()},
            [this, id, address, caller](Result<std::optional<JobRecord>> found) {
              const bool made = found.ok() && found.value() && found.value()->created == 1;
              note(shortId(caller) + " imports " + shortId(id) + (made ? ": done" : ": refused"));
              if (made) {
                ++successes_;
                accounts_.push_back(id);
                addresses_[id] = address;
                controlledBy(id, people_);
              }
            });
}

void AdministrationWorld::takeLink(PostgresMonitoringEngine& users, const Uuid& caller) {
  auto change = changeOf(caller, anyAccount(), UserOperation::resetPassword);
  change.wish.byLink = true;
  const auto id = freshId();
  const Bytes hash(id.bytes.begin(), id.bytes.end());
  change.token = ResetToken{id, hash, change.now + std::chrono::hours{1}};
  links_.push_back({change.userId, hash, people_});
  this->change(users, std::move(change), false);
}

void AdministrationWorld::followLink(StorageEngineInterface& accounts) {
  const auto link = links_[random_.below(links_.size())];
  people_ = link.people;
  ResetPassword reset;
  reset.possibleHashes = {link.hash};
  reset.callId = freshId();
  reset.passwordPhc = kWorldHash;
  reset.notice = newMail("passwordChanged");
  reset.now = worldNow();
  accounts.run(std::move(reset), [this, link](Result<ResetOutcome> result) {
    const bool good = result.ok() && result.value().state == LinkState::good;
    note(shortId(*link.people.begin()) + " follows a link to " + shortId(link.account) +
         (good ? ": good" : ": void"));
    if (good) {
      ++successes_;
      controlledBy(link.account, link.people);
    }
  });
}

void AdministrationWorld::changeRole(PostgresMonitoringEngine& users, const Uuid& caller) {
  RoleChange change;
  change.actor = caller;
  change.now = worldNow();
  const auto may = anyPermissions();
  change.wish.permissions = std::vector<std::string>(may.begin(), may.end());
  if (random_.oneIn(4)) {
    change.roleId = freshId();
    change.wish.operation = RoleOperation::create;
    change.wish.name = roleName(roles_.size());
    change.wish.rank = static_cast<std::int32_t>(random_.below(900));
  } else {
    change.roleId = roles_[random_.below(roles_.size())];
    if (random_.oneIn(3)) {
      change.wish.rank = static_cast<std::int32_t>(random_.below(900));
      change.wish.permissions.reset();
    }
  }
  const auto id = change.roleId;
  const bool fresh = change.wish.operation == RoleOperation::create;
  users.run(std::move(change), [this, id, fresh, caller](Result<RoleChangeOutcome> result) {
    const auto refused = result.ok() ? result.value().refused : result.fault().code;
    note(shortId(caller) + (fresh ? " makes role " : " changes role ") + shortId(id) + ": " +
         std::string{describe(refused).name});
    if (refused == ErrorCode::none) {
      ++successes_;
      if (fresh) {
        roles_.push_back(id);
      }
    }
  });
}

void AdministrationWorld::makeKey(StorageEngineInterface& accounts, const Uuid& caller) {
  // With any scopes: a key may do no more than its creator.
  Key key{freshId(), caller, anyPermissions()};
  CreateApiKey creation;
  creation.key.id = key.id;
  creation.key.kind = ApiKeyKind::admin;
  creation.key.name = "key";
  creation.key.secretHash = Bytes(key.id.bytes.begin(), key.id.bytes.end());
  creation.key.scopes = std::vector<std::string>(key.scopes.begin(), key.scopes.end());
  creation.key.createdBy = caller;
  creation.key.createdAt = worldNow();
  creation.most = 1'000'000;
  accounts.run(std::move(creation), [this, key](Result<CreatedApiKey> made) {
    note(shortId(key.maker) + " makes key " + shortId(key.id) + listed(key.scopes));
    if (made.ok() && made.value().outcome == CreateApiKeyOutcome::created) {
      keys_.push_back(key);
    }
  });
}

void AdministrationWorld::act(PostgresMonitoringEngine& users, StorageEngineInterface& accounts) {
  --stepsLeft_;
  caller_ = anyCaller();
  people_ = peopleBehind(caller_);
  const auto target = anyAccount();
  switch (random_.below(12)) {
    case 0:
      return accounts_.size() < kLargestWorld ? create(users, caller_) : takeLink(users, caller_);
    case 1:
      return accounts_.size() < kLargestWorld ? importOne(users, caller_) : takeLink(users, caller_);
    case 2:
    case 3: {
      auto grant = changeOf(caller_, target, UserOperation::setRoles);
      grant.wish.roles = anyRoles();
      return change(users, std::move(grant), false);
    }
    case 4:
    case 5:
      return changeRole(users, caller_);
    case 6:
      return takeLink(users, caller_);
    case 7:
      return links_.empty() ? takeLink(users, caller_) : followLink(accounts);
    case 8: {
      auto move = changeOf(caller_, target, UserOperation::update);
      move.wish.email = prefix() + "moved" + std::to_string(mails_++) + "@example.org";
      const auto undo = freshId();
      move.undo = MoveUndo{undo, Bytes(undo.bytes.begin(), undo.bytes.end()), move.now, addresses_[target]};
      return change(users, std::move(move), true);
    }
    case 9: {
      auto session = newSession(target, worldNow());
      auto as = changeOf(caller_, target, UserOperation::impersonate);
      as.session = session;
      return change(users, std::move(as), true);
    }
    case 10:
      return change(users,
                    changeOf(caller_, target,
                             random_.oneIn(2) ? UserOperation::resetFactors : UserOperation::verifyEmail),
                    false);
    default:
      return makeKey(accounts, caller_);
  }
}

std::string AdministrationWorld::judge() {
  std::string broken;
  const auto own = rightsOf(caller_);
  for (const auto& [account, now] : observed_) {
    Permissions gained;
    const auto& had = before_[account].may;
    std::set_difference(now.may.begin(), now.may.end(), had.begin(), had.end(),
                        std::inserter(gained, gained.end()));
    if (!within(gained, own)) {
      broken += "account " + shortId(account) + " gained" + listed(gained) + " from one who has" +
                listed(own) + "\n";
    }
  }
  std::map<Uuid, Permissions> reach;
  for (const auto& [account, controllers] : controllers_) {
    for (const auto& person : controllers) {
      reach[person].insert(observed_[account].may.begin(), observed_[account].may.end());
    }
  }
  for (auto& [person, may] : reach) {
    if (!people_.contains(person)) {
      given_[person].insert(may.begin(), may.end());  // given by another
    } else if (!within(may, given_[person])) {
      broken += "person " + shortId(person) + " got at" + listed(may) + ", was given" +
                listed(given_[person]) + "\n";
    }
  }
  for (const auto& [author, sends] : hooks_) {
    if (sends && !observed_[author].may.contains("audit:read")) {
      broken += "the webhook of " + shortId(author) + ", who may not read the audit trail, sends\n";
    }
  }
  before_ = observed_;
  observed_.clear();
  hooks_.clear();
  return broken.empty() ? broken : "seed " + std::to_string(seed_) + "\n" + history_ + broken;
}

}  // namespace ks::contract
