// The minifier before signatures: it changes no token of what a JSON parser accepts, and minifying twice is
// minifying once, for any text.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/text/jsonMinify.hpp"

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// What a parser sees, numbers as they are written.
class TokenList final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add("null"); }
  bool boolean(bool value) override { return add(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& text) override { return add(text); }
  bool string(string_t& value) override { return add("s" + value); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return add("{"); }
  bool key(string_t& value) override { return add("k" + value); }
  bool end_object() override { return add("}"); }
  bool start_array(std::size_t /*size*/) override { return add("["); }
  bool end_array() override { return add("]"); }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }
  [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  bool add(std::string token) {
    tokens_.push_back(std::move(token));
    return true;
  }
  std::vector<std::string> tokens_;
};

bool readTokens(std::string_view text, TokenList& list) {
  return nlohmann::json::sax_parse(text.begin(), text.end(), &list);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto minified = ks::minifyJson(text);
  TokenList tokens;
  // The parser takes a zero byte for the end of the text.
  const bool json = text.find('\0') == std::string_view::npos && readTokens(text, tokens);
  if (!minified) {
    require(!json);
    return 0;
  }
  require(minified->size() <= text.size());
  require(ks::minifyJson(*minified) == minified);
  std::string left(text);
  std::string right(*minified);
  left.erase(std::remove_if(left.begin(), left.end(), isSpace), left.end());
  right.erase(std::remove_if(right.begin(), right.end(), isSpace), right.end());
  require(left == right);
  if (json) {
    TokenList again;
    require(readTokens(*minified, again));
    require(tokens.tokens() == again.tokens());
  }
  return 0;
}
