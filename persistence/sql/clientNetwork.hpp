#pragma once

/// SQL of the network that an address counts as: an IPv4 address itself, the /64 of an IPv6 address
/// (IpAddress::counted()).
#define KS_CLIENT_OF(address) \
  "network(set_masklen(" address ", CASE family(" address ") WHEN 6 THEN 64 ELSE 32 END))"
