#!/bin/bash
# Make .venv hold exactly what requirements.lock names, and Thecal itself, editable.
# Needs a Python from 3.11 on with its venv module; nothing else, and no root.
set -euo pipefail
cd "$(dirname "$0")/.."
uv_version=$1

able() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! able .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  candidates=${PYTHON:-python3.11 python3.12 python3.13 python3}
  for python in $candidates; do
    if able "$python"; then break; fi
    python=
  done
  if [ -z "$python" ]; then
    echo "Thecal needs Python 3.11 or later with its venv module; tried: $candidates" >&2
    echo "On Debian 12: apt-get install python3.11 python3.11-venv. Elsewhere: make setup PYTHON=python3.13" >&2
    exit 1
  fi
  echo "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi

.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
# Compiled once here, for a place that keeps no bytecode would compile everything at every start.
.venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
.venv/bin/python -m compileall -q src
echo "Ready: .venv has what requirements.lock names"
