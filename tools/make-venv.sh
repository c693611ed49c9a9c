#!/bin/bash
# Make .venv with Thecal itself, editable, and what requirements.lock names: all of it, or, asked to `run`, only
# what `thecal serve` needs. Needs a Python from 3.11 on with its venv module; nothing else, and no root.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/find-python.sh
uv_version=$1
scope=${2:-everything}

# Print the system's certificates as one file, where the system keeps one.
system_certificates() {
  local file
  for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    if [ -r "$file" ]; then
      echo "$file"
      return
    fi
  done
}

# pip before 24.2 and uv trust a list of their own, unless told to trust what the system trusts.
trust_the_system() {
  local pip="$PWD/.venv/bin/python -m pip" file
  export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}
  if [ -n "${PIP_CERT:-}" ] || $pip config get global.cert >/dev/null 2>&1 || $pip config get install.cert >/dev/null 2>&1; then
    return # the user has chosen
  fi
  file=${SSL_CERT_FILE:-$(system_certificates)}
  if [ -n "$file" ] && [ "$($pip --version | awk '{ print ($2 < 24.2) }')" = 1 ]; then
    export PIP_CERT=$file
  fi
}

# What uv says, without the list of every package by name.
in_brief() { "$@" 2>&1 | { grep --line-buffered -Ev '^ [-+~] ' || true; }; }

if ! able .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  if [ -z "$python" ]; then
    echo "Thecal needs Python 3.11 or later with its venv module; tried: $candidates" >&2
    echo "On Debian 12: apt-get install python3 python3-venv. Elsewhere: make setup PYTHON=python3.13" >&2
    exit 1
  fi
  echo "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi

trust_the_system
uv=.venv/bin/uv
into="--python .venv/bin/python"
if ! $uv --version 2>/dev/null | grep -q "^uv $uv_version "; then
  echo "Getting uv, the installer: about 25 MB to download"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
fi

# Compiled once here, for a place that keeps no bytecode would compile everything at every start.
if [ "$scope" = run ]; then
  echo "Getting what the server needs: about 125 MB to download, 550 MB on disk; packages that are here already are kept"
  $uv pip install --quiet $into --constraint requirements.lock hatchling
  in_brief $uv pip install $into --compile-bytecode --constraint requirements.lock --no-build-isolation --editable '.[clinic]'
else
  echo "Getting what the checks need: about 340 MB to download, 1.3 GB on disk; packages that are here already are kept"
  in_brief $uv pip sync --compile-bytecode $into --require-hashes requirements.lock
  $uv pip install --quiet $into --no-deps --no-build-isolation --editable .
fi
.venv/bin/python -m compileall -q src
echo "Ready: .venv has what requirements.lock names for ${scope/run/the server}"
