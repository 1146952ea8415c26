#include "http/server/listenSocket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace ks {
namespace {

/// The kernel cuts it to net.core.somaxconn.
constexpr int kBacklog = 4096;

Fault listenFault(const std::string& where, int error, const std::string& advice = {}) {
  Fault fault =
      makeFault(error == EADDRINUSE ? ErrorCode::conflict : ErrorCode::internal, std::strerror(error));
  fault.message =
      "Cannot listen on " + where + ": " + std::strerror(error) + (advice.empty() ? "" : "; " + advice);
  return fault;
}

/// Every connection is a descriptor; the usual soft limit of 1024 is meant for programs that use select().
void raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int newSocket(int family) {
  raiseDescriptorLimit();
  return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/// Whether another process accepts connections there.
bool isAlive(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) {
    return true;
  }
  const bool refused = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
                       (errno == ECONNREFUSED || errno == ENOENT);
  ::close(probe);
  return !refused;
}

}  // namespace

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      port_(std::exchange(other.port_, 0)),
      path_(std::exchange(other.path_, {})) {}

ListenSocket& ListenSocket::operator=(ListenSocket&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    port_ = std::exchange(other.port_, 0);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

ListenSocket::~ListenSocket() { close(); }

void ListenSocket::close() noexcept {
  if (descriptor_ < 0) {
    return;
  }
  if (!path_.empty()) {
    unlink(path_.c_str());
  }
  ::close(std::exchange(descriptor_, -1));
}

std::string addressText(const sockaddr_storage& storage) {
  char buffer[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, buffer, sizeof(buffer));
  } else if (storage.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, buffer, sizeof(buffer));
  }
  return buffer;
}

Result<ListenSocket> ListenSocket::onUnixSocket(const std::string& path, unsigned mode) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return listenFault(path, ENAMETOOLONG,
                       "a Unix socket's path has at most 107 bytes; set K_SOCKET_DIR to a shorter one");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat found {};
  if (lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) {
      return listenFault(path, EEXIST, "the file is not a socket");
    }
    if (isAlive(address)) {
      return listenFault(path, EADDRINUSE, "another process is using it; stop that process first");
    }
    unlink(path.c_str());
  }
  ListenSocket result;
  result.descriptor_ = newSocket(AF_UNIX);
  if (result.descriptor_ < 0) {
    return listenFault(path, errno);
  }
  // Before bind: the file must never exist with more rights than intended. After bind: restores what the
  // umask removed.
  fchmod(result.descriptor_, mode);
  if (bind(result.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return listenFault(path, errno);
  }
  result.path_ = path;
  if (chmod(path.c_str(), mode) != 0 || listen(result.descriptor_, kBacklog) != 0) {
    return listenFault(path, errno);
  }
  return result;
}

Result<ListenSocket> ListenSocket::onTcp(const std::string& host, int port) {
  const std::string where = host + ":" + std::to_string(port);
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
      inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    size = sizeof(*v4);
  } else if (auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
             inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(port));
    size = sizeof(*v6);
  } else {
    return listenFault(where, EINVAL, "the host must be a numeric address");
  }
  ListenSocket result;
  result.descriptor_ = newSocket(storage.ss_family);
  if (result.descriptor_ < 0) {
    return listenFault(where, errno);
  }
  const int on = 1;
  setsockopt(result.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // Inherited by accepted connections.
  setsockopt(result.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (bind(result.descriptor_, reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      listen(result.descriptor_, kBacklog) != 0) {
    return listenFault(where, errno, errno == EADDRINUSE ? "another process uses the port" : "");
  }
  size = sizeof(storage);
  getsockname(result.descriptor_, reinterpret_cast<sockaddr*>(&storage), &size);
  result.port_ = ntohs(storage.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port
                                                    : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
  return result;
}

}  // namespace ks
