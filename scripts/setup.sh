#!/bin/sh
# Installs the Debian packages named as arguments, those that are missing, and nothing when none is.
set -eu

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
  for package in "$@"; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
  done
else
  echo "setup: no Debian system; AutoPrune needs what these packages hold: $*" >&2
fi

if [ -n "$missing" ]; then
  if [ "$(id -u)" -eq 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
  else
    echo "setup: missing packages, and neither root nor sudo is here to install them." >&2
    echo "setup: ask an administrator for: apt-get install$missing" >&2
    exit 1
  fi
  echo "setup: installing$missing"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"
  # shellcheck disable=SC2086  # word splitting is wanted
  if ! { $apt update && $apt install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "setup: apt-get could not install$missing" >&2
    exit 1
  fi
fi

if ! command -v swift >/dev/null 2>&1; then
  echo "setup: no 'swift' on the PATH; install Swift 6.3 from https://swift.org/install/linux" >&2
  exit 1
fi
