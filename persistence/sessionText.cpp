#include "persistence/sessionText.hpp"

#include <charconv>
#include <stdexcept>

namespace ks {
namespace {

constexpr std::string_view kTextVersion = "2";

class TextWriter {
 public:
  TextWriter& add(std::string_view field) {
    text_ += std::to_string(field.size());
    text_ += ':';
    text_ += field;
    text_ += ',';
    return *this;
  }
  TextWriter& add(std::int64_t number) { return add(std::to_string(number)); }
  TextWriter& add(TimePoint time) { return add(time.time_since_epoch().count()); }
  TextWriter& add(const std::optional<TimePoint>& time) {
    return time ? add(*time) : add(std::string_view());
  }
  TextWriter& add(const Uuid& id) { return add(id.toString()); }
  TextWriter& add(const Bytes& bytes) {
    return add(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  TextWriter& add(const std::vector<std::string>& values) {
    add(static_cast<std::int64_t>(values.size()));
    for (const auto& value : values) {
      add(std::string_view(value));
    }
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Throws std::invalid_argument where the text is not what it should be.
class TextReader {
 public:
  explicit TextReader(std::string_view rest) : rest_(rest) {}

  std::string_view text() {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), length);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || rest_.size() - digits < 2 || *end != ':' ||
        rest_.size() - digits - 2 < length || rest_[digits + 1 + length] != ',') {
      throw std::invalid_argument("field");
    }
    const auto field = rest_.substr(digits + 1, length);
    rest_.remove_prefix(digits + length + 2);
    return field;
  }
  std::int64_t number() {
    const auto field = text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) {
      throw std::invalid_argument("number");
    }
    return value;
  }
  TimePoint time() { return TimePoint(Milliseconds(number())); }
  std::optional<TimePoint> optionalTime() {
    const TextReader before = *this;
    if (text().empty()) {
      return std::nullopt;
    }
    *this = before;
    return time();
  }
  Uuid id() {
    const auto id = Uuid::parse(text());
    if (!id) {
      throw std::invalid_argument("id");
    }
    return *id;
  }
  Bytes bytes() {
    const auto field = text();
    return {field.begin(), field.end()};
  }
  std::vector<std::string> texts() {
    std::vector<std::string> values;
    for (std::int64_t left = number(); left > 0; --left) {
      values.emplace_back(text());
    }
    return values;
  }
  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

void addUser(TextWriter& writer, const UserRecord& user) {
  writer.add(user.id)
      .add(std::string_view(user.email))
      .add(user.emailVerifiedAt)
      .add(std::string_view(user.username))
      .add(std::string_view(user.displayName))
      .add(std::string_view(user.locale))
      .add(static_cast<std::int64_t>(user.status))
      .add(static_cast<std::int64_t>(user.passwordChangeRequired))
      .add(user.roles)
      .add(user.permissions)
      .add(user.createdAt)
      .add(user.updatedAt)
      .add(static_cast<std::int64_t>(user.mfaEnabled))
      .add(std::string_view(user.pendingEmail))
      .add(user.version)
      .add(std::string_view(user.metadata));
}

UserRecord takeUser(TextReader& reader) {
  UserRecord user;
  user.id = reader.id();
  user.email = reader.text();
  user.emailVerifiedAt = reader.optionalTime();
  user.username = reader.text();
  user.displayName = reader.text();
  user.locale = reader.text();
  const auto status = reader.number();
  if (status < 0 || status > static_cast<std::int64_t>(UserStatus::deleted)) {
    throw std::invalid_argument("status");
  }
  user.status = static_cast<UserStatus>(status);
  user.passwordChangeRequired = reader.number() != 0;
  user.roles = reader.texts();
  user.permissions = reader.texts();
  user.createdAt = reader.time();
  user.updatedAt = reader.time();
  user.mfaEnabled = reader.number() != 0;
  user.pendingEmail = reader.text();
  user.version = reader.number();
  user.metadata = reader.text();
  return user;
}

}  // namespace

std::string sessionToText(const SessionRecord& record) {
  TextWriter writer;
  const NewSession& session = record.session;
  writer.add(kTextVersion)
      .add(session.id)
      .add(session.userId)
      .add(std::int64_t{session.assuranceLevel})
      .add(session.methods)
      .add(session.createdAt)
      .add(session.idleExpiresAt)
      .add(session.absoluteExpiresAt)
      .add(std::string_view(session.ip))
      .add(std::string_view(session.userAgent))
      .add(std::string_view(session.deviceName))
      .add(session.deviceHash)
      .add(std::string_view(session.transport))
      .add(record.refreshCounter)
      .add(record.refreshedAt)
      .add(record.lastSeenAt)
      .add(record.revokedAt)
      .add(std::string_view(record.revokeReason));
  addUser(writer, record.user);
  return writer.take();
}

std::optional<SessionRecord> sessionFromText(std::string_view text) {
  try {
    TextReader reader(text);
    if (reader.text() != kTextVersion) {
      return std::nullopt;
    }
    SessionRecord record;
    NewSession& session = record.session;
    session.id = reader.id();
    session.userId = reader.id();
    session.assuranceLevel = static_cast<int>(reader.number());
    session.methods = reader.texts();
    session.createdAt = reader.time();
    session.idleExpiresAt = reader.time();
    session.absoluteExpiresAt = reader.time();
    session.ip = reader.text();
    session.userAgent = reader.text();
    session.deviceName = reader.text();
    session.deviceHash = reader.bytes();
    session.transport = reader.text();
    record.refreshCounter = reader.number();
    record.refreshedAt = reader.optionalTime();
    record.lastSeenAt = reader.time();
    record.revokedAt = reader.optionalTime();
    record.revokeReason = reader.text();
    record.user = takeUser(reader);
    return reader.atEnd() ? std::optional(std::move(record)) : std::nullopt;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

}  // namespace ks
