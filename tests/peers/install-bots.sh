#!/bin/sh
# Makes .cache/bots, a Python environment with the bots that the examples are for: some 1.1 GB. Does nothing when it is
# up to date. Never fatal: without it the tests of those examples are skipped and say so.
#
#   sh tests/peers/install-bots.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 0
venv=$(cd "$here/../.." && pwd)/.cache/bots || exit 0
stamp=$venv/bots-requirements.txt

if [ -x "$venv/bin/python" ] && cmp -s "$here/bots-requirements.txt" "$stamp"; then
  echo "bots: $venv is up to date"
  exit 0
fi
command -v python3 >/dev/null || { echo "bots: not installed, there is no python3"; exit 0; }
mkdir -p "$(dirname "$venv")" || { echo "bots: not installed, .cache cannot be made"; exit 0; }
started=$(date +%s)
python3 -m venv "$venv" || { echo "bots: not installed, python3 -m venv failed"; exit 0; }
# The stamp is written last, so that an interrupted installation is done again.
rm -f "$stamp"
# Wheels alone, as nothing may be compiled here for minutes. sdnotify, of freqtrade, is pure Python and has none.
if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-binary sdnotify \
  --requirement "$here/bots-requirements.txt"; then
  cp "$here/bots-requirements.txt" "$stamp"
  echo "bots: installed into $venv in $(($(date +%s) - started)) s"
else
  echo "bots: not installed, pip could not fetch wheels of what tests/peers/bots-requirements.txt names"
fi
exit 0
