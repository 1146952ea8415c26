#pragma once
#include <string>
#include <string_view>

namespace ks {

/// A QR code of the text as SVG, black on white with its quiet zone, scalable; empty when
/// the text is too long for one.
[[nodiscard]] std::string qrCodeSvg(std::string_view text);

}  // namespace ks
