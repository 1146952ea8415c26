#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

/// The user to whose payments the caller is limited; nothing: machines and administrators see everybody's.
[[nodiscard]] std::optional<Uuid> onlyPaymentsOf(const RequestContext& context, bool administrators = false);

/// Who made it: the key, else the user.
[[nodiscard]] Uuid creatorOf(const RequestContext& context);

/// Of what was asked: the same for the same request, in whatever form it was sent.
[[nodiscard]] Bytes requestFingerprint(std::string_view kind, std::initializer_list<std::string> parts);

/// Our reference at the bank of what has this id: its 32 hexadecimal digits.
[[nodiscard]] std::string bankReferenceOf(const Uuid& id);

}  // namespace ks
