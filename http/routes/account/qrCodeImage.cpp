#include "http/routes/account/qrCodeImage.hpp"

#include <qrencode.h>

#include <memory>

namespace ks {
namespace {

/// Modules, by the standard.
constexpr int kQuietZone = 4;

}  // namespace

std::string qrCodeSvg(std::string_view text) {
  const std::string input{text};
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code{
      QRcode_encodeString8bit(input.c_str(), 0, QR_ECLEVEL_M), &QRcode_free};
  if (!code) {
    return {};
  }
  const auto side = std::to_string(code->width + 2 * kQuietZone);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
                    "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + side + "v" + side +
                    "H0z\"/><path d=\"";
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width;) {
      int end = x;
      while (end < code->width && (code->data[y * code->width + end] & 1) != 0) {
        ++end;
      }
      if (end > x) {
        svg += "M" + std::to_string(x + kQuietZone) + " " + std::to_string(y + kQuietZone) + "h" +
               std::to_string(end - x) + "v1h-" + std::to_string(end - x) + "z";
      }
      x = end + 1;
    }
  }
  return svg + "\"/></svg>";
}

}  // namespace ks
