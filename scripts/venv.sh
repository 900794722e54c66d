#!/bin/sh
# Makes the virtual environment $1 with the packages listed in $2, unless it already has just those.
set -eu

folder=$1
requirements=$2
stamp="$folder/requirements.txt"

if cmp -s "$requirements" "$stamp"; then
  exit 0
fi
# A python3 that comes first on the PATH may lack venv; Debian's own has it from python3-venv.
for python in python3 /usr/bin/python3; do
  if [ -x "$folder/bin/pip" ] || "$python" -m venv "$folder" >/dev/null 2>&1; then
    break
  fi
  rm -rf "$folder"
done
if [ ! -x "$folder/bin/pip" ]; then
  echo "venv: python3 cannot make virtual environments; install python3-venv" >&2
  exit 1
fi
echo "venv: installing into $folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$stamp"
