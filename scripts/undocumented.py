"""Names public types, functions and type properties without a doc comment in symbol graphs; exits 1 where there are.

Instance properties, cases and memberwise initialisers may speak for themselves.
"""

import json
import sys

KINDS = {
    "swift.class", "swift.struct", "swift.enum", "swift.protocol", "swift.method", "swift.func",
    "swift.type.method", "swift.type.property", "swift.subscript",
}

missing = []
for path in sys.argv[1:]:
    with open(path) as file:
        graph = json.load(file)
    # Members that a protocol documents.
    documented = {
        edge["source"] for edge in graph["relationships"]
        if edge["kind"] in ("requirementOf", "defaultImplementationOf", "conformsTo", "overrides")
        or "sourceOrigin" in edge
    }
    for symbol in graph["symbols"]:
        if (symbol["kind"]["identifier"] in KINDS and "docComment" not in symbol
                and symbol["identifier"]["precise"] not in documented):
            place = symbol.get("location", {}).get("uri", "").split("/Sources/")[-1]
            line = symbol.get("location", {}).get("position", {}).get("line", 0) + 1
            missing.append(f"Sources/{place}:{line}: {'.'.join(symbol['pathComponents'])}")

for line in sorted(missing):
    print(f"{line} has no doc comment", file=sys.stderr)
sys.exit(1 if missing else 0)
