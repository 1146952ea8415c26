"""What may include what, and which words may not appear where. Data only; checkTree.py applies it."""

import re

# Folder -> folders of ours that it may include besides itself.
FOLDERS = {
    "core": [],
    "crypto": ["core"],
    "messages": ["core"],
    "persistence": ["core", "messages"],
    "actors": ["core", "messages", "persistence", "crypto"],
    "bank": ["core", "messages", "crypto", "actors"],
    "monitoring": ["core", "messages", "persistence", "actors"],
    "http": ["core", "messages"],
    "apps": ["core", "crypto", "messages", "persistence", "actors", "bank", "monitoring", "http"],
    "apps/cli": ["core"],
    "test": ["core", "crypto", "messages", "persistence", "actors", "bank", "monitoring", "http", "apps"],
    "bench": ["core", "crypto", "messages", "persistence", "actors", "bank", "monitoring", "http"],
}

# Of persistence these folders see the abstract side only.
INTERFACES_ONLY = {"actors", "monitoring"}

# Folder, another one -> the only files of the other that it may include.
PARTS = {("bank", "actors"): r"actors/payment/\w+Interface\.hpp$"}

# Outside library -> folders with a door to it. test and bench may include everything.
DOORS = {
    r"caf/": ["messages", "persistence", "actors", "monitoring", "http", "apps"],
    r"(libpq-fe|libpq/|pqxx)": ["persistence"],
    r"hiredis": ["persistence"],
    r"sodium": ["crypto"],
    r"openssl/": ["crypto"],
    r"qrencode": ["http"],
    r"httplib\.h": ["apps/cli", "http"],
    r"simdjson": ["monitoring"],
    r"curl/": ["actors", "bank"],
    r"(utf8proc|idn2)\.h": ["core"],
    r"unicode/u": ["core"],
    # JSON inside of what crypto signs and what Redis keeps; actors and messages know none.
    r"nlohmann/": ["core", "crypto", "persistence", "bank", "monitoring", "http", "apps", "apps/cli"],
    r"spdlog/": ["core"],
    r"(Windows|windows)\.h": [],
}

# Library, or door to one -> the only files (a folder ends in /) that may include it. test and bench may include everything.
ONLY_FILES = {
    r"httplib\.h": ["apps/cli/controlClient.cpp", "http/server/httplibServer.cpp", "http/server/httplibStream.hpp"],
    # Redis. The actors: settingsActor (k-admin), sessionCacheActor, redisSubscriptionActor, banActor, violationDrainActor.
    r"persistence/(redisConnection|redisSubscription|sessionCache)Interface\.hpp": [
        "persistence/", "apps/", "actors/platform/settingsActor.hpp", "actors/session/sessionCacheActor.hpp",
        "actors/session/redisSubscriptionActor.hpp", "monitoring/security/banActor.hpp", "monitoring/collector/violationDrain.hpp"],
}

# (what it is, pattern, paths that it applies to, paths exempt)
WORDS = [
    ("random UUIDs; version 7 only", r"(?i)uuid_?v?4\b|gen_random_uuid|uuid_generate_v4",
     r"\.(cpp|hpp|sql|ts|tsx|lua|py|sh)$", r"^(test/architecture|web/node_modules)/"),
    ("a wait without deadline", r"\b(caf::)?infinite\b", r"\.(cpp|hpp)$", r"^(test|bench)/"),
    ("a function in a numbered migration: migrations/functions/ is for them", r"(?i)\bCREATE (OR REPLACE )?FUNCTION\b",
     r"^migrations/\d+_\w+\.(up|down)\.sql$", r"^migrations/00([01]\d|2[0-7])_"),
    ("identifiers compared by the locale", r"\bcitext\b", r"\.(cpp|hpp)$", r"^test/"),
    ("floating point in payment code", r"\b(double|float)\b", r"(?i)(payment.*|^bank/.*)\.(cpp|hpp)$", r"^test/"),
    ("unfinished work", r"\b(TODO|FIXME|XXX)\b", r"\.(cpp|hpp|sql|ts|tsx|lua|py|sh|md|cmake|txt)$|^k$", r"^test/architecture/"),
    ("a path of one machine", r"/(root|work)/", r".", r"^(test/architecture|web/package-lock\.json|docs)"),
    ("an emoji", r"[\U0001F300-\U0001FAFF\u2600-\u27BF]", r".", r"^web/package-lock\.json"),
]

LONGEST_FILE = 451
LONG_FILES = re.compile(r"\.(cpp|hpp|ts|tsx|mjs|css|lua|py|sh)$|^k$")
GENERATED = re.compile(r"^web/shared/src/(generated/|api/schema)|/schema\.(d\.)?ts$|\.gen\.ts$")
CPP_NAME = re.compile(r"^[a-z][A-Za-z0-9]*\.(cpp|hpp)$")
