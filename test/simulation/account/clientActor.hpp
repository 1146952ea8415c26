#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "messages/account/factorMessages.hpp"
#include "messages/platform/actorErrors.hpp"
#include "test/simulation/account/accountModel.hpp"
#include "test/simulation/simWorld.hpp"

namespace ks::sim {

using ClientActor = caf::typed_actor<caf::result<void>(TickAtom)>;

/// A user with some devices: does what users do, one thing after the other, by seed, and knows what the
/// answers may be. Its account belongs to it alone, so that every answer can be judged. Files:
/// clientActor.cpp chooses, clientAccount.cpp and clientSessions.cpp act and judge.
struct ClientState {
  ClientState(ClientActor::pointer self, SimWorld& world, std::uint64_t seed, int number, int actions);
  ClientActor::behavior_type make_behavior();

  static inline const char* name = "client";
  ClientActor::pointer self;

  [[nodiscard]] bool worked() const { return left_ <= 0 && pending_ == 0; }
  [[nodiscard]] bool finished() const { return finished_; }
  void beginClosing() { closing_ = 1; }
  AccountModel account;

 private:
  using Session = std::shared_ptr<SessionView>;
  void tick();
  void chooseBeforeVerified();
  void chooseAfterVerified();
  void useSession(const Session& session);
  void close();

  // clientAccount.cpp
  void registerAccount();
  void strangerRegisters();
  void strangerLogin();
  void verify();
  /// Whether the link is of a claim that this client has made.
  [[nodiscard]] bool isOwnLink(const std::string& token);
  void resend();
  void login();
  void wrongLogin();
  void signInAtOnce();
  void changePassword();
  void forgotPassword();
  void resetPassword();
  void replayReset();
  /// The present password may be any of these from now on, and which sessions live is unknown.
  void passwordUnsure(const std::string& next);
  void passwordChanged(const std::string& next, std::size_t process);
  /// Shows the known device, if there is one; what it is refused is judged by `judgeDevice`.
  bool onKnownDevice(RequestContext& context);
  void judgeDevice(bool known, int triesBefore, const Fault& fault);
  /// Whether strangers may have locked the account, which a right password on no known device is not told.
  [[nodiscard]] bool accountMayLock() const;
  void checkHealth();

  // clientFactors.cpp
  void enrol(const Session& session);
  void confirm(const Session& session, const std::shared_ptr<FactorView>& factor, bool wrongCode);
  void judgeConfirm(const Session& session, std::size_t process, const std::shared_ptr<FactorView>& factor,
                    bool wrongCode, VirtualTime sentAt, const Result<LoginAnswer>& result);
  void answerDemand(const FactorDemand& demand, bool known);
  void sendCode(const FactorDemand& demand, bool known, FactorMethod method, const std::string& code,
                std::int64_t step, bool good);
  enum class CodeKind : std::uint8_t { none, wrong, right };
  /// What was shown of the second factor with a change of the password.
  struct ShownCode {
    std::shared_ptr<FactorView> factor;  ///< the one of that moment
    bool sure = true;                    ///< whether it was certain
    CodeKind kind = CodeKind::none;
    std::int64_t step = 0;  ///< of the app's code
    std::string recovery;   ///< the recovery code; empty: none
    /// Without a right code of a certain factor nothing is done, whatever the answer.
    [[nodiscard]] bool mayDo() const { return !factor || !sure || kind == CodeKind::right; }
  };
  ShownCode showCode(ChangePasswordRequest& request, bool known);
  void judgeShownCode(const ShownCode& shown, const Result<Done>& result);
  static bool saysOfCode(const Fault& fault);
  void reauthenticate(const Session& session);
  void judgeReauthentication(const Session& session, std::size_t process, std::int64_t step,
                             VirtualTime sentAt, const Result<LoginAnswer>& result);
  void removeFactor(const Session& session);
  /// A session that a factor opened or lifted, or a password did (level 1).
  Session adoptNew(const LoginAnswer& answer, int level, VirtualTime sentAt);
  void everySessionEnded(std::size_t process);
  /// What would end them has an unknown outcome, and may yet come about: then those opened meanwhile end too.
  void everySessionUnsure();
  [[nodiscard]] std::string codeOf(const FactorView& factor, std::int64_t step) const;
  /// The clock was set at some time: steps of time may come twice.
  [[nodiscard]] bool stepped() const { return world.lastStepAt != VirtualTime{}; }

