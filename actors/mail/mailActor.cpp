#include "actors/mail/mailActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/mail/mailTemplates.hpp"
#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

// Longer than a transport may take for a mail plus the database for its mark.
constexpr std::chrono::seconds kLease{30};
constexpr std::chrono::seconds kStorageTimeout{10};
constexpr std::chrono::seconds kFirstRetry{30};
constexpr int kMaxBackoffDoublings = 8;  // 30 s * 2^8 is a little over two hours
constexpr int kMostTries = 13;           // the last one 10 hours and 40 minutes after the first

}  // namespace

MailState::MailState(MailActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                     MailDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      transport_(deps_.makeTransport()) {}

MailActor::behavior_type MailState::make_behavior() {
  compat::tellAfter(self, deps_.pollEvery, MailActor{self}, TickAtom_v);
  return {
      guarded(self, probe_, [this](WakeAtom) { claim(); }),
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tellAfter(self, deps_.pollEvery, MailActor{self}, TickAtom_v);
                claim();
              }),
  };
}

void MailState::claim() {
  if (claiming_) {
    return;
  }
  claiming_ = true;
  const auto now = deps_.environment.clock.now();
  storeOwn(
      self, kStorageTimeout, deps_.storage, ClaimMails{deps_.batch, now, now + kLease},
      [this](std::vector<OutboxMail>& mails) {
        claiming_ = false;
        for (const auto& mail : mails) {
          send(mail);
        }
        if (mails.size() == static_cast<std::size_t>(deps_.batch)) {
          claim();
        }
      },
      [this](const Fault& fault) {
        claiming_ = false;
        probe_->noteError(fault.detail);
      });
}

void MailState::send(const OutboxMail& mail) {
  const auto delivered = deliver(mail);
  const auto now = deps_.environment.clock.now();
  if (delivered.ok() && delivered.value().refusedForGood) {
    giveUp(mail, delivered.value().reason);
    return;
  }
  if (delivered.ok()) {
    mark(MarkMailSent{mail.id, now});
    return;
  }
  if (mail.attempts >= kMostTries) {
    giveUp(mail, delivered.fault().detail);
    return;
  }
  logFault("mail.notSent", "A mail could not be sent; it will be tried again", delivered.fault(),
           {{"mail_id", mail.id.toString()}, {"attempts", mail.attempts}});
  const auto wait = kFirstRetry * (1 << std::clamp(mail.attempts - 1, 0, kMaxBackoffDoublings));
  mark(MarkMailFailed{mail.id, now + wait, delivered.fault().detail});
}

Result<MailDelivery> MailState::deliver(const OutboxMail& mail) {
  const auto recipient = deps_.crypto->cipher.open(mail.recipientSealed, mailRecipientContext(mail.id));
  if (!recipient.ok()) {
    return recipient.fault();
  }
  const auto payload = deps_.crypto->cipher.open(mail.payloadSealed, mailPayloadContext(mail.id));
  if (!payload.ok()) {
    return payload.fault();
  }
  auto text = renderMail(mail.mailTemplate, mail.locale, payload.value().reveal(), deps_.publicUrl);
  if (!text) {
    return makeFault(ErrorCode::internal, "there is no mail template " + mail.mailTemplate);
  }
  return transport_->deliver(Mail{mail.id, std::string{recipient.value().reveal()}, std::move(text->subject),
                                  std::move(text->text)});
}

void MailState::giveUp(const OutboxMail& mail, const std::string& reason) {
  logFault("mail.givenUp", "A mail was given up", makeFault(ErrorCode::dependencyUnavailable, reason),
           {{"mail_id", mail.id.toString()}, {"template", mail.mailTemplate}, {"attempts", mail.attempts}});
  auto event = auditOf(deps_.environment, {}, "mail.giveUp", AuditOutcome::fail);
  event.actorType = "system";
  event.targetType = "mail";
  event.targetId = mail.id.toString();
  event.reason = "not_delivered";
  event.after = {{"template", mail.mailTemplate}, {"attempts", mail.attempts}, {"cause", reason}};
  mark(GiveUpMail{mail.id, reason, std::move(event)});
}

template <class Op>
void MailState::mark(Op operation) {
  storeOwn(
      self, kStorageTimeout, deps_.storage, std::move(operation), [](Done&) {},
      [this](const Fault& fault) { probe_->noteError(fault.detail); });
}

}  // namespace ks
