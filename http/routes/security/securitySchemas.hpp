#pragma once
#include <string>

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/security/banSchemas.hpp"
#include "messages/monitoring/activityMessages.hpp"
#include "messages/monitoring/securityLogMessages.hpp"

// Queries and answers about violations, suspicious activities, addresses and bans.
namespace ks {

ObjectSchema<InRange<ViolationQuery>> schemaFor(Of<InRange<ViolationQuery>> of);
ObjectSchema<ViolationRow> schemaFor(Of<ViolationRow> of);

ObjectSchema<InRange<ActivityQuery>> schemaFor(Of<InRange<ActivityQuery>> of);
ObjectSchema<ActivityRow> schemaFor(Of<ActivityRow> of);

ObjectSchema<BanQuery> schemaFor(Of<BanQuery> of);

ObjectSchema<InRange<TopViolatorQuery>> schemaFor(Of<InRange<TopViolatorQuery>> of);
ObjectSchema<TopViolator> schemaFor(Of<TopViolator> of);

struct AddressPath {
  std::string ip;
};
ObjectSchema<AddressPath> schemaFor(Of<AddressPath> of);
ObjectSchema<InRange<AddressQuery>> schemaFor(Of<InRange<AddressQuery>> of);
ObjectSchema<AddressReport> schemaFor(Of<AddressReport> of);

ObjectSchema<SettleActivity> schemaFor(Of<SettleActivity> of);

}  // namespace ks
