#!/bin/sh
# Makes the documentation of both products in folder $2 from the modules built in $1 (.build/debug); warnings fail.
set -eu

build=$1
output=$2
checkouts=.build/checkouts
target=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
exported=$(sed -n 's/^@_exported public import //p' Sources/AutoPrune/Exports.swift | paste -sd, -)

rm -rf "$output"
mkdir -p "$output"

# symbols MODULE [OPTION…]: the public symbols of a module, with their doc comments.
symbols() {
  module=$1
  shift
  mkdir -p "$output/symbols/$module"
  set -- "$@" -I "$build/Modules" -I "$checkouts/GRDB.swift/Sources/GRDBSQLite"
  for library in Sources/C*/ Sources/CTorch/include; do
    set -- "$@" -I "$library"
  done
  swift-symbolgraph-extract -module-name "$module" -target "$target" -minimum-access-level public \
    -skip-synthesized-members -output-dir "$output/symbols/$module" "$@"
}

# convert MODULE: its catalogue and symbols as a site.
convert() {
  log=$(mktemp)
  if ! docc convert "Sources/$1/$1.docc" --additional-symbol-graph-dir "$output/symbols/$1" \
    --fallback-display-name "$1" --fallback-bundle-identifier "$1" \
    --output-path "$output/$1.doccarchive" --warnings-as-errors >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "docs: the documentation of $1 has warnings" >&2
    exit 1
  fi
  rm -f "$log"
}

symbols AutoPrune -experimental-allowed-reexported-modules="$exported"
symbols TorchBackend
convert AutoPrune
convert TorchBackend
python3 scripts/undocumented.py "$output"/symbols/*/*.symbols.json
rm -rf "$output/symbols"
echo "docs: $output/AutoPrune.doccarchive $output/TorchBackend.doccarchive"
