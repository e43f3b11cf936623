#!/bin/sh
# Fetches the Go that Kith is built with into bin/go, for Linux systems that have none that will do. It is the toolchain that Go itself
# fetches when a module asks for a newer one, from the same place; the sums were checked against Go's checksum database.
set -eu

version=1.26.8
sum_amd64=30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
sum_arm64=02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99

die() { printf '%s\n' "deps: $*" >&2; exit 1; }

case $(uname -s)-$(uname -m) in
Linux-x86_64) arch=amd64 sum=$sum_amd64 ;;
Linux-aarch64) arch=arm64 sum=$sum_arm64 ;;
*) die "Go 1.26 or newer is missing. Get it from https://go.dev/dl/ and put its bin folder into PATH." ;;
esac

root=$(cd "$(dirname "$0")/../.." && pwd)
name=golang.org/toolchain@v0.0.1-go$version.linux-$arch
mkdir -p "$root/bin"
work=$(mktemp -d "$root/bin/go.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

echo "deps: fetching Go $version (70 MB)"
curl -fSL --progress-bar -o "$work/go.zip" "https://proxy.golang.org/golang.org/toolchain/@v/${name##*@}.zip" ||
	die "Go could not be fetched. Look at the connection, or get it from https://go.dev/dl/ and put its bin folder into PATH."
echo "$sum  $work/go.zip" | sha256sum -c --quiet - || die "what was fetched is not Go $version; nothing was installed"
unzip -q "$work/go.zip" -d "$work"
# What such an archive cannot hold: programs that may be run, and modules in the module.
chmod +x "$work/$name"/bin/* "$work/$name"/pkg/tool/*/*
find "$work/$name" -name _go.mod -exec sh -c 'mv "$1" "${1%_go.mod}go.mod"' - {} \;
rm -rf "$root/bin/go"
mv "$work/$name" "$root/bin/go"
echo "deps: Go $version is in bin/go; make uses it by itself"
