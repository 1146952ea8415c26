#pragma once
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "test/simulation/access/accessAdministration.hpp"
#include "test/simulation/access/accessCalls.hpp"
#include "test/simulation/access/accessRun.hpp"

namespace ks::sim {

/// The life of a token is told in whole seconds: about its end nothing is claimed.
inline constexpr std::chrono::seconds kBlur{2};
/// A session's token is good for so long after its end, as the clocks of two machines may be apart.
inline constexpr std::chrono::seconds kSkew{5};
inline constexpr std::string_view kInsideNetwork = "203.0.113.0/24";

/// Of the role whose rights change in the course.
const Rights& keeperRights();

/// Plays one sequence: accessRun.cpp chooses and checks, accessSessions.cpp, accessKeys.cpp and
/// accessOffice.cpp call and keep the oracle.
class AccessPlayer {
 public:
  AccessPlayer(std::uint64_t seed, Plant plant, std::FILE* trace);
  RunOutcome play(std::FILE* failures, std::uint64_t seed);

 private:
  using Held = std::shared_ptr<Credential>;
  using Kind = Credential::Kind;

  void found();
  void step();
  void check();
  void checkCredential(const Credential& credential, std::size_t process, bool inside);
  /// Whether it is so near to its end that nothing is claimed.
  [[nodiscard]] bool ends(const Credential& credential) const;
  void checkRoutesOf(const Credential& impersonation);

  void signIn();
  void refresh();
  void logout();
  void logoutAll();
  void changePassword();
  void ownPassword();
  void forgot();
  void reset();
  void makeOwnKey();
  void makeMachineKey();
  void rotateKey();
  void revokeKey();
  void impersonate();
  void changeRoles();
  void editRole();
  void changeStatus();
  void passTime();

  [[nodiscard]] TimePoint now() const { return world_.clock.now(); }
  [[nodiscard]] std::size_t anyProcess() { return random_.below(2); }
  [[nodiscard]] Person& anyPerson() { return oracle_.persons[random_.below(oracle_.persons.size())]; }
  /// Also one that is over.
  [[nodiscard]] Held anyCredential(std::initializer_list<Kind> kinds);
  [[nodiscard]] Rights someRights(const std::vector<std::string>& of);
  /// The caller is let in; what he is by the oracle must be so.
  bool admitted(const char* operation, const Held& credential, std::size_t process, RequestContext& context);
  void ended(const Uuid& person, const Uuid& spared, bool keepKeys) {
    oracle_.endSessions(person, spared);
    if (!keepKeys) {
      oracle_.endKeys(person);
    }
  }
  std::string freshPassword() { return "correct horse battery " + std::to_string(++passwords_); }
  std::string nameOf(const Credential& credential) const;
  void say(const std::string& what, const Fault* fault = nullptr) {
    const std::string outcome = fault == nullptr ? "ok" : std::string{describe(fault->code).name};
    ++answers_["access " + what.substr(0, what.find(' ')) + " " + outcome];
    said_.push_back(what + ": " + outcome);
  }
  template <class T>
  bool done(const std::string& what, const Result<T>& result) {
    say(what, result.ok() ? nullptr : &result.fault());
    if (!result.ok() && result.fault().code == ErrorCode::internal) {
      violate(what + " failed inside: " + result.fault().detail);
    }
    return result.ok();
  }
  void violate(const std::string& why) { why_ = why_.empty() ? why : why_; }

  SimWorld world_;
  SeededRandom random_;
  std::optional<AccessCalls> calls_;
  AccessOracle oracle_;
  AccessAdministration administration_{*world_.database};
  std::string why_;
  std::vector<std::string> said_;
  std::map<std::string, std::uint64_t> answers_;
  std::uint64_t passwords_ = 0;
  std::uint64_t keysMade_ = 0;
};

}  // namespace ks::sim
