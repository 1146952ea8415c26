# The web tools want Node 20.19 or newer. Where the distribution's is older, npm brings one into the cache.
# Needs dependencies.sh. Sourced.

nodeLowest=20.19.0
nodeDirectory=$dependencyCache/node-20

nodeFits() { # COMMAND
  local version
  version=$("$1" --version 2>/dev/null) && dpkg --compare-versions "${version#v}" ge $nodeLowest
}

nodeReady() { nodeFits node || nodeFits "$nodeDirectory/node_modules/node/bin/node"; }

installNode() { # LOG
  mkdir -p "$nodeDirectory" && npm install --no-audit --no-fund --prefix "$nodeDirectory" node@20 >"$1" 2>&1 && nodeReady
}

useNode() {
  nodeFits node || PATH=$nodeDirectory/node_modules/node/bin:$PATH
}
