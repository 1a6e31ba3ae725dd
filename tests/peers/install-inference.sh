#!/bin/sh
# Makes .cache/inference/mlserver and .cache/inference/kserve, Python environments with the clients of the Open Inference
# Protocol that tests/e2e/inference-clients.long.test.ts runs: tritonclient and mlserver in one, kserve in another, because
# the two need different versions of FastAPI. About a minute and a half. Never fatal: without them those tests are skipped.
#
#   sh tests/peers/install-inference.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 0
cache=$(cd "$here/../.." && pwd)/.cache/inference
command -v python3 >/dev/null || { echo "inference clients: not installed, there is no python3"; exit 0; }

install() {
  name=$1; shift
  venv=$cache/$name
  # The stamp is written last, so that an interrupted installation is done again.
  if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/installed.txt" 2>/dev/null)" = "$*" ]; then
    echo "inference clients: $venv is up to date"
    return
  fi
  started=$(date +%s)
  rm -rf "$venv"
  if mkdir -p "$cache" && python3 -m venv "$venv" &&
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; then
    echo "$*" > "$venv/installed.txt"
    echo "inference clients: $* installed into $venv in $(($(date +%s) - started)) s"
  else
    echo "inference clients: $* not installed"
  fi
}

install mlserver 'tritonclient[http]==2.73.0' mlserver==1.7.1 &
install kserve kserve==0.21.0 &
wait
exit 0
