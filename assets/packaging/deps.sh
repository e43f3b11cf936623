#!/bin/sh
# Installs what Kith needs from the system's own package manager.
#
#   deps.sh build    what compiling needs
#   deps.sh demo     build, and the server that the demo talks to
#   deps.sh test     demo, and the servers, peers and the display that the tests use
#   deps.sh interop  test, and somebody else's messenger with what it makes calls with
#
# Only what is missing is installed; when nothing is, it needs neither network nor rights and returns at once.
# Without the right to install it prints what to install and returns 1. On a system that it does not know it prints that
# too, but returns 0: it cannot tell what is there.
# The servers are installed as programs only: no service is started or enabled, the tests start their own.
set -eu

go_wanted=26 # the minor version of Go 1, as in go.mod

usage() {
	sed -n '2,7s/^# \{0,1\}//p' "$0"
	exit 2
}

say() { printf '%s\n' "deps: $*"; }
die() { say "$*" >&2; exit 1; }

# system prints which package manager's names to use.
system() {
	if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then echo apt
	elif command -v dnf >/dev/null && command -v rpm >/dev/null; then echo dnf
	elif command -v pacman >/dev/null; then echo pacman
	elif [ "$(uname -s)" = Darwin ]; then echo brew
	else echo unknown
	fi
}

# packages SYSTEM GROUP prints the packages of one group. An unknown system gets Debian's names: they are the ones tested most.
packages() {
	case $1-$2 in
	dnf-build) echo gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel \
		libXi-devel libXxf86vm-devel libxkbcommon-devel wayland-devel libvpx-devel ;;
	dnf-demo) echo prosody lua-dbi openssl sqlite xorg-x11-server-Xvfb mesa-dri-drivers openbox xdotool ImageMagick \
		google-noto-sans-fonts google-noto-sans-cjk-fonts ;;
	dnf-test) echo xprop xwininfo dunst dbus-x11 gnome-keyring ejabberd coturn profanity tmux chromium pulseaudio \
		pulseaudio-utils dbus-daemon pipewire wireplumber ;;
	dnf-interop) echo dino bubblewrap glib2 gstreamer1 gstreamer1-plugins-base gstreamer1-plugins-good pipewire-gstreamer \
		pipewire-utils ;;
	pacman-build) echo gcc pkgconf libglvnd libx11 libxcursor libxrandr libxinerama libxi libxxf86vm libxkbcommon wayland \
		libvpx ;;
	pacman-demo) echo prosody lua54-dbi openssl sqlite xorg-server-xvfb mesa openbox xdotool imagemagick noto-fonts \
		noto-fonts-cjk ;;
	pacman-test) echo xorg-xprop xorg-xwininfo dunst dbus gnome-keyring ejabberd coturn profanity tmux chromium pulseaudio pipewire wireplumber ;;
	pacman-interop) echo dino bubblewrap glib2 gstreamer gst-plugins-base gst-plugins-good gst-plugin-pipewire ;;
	brew-build) echo go pkg-config libvpx ;;
	brew-demo) echo prosody/prosody/prosody openssl sqlite ;;
	brew-test) echo ejabberd coturn profanity tmux imagemagick chromium ;;
	brew-interop) ;; # Dino is not there
	*-build) echo gcc pkg-config libgl1-mesa-dev xorg-dev libxkbcommon-dev libwayland-dev libvpx-dev ;;
	*-demo) echo prosody prosody-modules lua-dbi-sqlite3 lua-unbound openssl sqlite3 xvfb libgl1-mesa-dri openbox xdotool \
		imagemagick fonts-noto-core fonts-noto-cjk ;;
	*-test) echo x11-utils dunst dbus-x11 gnome-keyring ejabberd erlang-p1-sqlite3 coturn profanity python3-oldmemo tmux chromium pulseaudio \
		pulseaudio-utils pipewire wireplumber ;;
	*-interop) echo dino-im bubblewrap libglib2.0-bin gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
		gstreamer1.0-pipewire pipewire-bin ;;
	esac
}

# installed SYSTEM PACKAGE says whether a package is there.
installed() {
	case $1 in
	apt) [ "$(dpkg-query -W -f='${db:Status-Status}' "$2" 2>/dev/null)" = installed ] ;;
	dnf) rpm -q --quiet --whatprovides "$2" ;;
	pacman) pacman -T "$2" >/dev/null ;;
	brew) brew list --versions "${2##*/}" >/dev/null 2>&1 ;;
	*) false ;;
	esac
}

