#pragma once
#include <chrono>
#include <cstddef>

/// Limits that are not settings and that several layers use: they do not depend
/// on the installation.
namespace ks::limits {

inline constexpr std::size_t kRequestIdCharacters = 64;
inline constexpr std::size_t kEmailBytes = 254;         // RFC 5321 4.5.3.1.3 less the angle brackets
inline constexpr std::size_t kPasswordBytes = 1024;     // 256 code points of UTF-8
inline constexpr std::size_t kAccessTokenBytes = 4096;  // the limit of browsers for one cookie
inline constexpr std::size_t kSealedFieldBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kLogQueueLines = 8192;
inline constexpr std::size_t kLogQueueBytes = std::size_t{16} << 20U;

/// As in factors_on_probation() of the database: how long a reset by mail removes a new second factor.
inline constexpr std::chrono::hours kFactorProbation{7 * 24};

}  // namespace ks::limits
