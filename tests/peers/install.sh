#!/bin/sh
# Makes .cache/peers, a Python environment with the libraries that some tests compare with, or brings it up to date.
# Quick when nothing has changed. Never fatal: without it those tests are skipped and say so.
#
#   sh tests/peers/install.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 0
venv=$(cd "$here/../.." && pwd)/.cache/peers || exit 0
stamp=$venv/requirements.txt

if [ -x "$venv/bin/python" ] && cmp -s "$here/requirements.txt" "$stamp"; then
  echo "peers: $venv is up to date"
  exit 0
fi
command -v python3 >/dev/null || { echo "peers: not installed, there is no python3"; exit 0; }
mkdir -p "$(dirname "$venv")" || { echo "peers: not installed, .cache cannot be made"; exit 0; }
started=$(date +%s)
python3 -m venv "$venv" || { echo "peers: not installed, python3 -m venv failed"; exit 0; }
# The stamp is written last, so that an interrupted installation is done again.
rm -f "$stamp"
if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"; then
  cp "$here/requirements.txt" "$stamp"
  echo "peers: installed into $venv in $(($(date +%s) - started)) s"
else
  echo "peers: not installed, pip could not fetch what tests/peers/requirements.txt names"
fi
exit 0
