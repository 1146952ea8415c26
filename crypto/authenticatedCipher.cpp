#include "crypto/authenticatedCipher.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <limits>
#include <memory>

#include "crypto/secretBuffer.hpp"

namespace ks {
namespace {

static_assert(crypto_aead_aes256gcm_KEYBYTES == kAeadKeyBytes &&
              crypto_aead_aes256gcm_ABYTES == kAeadTagBytes &&
              crypto_aead_aes256gcm_NPUBBYTES == kAesNonceBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == kAeadKeyBytes &&
              crypto_aead_xchacha20poly1305_ietf_ABYTES == kAeadTagBytes &&
              crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == kXChaChaNonceBytes);

std::optional<Bytes> openAesGcmPortably(ByteView ciphertext, ByteView associated, ByteView nonce,
                                        ByteView key) {
  const std::size_t size = ciphertext.size() - kAeadTagBytes;
  if (ciphertext.size() > std::numeric_limits<int>::max() ||
      associated.size() > std::numeric_limits<int>::max()) {
    return std::nullopt;
  }
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(),
                                                                           &EVP_CIPHER_CTX_free);
  Bytes plaintext(size + 1);
  Bytes tag(ciphertext.begin() + static_cast<std::ptrdiff_t>(size), ciphertext.end());
  int written = 0;
  int last = 0;
  const bool good =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, associated.data(),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), plaintext.data(), &written, ciphertext.data(),
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kAeadTagBytes), tag.data()) ==
          1 &&
      EVP_DecryptFinal_ex(context.get(), plaintext.data() + written, &last) == 1;
  if (!good) {
    wipe(plaintext);
    return std::nullopt;
  }
  plaintext.resize(size);
  return plaintext;
}

}  // namespace

bool hasAesInHardware() noexcept { return crypto_aead_aes256gcm_is_available() == 1; }

Bytes sealAesGcm(ByteView plaintext, ByteView associated, ByteView nonce, ByteView key) {
  Bytes ciphertext(plaintext.size() + kAeadTagBytes);
  crypto_aead_aes256gcm_encrypt(ciphertext.data(), nullptr, plaintext.data(), plaintext.size(),
                                associated.data(), associated.size(), nullptr, nonce.data(), key.data());
  return ciphertext;
}

std::optional<Bytes> openAesGcm(ByteView ciphertext, ByteView associated, ByteView nonce, ByteView key,
                                bool inHardware) {
  if (ciphertext.size() < kAeadTagBytes) {
    return std::nullopt;
  }
  if (!inHardware) {
    return openAesGcmPortably(ciphertext, associated, nonce, key);
  }
  Bytes plaintext(ciphertext.size() - kAeadTagBytes);
  if (crypto_aead_aes256gcm_decrypt(plaintext.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
                                    associated.data(), associated.size(), nonce.data(), key.data()) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

Bytes sealXChaCha(ByteView plaintext, ByteView associated, ByteView nonce, ByteView key) {
  Bytes ciphertext(plaintext.size() + kAeadTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(ciphertext.data(), nullptr, plaintext.data(), plaintext.size(),
                                             associated.data(), associated.size(), nullptr, nonce.data(),
                                             key.data());
  return ciphertext;
}

std::optional<Bytes> openXChaCha(ByteView ciphertext, ByteView associated, ByteView nonce, ByteView key) {
  if (ciphertext.size() < kAeadTagBytes) {
    return std::nullopt;
  }
  Bytes plaintext(ciphertext.size() - kAeadTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext.data(), nullptr, nullptr, ciphertext.data(),
                                                 ciphertext.size(), associated.data(), associated.size(),
                                                 nonce.data(), key.data()) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace ks
