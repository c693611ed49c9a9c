#!/bin/bash
# See that everything that pip cannot install, and that `make test` needs, is here. As root on Debian, install
# what is missing; otherwise name all of it at once and stop.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/find-python.sh

has_noto_sans() {
  local folder
  IFS=: read -ra folders <<<"${XDG_DATA_DIRS:-/usr/local/share:/usr/share}"
  for folder in "${folders[@]}"; do
    if [ -n "$(find "$folder/fonts" -name 'NotoSans-*' -print -quit 2>/dev/null)" ]; then return; fi
  done
  return 1
}

missing=()
command -v git >/dev/null || missing+=(git)
able .venv/bin/python || [ -n "$(find_python)" ] || missing+=(python3 python3-venv)
command -v chromium >/dev/null || missing+=(chromium)
has_noto_sans || missing+=(fonts-noto-core)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  {
    echo "The tests need these Debian packages, which are missing: ${missing[*]}. Install them as root:"
    echo "  apt-get install --no-install-recommends ${missing[*]}"
    echo "'make check' needs no browser and no fonts."
  } >&2
  exit 1
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update </dev/null
apt-get -q -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}" </dev/null
