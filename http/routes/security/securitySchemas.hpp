#pragma once
#include <optional>
#include <string>

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/security/banSchemas.hpp"
#include "messages/monitoring/securityLogMessages.hpp"

// Queries and answers about violations, suspicious activities, addresses and bans.
namespace ks {

struct ViolationQueryInput : ServiceRangeQuery, PageQuery {
  std::string remoteIp;
};
ObjectSchema<ViolationQueryInput> schemaFor(Of<ViolationQueryInput> of);
ObjectSchema<ViolationRow> schemaFor(Of<ViolationRow> of);

struct ActivityQueryInput : RangeQuery, PageQuery {
  std::string type;
  std::string severity;
  std::string remoteIp;
  std::optional<bool> resolved;
};
ObjectSchema<ActivityQueryInput> schemaFor(Of<ActivityQueryInput> of);
ObjectSchema<ActivityRow> schemaFor(Of<ActivityRow> of);

struct BanQueryInput : PageQuery {
  bool standing = false;
};
ObjectSchema<BanQueryInput> schemaFor(Of<BanQueryInput> of);

struct TopViolatorQueryInput : RangeQuery {
  std::uint32_t limit = 50;
};
ObjectSchema<TopViolatorQueryInput> schemaFor(Of<TopViolatorQueryInput> of);
ObjectSchema<TopViolator> schemaFor(Of<TopViolator> of);

struct AddressPath {
  std::string ip;
};
ObjectSchema<AddressPath> schemaFor(Of<AddressPath> of);
struct AddressQueryInput : RangeQuery {};
ObjectSchema<AddressQueryInput> schemaFor(Of<AddressQueryInput> of);
ObjectSchema<AddressReport> schemaFor(Of<AddressReport> of);

struct ActivityChange {
  bool resolved = true;
};
ObjectSchema<ActivityChange> schemaFor(Of<ActivityChange> of);

}  // namespace ks