  // clientSessions.cpp
  void authenticate(const Session& session, std::size_t process);
  void judgeAuthenticate(const Session& session, std::size_t process, bool refuse, bool live,
                         const Result<Authenticated>& result);
  void refresh(const Session& session, std::size_t process, bool loseAnswer);
  void judgeRefresh(const Session& session, std::size_t process, const TokenUse& use, bool endedBefore,
                    const Result<LoginAnswer>& result);
  void replay(const Session& session);
  void list(const Session& session);
  void revoke(const Session& session, const Session& other);
  void logout(const Session& session);
  void logoutAll(const Session& session, bool keepCurrent);
  void ended(const Session& session, std::size_t process);
  void adopt(const Session& session, const SessionTokens& tokens, std::int64_t counter);
  [[nodiscard]] bool mustRefuse(const SessionView& session, std::size_t process);

  /// Asks with a deadline; `next` judges the answer. The next action begins when all answers are there.
  template <class Out, class Target, class Message>
  void ask(const char* what, const Target& target, Message message, std::function<void(Result<Out>&)> next) {
    const auto deadline = world.now() + std::chrono::milliseconds{2000 + random.below(7000)};
    message.context.requestId = "c" + std::to_string(number_) + "-" + std::to_string(++requests_);
    message.context.deadline = deadline;
    message.context.client.ip = "203.0.113.7";
    message.context.client.userAgent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0";
    lastDeadline_ = deadline;
    const auto id = world.ledger.open(what, deadline);
    world.say("client " + std::to_string(number_) + " asks for " + what + " within " +
              std::to_string((deadline - world.now()) / std::chrono::milliseconds{1}) + " ms");
    ++pending_;
    const auto finish = [this, id, what, deadline, sentAt = world.now(), settledAt = world.settledAt,
                         next = std::move(next)](Result<Out> result) {
      waited_ = world.now() - sentAt;
      settledBefore_ = settledAt;
      waitedAtLeast_ = (deadline - sentAt) % AuthPolicy{}.answerStep;
      const std::string outcome = result.ok() ? "ok" : std::string{describe(result.fault().code).name};
      world.ledger.close(id, outcome);
      world.say("client " + std::to_string(number_) + " " + what + ": " + outcome);
      if (!result.ok() && result.fault().code == ErrorCode::internal) {
        violate(std::string{what} + " failed inside: " + result.fault().detail);
      }
      next(result);
      answered();
    };
    compat::ask(self, target, std::chrono::seconds{60}, std::move(message))
        .then([finish](Out& out) { finish(Result<Out>(std::move(out))); },
              [finish](caf::error& error) { finish(Result<Out>(faultFromCafError(error))); });
  }
  void answered();
  void pause(std::chrono::milliseconds wait);
  void violate(const std::string& why);
  /// Of answers that come in step, so that their time does not tell what was found. The plan may delay them
  /// more.
  void judgeAnswerTime(const std::string& what);
  [[nodiscard]] std::size_t anyProcess() { return random.below(2); }
  [[nodiscard]] RequestContext signedIn(const SessionView& session) const;
  [[nodiscard]] bool steppedSince(VirtualTime time) const {
    return world.lastStepAt >= time && world.lastStepAt != VirtualTime{};
  }
  /// Whether a fault is only temporary.
  static bool unavailable(const Fault& fault) {
    return fault.code == ErrorCode::timeout || fault.code == ErrorCode::dependencyUnavailable ||
           fault.code == ErrorCode::overloaded;
  }

  SimWorld& world;
  SeededRandom random;
  int number_;
  int left_;
  int pending_ = 0;
  int requests_ = 0;
  int passwordsMade_ = 0;
  VirtualTime settledBefore_{};            ///< all that was late was done, when what is judged now was asked
  VirtualTime::duration waited_{};         ///< for the answer that is now judged
  VirtualTime::duration waitedAtLeast_{};  ///< if that is one whose time must not tell what was found
  int closing_ = 0;                        ///< step of the closing script; 0: not begun
  std::chrono::milliseconds idle_{};       ///< before the next action when this one asked nothing
  bool crowded_ = false;                   ///< in closing: has signed in several times at once
  bool finished_ = false;
  Session closingSession_;
  VirtualTime lastDeadline_{};
};

}  // namespace ks::sim
