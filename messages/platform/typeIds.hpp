#pragma once
#include <caf/default_enum_inspect.hpp>
#include <optional>
#include <type_traits>
#include <vector>

#include "core/result.hpp"
#include "messages/platform/cafCompat.hpp"
#include "messages/platform/platformMessages.hpp"
#include "messages/platform/requestContext.hpp"
#include "messages/platform/storageMessages.hpp"
#if KS_CAF_MAIL
#include <string_view>
#else
#include <caf/string_view.hpp>
#endif

namespace ks {

#if KS_CAF_MAIL
using EnumText = std::string_view;
#else
using EnumText = caf::string_view;
#endif

std::string to_string(ErrorCode code);
bool from_string(EnumText text, ErrorCode& code);
bool from_integer(std::uint8_t value, ErrorCode& code);
template <class Inspector>
bool inspect(Inspector& inspector, ErrorCode& code) {
  return caf::default_enum_inspect(inspector, code);
}

/// Found by argument-dependent lookup for every type of this namespace (and templates over them): our
/// messages never leave the process (CAF's network layer is not opened), so they need no serialisation, and
/// CAF can print none of their contents.
template <class T>
std::true_type staysInProcess(const T*);

}  // namespace ks

namespace caf {

template <class T>
requires(!std::is_same_v<T, ks::ErrorCode> &&
         requires(const T* x) { staysInProcess(x); }) struct allowed_unsafe_message_type<T> : std::true_type {
};

}  // namespace caf

// Other groups of messages have separate blocks, so a new message rebuilds only its users. CAF requires
// blocks to be initialised in the order of their numbers; gaps are allowed. This one: 0 to 99; 100, 200, ...
// 900: messages of both processes (registerMessageTypes() in apps/wiring); from 1000: of the admin process.
CAF_BEGIN_TYPE_ID_BLOCK(kServices, caf::first_custom_type_id)
// errors and small answers
CAF_ADD_TYPE_ID(kServices, (ks::ErrorCode))
CAF_ADD_TYPE_ID(kServices, (ks::Fault))
CAF_ADD_TYPE_ID(kServices, (ks::Done))
// storage
CAF_ADD_TYPE_ID(kServices, (ks::StorageJob))
CAF_ADD_TYPE_ID(kServices, (ks::StorageOutcome))
// platform
CAF_ADD_TYPE_ID(kServices, (ks::HashPassword))
CAF_ADD_TYPE_ID(kServices, (ks::VerifyPassword))
CAF_ADD_TYPE_ID(kServices, (ks::PasswordVerdict))
CAF_ADD_TYPE_ID(kServices, (ks::RedisCommands))
CAF_ADD_TYPE_ID(kServices, (ks::RedisNotice))
CAF_ADD_TYPE_ID(kServices, (ks::Ping))
CAF_ADD_TYPE_ID(kServices, (ks::CheckHealth))
CAF_ADD_TYPE_ID(kServices, (ks::HealthReport))
CAF_ADD_TYPE_ID(kServices, (ks::ChildDown))
// atoms
CAF_ADD_ATOM(kServices, ks, TickAtom)
CAF_ADD_ATOM(kServices, ks, FlushAtom)
CAF_ADD_ATOM(kServices, ks, StopAtom)
CAF_ADD_ATOM(kServices, ks, WakeAtom)
CAF_ADD_ATOM(kServices, ks, StartAtom)
CAF_END_TYPE_ID_BLOCK(kServices)

CAF_ERROR_CODE_ENUM(ks::ErrorCode)
