#pragma once
#include <set>
#include <string>

#include "persistence/memory/memoryDatabase.hpp"

// What user_apply() and role_administer() of the migration "userAdministration" do, on a MemoryDatabase, as
// far as it concerns access; the contract test "What an administrator ends" holds PostgreSQL to the same.
namespace ks::sim {

class AccessAdministration {
 public:
  explicit AccessAdministration(MemoryDatabase& database) : database_(database) {}

  void setRoles(const Uuid& userId, const std::set<std::string>& roles, TimePoint now);
  void editRole(const std::string& role, const std::set<std::string>& permissions, TimePoint now);
  void suspend(const Uuid& userId, TimePoint now);
  void restore(const Uuid& userId, TimePoint now);
  void remove(const Uuid& userId, TimePoint now);
  void impersonate(const NewSession& session);
  /// As if a code had been shown at the sign-in.
  void liftToTwoFactors(const Uuid& sessionId);

 private:
  UserRecord& touch(const Uuid& userId, TimePoint now);

  MemoryDatabase& database_;
};

}  // namespace ks::sim
