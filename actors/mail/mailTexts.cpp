#include "actors/mail/mailTexts.hpp"

#include "actors/mail/accessMailTexts.hpp"
#include "actors/mail/noticeMailTexts.hpp"
#include "core/joinedArrays.hpp"

namespace ks {
namespace {
constexpr auto kMailTexts = joinedArrays(kAccessMailTexts, kNoticeMailTexts);
}

std::span<const MailTexts> mailTexts() noexcept { return kMailTexts; }

}  // namespace ks
