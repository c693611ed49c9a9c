# Sourced: say which Python Thecal can use. `PYTHON` names the ones to try.
candidates=${PYTHON:-python3.11 python3.12 python3.13 python3}

able() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Print the first candidate from Python 3.11 on that has its venv module; print nothing if there is none.
find_python() {
  local python
  for python in $candidates; do
    if able "$python"; then
      echo "$python"
      return
    fi
  done
}
