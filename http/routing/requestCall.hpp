#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/uuid.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/schema/objectSchema.hpp"
#include "http/server/httpMessage.hpp"
#include "messages/account/accountMessages.hpp"
#include "messages/platform/requestContext.hpp"
#include "messages/platform/storageMessages.hpp"

namespace ks {

/// Thrown by a handler to answer a fault.
struct FaultAnswer {
  Fault fault;
};

/// The value; a fault becomes the answer.
template <class T>
T valueOf(Result<T> result) {
  if (!result) {
    throw FaultAnswer{std::move(result.fault())};
  }
  return std::move(result.value());
}

/// What was looked for; `code` where there is none.
template <class T>
[[nodiscard]] T foundOr(std::optional<T> found, ErrorCode code) {
  if (!found) {
    throw FaultAnswer{makeFault(code)};
  }
  return std::move(*found);
}

struct NoInput {};
inline ObjectSchema<NoInput> schemaFor(Of<NoInput> /*of*/) { return ObjectSchema<NoInput>("NoInput"); }

/// The path of one object: `/{id}`.
struct IdPath {
  Uuid id;
};
inline ObjectSchema<IdPath> schemaFor(Of<IdPath> /*of*/) {
  return ObjectSchema<IdPath>("IdPath").field("id", &IdPath::id);
}

/// One call of a route: typed inputs, already validated. The types say which parts of a request the route
/// reads; each has a schemaFor().
template <class BodyType = NoInput, class QueryType = NoInput, class PathType = NoInput>
struct RequestCall {
  const RequestContext& context;  ///< deadline set; principal set where the route needs one
  const HttpRequest& request;
  const Authenticated& caller;   ///< empty on open routes
  const EventStreamPtr& stream;  ///< where the route streams: to write to and answer with; else null
  std::optional<std::int64_t> expectedVersion;  ///< of If-Match, as RouteSpec::ifMatch has it
  BodyType body;
  QueryType query;
  PathType path;
  std::string idempotencyKey = {};  ///< where RouteSpec::needsIdempotencyKey

  /// The answer of an actor; its fault is the answer of the call.
  template <class Handle, class Message>
  auto ask(const Handle& handle, Message message) const {
    return valueOf(askActor(handle, context, std::move(message)));
  }
  /// The same of an operation of a storage actor.
  template <class Handle, class Operation>
  auto askStorage(const Handle& handle, Operation operation) const {
    return ask(handle, StorageCall<Operation>{context, std::move(operation)});
  }
};
template <class Path, class Body = NoInput>
using PathCall = RequestCall<Body, NoInput, Path>;
template <class Body = NoInput>
using IdCall = PathCall<IdPath, Body>;
template <class Query, class Path = NoInput>
using QueryCall = RequestCall<NoInput, Query, Path>;

}  // namespace ks
