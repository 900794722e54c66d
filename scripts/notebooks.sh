#!/bin/sh
# Executes the notebooks of folder $2 with the program built in folder $1, and leaves them with their outputs in folder $3.
# $4: names to execute, a pattern; all where it is absent.
set -eu

root=$(pwd)
output=$3
AUTOPRUNE="$root/$1/autoprune"
AUTOPRUNE_PRESET="$root/Presets/default.json"
AUTOPRUNE_DIGITS="$root/Sources/PruneData/Resources/digits.npz"
AUTOPRUNE_ARCHIVE=$(mktemp -d)/runs.sqlite
OMP_NUM_THREADS=1
export AUTOPRUNE AUTOPRUNE_PRESET AUTOPRUNE_DIGITS AUTOPRUNE_ARCHIVE OMP_NUM_THREADS

if [ ! -x "$AUTOPRUNE" ]; then
  echo "notebooks: '$AUTOPRUNE' is not there; run 'swift build' first" >&2
  exit 1
fi
mkdir -p "$output"
.venv/bin/jupyter nbconvert --to notebook --execute --log-level WARN --output-dir "$output" "$2"/${4:-*}.ipynb
for notebook in "$output"/*.ipynb; do
  echo "notebooks: executed $notebook"
done
