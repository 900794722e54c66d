#!/bin/sh
# Prints the SHA-256 of what ten commands write, so that a change that should change nothing can be checked:
#   sh scripts/same-bytes.sh .build/release/autoprune > before.txt   (then after.txt, and diff)
# Networks are compared byte by byte, JSON without what a clock or a version says. One thread, seeds fixed; equal on one
# machine alone, since processors round differently.
set -eu
program=$(realpath "${1:-.build/release/autoprune}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export AUTOPRUNE_ARCHIVE="$work/default.sqlite"

# A budget that cannot be met, exit 2, is a result too.
run() {
  "$program" "$@" --threads 1 > out.txt 2> err.txt || [ $? = 2 ] || { cat out.txt err.txt >&2; exit 1; }
}

# Text of a JSON file with sorted keys, without times and versions.
plain() {
  python3 - "$1" <<'PYTHON'
import json, re, sys
clock = re.compile(r"seconds|latency|version|command|created|date", re.IGNORECASE)
def strip(value):
    if isinstance(value, dict):
        return {k: strip(v) for k, v in value.items() if not clock.search(k)}
    return [strip(v) for v in value] if isinstance(value, list) else value
print(json.dumps(strip(json.load(open(sys.argv[1]))), sort_keys=True))
PYTHON
}

show() {
  name=$1
  shift
  for file in "$@"; do
    case $file in
    *.json) sum=$(plain "$file" | sha256sum) ;;
    *) sum=$(sha256sum < "$file") ;;
    esac
    echo "$name $file ${sum%% *}"
  done
}

make_network() { # ARCHITECTURE SHAPE SEED FILE
  "$program" new "$1" --input-shape "$2" --seed "$3" -o untrained.onnx > /dev/null
  run train untrained.onnx --data digits --epochs 40 --batch-size 32 --seed "$3" -o "$4"
}

make_network mlp:64-48-24-10 64 1 mlp.onnx
make_network cnn:8-16 1,8,8 2 cnn.onnx

run prune mlp.onnx --data digits --max-drop 5 --archive runs.sqlite --json 1.json -o 1.onnx
show prune 1.onnx 1.json
run prune cnn.onnx --data digits --max-drop 5 --fine-tune 6 --archive runs.sqlite --json 2.json -o 2.onnx
show prune-tuned 2.onnx 2.json
run prune mlp.onnx --data digits --sparsity 0.9 --compensate --first-order --no-archive --json 3.json -o 3.onnx
show prune-compensated 3.onnx 3.json
run prune cnn.onnx --data digits --sparsity 0.5 --granularity channel --objective macs --no-archive --json 4.json -o 4.onnx
show prune-channel 4.onnx 4.json
run prune mlp.onnx --data digits --max-drop 5 --granularity nm:2:4 --no-archive --json 5.json -o 5.onnx
show prune-nm 5.onnx 5.json
run prune cnn.onnx --data random:600 --metric fidelity --sparsity 0.5 --fine-tune 2 --no-archive --json 6.json -o 6.onnx
show prune-label-free 6.onnx 6.json
run sweep mlp.onnx --data digits --sparsity 0.5,0.8,0.95 --refine --json 7.json
show sweep 7.json
run fit --archive runs.sqlite --quick --force --folds 2 -o 8.json
show fit 8.json
# Killed in the middle, wherever that is, and gone on with.
"$program" prune cnn.onnx --data digits --max-drop 5 --fine-tune 20 --no-archive --checkpoint state --threads 1 \
  -o 9.onnx > out.txt 2> err.txt & child=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  sleep 0.1
  [ "$(cat state/journal.jsonl 2>/dev/null | wc -l)" -gt 4 ] && break
done
kill -KILL $child 2>/dev/null || true
wait $child 2>/dev/null || true
run prune cnn.onnx --data digits --max-drop 5 --fine-tune 20 --no-archive --checkpoint state --resume --json 9.json -o 9.onnx
show prune-resumed 9.onnx 9.json
run explain mlp.onnx --data digits --pruned 1.onnx --layer 1 --json 10.json
show explain 10.json
