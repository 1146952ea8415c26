#pragma once
#include <sys/socket.h>

#include <string>

#include "core/result.hpp"

namespace ks {

/// An open listening socket, non-blocking; closed when it ends. A Unix socket's file is removed with it.
class ListenSocket {
 public:
  ListenSocket() = default;
  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&& other) noexcept;
  ~ListenSocket();

  /// A socket file that nobody listens on is replaced; any other file in the place, or a living listener, is
  /// a fault.
  [[nodiscard]] static Result<ListenSocket> onUnixSocket(const std::string& path, unsigned mode);
  /// `port` 0: any free one.
  [[nodiscard]] static Result<ListenSocket> onTcp(const std::string& host, int port);

  /// On the Unix socket, or by TCP where its path is empty.
  [[nodiscard]] static Result<ListenSocket> on(const std::string& unixSocket, unsigned mode,
                                               const std::string& host, int port) {
    return unixSocket.empty() ? onTcp(host, port) : onUnixSocket(unixSocket, mode);
  }

  void close() noexcept;
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] bool isUnix() const noexcept { return !path_.empty(); }

 private:
  int descriptor_ = -1;
  int port_ = 0;
  std::string path_;
};

/// The numeric address of a peer; empty where it has none (Unix socket).
[[nodiscard]] std::string addressText(const sockaddr_storage& storage);

}  // namespace ks