# restore_policy puts back what install_apt moved away.
restore_policy() {
	rm -f "$policy"
	[ ! -e "$policy.kith" ] || mv "$policy.kith" "$policy"
}

# install_apt PACKAGE… runs as root. While it works, policy-rc.d forbids maintainer scripts to start anything.
install_apt() {
	export DEBIAN_FRONTEND=noninteractive
	policy=/usr/sbin/policy-rc.d
	# A backup that is already there is from a run that was killed: it, not the present file, is the machine's own.
	[ ! -e "$policy" ] || [ -e "$policy.kith" ] || mv "$policy" "$policy.kith"
	trap restore_policy EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"

	# A fresh container has no package lists; an old one has lists of versions that are gone.
	known "$@" >/dev/null || apt-get update -q
	found=$(known "$@") || true
	# shellcheck disable=SC2086 # package names hold no spaces
	if [ -n "$found" ]; then
		apt-get install -qy --no-install-recommends $found ||
			{ apt-get update -q && apt-get install -qy --no-install-recommends $found; }
	fi
	# Only packages that were missing come here, so these services are new: they shall not start with the machine either.
	for name in "$@"; do
		case $name in
		prosody | ejabberd | coturn) ! command -v systemctl >/dev/null || systemctl disable "$name" 2>/dev/null || true ;;
		esac
	done
}

# known PACKAGE… prints those that apt can install; false when one is missing.
known() {
	all=true
	for name in "$@"; do
		if apt-cache policy "$name" 2>/dev/null | grep -q 'Candidate: [^(]'; then echo "$name"; else all=false; fi
	done
	$all
}

# install SYSTEM PACKAGE…
install() {
	sys=$1
	shift
	sudo=
	if [ "$sys" != brew ] && [ "$sys" != unknown ] && [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || die "no right to install, and no sudo. As root, install: $*"
		sudo=sudo
	fi
	case $sys in
	apt) $sudo sh "$0" --apt "$@" ;;
	dnf) $sudo dnf install -y --setopt=install_weak_deps=False "$@" ;;
	pacman) $sudo pacman -S --needed --noconfirm "$@" ;;
	brew)
		command -v brew >/dev/null || die "Homebrew is missing (https://brew.sh). With it, install: $*"
		brew install "$@"
		;;
	*) say "this system's package manager is not known. Kith needs what Debian calls: $*" ;;
	esac
}

# missing SYSTEM GROUP… prints what is not installed.
missing() {
	sys=$1
	shift
	for group in "$@"; do
		for name in $(packages "$sys" "$group"); do
			installed "$sys" "$name" || echo "$name"
		done
	done
}

# usable_go says whether there is a Go that can build Kith. From 1.21 on, Go fetches a newer one by itself.
usable_go() {
	command -v go >/dev/null || return 1
	minor=$(cd / && go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
	[ "${minor:-99}" -lt "$go_wanted" ] || return 0
	[ "$minor" -ge 21 ] && [ "$(cd / && go env GOTOOLCHAIN)" != local ] || return 1
	say "Go 1.$minor will fetch Go 1.$go_wanted by itself when it is first used."
}

# get_go SYSTEM installs Go: what Debian and Ubuntu have is too old, so they get the one that the Go project makes.
get_go() {
	case $1 in
	dnf) install dnf golang ;;
	pacman) install pacman go ;;
	apt)
		# shellcheck disable=SC2046 # package names hold no spaces
		set -- $(for name in curl ca-certificates unzip; do installed apt "$name" || echo "$name"; done)
		[ $# = 0 ] || install apt "$@"
		sh "$(dirname "$0")/fetch-go.sh"
		;;
	*) die "Go 1.$go_wanted or newer is missing. Get it from https://go.dev/dl/ and put its bin folder into PATH." ;;
	esac
}

case ${1-} in
build) groups="build" ;;
demo) groups="build demo" ;;
test) groups="build demo test" ;;
interop) groups="build demo test interop" ;;
--apt) # the part of this script that runs as root
	shift
	install_apt "$@"
	exit
	;;
*) usage ;;
esac

sys=$(system)
# shellcheck disable=SC2086 # groups and package names hold no spaces
{
	want=$(missing "$sys" $groups)
	if [ -n "$want" ]; then
		[ "$sys" = unknown ] || say "installing:" $want
		install "$sys" $want
		left=
		[ "$sys" = unknown ] || left=$(missing "$sys" $groups)
		[ -z "$left" ] || say "this system does not have:" $left "(the tests that use them will say so)"
	fi
}
usable_go || get_go "$sys"
[ "$sys" = unknown ] || [ -n "${left-}" ] || say "everything for '$1' is here"
