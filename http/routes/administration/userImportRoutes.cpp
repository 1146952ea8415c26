#include <algorithm>
#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/administration/exportNote.hpp"
#include "http/routes/administration/userImport.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
ObjectSchema<FindJob> schemaFor(Of<FindJob> /*of*/) {
  return ObjectSchema<FindJob>("JobQuery")
      .field("after_line", &FindJob::afterLine, rules().optional().range(0, 2'000'000'000))
      .field("limit", &FindJob::limit, rules().optional().range(1, 2000));
}

ObjectSchema<JobLine> schemaFor(Of<JobLine> /*of*/) {
  return ObjectSchema<JobLine>("JobLine", "What came of one line")
      .field("line", &JobLine::line)
      .field("outcome", &JobLine::outcome, rules().describe("created, exists or failed"))
      .field("user_id", &JobLine::userId)
      .field("error", &JobLine::error, rules().omitEmpty())
      .field("field", &JobLine::field, rules().omitEmpty());
}

ObjectSchema<JobRecord> schemaFor(Of<JobRecord> /*of*/) {
  return ObjectSchema<JobRecord>("Job", "A job that takes lines, and how far it is")
      .field("id", &JobRecord::id)
      .field("kind", &JobRecord::kind)
      .field("state", &JobRecord::state,
             rules().describe("running, done, failed: it stopped at a fault of the server, or "
                              "interrupted: its process ended; send the lines again"))
      .field("total", &JobRecord::total)
      .field("created", &JobRecord::created)
      .field("existing", &JobRecord::existing)
      .field("failed", &JobRecord::failed)
      .field("created_at", &JobRecord::createdAt)
      .field("updated_at", &JobRecord::updatedAt)
      .field("lines", &JobRecord::lines, rules().items(0, 2000).describe("those after after_line"));
}

namespace {

constexpr std::size_t kImportBytes = 1024 * 1024;

struct UserExportQuery : UserSearch {
  UserExportQuery() {
    sort = UserSort::oldest;
    limit = 500;
  }
  std::string format = "ndjson";
};
ObjectSchema<UserExportQuery> schemaFor(Of<UserExportQuery> /*of*/) {
  return pageFields(
      ObjectSchema<UserExportQuery>("UserExportQuery")
          .field("format", &UserExportQuery::format, rules().optional().oneOf({"ndjson", "csv"}))
          .field("q", &UserExportQuery::text, userTextRules())
          .field("role", &UserExportQuery::role, rules().optional().length(1, 64))
          .field("created_after", &UserExportQuery::createdAfter)
          .field("created_before", &UserExportQuery::createdBefore));
}

template <class Call>
HttpResponse exportPage(const UserRoutesConfig& config, const ExportNote& note, const Call& call) {
  const UserExportQuery& in = call.query;
  const auto page = userPage(call.ask(config.users(), SearchUsers{call.context, in}), in.limit);
  auto what = ExportFilters{}
                  .text("q", in.text)
                  .text("role", in.role)
                  .time("created_after", in.createdAfter)
                  .time("created_before", in.createdBefore);
  noteExport(note, call.context, "users.export", std::move(what).with(page.data.size(), in.cursor));
  const bool csv = in.format == "csv";
  const auto& schema = schemaOf<UserRow>();
  auto answer = HttpResponse::text(200, csv ? kCsvContentType : "application/x-ndjson", {});
  if (csv) {
    schema.writeCsvHeader(answer.body);
  }
  for (const auto& user : page.data) {
    if (csv) {
      schema.writeCsvRow(answer.body, user);
    } else {
      schema.write(answer.body, user);
      answer.body += '\n';
    }
  }
  if (page.page.nextCursor) {
    answer.setHeader(kNextCursorHeader, *page.page.nextCursor);
  }
  return answer;
}

}  // namespace

void addUserImportRoutes(RouteTable& routes, const UserRoutesConfig& config, const ExportNote& note) {
  auto import = adminRoute(HttpMethod::post, "/users/import", "importUsers", "Import accounts", "users",
                           RouteAccess::needs("users:write"));
  import.description =
      "One account a line, at most 2,000 lines and 1 MiB a request. An existing account, by address or "
      "external_id, stays unchanged, so a request may be repeated. password_hash: argon2id, bcrypt, scrypt "
      "or PBKDF2 in PHC or crypt form, replaced by our own hash at the first sign-in; OUT_OF_RANGE when "
      "checking it takes longer than K_LOGIN_ANSWER_MS allows.";
  import.access = std::move(import.access).recent();
  import.bodyLimit = kImportBytes;
  import.lines = &schemaOf<NewAccount>();
  import.errors = {ErrorCode::overloaded, ErrorCode::tooLong};
  routes.add(std::move(import), accepted("Begun"), [config](const RequestCall<>& call) {
    return call.ask(config.users(),
                    StartUserImport{call.context, valueOf(readImportLines(call.request.body))});
  });

  auto job =
      adminRoute(HttpMethod::get, "/jobs/{id}", "getJob", "Progress of a job, and the outcome of each line",
                 "users", RouteAccess::needs("users:write"));
  job.description = "Jobs are kept for 30 days.";
  job.errors = {ErrorCode::jobNotFound};
  routes.add(std::move(job), ok("The job"), asks<QueryCall<FindJob, IdPath>>(config.users));

  auto out =
      adminRoute(HttpMethod::get, "/users/export", "exportUsers",
                 "Export accounts page by page, oldest first", "users", RouteAccess::needs("users:read"));
  out.description =
      "Never password hashes. The header X-Next-Cursor is present if there are more. Each page is recorded "
      "in the audit trail (users.export).";
  out.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  RouteOutput lines{200, "A page, an object a line", nullptr, "application/x-ndjson"};
  RouteOutput csv{200, "A page", nullptr, "text/csv"};
  lines.hasNextCursor = csv.hasNextCursor = true;
  routes.add(
      std::move(out), {std::move(lines), std::move(csv)},
      [config, note](const QueryCall<UserExportQuery>& call) { return exportPage(config, note, call); });
}

}  // namespace ks
