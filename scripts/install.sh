#!/bin/sh
# Installs the program built in folder $1 into prefix $2, or with --remove in place of the folder takes it out again.
set -eu

build=$1
prefix=$2
home="$prefix/lib/autoprune"

remove() {
  rm -rf "$home"
  rm -f "$prefix/bin/autoprune" "$prefix/share/man/man1/autoprune.1" \
    "$prefix/share/bash-completion/completions/autoprune" \
    "$prefix/share/zsh/site-functions/_autoprune" \
    "$prefix/share/fish/vendor_completions.d/autoprune.fish"
}

if [ "$build" = --remove ]; then
  remove
  echo "removed autoprune from $prefix"
  exit 0
fi
if [ ! -x "$build/autoprune" ]; then
  echo "install: '$build/autoprune' is not there; run 'make build' first" >&2
  exit 1
fi

remove
# The program finds its presets, templates and data beside the executable, hence the folder of its own.
install -d "$home" "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
  "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
install -m 755 "$build/autoprune" "$home/autoprune"
for bundle in "$build"/AutoPrune_*.resources; do
  cp -R "$bundle" "$home/"
done
ln -sf ../lib/autoprune/autoprune "$prefix/bin/autoprune"

program="$home/autoprune"
"$program" manual >"$prefix/share/man/man1/autoprune.1"
"$program" --generate-completion-script bash >"$prefix/share/bash-completion/completions/autoprune"
"$program" --generate-completion-script zsh >"$prefix/share/zsh/site-functions/_autoprune"
"$program" --generate-completion-script fish >"$prefix/share/fish/vendor_completions.d/autoprune.fish"
echo "installed $prefix/bin/autoprune"
