#include "http/routing/errorBody.hpp"

#include "http/schema/jsonWriter.hpp"

namespace ks {

std::string renderErrorBody(const Fault& fault, std::string_view requestId, TimePoint now) {
  const ErrorCodeInfo& info = describe(fault.code);
  const bool isInternal = fault.code == ErrorCode::internal;
  std::string out;
  out.reserve(256);
  out += R"({"error":{"code":)";
  appendJsonText(out, info.name);
  out += R"(,"message":)";
  appendJsonText(out, fault.message.empty() || isInternal ? info.message : std::string_view(fault.message));
  if (!fault.field.empty() && !isInternal) {
    out += R"(,"field":)";
    appendJsonText(out, fault.field);
  }
  if (!fault.details.empty() && !isInternal) {
    out += R"(,"details":[)";
    for (const auto& detail : fault.details) {
      out += out.back() == '[' ? R"({"field":)" : R"(,{"field":)";
      appendJsonText(out, detail.field);
      out += R"(,"code":)";
      appendJsonText(out, describe(detail.code).name);
      out += R"(,"message":)";
      appendJsonText(
          out, detail.message.empty() ? describe(detail.code).message : std::string_view(detail.message));
      out += '}';
    }
    out += ']';
  }
  if (!fault.methods.empty()) {
    out += R"(,"methods":[)";
    for (const auto& method : fault.methods) {
      out += out.back() == '[' ? "" : ",";
      appendJsonText(out, method);
    }
    out += ']';
  }
  if (fault.retryAfterS > 0) {
    out += R"(,"retry_after":)";
    appendJsonInteger(out, fault.retryAfterS);
  }
  out += R"(},"request_id":)";
  appendJsonText(out, requestId);
  out += R"(,"timestamp":)";
  appendJsonTime(out, now);
  out += '}';
  return out;
}

}  // namespace ks
