// replayRequests PORT CONNECTIONS REQUESTS ANSWERS LIMIT_S: sends each request of the file REQUESTS once to the loopback port, as fast as
// the answers come, over connections that are kept. The file has a line with the length before each request. ANSWERS gets
// "MICROSECONDS_OF_ALL COUNT", and for each request in order "STATUS MICROSECONDS LENGTH" and the body; status 0 is no answer.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Answer {
  int status = 0;
  std::int64_t micros = 0;
  std::string body;
};

struct Connection {
  int fd = -1;
  std::size_t request = 0;
  bool waits = false;
  Clock::time_point begun;
  std::string input;
};

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "replayRequests: %s\n", why.c_str());
  std::exit(1);
}

std::size_t numberIn(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) {
    die("no number: " + std::string(text.substr(0, 40)));
  }
  return value;
}

std::string contentOf(const char* name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) {
    die(std::string("cannot read ") + name);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string_view> requestsOf(std::string_view content) {
  std::vector<std::string_view> requests;
  while (!content.empty()) {
    const auto line = content.find('\n');
    const auto length = numberIn(content.substr(0, line));
    if (line == std::string_view::npos || content.size() - line - 1 < length) {
      die("the file of requests is cut off");
    }
    requests.push_back(content.substr(line + 1, length));
    content.remove_prefix(line + 1 + length);
  }
  return requests;
}

/// The value of a header, without the spaces before it; nothing: it is not there.
std::string_view headerOf(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.data(), name.data(), name.size()) == 0) {
      const auto value = line.substr(name.size() + 1);
      return value.substr(std::min(value.find_first_not_of(' '), value.size()));
    }
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
  }
  return {};
}

class Replay {
 public:
  Replay(std::uint16_t port, std::size_t connections, std::vector<std::string_view> requests)
      : port_(port),
        requests_(std::move(requests)),
        answers_(requests_.size()),
        connections_(std::min(connections, requests_.size())) {}

  void run(std::chrono::seconds limit) {
    for (auto& connection : connections_) {
      open(connection);
    }
    begun_ = Clock::now();
    for (auto& connection : connections_) {
      next(connection);
    }
    const auto end = begun_ + limit;
    std::array<epoll_event, 64> events{};
    while (open_ > 0 && Clock::now() < end) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) {
        read(connections_[events.at(static_cast<std::size_t>(i)).data.u64]);
      }
    }
    micros_ = microsSince(begun_);
  }

  void write(const char* name) const {
    std::ofstream file(name, std::ios::binary);
    file << micros_ << ' ' << answers_.size() << '\n';
    for (const auto& answer : answers_) {
      file << answer.status << ' ' << answer.micros << ' ' << answer.body.size() << '\n'
           << answer.body << '\n';
    }
    if (!file.flush()) {
      die(std::string("cannot write ") + name);
    }
  }

 private:
  static std::int64_t microsSince(Clock::time_point begun) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun).count();
  }

  void open(Connection& connection) {
    if (connection.fd >= 0) {
      close(connection.fd);
    }
    connection.input.clear();
    connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      die("cannot connect to port " + std::to_string(port_));
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = static_cast<std::uint64_t>(&connection - connections_.data());
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  }

  void next(Connection& connection) {
    if (sent_ == requests_.size()) {
      epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.fd, nullptr);
      connection.waits = false;
      return;
    }
    connection.request = sent_++;
    connection.waits = true;
    ++open_;
    connection.begun = Clock::now();
    auto rest = requests_[connection.request];
    while (!rest.empty()) {
      const auto length = send(connection.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (length <= 0) {
        break;  // the end of the connection is read next
      }
      rest.remove_prefix(static_cast<std::size_t>(length));
    }
  }

  void finish(Connection& connection, int status, std::string body) {
    --open_;
    connection.waits = false;
    answers_[connection.request] = {status, microsSince(connection.begun), std::move(body)};
  }

  void read(Connection& connection) {
    std::array<char, 16384> buffer{};
    const auto length = recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length > 0) {
      connection.input.append(buffer.data(), static_cast<std::size_t>(length));
      return take(connection);
    }
    if (length < 0 && errno == EAGAIN) {
      return;
    }
    if (connection.waits) {
      finish(connection, 0, {});
    }
    open(connection);
    next(connection);
  }

  void take(Connection& connection) {
    const std::string_view input = connection.input;
    const auto headEnd = input.find("\r\n\r\n");
    if (headEnd == std::string_view::npos) {
      return;
    }
    const auto head = input.substr(0, headEnd);
    const auto length = numberIn(headerOf(head, "Content-Length"));
    const auto body = input.substr(headEnd + 4);
    if (body.size() < length) {
      return;
    }
    const auto after = headerOf(head, "Connection");
    const bool closes = after.size() == 5 && strncasecmp(after.data(), "close", 5) == 0;
    finish(connection, static_cast<int>(numberIn(head.substr(std::min<std::size_t>(head.size(), 9)))),
           std::string(body));
    connection.input.clear();
    if (closes) {
      open(connection);
    }
    next(connection);
  }

  std::uint16_t port_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::string_view> requests_;
  std::vector<Answer> answers_;
  std::vector<Connection> connections_;
  std::size_t sent_ = 0;
  std::size_t open_ = 0;
  Clock::time_point begun_;
  std::int64_t micros_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    die("PORT CONNECTIONS REQUESTS ANSWERS LIMIT_S");
  }
  const auto content = contentOf(argv[3]);
  Replay replay(static_cast<std::uint16_t>(numberIn(argv[1])), numberIn(argv[2]), requestsOf(content));
  replay.run(std::chrono::seconds(static_cast<std::int64_t>(numberIn(argv[5]))));
  replay.write(argv[4]);
}
