#pragma once
#include <chrono>
#include <cstddef>

/// Bounds that are not settings: what they protect does not depend on the installation.
namespace ks::limits {

// HTTP
inline constexpr std::size_t kBodyBytes = 1U << 20U;
inline constexpr std::size_t kUriBytes = 8 * 1024;
inline constexpr std::size_t kHeaderBytes = 16 * 1024;
inline constexpr std::size_t kJsonDepth = 16;
inline constexpr std::size_t kJsonStringBytes = 16 * 1024;
inline constexpr std::size_t kPageRows = 200;
inline constexpr std::size_t kPageRowsDefault = 50;
inline constexpr std::chrono::milliseconds kRequestDeadline{10'000};

// Fields
inline constexpr std::size_t kRequestIdCharacters = 64;
inline constexpr std::size_t kEmailBytes = 254;
inline constexpr std::size_t kUsernameMinCharacters = 3;
inline constexpr std::size_t kUsernameCharacters = 32;
inline constexpr std::size_t kDisplayNameCharacters = 100;
inline constexpr std::size_t kDeviceNameCharacters = 100;
inline constexpr std::size_t kDeviceIdCharacters = 64;
inline constexpr std::size_t kUserAgentCharacters = 256;
inline constexpr std::size_t kPasswordMinCharacters = 15;
inline constexpr std::size_t kPasswordMinCharactersWithSecondFactor = 8;
inline constexpr std::size_t kPasswordCharacters = 256;
inline constexpr std::size_t kPasswordBytes = 4 * kPasswordCharacters;
inline constexpr std::size_t kTokenBytes = 4096;

// Lifetimes
inline constexpr std::chrono::seconds kAccessTokenLife{600};
inline constexpr std::chrono::hours kSessionIdleLife{24 * 7};
inline constexpr std::chrono::hours kSessionAbsoluteLife{24 * 30};
inline constexpr std::chrono::hours kEmailVerificationLife{24};
inline constexpr std::chrono::seconds kRefreshGrace{10};

// Queues and batches
inline constexpr std::size_t kLogQueueLines = 8192;
inline constexpr std::size_t kPasswordQueue = 64;
inline constexpr std::size_t kPasswordVerifyMemoryKib = 1024 * 1024;
inline constexpr std::size_t kStorageQueue = 1024;
inline constexpr std::size_t kIngestBatchLines = 5000;
inline constexpr std::size_t kIngestLineBytes = 64 * 1024;
inline constexpr std::size_t kOutboxBatch = 50;
inline constexpr std::size_t kTokenCacheEntries = 10'000;

// Stop
inline constexpr std::chrono::seconds kDrainTimeout{10};

}  // namespace ks::limits
