#include "differentialRequests.hpp"

#include <random>

namespace ks::httpTest {
namespace {

constexpr const char* kLast = "GET /last HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

std::function<void(RequestParts&)> header(const std::string& line) {
  return [line](RequestParts& parts) { parts.headers.push_back(line); };
}

std::function<void(RequestParts&)> target(const std::string& text) {
  return [text](RequestParts& parts) { parts.target = text; };
}

std::function<void(RequestParts&)> method(const std::string& text) {
  return [text](RequestParts& parts) { parts.method = text; };
}

std::function<void(RequestParts&)> version(const std::string& text) {
  return [text](RequestParts& parts) { parts.version = text; };
}

/// A POST whose body is told by these headers.
std::function<void(RequestParts&)> framed(const std::vector<std::string>& lines, const std::string& body) {
  return [lines, body](RequestParts& parts) {
    parts.post(body);
    parts.headers.pop_back();
    parts.headers.insert(parts.headers.end(), lines.begin(), lines.end());
  };
}

std::function<void(RequestParts&)> typed(const std::string& type, const std::string& body) {
  return [type, body](RequestParts& parts) {
    parts.headers.push_back("Content-Type: " + type);
    parts.post(body);
  };
}

std::vector<Oddity> makeOddities() {
  const std::string chunks = "3\r\nabc\r\n0\r\n\r\n";
  std::vector<Oddity> all{
      // What both take alike.
      {"head", method("HEAD")},
      {"put", method("PUT")},
      {"patch", method("PATCH")},
      {"delete", method("DELETE")},
      {"options", method("OPTIONS")},
      {"query", target("/a/b?x=1&y=%20&z")},
      {"encodedPath", target("/%41%2f%00?%zz")},
      {"emptyValue", header("X-Empty:")},
      {"blanksAround", header("X-Blanks: \t v w \t")},
      {"highBytes", header("X-High: \xc3\xa9")},
      {"range", header("Range: bytes=0-1")},
      {"accept", header("Accept: text/html;q=0.5, */*")},
      {"upgrade", header("Upgrade: websocket")},
      {"close", header("Connection: close")},
      {"keepAlive", header("Connection: keep-alive")},
      {"bodyOfGet",
       [](RequestParts& parts) {
         parts.post("abc");
         parts.method = "GET";
       }},
      {"bodyWithLines", [](RequestParts& parts) { parts.post("GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n"); }},
      {"bodyWithNul", [](RequestParts& parts) { parts.post(std::string("a\0b", 3)); }},
      {"expectContinue",
       [](RequestParts& parts) {
         parts.post("abc");
         parts.headers.emplace_back("Expect: 100-continue");
       }},
      {"noLengthPost", method("POST")},
      {"twoHeadersOfOneName",
       [](RequestParts& parts) {
         parts.headers.insert(parts.headers.end(), {"X-Twice: 1", "X-Twice: 2"});
       }},
      // Request lines.
      {"oddMethod", method("BREW")},
      {"smallMethod", method("get")},
      {"traceMethod", method("TRACE")},
      {"connectMethod", method("CONNECT")},
      {"priMethod", method("PRI")},
      {"emptyMethod", method("")},
      {"absoluteForm", target("http://t/a")},
      {"asteriskForm", target("*")},
      {"authorityForm", target("t:80")},
      {"emptyTarget", target("")},
      {"fragment", target("/a#b")},
      {"spaceInTarget", target("/a b")},
      {"controlInTarget", target("/a\x01")},
      {"nulInTarget", target(std::string("/a\0b", 4))},
      {"highTarget", target("/\xc3\xa9")},
      {"longPath", target("/" + std::string(600, 'p'))},
      {"longQuery", target("/a?" + std::string(5000, 'q'))},
      {"veryLongQuery", target("/a?" + std::string(9000, 'q'))},
      {"endlessLine", target("/" + std::string(40'000, 'p'))},
      {"version10", version("HTTP/1.0")},
      {"version10KeepAlive",
       [](RequestParts& parts) {
         parts.version = "HTTP/1.0";
         parts.headers.emplace_back("Connection: keep-alive");
       }},
      {"version20", version("HTTP/2.0")},
      {"version12", version("HTTP/1.2")},
      {"smallVersion", version("http/1.1")},
      {"noVersion", version("")},
      {"blankBehindVersion", version("HTTP/1.1 ")},
      {"twoBlanks", [](RequestParts& parts) { parts.method += ' '; }},
      {"bareLf", [](RequestParts& parts) { parts.lineEnd = "\n"; }},
      {"bareCr", [](RequestParts& parts) { parts.lineEnd = "\r"; }},
      {"emptyLineBefore", [](RequestParts& parts) { parts.method = "\r\n" + parts.method; }},
      // Headers.
      {"noHost", [](RequestParts& parts) { parts.headers.erase(parts.headers.begin()); }},
      {"twoHosts", header("Host: u")},
      {"percentValue", header("X-Percent: a%41%0d%0ab")},
      {"foldedValue", header("X-Fold: a\r\n b")},
      {"nulInValue", header(std::string("X-Nul: a\0b", 10))},
      {"crInValue", header("X-Cr: a\rb")},
      {"lfInValue", header("X-Lf: a\nX-Other: b")},
      {"lfLine", header("X-Lf: a\n")},
      {"controlInValue", header("X-Control: a\x01")},
      {"badName", header("Bad Name: a")},
      {"blankBehindName", header("X-Name : a")},
      {"noName", header(": a")},
      {"noColon", header("nothing")},
      {"longValue", header("X-Long: " + std::string(9000, 'v'))},
      {"hugeHead", header("X-Huge: " + std::string(20'000, 'v'))},
      {"badAccept", header("Accept: ,;q=")},
      {"badRange", header("Range: nonsense")},
      {"expectOther", header("Expect: 200-ok")},
      {"closeInCapitals", header("Connection: Close")},
      {"closeInList", header("Connection: x, close")},
      // Bodies.
      {"twoLengths", framed({"Content-Length: 3", "Content-Length: 4"}, "abcd")},
      {"lengthTwice", framed({"Content-Length: 3", "Content-Length: 3"}, "abc")},
      {"lengthList", framed({"Content-Length: 3, 3"}, "abc")},
      {"badLengthOfGet",
       [](RequestParts& parts) {
         framed({"Content-Length: 3, 3"}, "abc")(parts);
         parts.method = "GET";
       }},
      {"lengthPlus", framed({"Content-Length: +3"}, "abc")},
      {"lengthMinus", framed({"Content-Length: -3"}, "abc")},
      {"lengthHex", framed({"Content-Length: 0x3"}, "abc")},
      {"lengthEmpty", framed({"Content-Length: "}, "abc")},
      {"lengthText", framed({"Content-Length: 3a"}, "abc")},
      {"lengthZeros", framed({"Content-Length: 0003"}, "abc")},
      {"lengthHuge", framed({"Content-Length: 99999999999999999999999"}, "abc")},
      {"lengthTooLarge", framed({"Content-Length: 3000000"}, "abc")},
      {"lengthTooLong", framed({"Content-Length: 500"}, "abc")},
      {"chunked", framed({"Transfer-Encoding: chunked"}, chunks)},
      {"chunkedAndLength", framed({"Transfer-Encoding: chunked", "Content-Length: 3"}, chunks)},
      {"chunkedAndNoLength", framed({"Transfer-Encoding: chunked", "Content-Length: 0"}, chunks)},
      {"chunkedInCapitals", framed({"Transfer-Encoding: CHUNKED"}, chunks)},
      {"chunkedExtension", framed({"Transfer-Encoding: chunked"}, "3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n")},
      {"badChunkSize", framed({"Transfer-Encoding: chunked"}, "zz\r\nabc\r\n0\r\n\r\n")},
      {"chunkedBlank", framed({"Transfer-Encoding : chunked"}, chunks)},
      {"chunkedTab", framed({"Transfer-Encoding:\tchunked"}, chunks)},
      {"chunkedVerticalTab", framed({"Transfer-Encoding: \x0b"
                                     "chunked"},
                                    chunks)},
      {"chunkedTwice", framed({"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}, chunks)},
      {"gzipChunked", framed({"Transfer-Encoding: gzip, chunked"}, chunks)},
      {"xchunked", framed({"Transfer-Encoding: xchunked"}, chunks)},
      {"identity", framed({"Transfer-Encoding: identity"}, chunks)},
      {"identityAndLength", framed({"Transfer-Encoding: identity", "Content-Length: 3"}, "abc")},
      {"gzipBody", framed({"Content-Encoding: gzip", "Content-Length: 3"}, "abc")},
      {"identityBody", framed({"Content-Encoding: identity", "Content-Length: 3"}, "abc")},
      {"form", typed("application/x-www-form-urlencoded", "a=%41&b=2")},
      {"largeForm", typed("application/x-www-form-urlencoded", std::string(9000, 'a'))},
      {"multipart", typed("multipart/form-data; boundary=x",
                          "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n")},
      {"badMultipart", typed("multipart/form-data", "abc")},
  };
  return all;
}

}  // namespace

std::string RequestParts::text() const {
  std::string all = method;
  all.append(" ").append(target).append(version.empty() ? "" : " ").append(version).append(lineEnd);
  for (const auto& line : headers) {
    all.append(line).append("\r\n");
  }
  return all.append("\r\n").append(body);
}

void RequestParts::post(const std::string& content) {
  method = "POST";
  body = content;
  std::erase_if(headers, [](const std::string& line) { return line.starts_with("Content-Length:"); });
  headers.push_back("Content-Length: " + std::to_string(content.size()));
}

const std::vector<Oddity>& oddities() {
  static const auto all = makeOddities();
  return all;
}

std::vector<Conversation> handMadeConversations() {
  std::vector<Conversation> all;
  for (const auto& oddity : oddities()) {
    for (const bool posts : {false, true}) {
      for (const bool behind : {false, true}) {
        RequestParts parts;
        oddity.apply(parts);
        if (posts && parts.body.empty() && parts.method == "GET") {
          parts.post("plain");
        }
        all.push_back({(behind ? RequestParts{}.text() : "") + parts.text() + kLast, {oddity.name}, false});
      }
    }
  }
  return all;
}

Conversation generatedConversation(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto upTo = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  Conversation all;
  all.generated = true;
  for (std::size_t before = upTo(3); before > 0; --before) {
    RequestParts plain;
    plain.target = "/" + std::to_string(upTo(100));
    if (upTo(2) == 0) {
      plain.post(std::string(upTo(5000), 'b'));
    }
    all.bytes += plain.text();
  }
  RequestParts parts;
  if (upTo(2) == 0) {
    parts.post(std::string(upTo(40'000), 'c'));
  }
  for (std::size_t count = upTo(3); count > 0; --count) {
    const auto& oddity = oddities()[upTo(oddities().size())];
    oddity.apply(parts);
    all.oddities.emplace_back(oddity.name);
  }
  all.bytes += parts.text() + kLast;
  return all;
}

}  // namespace ks::httpTest
