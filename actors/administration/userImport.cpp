#include <algorithm>
#include <utility>

#include "actors/administration/userAdministrationActor.hpp"
#include "core/logging/logging.hpp"
#include "crypto/importedHash.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostImports = 4;
/// Accounts per statement: well within its time limit, and other work gets its turn.
constexpr std::size_t kImportStep = 250;

/// A hash that cannot be used is the line's fault.
void judgeHash(ImportedUser& user, std::chrono::milliseconds longest) {
  if (user.fault != ErrorCode::none || user.passwordHash.empty()) {
    return;
  }
  const auto form = importedHashForm(user.passwordHash.reveal(), longest);
  if (form != HashForm::usable) {
    user.fault = form == HashForm::tooCostly ? ErrorCode::outOfRange : ErrorCode::invalidFormat;
    user.field = "password_hash";
  }
}

void judgeUsername(ImportedUser& user, const UsernamePolicy& policy) {
  if (const auto refusal = refusalOfGivenName(policy, user.username);
      refusal && user.fault == ErrorCode::none) {
    user.fault = ErrorCode::invalidFormat;
    user.field = refusal->field;
  }
}

}  // namespace

struct UserAdministrationState::Import {
  ImportUsers step;  ///< without its users
  RequestContext context;
  std::vector<ImportedUser> users;
  std::size_t next = 0;
};

caf::result<JobRecord> UserAdministrationState::startImport(StartUserImport& request) {
  if (imports_ >= kMostImports) {
    return toCafError(
        retryFault(ErrorCode::overloaded, 5, "the maximum number of imports is already running"));
  }
  auto import = std::make_shared<Import>();
  import->context = request.context;
  import->context.deadline = {};
  import->users = std::move(request.users);
  for (auto& user : import->users) {
    user.id = deps_.environment.uuids.next();
    user.auditId = deps_.environment.uuids.next();
    judgeHash(user, longestImportedHash(deps_.policy->loginAnswerStep));
    judgeUsername(user, deps_.policy->usernames);
  }
  import->step.actor = actorOf(request.context);
  import->step.jobId = deps_.environment.uuids.next();
  import->step.audit = auditOfCaller(request.context, "user.import", "user");
  JobRecord job;
  job.id = import->step.jobId;
  job.kind = "user_import";
  job.state = "running";
  job.total = static_cast<std::uint32_t>(import->users.size());
  job.createdAt = job.updatedAt = now();
  ++imports_;
  auto promise = self->make_response_promise<JobRecord>();
  compat::ask(
      self, queries_.pick(), timeLeft(self, request.context, deps_.policy->storageTimeout),
      queryJob(request.context, NewJob{job.id, job.kind, import->step.actor, job.total, job.createdAt}))
      .then(
          [this, import, job, promise](StorageOutcome&) mutable {
            promise.deliver(job);
            importNext(import);
          },
          [this, promise](caf::error& error) mutable {
            --imports_;
            fail(promise, faultFromCafError(error));
          });
  return promise;
}

void UserAdministrationState::importNext(const std::shared_ptr<Import>& import) {
  auto step = import->step;
  const auto end = std::min(import->next + kImportStep, import->users.size());
  step.users.assign(import->users.begin() + static_cast<std::ptrdiff_t>(import->next),
                    import->users.begin() + static_cast<std::ptrdiff_t>(end));
  step.now = now();
  step.audit.at = step.now;
  step.stateThen = end == import->users.size() ? "done" : "running";
  compat::ask(self, queries_.pick(), caf::timespan{deps_.policy->storageTimeout},
              queryJob(import->context, std::move(step)))
      .then(
          [this, import, end](StorageOutcome&) {
            import->next = end;
            if (end < import->users.size()) {
              importNext(import);
              return;
            }
            --imports_;
            logAudit("admin.users.imported", "An import of accounts is done",
                     {{"job", import->step.jobId.toString()},
                      {"lines", static_cast<std::int64_t>(import->users.size())}});
          },
          [this, import](caf::error& error) {
            --imports_;
            logFault(
                "admin.users.importStopped", "An import of accounts stopped", faultFromCafError(error),
                {{"job", import->step.jobId.toString()}, {"line", static_cast<std::int64_t>(import->next)}});
            failImport(*import);
          });
}

/// If that fails too, the job counts as interrupted after a minute.
void UserAdministrationState::failImport(const Import& import) {
  auto step = import.step;
  step.now = now();
  step.audit.at = step.now;
  step.stateThen = "failed";
  compat::tellAnon(queries_.pick(), queryJob(import.context, std::move(step)));
}

caf::result<JobRecord> UserAdministrationState::findJob(FindJob& request) {
  auto promise = self->make_response_promise<JobRecord>();
  queryThen(request.context, JobQuery{request.id, request.afterLine, request.limit, now()}, promise,
            deliveryOr<JobRecord>(ErrorCode::jobNotFound, promise));
  return promise;
}

}  // namespace ks
