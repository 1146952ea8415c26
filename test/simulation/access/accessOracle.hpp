#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"

namespace ks::sim {

using Rights = std::set<std::string>;

/// What somebody holds: a session, a session in which he acts as another user, a key.
struct Credential {
  enum class Kind : std::uint8_t { session, impersonation, userKey, machineKey } kind = Kind::session;
  Uuid id;
  Uuid userId;  ///< of a session's user, of a key's owner; nil: a machine's key
  Uuid maker;  ///< of an impersonation the administrator, of a machine's key a user or key; nil: the operator
  Rights scopes;
  bool bound = false;  ///< good from inside alone
  TimePoint expires = TimePoint::max();
  TimePoint checkedAt{};  ///< when a factor was checked
  bool ended = false;
  bool rotated = false;
  SecretText secret;
  SecretText refresh;
};

struct Person {
  Uuid id;
  std::string email;
  std::string password;
  std::set<std::string> roles;
  enum class Status : std::uint8_t { active, suspended, deleted } status = Status::active;
  SecretText link;  ///< to a new password, in the mail; empty: none
  bool linkGood = false;
};

/// What was given to whom, and so the most that each credential may do. The rules are said here once more, in
/// other words than the system has them.
class AccessOracle {
 public:
  [[nodiscard]] Rights rightsOf(const Person& person) const;
  /// Nothing: it is refused. `inside`: it is shown from an address of the networks that bind it.
  [[nodiscard]] std::optional<Rights> may(const Credential& credential, TimePoint now, bool inside) const;
  [[nodiscard]] const Person* personOf(const Uuid& id) const;
  [[nodiscard]] Person& person(const Uuid& id);

  std::shared_ptr<Credential> give(Credential credential);
  void endSessions(const Uuid& person, const Uuid& spared);
  void endKeys(const Uuid& person);
  /// Links that waited when a credential changed.
  void credentialChanged(const Uuid& person) { this->person(person).linkGood = false; }

  std::vector<Person> persons;
  std::map<std::string, Rights> roles;
  std::vector<std::shared_ptr<Credential>> credentials;

 private:
  [[nodiscard]] const Credential* credentialOf(const Uuid& id) const;
};

}  // namespace ks::sim
