#pragma once
#include <string>
#include <string_view>

#include "actors/mail/mailTransportInterface.hpp"
#include "core/clockInterface.hpp"

namespace ks {

/// The mail as RFC 5322 and 2045 require: lines end in CR LF and are short, the text is quoted-printable.
/// No part of the mail can begin another header.
std::string mailMessage(const Mail& mail, std::string_view from, TimePoint now);

}  // namespace ks
