#pragma once
#include "messages/account/keyTypeIds.hpp"

// The actors that every part talks to: what each takes and answers. Faults come as CAF errors
// (platform/actorErrors.hpp). The others are declared beside their messages (test/architecture checks it):
//
//   messages/account/factorInterfaces.hpp                   FactorActor
//   messages/account/keyInterfaces.hpp                      ApiKeyActor, SigningKeyActor,
//                                                           DatabaseNotificationActor
//   messages/account/personalDataMessages.hpp               PersonalDataActor
//   messages/account/recoveryMessages.hpp                   RecoveryActor
//   messages/administration/settingsMessages.hpp            SettingsActor
//   messages/administration/userAdministrationMessages.hpp  UserAdministrationActor
//   messages/administration/webhookMessages.hpp             WebhookActor, WebhookSenderActor
//   messages/monitoring/activityMessages.hpp                ActivityActor
//   messages/monitoring/collectorMessages.hpp               IngestActor, LogTailActor, ViolationDrainActor,
//                                                           RetentionActor, LiveFeedActor
//   messages/monitoring/monitoringInterfaces.hpp            MonitoringStorageActor
//   messages/payment/bankNoticeMessages.hpp                 BankNoticeActor
//   messages/payment/paymentAdministrationMessages.hpp      PaymentAdministrationActor
//   messages/payment/paymentMessages.hpp                    PaymentActor, BankActor
//   messages/payment/refundMessages.hpp                     RefundActor, ReconciliationActor
//   messages/security/banMessages.hpp                       BanActor
//   messages/security/blockMessages.hpp                     BlockActor
//   apps/wiring/httpFrontEndActor.hpp                       HttpFrontEndActor
//   monitoring/security/securityAnalysisActor.hpp           SecurityAnalysisActor
namespace ks {

/// Accounts and sessions as the API shows them (public process; createAdministrator also in the admin
/// process).
using AuthActor = caf::typed_actor<
    // Registers; the answer is the same for a taken address. usernameTaken, password* faults.
    caf::result<Done>(RegisterRequest),
    // tokenInvalid, tokenExpired.
    caf::result<Done>(VerifyEmailRequest),
    // Always succeeds; a mail is sent only to an address that waits for verification.
    caf::result<Done>(ResendVerificationRequest),
    // invalidCredentials, emailNotVerified, accountSuspended, passwordChangeRequired, overloaded.
    caf::result<LoginAnswer>(LoginRequest),
    // invalidCredentials, password* faults. Ends the account's other sessions.
    caf::result<Done>(ChangePasswordRequest),
    // refreshTokenInvalid, refreshTokenReused, sessionExpired, sessionRevoked.
    caf::result<LoginAnswer>(RefreshRequest),
    // Idempotent.
    caf::result<Done>(LogoutRequest),
    // The caller's live sessions, newest first.
    caf::result<std::vector<SessionRecord>>(ListSessionsRequest),
    // sessionNotFound.
    caf::result<Done>(RevokeSessionRequest),
    // How many it ended.
    caf::result<SessionsRevoked>(LogoutAllRequest),
    // emailTaken.
    caf::result<CreateAdministratorAnswer>(CreateAdministratorRequest)>;

/// Resolves access tokens to callers (both processes) and keeps the token cache correct.
using SessionActor = caf::typed_actor<
    // tokenInvalid, tokenExpired, sessionExpired, sessionRevoked.
    caf::result<Authenticated>(AuthenticateRequest),
    // From the Redis subscription: sessions that ended anywhere.
    caf::result<void>(RedisNotice)>;

/// One password worker: Argon2id on its own thread.
using PasswordActor =
    caf::typed_actor<caf::result<std::string>(HashPassword), caf::result<PasswordVerdict>(VerifyPassword)>;

/// One storage connection. Answers come after the pipeline that the operation travelled in.
using StorageActor = caf::typed_actor<caf::result<StorageOutcome>(StorageJob), caf::result<void>(FlushAtom)>;

/// Publishes sessions to Redis. Never the truth, and nothing waits for it.
using SessionCacheActor = caf::typed_actor<caf::result<Done>(CacheSession), caf::result<Done>(ForgetSessions),
                                           caf::result<Done>(Ping)>;

/// Blocks on Redis' subscription connection and notifies its listener.
using RedisSubscriptionActor = caf::typed_actor<caf::result<void>(TickAtom)>;

/// Sends the mails of the outbox.
using MailActor = caf::typed_actor<caf::result<void>(WakeAtom), caf::result<void>(TickAtom)>;

/// Stores the process's audit, security and error events: on its timer, and when a whole batch waits.
using LogCollectorActor = caf::typed_actor<caf::result<void>(TickAtom), caf::result<void>(FlushAtom)>;

/// Checks the process's dependencies, on a timer and on demand at most once a second.
using HealthActor = caf::typed_actor<caf::result<HealthReport>(CheckHealth), caf::result<void>(TickAtom)>;

/// Starts its children, restarts those that die, gives up when the restart budget is used up.
using SupervisorActor = caf::typed_actor<caf::result<void>(StartAtom), caf::result<void>(ChildDown),
                                         caf::result<void>(StopAtom), caf::result<void>(TickAtom)>;

}  // namespace ks
