"""The checks must see what they are for: each bad file below has to be found, the good ones not."""

import checkTree

BAD = {
    "http/a.cpp": ('#include "persistence/x.hpp"\n', checkTree.checkLayers),
    "core/b.cpp": ('#include "messages/x.hpp"\n', checkTree.checkLayers),
    "actors/c.cpp": ('#include "persistence/pgUserRepository.hpp"\n', checkTree.checkLayers),
    "actors/account/c.cpp": ('#include "persistence/memory/xInterface.hpp"\n', checkTree.checkLayers),
    "apps/cli/d.cpp": ('#include "actors/x.hpp"\n', checkTree.checkLayers),
    "monitoring/e.cpp": ('#include "apps/x.hpp"\n', checkTree.checkLayers),
    "bank/bri/e.cpp": ('#include "actors/payment/paymentDecision.hpp"\n', checkTree.checkLayers),
    "actors/payment/e.cpp": ('#include "bank/bri/briGateway.hpp"\n', checkTree.checkLayers),
    "actors/f.cpp": ("#include <nlohmann/json.hpp>\n", checkTree.checkDoors),
    "http/g.cpp": ("#include <libpq-fe.h>\n", checkTree.checkDoors),
    "http/server/h.cpp": ("#include <httplib.h>\n", checkTree.checkDoors),
    "apps/cli/h.cpp": ("#include <httplib.h>\n", checkTree.checkDoors),
    "actors/account/h.cpp": ('#include "persistence/redisConnectionInterface.hpp"\n', checkTree.checkDoors),
    "monitoring/live/h.hpp": ('#pragma once\n#include "persistence/sessionCacheInterface.hpp"\n', checkTree.checkDoors),
    "apps/kctl.cpp": ("#include <caf/all.hpp>\n", checkTree.checkDoors),
    "actors/h.cpp": ("self->request(x, caf::infinite, y);\n", checkTree.checkWords),
    "actors/paymentActor.cpp": ("double amount;\n", checkTree.checkWords),
    "bank/snap/amounts.cpp": ("float amount;\n", checkTree.checkWords),
    "migrations/0001_x.up.sql": ("id uuid default gen_random_uuid()\n", checkTree.checkWords),
    "migrations/0028_y.up.sql": ("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;\n", checkTree.checkWords),
    "migrations/functions/f.sql": ("CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;\n",
                                   checkTree.checkFunctionFiles),
    "core/i.cpp": ("int a;\n" * 451, checkTree.checkShape),
    "core/snake_case.cpp": ("", checkTree.checkShape),
    "core/j.hpp": ("int a;\n", checkTree.checkShape),
    "docs/k.md": ("shown by `unit/core/nothing`\n", checkTree.checkNamedTests),
    "docs/asvs.md": ("| 6.1.1 | yes | believe it |\n", checkTree.checkNamedTests),
}
GOOD = {
    "actors/good.cpp": '#include "persistence/userRepositoryInterface.hpp"\n#include "crypto/token.hpp"\n#include <caf/all.hpp>\n',
    "apps/cli/good.cpp": '#include "core/uuid.hpp"\n#include <nlohmann/json.hpp>\n',
    "apps/cli/controlClient.cpp": "#include <httplib.h>\n",
    "http/server/httplibServer.cpp": "#include <httplib.h>\n",
    "monitoring/security/banActor.hpp": '#pragma once\n#include "persistence/redisConnectionInterface.hpp"\n',
    "core/good.hpp": "#pragma once\n",
    "bank/bri/good.cpp": '#include "actors/payment/paymentGatewayInterface.hpp"\n#include <curl/curl.h>\n#include <nlohmann/json.hpp>\n',
}

failures = 0
BAD_TREES = [
    ({"core/a/x.hpp": '#include "core/b/y.hpp"\n', "core/b/y.hpp": '#include "core/c/z.hpp"\n', "core/c/z.hpp": '#include "core/a/w.hpp"\n'},
     checkTree.checkRooms),
    ({"messages/actorInterfaces.hpp": "using AActor = caf::typed_actor<int>;\n", "messages/a/b.hpp": "using BActor = caf::typed_actor<int>;\n"},
     checkTree.checkActorList),
    ({"messages/actorInterfaces.hpp": "//   messages/a/gone.hpp  BActor\n"}, checkTree.checkActorList),
]
for tree, check in BAD_TREES:
    if not list(check(tree)):
        print(f"FAILED {check.__name__} does not see {', '.join(tree)}")
        failures += 1
for name, (text, check) in BAD.items():
    if not list(check({name: text})):
        print(f"FAILED {check.__name__} does not see {name}")
        failures += 1
for name, text in GOOD.items():
    for _, check in checkTree.CHECKS:
        for fault in check({name: text}):
            print(f"FAILED false alarm: {fault}")
            failures += 1
print("ok     the checks see what they are for" if not failures else f"{failures} faults in the checks")
raise SystemExit(1 if failures else 0)
