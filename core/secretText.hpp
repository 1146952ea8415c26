#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace ks {

/// Text that must never be printed: passwords, tokens, keys. Prints as "***"; its memory is wiped when it
/// ends.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  SecretText(const SecretText&) = default;
  SecretText(SecretText&& other) noexcept : text_(other.text_) { other.wipe(); }
  SecretText& operator=(const SecretText& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  SecretText& operator=(SecretText&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = other.text_;
      other.wipe();
    }
    return *this;
  }
  ~SecretText() { wipe(); }

  /// The text itself. The caller must not print it.
  [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

 private:
  void wipe() noexcept {
    volatile char* p = text_.data();
    for (std::size_t i = 0; i < text_.size(); ++i) {
      p[i] = 0;
    }
    text_.clear();
  }
  std::string text_;
};

}  // namespace ks
