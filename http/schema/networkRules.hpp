#pragma once
#include "http/schema/fieldRules.hpp"

namespace ks {

/// An address, as text.
[[nodiscard]] FieldRules addressRules();
/// An address, or a network in CIDR form without bits beyond its prefix.
[[nodiscard]] FieldRules networkRules();

}  // namespace ks
