#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <simdjson.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// bareIngest FILE DATABASE TABLE: the cost of parsing a log and storing its rows and nothing else: no
// position, no rollups, no check of values, no rotation. One thread parses (simdjson, a line at a time), one
// sends COPY BINARY, 20,000 rows a transaction. TABLE has the columns of metric_snapshot. Prints "LINES
// SECONDS".
namespace {

using Text = std::string_view;

[[noreturn]] void die(const std::string& what) {
  std::cerr << what << '\n';
  std::exit(1);
}

class RowBuffer {
 public:
  RowBuffer() { bytes_.assign("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19); }
  void int16(std::uint16_t value) { put(__builtin_bswap16(value)); }
  void int32(std::uint32_t value) { put(__builtin_bswap32(value)); }
  void int64(std::uint64_t value) { put(__builtin_bswap64(value)); }
  void bytes(const char* data, std::size_t size) { bytes_.append(data, size); }
  void text(Text value) {
    int32(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
  }
  void real(double value) {
    int32(8);
    int64(std::bit_cast<std::uint64_t>(value));
  }
  void boolean(bool value) {
    int32(1);
    bytes_ += value ? '\1' : '\0';
  }
  void null() { int32(UINT32_MAX); }
  std::string finish() {
    int16(UINT16_MAX);
    return std::move(bytes_);
  }

 private:
  template <class T>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  std::string bytes_;
};

class Queue {
 public:
  void put(std::string block) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return blocks_.size() < 8; });
    blocks_.push_back(std::move(block));
    changed_.notify_all();
  }
  bool take(std::string& block) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !blocks_.empty(); });
    if (blocks_.empty()) {
      return false;
    }
    block = std::move(blocks_.front());
    blocks_.pop_front();
    changed_.notify_all();
    return true;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> blocks_;
  bool ended_ = false;
};

void write(Queue& queue, const std::string& url, const std::string& table) {
  PGconn* connection = PQconnectdb(url.c_str());
  if (PQstatus(connection) != CONNECTION_OK) {
    die(PQerrorMessage(connection));
  }
  const std::string copy = "COPY " + table + " FROM STDIN (FORMAT binary)";
  std::string block;
  while (queue.take(block)) {
    PQclear(PQexec(connection, copy.c_str()));
    for (std::size_t at = 0; at < block.size(); at += 262'144) {
      const auto size = std::min<std::size_t>(262'144, block.size() - at);
      if (PQputCopyData(connection, block.data() + at, static_cast<int>(size)) != 1) {
        die(PQerrorMessage(connection));
      }
    }
    PQputCopyEnd(connection, nullptr);
    while (PGresult* result = PQgetResult(connection)) {
      if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        die(PQerrorMessage(connection));
      }
      PQclear(result);
    }
  }
  PQfinish(connection);
}

struct Row {
  Text requestId, address, method, url, userAgent, backend, userId, route;
  std::int64_t status = 0, ms = 0;
  std::uint64_t bytes = 0;
  double latency = 0;
  bool limited = false;
};

bool parse(simdjson::ondemand::parser& parser, const char* line, std::size_t size, Row& row) {
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(line, size, size + simdjson::SIMDJSON_PADDING).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return false;
  }
  // In the order of the log, so nothing is searched twice.
  return object["request_id"].get(row.requestId) == simdjson::SUCCESS &&
         object["remote_ip"].get(row.address) == simdjson::SUCCESS &&
         object["method"].get(row.method) == simdjson::SUCCESS &&
         object["url"].get(row.url) == simdjson::SUCCESS &&
         object["status"].get(row.status) == simdjson::SUCCESS &&
         object["rate_limited"].get(row.limited) == simdjson::SUCCESS &&
         object["user_agent"].get(row.userAgent) == simdjson::SUCCESS &&
         object["nginx_latency_s"].get(row.latency) == simdjson::SUCCESS &&
         object["backend_latency_s"].get(row.backend) == simdjson::SUCCESS &&
         object["user_id"].get(row.userId) == simdjson::SUCCESS &&
         object["timestamp_ms"].get(row.ms) == simdjson::SUCCESS &&
         object["bytes_sent"].get(row.bytes) == simdjson::SUCCESS &&
         object["route"].get(row.route) == simdjson::SUCCESS;
}

void encode(RowBuffer& out, const Row& row, std::uint64_t number) {
  constexpr std::int64_t kPostgresEpochMs = 946'684'800'000;
  out.int16(18);
  out.int32(16);
  out.int64(static_cast<std::uint64_t>(row.ms) << 16U | 0x7000U);
  out.int64(0x8000'0000'0000'0000ULL | number);
  out.int32(8);
  out.int64(static_cast<std::uint64_t>((row.ms - kPostgresEpochMs) * 1000));
  out.text("auth");
  char address[48] = "";
  in_addr binary{};
  row.address.copy(address, sizeof address - 1);
  if (::inet_pton(AF_INET, address, &binary) == 1) {
    out.int32(8);
    out.bytes("\2\40\0\4", 4);
    out.bytes(reinterpret_cast<const char*>(&binary), 4);
  } else {
    out.null();
  }
  for (const Text text : {row.requestId, row.method, row.url, row.route}) {
    out.text(text);
  }
  out.int32(2);
  out.int16(static_cast<std::uint16_t>(row.status));
  out.boolean(row.limited);
  out.boolean(false);
  out.boolean(false);
  out.text(row.userAgent);
  out.real(row.latency * 1000);
  if (row.backend.empty()) {
    out.null();
  } else {
    out.real(std::strtod(std::string(row.backend).c_str(), nullptr) * 1000);
  }
  if (row.userId.empty()) {
    out.null();
  } else {
    out.text(row.userId);
  }
  out.int32(8);
  out.int64(row.bytes);
  out.boolean(false);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: bareIngest FILE DATABASE TABLE\n";
    return 64;
  }
  // The limit of this machine must include its vector instructions.
  if (simdjson::get_active_implementation()->name() == "fallback") {
    die("simdjson runs its fallback implementation: this is no limit to measure against");
  }
  const int file = ::open(argv[1], O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    die(std::string(argv[1]) + ": " + std::strerror(errno));
  }
  const auto begin = std::chrono::steady_clock::now();
  Queue queue;
  std::thread writer([&] { write(queue, argv[2], argv[3]); });
  constexpr std::size_t kChunk = 4U << 20U;
  constexpr std::size_t kRows = 20'000;
  std::vector<char> chunk(kChunk + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  RowBuffer rows;
  std::size_t have = 0;
  std::uint64_t lines = 0;
  for (;;) {
    const auto got = ::read(file, chunk.data() + have, kChunk - have);
    if (got <= 0) {
      break;
    }
    have += static_cast<std::size_t>(got);
    const char* at = chunk.data();
    const char* const end = at + have;
    while (const void* feed = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      const char* const lineEnd = static_cast<const char*>(feed);
      Row row;
      if (parse(parser, at, static_cast<std::size_t>(lineEnd - at), row)) {
        encode(rows, row, lines);
        if (++lines % kRows == 0) {
          queue.put(rows.finish());
          rows = RowBuffer();
        }
      }
      at = lineEnd + 1;
    }
    have = static_cast<std::size_t>(end - at);
    std::memmove(chunk.data(), at, have);
  }
  queue.put(rows.finish());
  queue.end();
  writer.join();
  std::cout << lines << ' ' << std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()
            << '\n';
  return 0;
}
