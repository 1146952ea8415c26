#include "apps/admin/importRoutes.hpp"

#include <climits>

#include "http/routing/actorBridge.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

struct ImportInput {
  std::string path;
  std::string source;
};

bool isAbsolutePath(std::string_view text) {
  return text.starts_with('/') && text.find('\0') == std::string_view::npos;
}

const ObjectSchema<ImportInput>& importInputSchema() {
  static const auto schema =
      ObjectSchema<ImportInput>("LogImportInput")
          .field("path", &ImportInput::path,
                 rules().length(1, PATH_MAX).accept(&isAbsolutePath, "^/").describe("absolute"))
          .field("source", &ImportInput::source, rules().oneOf({"access", "dos"}));
  return schema;
}

const ObjectSchema<LogImportProgress>& importOutputSchema() {
  static const auto schema = ObjectSchema<LogImportProgress>("LogImport")
                                 .field("path", &LogImportProgress::path)
                                 .field("source", &LogImportProgress::source)
                                 .field("state", &LogImportProgress::state,
                                        EnumNames<LogImportState>{{LogImportState::waiting, "waiting"},
                                                                  {LogImportState::reading, "reading"},
                                                                  {LogImportState::done, "done"},
                                                                  {LogImportState::failed, "failed"}})
                                 .field("offset", &LogImportProgress::offset)
                                 .field("size", &LogImportProgress::size)
                                 .field("lines", &LogImportProgress::lines)
                                 .field("bad_lines", &LogImportProgress::badLines)
                                 .field("oversized_lines", &LogImportProgress::oversizedLines)
                                 .field("too_old_lines", &LogImportProgress::tooOldLines)
                                 .field("note", &LogImportProgress::note);
  return schema;
}

HttpResponse importAnswer(Result<LogImportProgress> progress) {
  return progress ? HttpResponse::json(200, importOutputSchema(), progress.value())
                  : HttpResponse(progress.fault());
}

}  // namespace

void addImportRoutes(RouteTable& routes, const ImportRoutesConfig& config) {
  routes.add(controlSpec(HttpMethod::post, "/control/logs/imports", "controlImportLog",
                         "Read a log file beside those that are followed"),
             bodyInput(importInputSchema()), {output(200, "Begun, or refused", importOutputSchema())},
             [config](const RequestCall<ImportInput>& call) -> HttpResponse {
               return importAnswer(askActor<LogImportProgress>(config.system, config.tail(call.body.source),
                                                               call.context, ImportLogFile{call.body.path}));
             });
  routes.add(
      controlSpec(HttpMethod::get, "/control/logs/imports", "controlLogImport",
                  "How far the import of a file is"),
      queryInput(importInputSchema()), {output(200, "The import", importOutputSchema())},
      [config](const RequestCall<NoInput, ImportInput>& call) -> HttpResponse {
        return importAnswer(askActor<LogImportProgress>(config.system, config.tail(call.query.source),
                                                        call.context, LogImportQuery{call.query.path}));
      });
}

}  // namespace ks
