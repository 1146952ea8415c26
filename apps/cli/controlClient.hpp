#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace ks::cli {

struct ControlReply {
  int status = 0;  ///< HTTP; 0: no answer
  std::string body;
  std::string error;  ///< why there was no answer
};

/// One HTTP call over the process's own Unix socket. Connecting and sending take at most 5 s each, the answer
/// at most `patience`.
ControlReply askProcess(const std::string& socketPath, const std::string& method, const std::string& target,
                        const std::string& body, std::chrono::seconds patience = std::chrono::seconds{5});

/// POST of JSON to a program on this machine: `host` is a loopback address or localhost. Times as above.
ControlReply askLoopback(const std::string& host, std::uint16_t port, const std::string& target,
                         const std::string& body, std::chrono::seconds patience);
/// The same with GET.
ControlReply getLoopback(const std::string& host, std::uint16_t port, const std::string& target,
                         std::chrono::seconds patience);

}  // namespace ks::cli
