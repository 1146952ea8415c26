#pragma once
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/routing/requestCall.hpp"

namespace ks {
namespace detail {

/// The first of the inputs of a call that is more than an id.
template <class Call>
struct MessageOf;
template <class Body, class Query, class Path>
struct MessageOf<RequestCall<Body, Query, Path>> {
  using Type = std::conditional_t<!std::is_same_v<Body, NoInput>, Body,
                                  std::conditional_t<!std::is_same_v<Query, NoInput>, Query, Path>>;
};

/// What both have in common: the input is the message, or one is derived from the other.
template <class Message, class Input>
void takeInput(Message& message, const Input& input) {
  if constexpr (std::is_base_of_v<Input, Message>) {
    static_cast<Input&>(message) = input;
  } else if constexpr (std::is_base_of_v<Message, Input>) {
    message = input;
  } else if constexpr (std::is_same_v<Input, IdPath>) {
    message.id = input.id;
  } else {
    static_assert(std::is_same_v<Input, NoInput>, "an input that the message does not take");
  }
}

}  // namespace detail

/// The message of a call for an actor: what the call reads (or a type that is derived from it, or from which
/// that is), with the call's context, the `id` of its path, the version of If-Match and the Idempotency-Key.
/// Everything else in it has its default: only what is a field of a schema comes from the caller.
template <class Message, class Body, class Query, class Path>
[[nodiscard]] Message messageOf(const RequestCall<Body, Query, Path>& call) {
  Message message;
  detail::takeInput(message, call.body);
  detail::takeInput(message, call.query);
  detail::takeInput(message, call.path);
  if constexpr (requires { message.context; }) {
    message.context = call.context;
  }
  if constexpr (requires { message.expectedVersion; }) {
    message.expectedVersion = call.expectedVersion;
  }
  if constexpr (requires { message.idempotencyKey; }) {
    message.idempotencyKey = call.idempotencyKey;
  }
  return message;
}
template <class Call>
[[nodiscard]] auto messageOf(const Call& call) {
  return messageOf<typename detail::MessageOf<Call>::Type>(call);
}

/// Rows of a page; 0 for a message that asks for none.
template <class Message>
std::uint32_t limitOf(const Message& message) {
  if constexpr (requires { message.limit; }) {
    return message.limit;
  } else {
    return 0;
  }
}

/// An answer as a route shows it: rows are a list, and a page of them has the limit of its query.
template <class Row>
ListAnswer<Row> shown(std::vector<Row> rows, std::uint32_t /*limit*/) {
  return wholeList(std::move(rows));
}
template <class Page>
requires requires(const Page& page) {
  page.rows;
  page.nextCursor;
}
auto shown(Page page, std::uint32_t limit) {
  return pageOf(std::move(page.rows), limit, std::move(page.nextCursor));
}
template <class Answer>
Answer shown(Answer answer, std::uint32_t /*limit*/) {
  return answer;
}

/// A handler that sends an actor the message of a call, and answers what that answers.
template <class Call, class Message = typename detail::MessageOf<Call>::Type, class Handle>
auto asks(std::function<Handle()> actor) {
  return [actor = std::move(actor)](const Call& call) {
    auto message = messageOf<Message>(call);
    const auto limit = limitOf(message);
    return shown(call.ask(actor(), std::move(message)), limit);
  };
}
/// The same with an answer of its own.
template <class Call, class Message = typename detail::MessageOf<Call>::Type, class Handle, class Out>
auto asks(std::function<Handle()> actor, Out out) {
  return [actor = std::move(actor), out = std::move(out)](const Call& call) {
    call.ask(actor(), messageOf<Message>(call));
    return out;
  };
}

}  // namespace ks
