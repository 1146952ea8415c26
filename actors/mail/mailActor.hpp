#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/mail/mailTransportInterface.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

struct MailDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  std::shared_ptr<const AccountCrypto> crypto;
  std::function<std::unique_ptr<MailTransportInterface>()> makeTransport;
  std::string publicUrl;
  std::chrono::milliseconds pollEvery{2000};
  int batch = 1;  ///< mails of one lease, which none may outlast
};

/// See MailActor. Claims due mails with a lease of half a minute, so that several processes share the outbox
/// and a killed one's mail is sent by another after the lease; a mail may go out twice after a crash. It is
/// tried for about ten hours and then given up, or as soon as the mail server rejects it permanently; both
/// are audited.
struct MailState {
  MailState(MailActor::pointer self, std::shared_ptr<ActorProbe> probe, MailDependencies dependencies);
  MailActor::behavior_type make_behavior();

  MailActor::pointer self;

 private:
  void claim();
  void send(const OutboxMail& mail);
  Result<MailDelivery> deliver(const OutboxMail& mail);
  void giveUp(const OutboxMail& mail, const std::string& reason);
  template <class Op>
  void mark(Op operation);

  std::shared_ptr<ActorProbe> probe_;
  MailDependencies deps_;
  std::unique_ptr<MailTransportInterface> transport_;
  bool claiming_ = false;
};

}  // namespace ks
