#pragma once
#include <string>
#include <string_view>

namespace ks::cli {

/// A file for its owner only (mode 0600) that appears whole or not at all. What was there is replaced at the
/// end.
class SecretFile {
 public:
  explicit SecretFile(std::string path);
  ~SecretFile();
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;

  /// Opens a file beside it, so that what would fail fails before there is a secret. Empty: fine; else why
  /// not.
  [[nodiscard]] std::string prepare();
  /// Empty: it is on disk under its name; else why not.
  [[nodiscard]] std::string finish(std::string_view text);

 private:
  std::string path_;
  std::string temporary_;
  int file_ = -1;
};

}  // namespace ks::cli
