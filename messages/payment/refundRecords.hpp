#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/clockInterface.hpp"
#include "core/payment/money.hpp"
#include "core/uuid.hpp"

// Refunds as they are stored and shown. Plain data.
namespace ks {

/// The key of a request that may be sent again. `scope` is the caller: nobody meets another's keys.
struct IdempotencyKey {
  std::string scope;
  std::string key;
  Bytes fingerprint;  ///< SHA-256 of what was asked
};

/// How the customer gets the money back. Names are stored: `api`, `manual`.
enum class RefundMode : std::uint8_t {
  api,    ///< the bank is asked
  manual  ///< a person pays it out, and records the bank's reference of that
};
[[nodiscard]] const char* refundModeName(RefundMode mode) noexcept;
[[nodiscard]] std::optional<RefundMode> refundModeFrom(std::string_view name) noexcept;

enum class RefundStatus : std::uint8_t {
  requested,  ///< its amount is set aside; the bank or a person is to pay it
  unknown,    ///< the bank was asked, and has not answered definitely: it is asked again
  succeeded,  ///< final
  failed,     ///< the bank refused, or a person gave it up; its amount is free again. Final
};
[[nodiscard]] const char* refundStatusName(RefundStatus status) noexcept;
[[nodiscard]] std::optional<RefundStatus> refundStatusFrom(std::string_view name) noexcept;

struct RefundRecord {
  Uuid id;
  Uuid paymentId;
  Money amount;
  std::string reason;
  RefundMode mode = RefundMode::manual;
  RefundStatus status = RefundStatus::requested;
  std::string reference;      ///< ours at the bank, 32 hexadecimal digits; the same at each try
  std::string bankReference;  ///< of the payout; empty until it succeeded
  std::string error;          ///< why it failed
  Uuid createdBy;             ///< user or key
  IdempotencyKey idempotency;
  TimePoint createdAt;
  TimePoint updatedAt;
};

struct RefundQuery {
  std::optional<Uuid> paymentId;
  std::optional<RefundStatus> status;
  std::optional<RefundMode> mode;
  std::uint32_t limit = 50;  ///< at most 200
  std::string cursor;
};
struct RefundPage {
  std::vector<RefundRecord> rows;
  std::string nextCursor;
};

}  // namespace ks
