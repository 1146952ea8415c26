#include "persistence/memory/memoryRedis.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace ks {
namespace {

std::string upperCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::optional<std::int64_t> wholeNumber(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

RedisValue okay() { return RedisValue::ofText("OK"); }
RedisValue wrongType() {
  return RedisValue::ofError("WRONGTYPE Operation against a key holding the wrong kind of value");
}
RedisValue wrongArguments(const std::string& name) {
  return RedisValue::ofError("ERR wrong number of arguments for '" + name + "' command");
}

/// Redis's inclusive range with negative indexes from the end, as [first, last) of `size`.
std::pair<std::size_t, std::size_t> rangeOf(std::int64_t first, std::int64_t last, std::size_t size) {
  const auto length = static_cast<std::int64_t>(size);
  const auto fromStart = [&](std::int64_t index) { return index < 0 ? index + length : index; };
  const std::int64_t begin = std::clamp<std::int64_t>(fromStart(first), 0, length);
  const std::int64_t end = std::clamp<std::int64_t>(fromStart(last) + 1, begin, length);
  return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
}

}  // namespace

MemoryRedis::Entry* MemoryRedis::find(const std::string& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return nullptr;
  }
  if (found->second.expires && *found->second.expires <= clock_.now()) {
    entries_.erase(found);
    return nullptr;
  }
  return &found->second;
}

void MemoryRedis::setReachable(bool reachable) {
  const std::lock_guard lock(mutex_);
  reachable_ = reachable;
  if (!reachable) {
    subscribers_.clear();
  }
}

bool MemoryRedis::reachable() const {
  const std::lock_guard lock(mutex_);
  return reachable_;
}

RedisValue MemoryRedis::run(const RedisCommand& command) {
  const std::lock_guard lock(mutex_);
  const std::string name = upperCase(command.front());
  const std::size_t arguments = command.size() - 1;
  if (name == "PING") {
    return RedisValue::ofText("PONG");
  }
  if (name == "FLUSHALL") {
    entries_.clear();
    return okay();
  }
  if (name == "SET") {
    return arguments < 2 ? wrongArguments("set") : set(command);
  }
  if (name == "PUBLISH") {
    return arguments != 2 ? wrongArguments("publish") : publish(command);
  }
  if (name == "RENAME") {
    return arguments != 2 ? wrongArguments("rename") : rename(command);
  }
  if (name == "GET") {
    if (arguments != 1) {
      return wrongArguments("get");
    }
    const Entry* entry = find(command[1]);
    if (entry == nullptr) {
      return {};
    }
    const auto* text = std::get_if<std::string>(&entry->value);
    return text == nullptr ? wrongType() : RedisValue::ofText(*text);
  }
  if (name == "DEL" || name == "EXISTS") {
    std::int64_t count = 0;
    for (std::size_t i = 1; i < command.size(); ++i) {
      count += find(command[i]) != nullptr ? 1 : 0;
      if (name == "DEL") {
        entries_.erase(command[i]);
      }
    }
    return arguments == 0 ? wrongArguments(name == "DEL" ? "del" : "exists") : RedisValue::ofInteger(count);
  }
  if (name == "SCAN") {
    return arguments < 3 || upperCase(command[2]) != "MATCH" ? wrongArguments("scan") : scan(command[3]);
  }
  if (name == "RPUSH" || name == "LRANGE" || name == "LTRIM" || name == "LLEN") {
    return list(command);
  }
  return RedisValue::ofError("ERR unknown command '" + command.front() + "'");
}

/// All at once; of patterns it knows a text and a star at its end.
RedisValue MemoryRedis::scan(const std::string& pattern) {
  const std::string prefix = pattern.substr(0, pattern.find('*'));
  std::vector<std::string> found;
  for (const auto& [key, entry] : entries_) {
    if (key.starts_with(prefix)) {
      found.push_back(key);
    }
  }
  std::vector<RedisValue> keys;
  for (const auto& key : found) {
    if (find(key) != nullptr) {
      keys.push_back(RedisValue::ofText(key));
    }
  }
  return RedisValue::ofArray({RedisValue::ofText("0"), RedisValue::ofArray(std::move(keys))});
}

RedisValue MemoryRedis::set(const RedisCommand& command) {
  Entry entry{command[2], std::nullopt};
  bool onlyNew = false;
  for (std::size_t i = 3; i < command.size(); ++i) {
    const std::string option = upperCase(command[i]);
    if (option == "NX") {
      onlyNew = true;
    } else if ((option == "EX" || option == "PX") && i + 1 < command.size()) {
      const auto amount = wholeNumber(command[++i]);
      if (!amount || *amount <= 0) {
        return RedisValue::ofError("ERR invalid expire time in 'set' command");
      }
      entry.expires = clock_.now() + Milliseconds(option == "EX" ? *amount * 1000 : *amount);
    } else {
      return RedisValue::ofError("ERR syntax error");
    }
  }
  if (onlyNew && find(command[1]) != nullptr) {
    return {};
  }
  entries_[command[1]] = std::move(entry);
  return okay();
}

