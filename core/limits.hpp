#pragma once
#include <chrono>
#include <cstddef>

/// Bounds that are not settings and that more than one layer has to know: what they protect does not depend
/// on the installation.
namespace ks::limits {

inline constexpr std::size_t kRequestIdCharacters = 64;
inline constexpr std::size_t kEmailBytes = 254;         // RFC 5321 4.5.3.1.3 less the angle brackets
inline constexpr std::size_t kPasswordBytes = 1024;     // 256 code points of UTF-8
inline constexpr std::size_t kAccessTokenBytes = 4096;  // what a browser keeps in one cookie
inline constexpr std::size_t kSealedFieldBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kLogQueueLines = 8192;
inline constexpr std::size_t kLogQueueBytes = std::size_t{16} << 20U;

/// As factors_on_probation() of the database has it: so long a reset by mail takes a new second factor away.
inline constexpr std::chrono::hours kFactorProbation{7 * 24};

}  // namespace ks::limits
