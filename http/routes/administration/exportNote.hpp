#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/logging/auditEvent.hpp"
#include "core/result.hpp"
#include "core/text/timeText.hpp"
#include "http/routing/requestCall.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

/// Audits an export by the caller: the action, the filters and the number of entries. False:
/// there is no room, and nothing may be returned.
using ExportNote = std::function<bool(const RequestContext&, std::string, AuditFields)>;

/// The filters that were given.
class ExportFilters {
 public:
  ExportFilters& text(const char* name, const std::string& value) {
    if (!value.empty()) {
      fields_.emplace_back(name, value);
    }
    return *this;
  }
  ExportFilters& time(const char* name, const std::optional<TimePoint>& value) {
    return text(name, value ? formatTime(*value) : std::string{});
  }
  /// With the number of entries. `cursor`: of the page before, or empty.
  [[nodiscard]] AuditFields with(std::size_t count, const std::string& cursor) && {
    fields_.emplace_back("count", static_cast<std::int64_t>(count));
    fields_.emplace_back("continued", !cursor.empty());
    return std::move(fields_);
  }

 private:
  AuditFields fields_;
};

/// Nothing may be handed out that is not noted.
inline void noteExport(const ExportNote& note, const RequestContext& context, std::string action,
                       AuditFields what) {
  if (!note(context, std::move(action), std::move(what))) {
    auto fault = makeFault(ErrorCode::overloaded, "the audit trail takes no more events");
    fault.retryAfterS = 1;
    throw FaultAnswer{std::move(fault)};
  }
}

}  // namespace ks
