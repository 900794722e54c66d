"""Names public symbols of any kind without a doc comment in symbol graphs; exits 1 where there are.

A member that implements a protocol's requirement has the requirement's comment; what the compiler makes is left out.
"""

import json
import sys

missing = []
for path in sys.argv[1:]:
    with open(path) as file:
        graph = json.load(file)
    for symbol in graph["symbols"]:
        if "docComment" not in symbol and "location" in symbol:
            place = symbol["location"]["uri"].removeprefix("file://")
            line = symbol["location"]["position"]["line"] + 1
            missing.append(f"{place}:{line}: {'.'.join(symbol['pathComponents'])}")

for line in sorted(missing):
    print(f"{line} has no doc comment", file=sys.stderr)
sys.exit(1 if missing else 0)
