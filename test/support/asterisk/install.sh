#!/bin/bash
# Installs a private Asterisk for the tests: a minimal Debian in a folder of the user's cache, never in the checkout
# and never on the machine itself. Debian sid brings Asterisk 22; when sid will not install, bullseye brings 16.
# Safe to run again, twice at once, and after having been killed. Needs root (debootstrap and chroot).
#
#   bash test/support/asterisk/install.sh          install if missing, print the folder
#   ZUOXI_CACHE=/somewhere bash .../install.sh     keep it elsewhere
#   ZUOXI_ASTERISK_SUITE=bullseye bash .../...     Asterisk 16 only
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"

cache="${ZUOXI_CACHE:-$HOME/.cache/zuoxi}"
suites="${ZUOXI_ASTERISK_SUITE:-sid bullseye}"
packages="asterisk asterisk-modules asterisk-core-sounds-en-gsm"

say() { echo "asterisk install: $*" >&2; }

# The mirror this machine's own apt uses, whatever it is.
mirror() {
  apt-get indextargets --format '$(SITE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "main" && $1 !~ /security/ { print $1; exit }'
}

# Runs a command inside the folder, with /proc and /dev that vanish with it: a private mount namespace.
inside() {
  local root="$1"
  shift
  unshare --mount --propagation private sh -c '
    mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' "$root" "$@"
}

build() {
  local suite="$1" root="$2" site="$3" wanted="$packages"
  # Voicemail is a package of its own in bullseye and part of asterisk-modules in sid.
  [ "$suite" = sid ] || wanted="$wanted asterisk-voicemail"
  rm -rf --one-file-system "$root"
  debootstrap --variant=minbase "$suite" "$root" "$site" >"$cache/install-$suite.log" 2>&1 || return 1
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
  apt-config dump | grep -E '^Acquire::(Check|https?::Proxy)' >"$root/etc/apt/apt.conf.d/99host" || true
  # shellcheck disable=SC2086
  inside "$root" apt-get install -y -q --no-install-recommends $wanted >>"$cache/install-$suite.log" 2>&1 || return 1
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  inside "$root" asterisk -V >"$root/.zuoxi-ready.part" || return 1
  mv "$root/.zuoxi-ready.part" "$root/.zuoxi-ready"
}

main() {
  local suite target site
  for suite in $suites; do
    target="$cache/asterisk-$suite"
    if [ -f "$target/.zuoxi-ready" ]; then
      say "$(cat "$target/.zuoxi-ready") is there"
      echo "$target"
      return 0
    fi
    can_install || return 1
    site="$(mirror)"
    [ -n "$site" ] || { say "no Debian mirror in apt's configuration"; return 1; }
    say "installing Debian $suite into $target (one or two minutes)"
    if build "$suite" "$target.part" "$site"; then
      rm -rf --one-file-system "$target"
      mv "$target.part" "$target"
      say "$(cat "$target/.zuoxi-ready") installed"
      echo "$target"
      return 0
    fi
    say "Debian $suite did not install; the end of $cache/install-$suite.log:"
    tail -n 15 "$cache/install-$suite.log" >&2
    rm -rf --one-file-system "$target.part"
  done
  return 1
}

can_install() {
  local tool
  [ "$(id -u)" = 0 ] || { say "needs root"; return 1; }
  for tool in debootstrap unshare chroot; do
    command -v "$tool" >/dev/null || { say "$tool is missing: apt-get install debootstrap"; return 1; }
  done
}

mkdir -p "$cache"
exec 9>"$cache/install.lock"
flock 9
main
