#!/bin/sh
# Makes bin/kith-VERSION-linux-ARCH.tar.xz, laid out as below /usr, and where dpkg-deb is there a .deb of the same.
# The version is that of git: a tag, or the last tag with the number of commits behind it.
set -eu
cd "$(dirname "$0")/../.."

version=$(git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//; s/-/+/; s/-/./g') || true
[ -n "$version" ] || version=0.0.0+$(git rev-list --count HEAD).$(git rev-parse --short HEAD)
arch=$(go env GOARCH)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tree=$work/kith-$version-linux-$arch
linux=assets/packaging/linux

# The same sources give the same files: no paths, no build time.
build() { go build -trimpath -tags sqlite_fts5,no_emoji,no_animations -ldflags "-s -w -X main.version=$version" -o "$tree/bin/$1" "$2"; }
build kith .
build kith-headless ./app/headless
install -Dm644 "$linux/im.kith.Kith.desktop" -t "$tree/share/applications"
install -Dm644 "$linux/im.kith.Kith.metainfo.xml" -t "$tree/share/metainfo"
install -Dm644 assets/icons/kith.svg "$tree/share/icons/hicolor/scalable/apps/im.kith.Kith.svg"
install -Dm644 LICENSE "$tree/share/doc/kith/copyright"
install -Dm644 CHANGELOG.md SECURITY.md -t "$tree/share/doc/kith"

mkdir -p bin
time=$(git log -1 --format=%ct)
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -C "$work" -cJf "bin/${tree##*/}.tar.xz" "${tree##*/}"
echo "bin/${tree##*/}.tar.xz"

command -v dpkg-deb >/dev/null || exit 0
case $arch in arm) debarch=armhf ;; 386) debarch=i386 ;; *) debarch=$arch ;; esac
deb=$work/deb
mkdir -p "$deb/DEBIAN"
cp -R "$tree" "$deb/usr"
sed "s/@VERSION@/$version/; s/@ARCH@/$debarch/; s/@SIZE@/$(du -sk "$deb/usr" | cut -f1)/" "$linux/control" >"$deb/DEBIAN/control"
SOURCE_DATE_EPOCH=$time dpkg-deb --root-owner-group -Zxz --build "$deb" "bin/kith_${version}_$debarch.deb" >/dev/null
echo "bin/kith_${version}_$debarch.deb"
