#include <algorithm>
#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/administration/exportNote.hpp"
#include "http/routes/administration/userImport.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

constexpr std::size_t kImportBytes = 1024 * 1024;

struct JobPath {
  Uuid id;
};
const ObjectSchema<JobPath>& jobPathSchema() {
  static const auto schema = ObjectSchema<JobPath>("JobPath").field("id", &JobPath::id);
  return schema;
}

struct JobQueryInput {
  std::uint32_t afterLine = 0;
  std::uint32_t limit = 500;
};
const ObjectSchema<JobQueryInput>& jobQuerySchema() {
  static const auto schema =
      ObjectSchema<JobQueryInput>("JobQuery")
          .field("after_line", &JobQueryInput::afterLine, rules().optional().range(0, 2'000'000'000))
          .field("limit", &JobQueryInput::limit, rules().optional().range(1, 2000));
  return schema;
}

const ObjectSchema<JobRecord>& jobSchema() {
  static const auto line =
      ObjectSchema<JobLine>("JobLine")
          .field("line", &JobLine::line)
          .field("outcome", &JobLine::outcome, rules().describe("created, exists or failed"))
          .field("user_id", &JobLine::userId)
          .field("error", &JobLine::error, rules().omitEmpty())
          .field("field", &JobLine::field, rules().omitEmpty());
  static const auto schema =
      ObjectSchema<JobRecord>("Job")
          .field("id", &JobRecord::id)
          .field("kind", &JobRecord::kind)
          .field("state", &JobRecord::state,
                 rules().describe("running, done, failed: it stopped at a fault of the server, or "
                                  "interrupted: its process ended; send "
                                  "the lines again"))
          .field("total", &JobRecord::total)
          .field("created", &JobRecord::created)
          .field("existing", &JobRecord::existing)
          .field("failed", &JobRecord::failed)
          .field("created_at", &JobRecord::createdAt)
          .field("updated_at", &JobRecord::updatedAt)
          .field("lines", &JobRecord::lines, line, rules().items(0, 2000).describe("those after after_line"));
  return schema;
}

struct UserExportQuery {
  std::string format = "ndjson";
  std::string text;
  std::string role;
  std::optional<TimePoint> createdAfter;
  std::optional<TimePoint> createdBefore;
  std::uint32_t limit = 500;
  std::string cursor;
};
const ObjectSchema<UserExportQuery>& userExportSchema() {
  static const auto schema =
      ObjectSchema<UserExportQuery>("UserExportQuery")
          .field("format", &UserExportQuery::format, rules().optional().oneOf({"ndjson", "csv"}))
          .field("q", &UserExportQuery::text, userTextRules())
          .field("role", &UserExportQuery::role, rules().optional().length(1, 64))
          .field("created_after", &UserExportQuery::createdAfter)
          .field("created_before", &UserExportQuery::createdBefore)
          .field("limit", &UserExportQuery::limit, rules().optional().range(1, 500))
          .field("cursor", &UserExportQuery::cursor,
                 rules().optional().length(1, 512).describe("X-Next-Cursor of the page before"));
  return schema;
}

HttpResponse exportPage(const UserRoutesConfig& config, const ExportNote& note, const RequestContext& context,
                        const UserExportQuery& in) {
  UserSearch query;
  query.text = in.text;
  query.role = in.role;
  query.createdAfter = in.createdAfter;
  query.createdBefore = in.createdBefore;
  query.sort = UserSort::oldest;
  query.limit = in.limit;
  query.cursor = in.cursor;
  auto page =
      askActor<UserPage>(config.system, config.users(), context, SearchUsers{context, std::move(query)});
  if (!page) {
    return HttpResponse(page.fault());
  }
  auto what = ExportFilters{}
                  .text("q", in.text)
                  .text("role", in.role)
                  .time("created_after", in.createdAfter)
                  .time("created_before", in.createdBefore);
  if (!note(context, "users.export", std::move(what).with(page.value().rows.size(), in.cursor))) {
    return HttpResponse(unnotedExport());
  }
  const bool csv = in.format == "csv";
  std::string text;
  if (csv) {
    userRowSchema().writeCsvHeader(text);
  }
  for (const auto& user : page.value().rows) {
    if (csv) {
      userRowSchema().writeCsvRow(text, user);
    } else {
      userRowSchema().write(text, user);
      text += '\n';
    }
  }
  auto answer = HttpResponse::text(
      200, csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson", std::move(text));
  if (!page.value().nextCursor.empty()) {
    answer.setHeader(kNextCursorHeader, std::move(page.value().nextCursor));
  }
  return answer;
}

RouteSpec importRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                      std::string permission) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/admin" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "users";
  spec.access = RouteAccess::needs(std::move(permission));
  return spec;
}

}  // namespace

void addUserImportRoutes(RouteTable& routes, const UserRoutesConfig& config, const ExportNote& note) {
  auto import = importRoute(HttpMethod::post, "/users/import", "importUsers",
                            "Take accounts over from elsewhere", "users:write");
  import.description =
      "One account a line, at most 2,000 lines and 1 MiB a request. Who is here already, by address or "
      "external_id, stays "
      "as he is, so that a request may be repeated. password_hash: argon2id, bcrypt, scrypt or PBKDF2 in PHC "
      "or crypt form, replaced by our own hash at the first sign-in; OUT_OF_RANGE when checking it takes "
      "longer "
      "than K_LOGIN_ANSWER_MS allows.";
  import.access = std::move(import.access).recent();
  import.bodyLimit = kImportBytes;
  import.lines = &importLineSchema();
  import.errors = {ErrorCode::overloaded, ErrorCode::tooLong};
  routes.add(std::move(import), noInput(), {output(202, "Begun", jobSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto users = readImportLines(call.request.body);
               if (!users) {
                 return HttpResponse(users.fault());
               }
               auto job = askActor<JobRecord>(config.system, config.users(), call.context,
                                              StartUserImport{call.context, std::move(users.value())});
               return job ? HttpResponse::json(202, jobSchema(), job.value()) : HttpResponse(job.fault());
             });

  auto job = importRoute(HttpMethod::get, "/jobs/{id}", "getJob",
                         "How far a job is, and what came of each line", "users:write");
  job.description = "Jobs are kept for 30 days.";
  job.errors = {ErrorCode::jobNotFound};
  routes.add(
      std::move(job), pathInput(jobPathSchema()).withQuery(jobQuerySchema()),
      {output(200, "The job", jobSchema())},
      [config](const RequestCall<NoInput, JobQueryInput, JobPath>& call) -> HttpResponse {
        auto found =
            askActor<JobRecord>(config.system, config.users(), call.context,
                                FindJob{call.context, call.path.id, call.query.afterLine, call.query.limit});
        return found ? HttpResponse::json(200, jobSchema(), found.value()) : HttpResponse(found.fault());
      });

  auto out = importRoute(HttpMethod::get, "/users/export", "exportUsers",
                         "Accounts page by page, the oldest first", "users:read");
  out.description =
      "Never password hashes. The header X-Next-Cursor is there while there is more. Each page is noted in "
      "the audit trail (users.export).";
  out.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  RouteOutput lines{200, "A page, an object a line", nullptr, "application/x-ndjson"};
  RouteOutput csv{200, "A page", nullptr, "text/csv"};
  lines.hasNextCursor = csv.hasNextCursor = true;
  routes.add(std::move(out), queryInput(userExportSchema()), {std::move(lines), std::move(csv)},
             [config, note](const RequestCall<NoInput, UserExportQuery>& call) -> HttpResponse {
               return exportPage(config, note, call.context, call.query);
             });
}

}  // namespace ks
