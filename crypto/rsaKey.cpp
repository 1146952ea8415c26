#include "crypto/rsaKey.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>

namespace ks {
namespace {

/// A key and two lines; far above RSA-16384.
constexpr std::size_t kMostPemBytes = 32 * 1024;

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// OpenSSL keeps errors for each thread; the next call must not find those of this one.
struct ErrorsCleared {
  ErrorsCleared() = default;
  ErrorsCleared(const ErrorsCleared&) = delete;
  ErrorsCleared& operator=(const ErrorsCleared&) = delete;
  ~ErrorsCleared() { ERR_clear_error(); }
};

Fault keyFault(std::string message) { return fieldFault(ErrorCode::invalidFormat, {}, std::move(message)); }

/// Instead of OpenSSL's own, which would ask on the terminal. `asked` is a bool.
int refusePassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return 0;
}

using ReadKey = EVP_PKEY*(BIO*, EVP_PKEY**, pem_password_cb*, void*);

Result<std::shared_ptr<EVP_PKEY>> readKey(std::string_view pem, ReadKey* read, const std::string& kind) {
  const ErrorsCleared cleared;
  if (pem.empty() || pem.size() > kMostPemBytes) {
    return keyFault(pem.empty() ? "the " + kind + " key is empty"
                                : "the " + kind + " key is longer than 32 KiB, which is no key");
  }
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  bool asked = false;
  EVP_PKEY* opened = bio ? read(bio.get(), nullptr, &refusePassword, &asked) : nullptr;
  const std::shared_ptr<EVP_PKEY> key(opened, FreeKey{});
  if (asked) {
    return keyFault("the " + kind + " key is encrypted; a key without password is required");
  }
  if (!key) {
    return keyFault("the text contains no readable " + kind + " key in PEM format");
  }
  if (EVP_PKEY_is_a(key.get(), "RSA") != 1) {
    return keyFault("the " + kind + " key is not an RSA key");
  }
  const int bits = EVP_PKEY_get_bits(key.get());
  if (bits < kLeastRsaBits) {
    return keyFault("the " + kind + " key has " + std::to_string(bits) + " bits; at least " +
                    std::to_string(kLeastRsaBits) + " are required");
  }
  return key;
}

}  // namespace

Result<RsaPrivateKey> RsaPrivateKey::fromPem(const SecretText& pem) {
  auto key = readKey(pem.reveal(), &PEM_read_bio_PrivateKey, "private");
  if (!key) {
    return std::move(key.fault());
  }
  return RsaPrivateKey(std::move(key.value()));
}

Result<Bytes> RsaPrivateKey::sign(ByteView message) const {
  const ErrorsCleared cleared;
  const Context context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1) {
    return makeFault(ErrorCode::internal, "RSA signing could not begin");
  }
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    return makeFault(ErrorCode::internal, "RSA signing failed");
  }
  signature.resize(size);
  return signature;
}

Result<RsaPublicKey> RsaPublicKey::fromPem(std::string_view pem) {
  auto key = readKey(pem, &PEM_read_bio_PUBKEY, "public");
  if (!key) {
    return std::move(key.fault());
  }
  return RsaPublicKey(std::move(key.value()));
}

bool RsaPublicKey::verify(ByteView message, ByteView signature) const noexcept {
  const ErrorsCleared cleared;
  const Context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace ks
