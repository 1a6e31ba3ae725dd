#!/bin/sh
# Installs Debian's Chromium for the tests of the dashboard, or does nothing when a browser of its kind is there. Never
# fatal: without one those tests are skipped and say so.
#
#   sh tests/peers/install-chromium.sh
for browser in "${VOLGATE_CHROMIUM:-}" /usr/bin/chromium /usr/bin/google-chrome; do
  if [ -n "$browser" ] && "$browser" --version >/dev/null 2>&1; then
    echo "chromium: $browser is there"
    exit 0
  fi
done
command -v apt-get >/dev/null || { echo "chromium: not installed, there is no apt-get"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "chromium: not installed, only root may; set VOLGATE_CHROMIUM to one that is there"; exit 0; }
started=$(date +%s)
install() { DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends chromium >/dev/null; }
# A machine that never ran `apt-get update` knows no packages.
if { install || { apt-get update --quiet=2 && install; }; } && /usr/bin/chromium --version; then
  echo "chromium: installed in $(($(date +%s) - started)) s"
else
  echo "chromium: not installed, apt-get could not fetch it, or it does not run here"
fi
exit 0
