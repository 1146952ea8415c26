#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/accountCrypto.hpp"
#include "actors/actorDirectory.hpp"
#include "actors/actorEnvironment.hpp"
#include "actors/actorRef.hpp"
#include "actors/mailTransportInterface.hpp"
#include "actors/storageJob.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

struct MailDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  std::shared_ptr<const AccountCrypto> crypto;
  std::function<std::unique_ptr<MailTransportInterface>()> makeTransport;
  std::string publicUrl;
  std::chrono::milliseconds pollEvery{2000};
  int batch = 20;
};

/// See MailActor. Claims due mails with a lease, so that several processes share the outbox and a killed
/// one's mails are sent by another after the lease; a mail may go out twice after a crash, never not at all.
struct MailState {
  MailState(MailActor::pointer self, std::shared_ptr<ActorProbe> probe, MailDependencies dependencies);
  MailActor::behavior_type make_behavior();

  MailActor::pointer self;

 private:
  void claim();
  void send(const OutboxMail& mail);
  Result<Done> deliver(const OutboxMail& mail);
  template <auto Method>
  void mark(StorageArguments<Method> arguments);

  std::shared_ptr<ActorProbe> probe_;
  MailDependencies deps_;
  std::unique_ptr<MailTransportInterface> transport_;
  bool claiming_ = false;
};

}  // namespace ks
