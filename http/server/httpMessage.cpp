#include "http/server/httpMessage.hpp"

#include <algorithm>

namespace ks {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr std::pair<HttpMethod, std::string_view> kMethods[] = {
    {HttpMethod::get, "GET"},        {HttpMethod::head, "HEAD"},   {HttpMethod::post, "POST"},
    {HttpMethod::put, "PUT"},        {HttpMethod::patch, "PATCH"}, {HttpMethod::del, "DELETE"},
    {HttpMethod::options, "OPTIONS"}};

}  // namespace

bool equalNoCase(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

HttpMethod httpMethodFromName(std::string_view name) noexcept {
  for (const auto& [method, text] : kMethods) {
    if (text == name) {
      return method;
    }
  }
  return HttpMethod::other;
}

std::string_view httpMethodName(HttpMethod method) noexcept {
  for (const auto& [value, text] : kMethods) {
    if (value == method) {
      return text;
    }
  }
  return "OTHER";
}

std::string_view HttpRequest::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (equalNoCase(key, name)) {
      return value;
    }
  }
  return {};
}

bool HttpRequest::hasHeader(std::string_view name) const noexcept {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const auto& entry) { return equalNoCase(entry.first, name); });
}

std::string_view HttpRequest::cookie(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (!equalNoCase(key, "Cookie")) {
      continue;
    }
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      auto pair = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return pair.substr(equals + 1);
      }
    }
  }
  return {};
}

HttpResponse HttpResponse::rawJson(int status, std::string json) {
  HttpResponse answer;
  answer.status = status;
  answer.body = std::move(json);
  return answer;
}

HttpResponse HttpResponse::text(int status, std::string contentType, std::string body) {
  HttpResponse answer = rawJson(status, std::move(body));
  answer.contentType = std::move(contentType);
  return answer;
}

HttpResponse HttpResponse::empty(int status) {
  HttpResponse answer;
  answer.status = status;
  answer.contentType.clear();
  return answer;
}

HttpResponse HttpResponse::events(EventStreamPtr stream) {
  HttpResponse answer = text(200, std::string(kEventStreamType), {});
  answer.setHeader("X-Accel-Buffering", "no");
  answer.stream = std::move(stream);
  return answer;
}

void HttpResponse::setCookie(std::string_view name, std::string_view value, std::chrono::seconds maxAge) {
  std::string text(name);
  text += '=';
  text += value;
  text += "; Path=/; Max-Age=" + std::to_string(maxAge.count()) + "; HttpOnly; Secure; SameSite=Strict";
  headers.emplace_back("Set-Cookie", std::move(text));
}

void HttpResponse::clearCookie(std::string_view name) { setCookie(name, {}, std::chrono::seconds(0)); }

}  // namespace ks
