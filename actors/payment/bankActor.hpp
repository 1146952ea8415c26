#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "actors/payment/paymentBoard.hpp"
#include "actors/payment/paymentGatewayInterface.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/payment/paymentMessages.hpp"

namespace ks {

struct BankDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  PaymentGatewayFactory makeGateway;
  std::shared_ptr<PaymentBoard> board = std::make_shared<PaymentBoard>();
  std::chrono::milliseconds storageTimeout{5'000};
};

/// See BankActor. Blocks on the calls in progress, so it is spawned detached.
///
/// A call is a row before it is sent, with an external id that the bank's day has not seen; a process that dies leaves
/// the row, and the id stays taken.
struct BankActorState {
  BankActorState(BankActor::pointer self, std::shared_ptr<ActorProbe> probe, BankDependencies dependencies);
  BankActor::behavior_type make_behavior();

  BankActor::pointer self;

 private:
  struct Call {
    AskBank question;
    caf::typed_response_promise<BankAnswer> promise;
    int ids = 0;   ///< external ids that were tried
    int sent = 0;  ///< times that it was sent
  };
  using CallPtr = std::shared_ptr<Call>;

  caf::result<BankAnswer> ask(AskBank& question);
  void begin(const CallPtr& call);
  void send(const CallPtr& call, const Uuid& id, const std::string& externalId);
  void ended(const CallPtr& call, const Uuid& id, BankAnswer& answer, std::chrono::microseconds took);
  /// Nothing was sent.
  void giveUp(const CallPtr& call, const std::string& why);
  void work();
  void tick(std::chrono::milliseconds after);

  std::shared_ptr<ActorProbe> probe_;
  BankDependencies deps_;
  std::unique_ptr<PaymentGatewayInterface> gateway_;
  std::size_t waiting_ = 0;  ///< calls that are answered by nobody yet
  bool ticking_ = false;
};

}  // namespace ks
