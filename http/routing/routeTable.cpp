#include "http/routing/routeTable.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "http/server/urlText.hpp"

namespace ks {

/// One segment of the paths; a literal segment wins over a parameter.
struct RouteTable::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::array<const Route*, static_cast<std::size_t>(HttpMethod::other)> byMethod{};

  [[nodiscard]] const Route* route(HttpMethod method) const {
    return method == HttpMethod::other ? nullptr : byMethod[static_cast<std::size_t>(method)];
  }
  [[nodiscard]] std::string allowed() const {
    std::string list;
    for (std::size_t i = 0; i < byMethod.size(); ++i) {
      if (byMethod[i] == nullptr) {
        continue;
      }
      list += std::string(httpMethodName(static_cast<HttpMethod>(i))) + ", ";
      if (static_cast<HttpMethod>(i) == HttpMethod::get) {
        list += "HEAD, ";
      }
    }
    return list.empty() ? list : list + "OPTIONS";
  }
};

namespace {

bool isParameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

/// Cuts the first segment off `path`, which starts with '/'.
std::string_view takeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

[[noreturn]] void refuseRoute(const RouteSpec& spec, const std::string& why) {
  throw std::logic_error("route " + std::string(httpMethodName(spec.method)) + " " + spec.path + ": " + why);
}

}  // namespace

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;

void RouteTable::addRoute(Route route) {
  const RouteSpec& spec = route.spec;
  if (!spec.path.starts_with('/') || spec.method == HttpMethod::other || spec.method == HttpMethod::head ||
      spec.method == HttpMethod::options) {
    refuseRoute(spec, "needs a path that starts with / and a method other than HEAD and OPTIONS");
  }
  if (spec.quick && (spec.method != HttpMethod::get || spec.streams)) {
    refuseRoute(spec, "only a GET that does not stream is quick");
  }
  if (spec.keysNeed != nullptr && (spec.access.kind != RouteAccess::Kind::signedIn || spec.keysMayCall)) {
    refuseRoute(spec, "keysNeed is for routes that need a user, and not beside keysMayCall");
  }
  if (spec.access.machinesOnly &&
      (spec.access.kind != RouteAccess::Kind::permission || spec.access.peopleOnly)) {
    refuseRoute(spec, "only machines with a permission are let in alone");
  }
  for (const auto& other : routes_) {
    if (other->spec.operationId == spec.operationId) {
      refuseRoute(spec, "its operationId '" + spec.operationId + "' is taken or empty");
    }
  }
  if (route.outputs.empty() || spec.operationId.empty() || spec.summary.empty()) {
    refuseRoute(spec, "needs an operationId, a summary and an output");
  }
  std::vector<FieldDescription> fields;
  if (route.pathSchema != nullptr) {
    fields = route.pathSchema->fields();
  }
  Node* node = root_.get();
  std::string_view rest = spec.path;
  std::size_t parameters = 0;
  while (!rest.empty()) {
    const auto segment = takeSegment(rest);
    if (isParameter(segment)) {
      const auto name = segment.substr(1, segment.size() - 2);
      ++parameters;
      if (std::none_of(fields.begin(), fields.end(),
                       [name](const auto& field) { return field.name == name; })) {
        refuseRoute(spec, "no field of the path schema for {" + std::string(name) + "}");
      }
      if (!node->parameter) {
        node->parameter = std::make_unique<Node>();
      }
      node = node->parameter.get();
    } else {
      auto& next = node->literals[std::string(segment)];
      if (!next) {
        next = std::make_unique<Node>();
      }
      node = next.get();
    }
  }
  if (parameters != fields.size()) {
    refuseRoute(spec, "the path schema has fields that the path does not have");
  }
  const Route*& place = node->byMethod[static_cast<std::size_t>(spec.method)];
  if (place != nullptr) {
    refuseRoute(spec, "exists already");
  }
  route.index = routes_.size();
  routes_.push_back(std::make_unique<Route>(std::move(route)));
  place = routes_.back().get();
}

RouteMatch RouteTable::match(HttpMethod method, std::string_view path) const {
  RouteMatch result;
  // Values of the parameters on the way; their names are those of the route that is found.
  std::array<std::string_view, 8> values;
  std::size_t count = 0;
  const Node* node = root_.get();
  std::string_view rest = path;
  if (rest.empty() || rest.front() != '/') {
    return result;
  }
  while (!rest.empty()) {
    const auto segment = takeSegment(rest);
    if (const auto literal = node->literals.find(segment); literal != node->literals.end()) {
      node = literal->second.get();
    } else if (node->parameter && !segment.empty() && count < values.size()) {
      values[count++] = segment;
      node = node->parameter.get();
    } else {
      return result;
    }
  }
  result.route = node->route(method);
  if (result.route == nullptr && method == HttpMethod::head) {
    result.route = node->route(HttpMethod::get);
    result.head = result.route != nullptr;
  }
  if (result.route == nullptr) {
    result.allowed = node->allowed();
    return result;
  }
  std::size_t next = 0;
  std::string_view names = result.route->spec.path;
  while (count > 0 && !names.empty()) {
    const auto segment = takeSegment(names);
    if (!isParameter(segment)) {
      continue;
    }
    auto value = decodePercent(values[next++], false);
    if (!value) {
      return {};
    }
    result.path.emplace_back(segment.substr(1, segment.size() - 2), std::move(*value));
  }
  return result;
}

}  // namespace ks
