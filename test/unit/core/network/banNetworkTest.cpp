#include "core/network/banNetwork.hpp"

#include <catch2/catch_test_macros.hpp>

using ks::parseBanNetwork;

TEST_CASE("what a ban may cover, and the key that the gateway looks up") {
  struct Case {
    const char* given;
    const char* text;
    const char* key;
  };
  for (const auto& [given, text, key] :
       {Case{"203.0.113.9", "203.0.113.9", "ksysadmin:ban:203.0.113.9"},
        Case{"203.0.113.9/32", "203.0.113.9", "ksysadmin:ban:203.0.113.9"},
        Case{"::ffff:203.0.113.9", "203.0.113.9", "ksysadmin:ban:203.0.113.9"},
        Case{"203.0.113.0/24", "203.0.113.0/24", "ksysadmin:ban:203.0.113.0/24"},
        Case{"198.18.0.0/16", "198.18.0.0/16", "ksysadmin:ban:198.18.0.0/16"},
        Case{"2001:db8:1:2::5", "2001:db8:1:2::/64", "ksysadmin:ban:2001:0db8:0001:0002::/64"},
        Case{"2001:db8:1::/48", "2001:db8:1::/48", "ksysadmin:ban:2001:0db8:0001::/48"},
        Case{"2001:db8::/32", "2001:db8::/32", "ksysadmin:ban:2001:0db8::/32"}}) {
    CAPTURE(given);
    const auto network = parseBanNetwork(given);
    REQUIRE(network);
    CHECK(ks::banNetworkText(*network) == text);
    CHECK(ks::banKey(*network) == key);
  }
  for (const char* given : {"", "x", "203.0.113.9/24", "203.0.113.0/25", "203.0.113.0/8", "2001:db8::/40",
                            "::/0", "0.0.0.0/0", "2001:db8::1/64", "203.0.113.9/", "203.0.113.9/032"}) {
    CAPTURE(given);
    CHECK(!parseBanNetwork(given));
  }
}
