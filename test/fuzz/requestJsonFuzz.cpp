#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/routes/account/authSchemas.hpp"
#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/system/controlSchemas.hpp"
#include "http/server/urlText.hpp"

namespace {

/// A schema must accept its own output of an accepted input; a refusal must be a fault of the
/// input.
template <class T>
void check(const ks::ObjectSchema<T>& schema, std::string_view text) {
  const auto read = schema.parse(text);
  if (read.ok()) {
    if (!schema.parse(schema.render(read.value())).ok()) {
      std::abort();
    }
  } else if (ks::describe(read.fault().code).httpStatus != 400 || read.fault().field.size() > 64) {
    std::abort();
  }
}

template <class T>
void checkQuery(const ks::ObjectSchema<T>& schema, std::string_view text) {
  auto pairs = ks::parseQuery(text);
  if (pairs.ok()) {
    const auto read = schema.parsePairs(std::move(pairs.value()));
    if (!read.ok() && ks::describe(read.fault().code).httpStatus != 400) {
      std::abort();
    }
  }
}

}  // namespace

/// The first byte chooses the schema, the rest is the body or the query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 10) {
    case 0:
      check(ks::schemaOf<ks::RegisterRequest>(), text);
      break;
    case 1:
      check(ks::schemaOf<ks::TokenRequest>(), text);
      break;
    case 2:
      check(ks::schemaOf<ks::EmailRequest>(), text);
      break;
    case 3:
      check(ks::schemaOf<ks::LoginInput>(), text);
      break;
    case 4:
      check(ks::schemaOf<ks::ChangePasswordRequest>(), text);
      break;
    case 5:
      check(ks::schemaOf<ks::RefreshInput>(), text);
      break;
    case 6:
      check(ks::schemaOf<ks::CreateAdministratorRequest>(), text);
      break;
    case 7:
      checkQuery(ks::schemaOf<ks::InRange<ks::DashboardSummaryQuery>>(), text);
      break;
    case 8:
      checkQuery(ks::schemaOf<ks::ByInterval<ks::TimeseriesQuery>>(), text);
      break;
    default:
      checkQuery(ks::schemaOf<ks::InRange<ks::HourlyQuery>>(), text);
      break;
  }
  return 0;
}
