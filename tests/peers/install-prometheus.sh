#!/bin/sh
# Unpacks Debian's Prometheus, with promtool, into .cache/prometheus, or does nothing when it is there. Nothing is
# installed into the system. Never fatal: without it the tests that scrape or check rules are skipped and say so.
#
#   sh tests/peers/install-prometheus.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 0
prometheus=$(cd "$here/../.." && pwd)/.cache/prometheus || exit 0

if "$prometheus/usr/bin/promtool" --version >/dev/null 2>&1; then
  echo "prometheus: $prometheus is there"
  exit 0
fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
  { echo "prometheus: not installed, there is no apt-get or no dpkg"; exit 0; }
rm -rf "$prometheus"
mkdir -p "$prometheus" && cd "$prometheus" || { echo "prometheus: not installed, .cache cannot be made"; exit 0; }
started=$(date +%s)
# A machine that never ran `apt-get update` knows no packages; only root may run it.
apt-get download --quiet=2 prometheus || { apt-get update --quiet=2 && apt-get download --quiet=2 prometheus; } ||
  { echo "prometheus: not installed, apt-get could not fetch Debian's package"; exit 0; }
if dpkg -x prometheus_*.deb . && ./usr/bin/promtool --version >/dev/null 2>&1; then
  rm -f prometheus_*.deb
  echo "prometheus: installed into $prometheus in $(($(date +%s) - started)) s"
else
  echo "prometheus: not installed, the package could not be unpacked, or its promtool does not run here"
fi
exit 0