RedisValue MemoryRedis::rename(const RedisCommand& command) {
  if (find(command[1]) == nullptr) {
    return RedisValue::ofError("ERR no such key");
  }
  Entry entry = std::move(entries_.at(command[1]));
  entries_.erase(command[1]);
  entries_[command[2]] = std::move(entry);
  return okay();
}

RedisValue MemoryRedis::list(const RedisCommand& command) {
  const std::string name = upperCase(command.front());
  const std::size_t arguments = command.size() - 1;
  if (name == "RPUSH" ? arguments < 2 : arguments != (name == "LLEN" ? 1U : 3U)) {
    return wrongArguments(name);
  }
  Entry* entry = find(command[1]);
  if (entry != nullptr && !std::holds_alternative<List>(entry->value)) {
    return wrongType();
  }
  if (name == "RPUSH") {
    if (entry == nullptr) {
      entry = &entries_.emplace(command[1], Entry{List(), std::nullopt}).first->second;
    }
    auto& values = std::get<List>(entry->value);
    values.insert(values.end(), command.begin() + 2, command.end());
    return RedisValue::ofInteger(static_cast<std::int64_t>(values.size()));
  }
  List none;
  List& values = entry == nullptr ? none : std::get<List>(entry->value);
  if (name == "LLEN") {
    return RedisValue::ofInteger(static_cast<std::int64_t>(values.size()));
  }
  const auto first = wholeNumber(command[2]);
  const auto last = wholeNumber(command[3]);
  if (!first || !last) {
    return RedisValue::ofError("ERR value is not an integer or out of range");
  }
  const auto [begin, end] = rangeOf(*first, *last, values.size());
  const List chosen(values.begin() + static_cast<std::ptrdiff_t>(begin),
                    values.begin() + static_cast<std::ptrdiff_t>(end));
  if (name == "LRANGE") {
    std::vector<RedisValue> elements;
    for (const auto& value : chosen) {
      elements.push_back(RedisValue::ofText(value));
    }
    return RedisValue::ofArray(std::move(elements));
  }
  if (chosen.empty()) {
    entries_.erase(command[1]);
  } else {
    values = chosen;
  }
  return okay();
}

RedisValue MemoryRedis::publish(const RedisCommand& command) {
  std::int64_t receivers = 0;
  std::erase_if(subscribers_, [](const Subscriber& subscriber) {
    const auto mailbox = subscriber.mailbox.lock();
    return mailbox == nullptr || mailbox->size() >= kMostWaiting;
  });
  for (const auto& subscriber : subscribers_) {
    const auto& channels = subscriber.channels;
    if (std::find(channels.begin(), channels.end(), command[1]) != channels.end()) {
      subscriber.mailbox.lock()->push_back({RedisEvent::Kind::message, command[1], command[2]});
      ++receivers;
    }
  }
  return RedisValue::ofInteger(receivers);
}

std::shared_ptr<MemoryRedis::Mailbox> MemoryRedis::subscribe(const std::vector<std::string>& channels) {
  const std::lock_guard lock(mutex_);
  auto mailbox = std::make_shared<Mailbox>();
  mailbox->push_back({RedisEvent::Kind::gap, {}, {}});
  subscribers_.push_back({channels, mailbox});
  return mailbox;
}

std::optional<RedisEvent> MemoryRedis::take(Mailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  if (mailbox.empty()) {
    return std::nullopt;
  }
  RedisEvent event = std::move(mailbox.front());
  mailbox.pop_front();
  return event;
}

Result<std::vector<RedisValue>> MemoryRedisConnection::run(const std::vector<RedisCommand>& commands) {
  if (commands.size() > kMostCommands ||
      std::any_of(commands.begin(), commands.end(),
                  [](const RedisCommand& command) { return command.empty(); })) {
    return makeFault(ErrorCode::overloaded, "too many Redis commands at once, or an empty one");
  }
  if (!server_->reachable()) {
    ++status_.failures;
    status_.lastError = "the memory Redis is set unreachable";
    return makeFault(ErrorCode::dependencyUnavailable, status_.lastError);
  }
  std::vector<RedisValue> values;
  for (const auto& command : commands) {
    values.push_back(server_->run(command));
    ++status_.commands;
  }
  return values;
}

RedisStatus MemoryRedisConnection::status() const {
  RedisStatus status = status_;
  status.connected = server_->reachable();
  return status;
}

Result<std::optional<RedisEvent>> MemoryRedisSubscription::receive(Milliseconds) {
  if (!server_->reachable()) {
    mailbox_.reset();
    return makeFault(ErrorCode::dependencyUnavailable, "the memory Redis is set unreachable");
  }
  if (mailbox_ == nullptr) {
    mailbox_ = server_->subscribe(channels_);
  }
  return server_->take(*mailbox_);
}

}  // namespace ks
