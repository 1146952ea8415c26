#include "http/schema/networkRules.hpp"

#include "core/network/ipAddress.hpp"

namespace ks {

FieldRules addressRules() {
  return rules()
      .length(2, 45)
      .accept([](std::string_view text) { return IpAddress::parse(text).has_value(); },
              "^[0-9A-Fa-f:.]{2,45}$")
      .example("\"203.0.113.9\"");
}

FieldRules networkRules() {
  return rules()
      .length(2, 49)
      .accept([](std::string_view text) { return IpNetwork::parse(text).has_value(); },
              "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$")
      .describe("an address or a network (10.0.0.0/8, no bits beyond its prefix)")
      .example("\"203.0.113.0/24\"");
}

}  // namespace ks
