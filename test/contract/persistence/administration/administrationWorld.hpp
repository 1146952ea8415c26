#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "test/contract/persistence/testStorage.hpp"
#include "test/simulation/seededRandom.hpp"

// Random operations of random administrators, over the real repositories, and the invariants whatever they
// do: nobody ends up with more than was given. Rights are read from the tables by plain joins, not by
// the functions under test.
namespace ks::contract {

using Permissions = std::set<std::string>;

struct WorldAccount {
  Permissions may;
  std::int32_t rank = 0;
};

/// One sequence of calls among a handful of accounts, roles and keys of its own.
class AdministrationWorld {
 public:
  AdministrationWorld(std::uint64_t seed, int steps) : random_(seed), seed_(seed), stepsLeft_(steps) {}

  /// Accounts, roles and keys, as SQL text.
  std::string setUp();
  /// Queues one call.
  void act(PostgresMonitoringEngine& users, StorageEngineInterface& accounts);
  /// Reads the current rights from the tables; begins and ends a step.
  void observe(const Uuid& account, WorldAccount state) { observed_[account] = std::move(state); }
  void observeHook(const Uuid& author, bool sends) { hooks_[author] = sends; }
  /// After the first observation: everybody has exactly what was given.
  void begin();
  /// Empty, or the violation and its history.
  std::string judge();
  [[nodiscard]] bool over() const { return stepsLeft_ <= 0; }
  [[nodiscard]] std::string prefix() const { return "w" + std::to_string(seed_) + "."; }
  [[nodiscard]] int successes() const { return successes_; }

 private:
  struct Key {
    Uuid id;
    Uuid maker;
    Permissions scopes;
  };
  struct Link {
    Uuid account;
    Bytes hash;
    std::set<Uuid> people;  ///< who saw it
  };

  Uuid anyAccount() { return accounts_[random_.below(accounts_.size())]; }
  /// An account or a key.
  Uuid anyCaller();
  std::vector<std::string> anyRoles();
  Permissions anyPermissions();
  /// The people behind a caller: who can sign in as the account, or as the key's maker.
  std::set<Uuid> peopleBehind(const Uuid& caller) const;
  Permissions rightsOf(const Uuid& caller) const;
  void controlledBy(const Uuid& account, const std::set<Uuid>& people);
  std::string roleName(std::size_t number) const { return prefix() + "role" + std::to_string(number); }

  UserChange changeOf(const Uuid& caller, const Uuid& target, UserOperation operation) const;
  void change(PostgresMonitoringEngine& users, UserChange change, bool takesOver);
  void create(PostgresMonitoringEngine& users, const Uuid& caller);
  void importOne(PostgresMonitoringEngine& users, const Uuid& caller);
  void takeLink(PostgresMonitoringEngine& users, const Uuid& caller);
  void followLink(StorageEngineInterface& accounts);
  void changeRole(PostgresMonitoringEngine& users, const Uuid& caller);
  void makeKey(StorageEngineInterface& accounts, const Uuid& caller);
  void note(const std::string& text) { history_ += text + "\n"; }

  sim::SeededRandom random_;
  std::uint64_t seed_;
  int stepsLeft_;
  int successes_ = 0;
  int mails_ = 0;
  std::vector<Uuid> accounts_;
  std::map<Uuid, std::string> addresses_;
  std::vector<Uuid> roles_;
  std::vector<Key> keys_;
  std::vector<Link> links_;
  std::map<Uuid, std::set<Uuid>> controllers_;  ///< of an account: people who can sign in as it
  std::map<Uuid, Permissions> given_;           ///< to a person, all in all
  std::map<Uuid, WorldAccount> before_;
  std::map<Uuid, WorldAccount> observed_;
  std::map<Uuid, bool> hooks_;
  Uuid caller_;            ///< of the step under way
  std::set<Uuid> people_;  ///< behind it
  std::string history_;
};

}  // namespace ks::contract
