#!/bin/bash
# See that the browser tests find Chromium and its fonts. As root on Debian, install what is missing;
# otherwise name it and stop.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
[ -n "$(find /usr/share/fonts /usr/local/share/fonts -name 'NotoSans-*' -print -quit 2>/dev/null)" ] || missing+=(fonts-noto-core)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "The browser tests need these Debian packages, which are missing: ${missing[*]}" >&2
  echo "Install them (as root: apt-get install ${missing[*]}), or run 'make check', which needs no browser." >&2
  exit 1
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update </dev/null
apt-get -q -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}" </dev/null
