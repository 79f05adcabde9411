#!/usr/bin/env python3
"""The rules of the tree that a machine can see: who may include whom, who owns which library, how long things are.

Exit 1 and a line for each breach.
"""

import pathlib
import re
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
FUNCTION_LINES, FILE_LINES, TEST_LINES = 60, 600, 700

# A third-party header's owners: files of common/ that begin so, or a service at its edge.
OWNERS = {
    "librdkafka/": ("common/bus", "common/broker", "tests/bench/"),
    "hiredis": ("common/store",),
    "curl/": ("common/http.",),
    "microhttpd.h": ("common/httpd.",),
    "libxml/": ("services/ingest/",),
    "zstd.h": ("common/model_file.",),
    "utf8proc.h": ("common/text", "services/cli/screen."),
    "jansson.h": ("services/ingest/", "services/cli/"),
}
# The layers, lowest first; a header stands in one and includes only its own and lower ones.
LAYERS = [
    {"base"},
    {"arena", "buf", "log", "metrics", "fault", "edits", "lines", "times", "corrections", "functions", "hash", "label", "marks", "words"},
    {"accuracy", "conf", "feature", "labelled", "scan", "bus", "store", "http", "httpd", "bus_kafka", "broker", "deployment", "query", "query_lint", "text"},
    {"action", "aim", "alert", "analysis", "explain", "import", "mention", "match", "matched", "program", "worker", "item", "repeats", "fold", "gather",
     "identify", "intent", "keeper", "model", "roster", "score"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
EARSHOT = re.compile(r"earshot/(\w+)\.h$")


def sources():
    names = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=TREE, capture_output=True, text=True, check=True).stdout.split()
    return [(name, (TREE / name).read_text(encoding="utf-8")) for name in names]


def module_of(name):
    """The module of common/ or include/earshot/ that a file belongs to: the longest that its name begins with."""
    stem = pathlib.Path(name).stem
    return max((m for m in LEVEL if stem == m or stem.startswith(m + "_")), key=len, default=None)


def layering(name, text):
    public, common = name.startswith("include/earshot/"), name.startswith("common/")
    module = module_of(name) if public or common else None
    if public and module is None:
        yield f"{name}: no layer has this module; say in tests/lint/tree.py where it stands"
    for _, included in INCLUDE.findall(text):
        match = EARSHOT.match(included)
        if match and match.group(1) not in LEVEL:
            yield f"{name}: {included} is in no layer"
        elif match and module and LEVEL[match.group(1)] > LEVEL[module]:
            yield f"{name}: {module} may not stand on {match.group(1)}, which is above it"
        for library, owners in OWNERS.items():
            if included.startswith(library) and public:
                yield f"{name}: a public header holds no type of {included}"
            elif included.startswith(library) and not name.startswith(owners) and not name.startswith("tests/"):
                yield f"{name}: {included} belongs to {owners[0]}*"


def services_apart(name, text):
    """A service includes its own headers, public ones, and nothing of another or private of common/."""
    if not name.startswith("services/"):
        return
    folder = pathlib.Path(name).parts[1]
    for quote, included in INCLUDE.findall(text):
        own = [(TREE / "services" / folder / included), (TREE / name).parent / included]
        if quote == '"' and not included.startswith("earshot/") and not any(path.exists() for path in own):
            yield f"{name}: {included} is no header of services/{folder}"


def file_length(name, text):
    lines = text.count("\n")
    most = TEST_LINES if name.startswith("tests/") else FILE_LINES
    if lines > most:
        yield f"{name}: {lines} lines, at most {most}: two ideas"


def function_lengths():
    names = [name for name, _ in sources() if name.endswith(".c") and not name.startswith("tests/")]
    tags = subprocess.run(["ctags", "-x", "--c-kinds=f", "--fields=+ne", "--_xformat=%N %F %n %{end}", *names], cwd=TREE, capture_output=True,
                          text=True, check=True).stdout
    for line in tags.splitlines():
        function, name, first, last = line.split()
        if last.isdigit() and int(last) - int(first) >= FUNCTION_LINES:
            yield f"{name}:{first}: {function}() has {int(last) - int(first) + 1} lines, at most {FUNCTION_LINES}"


def unfinished(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield f"{name}:{number}: words of unfinished work"


def sleeps():
    """Tests wait for conditions: the one sleep is in until() of tests/flow/parts.py. (Benchmarks are no tests.)"""
    names = subprocess.run(["git", "ls-files", "tests/*.py", "tests/*.c"], cwd=TREE, capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        if name.startswith("tests/bench/"):
            continue
        found = len(re.findall(r"\btime\.sleep\(|(?<![\w.])sleep\([^)v]", (TREE / name).read_text(encoding="utf-8")))
        if found > (1 if name in ("tests/flow/parts.py", "tests/lint/tree.py") else 0):
            yield f"{name}: a sleep as synchronisation"


def main():
    breaches = [*function_lengths(), *sleeps()]
    for name, text in sources():
        for rule in (layering, services_apart, file_length, unfinished):
            breaches += rule(name, text)
    print("\n".join(breaches) or "the tree keeps its rules")
    return bool(breaches)


if __name__ == "__main__":
    sys.exit(main())
