"""Applies rules.py to a tree of sources: checkTree.py ROOT; one line a fault, closes with a count of checks."""

import os
import re
import subprocess
import sys

import rules

INTERFACE = re.compile(r"persistence/\w+Interface\.hpp$")
ACTOR_TYPE = re.compile(r"^using (\w+Actor) =\s+caf::typed_actor<", re.M)
ACTOR_LIST = "messages/actorInterfaces.hpp"
INCLUDE = re.compile(r'^\s*#\s*include\s*(<([^>]+)>|"([^"]+)")', re.M)


def listFiles(root):
    git = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                         capture_output=True)
    if git.returncode == 0 and git.stdout:
        names = git.stdout.decode().split("\0")
    else:
        names = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, found in os.walk(root) for name in found if "/node_modules" not in folder]
    return sorted(name for name in set(names) if name and os.path.isfile(os.path.join(root, name)))


def readText(root, name):
    try:
        with open(os.path.join(root, name), encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        return ""


def folderOf(name):
    if name.startswith("apps/cli/") or name == "apps/kctl.cpp":
        return "apps/cli"
    return name.split("/")[0]


def lineOf(text, position):
    return text.count("\n", 0, position) + 1


def checkLayers(texts):
    for name, text in texts.items():
        folder = folderOf(name)
        if folder not in rules.FOLDERS:
            continue
        for match in INCLUDE.finditer(text):
            target = match.group(3)
            if not target or "/" not in target:
                continue
            other = target.split("/")[0]
            if other not in rules.FOLDERS or other == folder or folderOf(target) == folder:
                continue
            where = f"{name}:{lineOf(text, match.start())}"
            if folder == "test" and other == "test":
                continue
            if other not in rules.FOLDERS[folder]:
                yield f"{where}: {folder} must not include {target}"
            elif other == "persistence" and folder in rules.INTERFACES_ONLY and not INTERFACE.match(target):
                yield f"{where}: {folder} sees interfaces in the root of persistence only, not {target}"
            elif (folder, other) in rules.PARTS and not re.match(rules.PARTS[folder, other], target):
                yield f"{where}: {folder} must not include {target}"


def checkRooms(texts):
    """The folders within a layer include each other in one direction only."""
    edges, example = {}, {}
    for name, text in texts.items():
        layer = name.split("/")[0]
        if layer not in rules.FOLDERS or layer in ("test", "bench"):
            continue
        for match in INCLUDE.finditer(text):
            target = match.group(3)
            if not target or target.split("/")[0] != layer:
                continue
            room, other = os.path.dirname(name), os.path.dirname(target)
            if room != other:
                edges.setdefault(room, set()).add(other)
                example.setdefault((room, other), f"{name}:{lineOf(text, match.start())}")

    def reached(start):
        seen, waiting = set(), [start]
        while waiting:
            for other in edges.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    for (room, other), where in sorted(example.items()):
        if room in reached(other):
            yield f"{where}: {room} includes {other}, which needs {room} itself"


def checkActorList(texts):
    """Whoever opens the list of actors finds every one of them."""
    listed = texts.get(ACTOR_LIST)
    if listed is None:
        return
    for name, text in texts.items():
        if not name.endswith(".hpp") or name.startswith("test/"):
            continue
        for match in ACTOR_TYPE.finditer(text):
            actor = match.group(1)
            if name != ACTOR_LIST and not re.search(rf"\b{actor}\b", listed):
                yield f"{name}:{lineOf(text, match.start())}: {actor} is missing in {ACTOR_LIST}"
    for match in re.finditer(r"^//   (\S+\.hpp)", listed, re.M):
        if match.group(1) not in texts:
            yield f"{ACTOR_LIST}:{lineOf(listed, match.start())}: there is no {match.group(1)}"


def checkDoors(texts):
    for name, text in texts.items():
        folder = folderOf(name)
        if folder not in rules.FOLDERS or folder in ("test", "bench"):
            continue
        for match in INCLUDE.finditer(text):
            target = match.group(2) or match.group(3)
            for library, folders in rules.DOORS.items():
                if re.match(library, target) and folder not in folders:
                    yield f"{name}:{lineOf(text, match.start())}: {folder} has no door to {target}"
            for library, files in rules.ONLY_FILES.items():
                if re.match(library, target) and not name.startswith(tuple(files)):
                    yield f"{name}:{lineOf(text, match.start())}: only {' and '.join(files)} include {target}"


def checkWords(texts):
    for what, pattern, applies, exempt in rules.WORDS:
        for name, text in texts.items():
            if not re.search(applies, name) or re.search(exempt, name):
                continue
            for match in re.finditer(pattern, text):
                yield f"{name}:{lineOf(text, match.start())}: {match.group(0)!r} ({what})"


FUNCTION_FILE = re.compile(r"^migrations/functions/(\w+)\.sql$")
FUNCTION_NAME = re.compile(r"^CREATE OR REPLACE FUNCTION (\w+)\(", re.M)


def checkFunctionFiles(texts):
    """A file of migrations/functions/ holds the one function that it is called after."""
    for name, text in texts.items():
        match = FUNCTION_FILE.match(name)
        if match and FUNCTION_NAME.findall(text) != [match.group(1)]:
            yield f"{name}: holds {', '.join(FUNCTION_NAME.findall(text)) or 'no function'}"


def checkShape(texts):
    for name, text in texts.items():
        if rules.GENERATED.search(name):
            continue
        lines = text.count("\n")
        if rules.LONG_FILES.search(name) and lines >= rules.LONGEST_FILE:
            yield f"{name}: {lines} lines, fewer than {rules.LONGEST_FILE} are allowed"
        if name.endswith((".cpp", ".hpp")) and not rules.CPP_NAME.match(os.path.basename(name)):
            yield f"{name}: file names are camelCase"
        if name.endswith(".hpp") and "#pragma once" not in text:
            yield f"{name}: no #pragma once"


TEST_REFERENCE = re.compile(r"`(integration|gateway|unit|contract|simulation|web|api|fuzz|torture|architecture)(?:/([\w/]+))?`")
TEST_ENDING = {"integration": "Test.mjs", "gateway": "Test.mjs", "unit": "Test.cpp", "contract": "Test.cpp"}


def checkNamedTests(texts):
    """What a document says is shown by a test names one that exists; each "yes" of asvs.md names one."""
    for name, text in texts.items():
        if not (name.startswith("docs/") and name.endswith(".md")):
            continue
        for match in TEST_REFERENCE.finditer(text):
            suite, path = match.groups()
            file = f"test/{suite}/{path}{TEST_ENDING.get(suite, '')}"
            if path and suite in TEST_ENDING and path != "NAME" and file not in texts:
                yield f"{name}:{lineOf(text, match.start())}: there is no {file}"
        if os.path.basename(name) == "asvs.md":
            for number, line in enumerate(text.splitlines(), 1):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                if len(cells) == 3 and cells[1] == "yes" and not TEST_REFERENCE.search(cells[2]):
                    yield f"{name}:{number}: {cells[0]} is met, but names no test"


CHECKS = [("layers", checkLayers), ("rooms", checkRooms), ("list of actors", checkActorList), ("one door a library", checkDoors), ("forbidden words", checkWords),
          ("shape of files", checkShape), ("function files", checkFunctionFiles), ("tests that documents name", checkNamedTests)]


def main(root):
    texts = {name: readText(root, name) for name in listFiles(root)}
    failed = 0
    for title, check in CHECKS:
        faults = list(check(texts))
        print(f"{'FAILED' if faults else 'ok':6} {title}")
        for fault in faults:
            print(f"       {fault}")
        failed += bool(faults)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
