#include <algorithm>
#include <vector>

#include "http/server/connectionLoop.hpp"

// The part of the connection loop that handles event streams.
namespace ks {
namespace {

/// How often the loop checks for ended sessions, expired streams and due keep-alive comments.
constexpr std::chrono::milliseconds kStreamSweep{1'000};

}  // namespace

void ConnectionLoop::startStream(Connection& connection) {
  leave(connection);
  countBuffer(connection, 0);
  connection.discardBuffer();
  connection.lastSent = Clock::now();
  if (listOf(Mode::streaming).empty()) {
    nextSweep_ = connection.lastSent + std::min(kStreamSweep, config_.streamHeartbeat);
  }
  enter(connection, Mode::streaming);
  if (stopping()) {
    linger(connection);
    return;
  }
  connection.stream->attach(streamOutput_);
  flushStream(connection);
}

void ConnectionLoop::flushStream(Connection& connection) {
  bool alive = connection.stream->open();
  if (!alive) {
    droppedStreams_.fetch_add(1, std::memory_order_relaxed);
  }
  if (alive && connection.unsent() == 0) {
    std::string events;
    connection.stream->take(events);
    connection.give(std::move(events));
  }
  if (alive && connection.unsent() > 0) {
    const auto sent = connection.flush();
    alive = sent.has_value();
    if (sent.value_or(0) > 0) {
      connection.lastSent = Clock::now();
    }
  }
  if (alive) {
    watch(connection);
  } else {
    close(connection);
  }
}

void ConnectionLoop::flushStreams() {
  const std::vector<Connection*> streams(listOf(Mode::streaming).begin(), listOf(Mode::streaming).end());
  for (Connection* connection : streams) {
    flushStream(*connection);
  }
}

void ConnectionLoop::sweepStreams(Clock::time_point now) {
  if (listOf(Mode::streaming).empty() || now < nextSweep_) {
    return;
  }
  nextSweep_ = now + std::min(kStreamSweep, config_.streamHeartbeat);
  const std::vector<Connection*> streams(listOf(Mode::streaming).begin(), listOf(Mode::streaming).end());
  for (Connection* connection : streams) {
    if (now - connection->since >= config_.streamLifetime || connection->stream->sessionEnded()) {
      linger(*connection);
    } else if (connection->unsent() == 0 && now - connection->lastSent >= config_.streamHeartbeat) {
      connection->give(kStreamHeartbeat);
      flushStream(*connection);
    }
  }
}

void ConnectionLoop::endStreams() {
  const std::vector<Connection*> streams(listOf(Mode::streaming).begin(), listOf(Mode::streaming).end());
  for (Connection* connection : streams) {
    linger(*connection);
  }
}

}  // namespace ks
