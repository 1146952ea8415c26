#pragma once
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>

#include "core/bytes.hpp"
#include "core/secretText.hpp"

namespace ks {

/// A short secret on the stack, wiped when it ends.
template <std::size_t Size>
class SecretBuffer {
 public:
  SecretBuffer() = default;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() { sodium_memzero(bytes_.data(), Size); }

  [[nodiscard]] std::uint8_t* data() noexcept { return bytes_.data(); }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return bytes_.data(); }
  [[nodiscard]] static constexpr std::size_t size() noexcept { return Size; }
  [[nodiscard]] ByteView view() const noexcept { return {bytes_.data(), Size}; }
  [[nodiscard]] std::span<std::byte> writable() noexcept { return std::as_writable_bytes(std::span(bytes_)); }

 private:
  std::array<std::uint8_t, Size> bytes_{};
};

/// A long-lived key in memory that libsodium guards: locked against swapping, between guard pages, read-only,
/// wiped at the end.
class GuardedKey {
 public:
  explicit GuardedKey(ByteView key) : memory_(allocate(key.size()), &sodium_free), size_(key.size()) {
    std::copy(key.begin(), key.end(), memory_.get());
    sodium_mprotect_readonly(memory_.get());
  }

  [[nodiscard]] const std::uint8_t* data() const noexcept { return memory_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  // sodium_malloc ends the process when libsodium has not been started.
  static std::uint8_t* allocate(std::size_t size) {
    void* memory = sodium_init() < 0 ? nullptr : sodium_malloc(size);
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    return static_cast<std::uint8_t*>(memory);
  }

  std::unique_ptr<std::uint8_t, void (*)(void*)> memory_;
  std::size_t size_;
};

/// Wipes a buffer that held a secret.
inline void wipe(Bytes& bytes) noexcept { sodium_memzero(bytes.data(), bytes.size()); }

/// The secret's bytes as bytes.
inline ByteView secretBytes(const SecretText& secret) noexcept { return asBytes(secret.reveal()); }

/// Bytes as a secret.
inline SecretText toSecret(ByteView bytes) { return SecretText(std::string(asText(bytes))); }

}  // namespace ks
