#!/bin/sh
# Fetches the Kafka broker that the long tests run into .cache/kafka, from Maven Central, or does nothing when it is
# there. Never fatal: without it, or without Java 17, those tests are skipped and say so.
#
#   sh tests/peers/install-kafka.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 0
kafka=$(cd "$here/../.." && pwd)/.cache/kafka || exit 0
stamp=$kafka/pom.xml

if cmp -s "$here/kafka/pom.xml" "$stamp"; then
  echo "kafka: $kafka is up to date"
  exit 0
fi
command -v java >/dev/null || { echo "kafka: not installed, there is no java"; exit 0; }
command -v mvn >/dev/null || { echo "kafka: not installed, there is no mvn"; exit 0; }
mkdir -p "$kafka" || { echo "kafka: not installed, .cache cannot be made"; exit 0; }
started=$(date +%s)
# The stamp is written last, so that an interrupted installation is done again.
rm -rf "$stamp" "$kafka/libs"
if mvn --quiet --batch-mode --file "$here/kafka/pom.xml" dependency:copy-dependencies \
  -DoutputDirectory="$kafka/libs" -DincludeScope=runtime; then
  cp "$here/kafka/pom.xml" "$stamp"
  echo "kafka: installed into $kafka in $(($(date +%s) - started)) s"
else
  echo "kafka: not installed, mvn could not fetch what tests/peers/kafka/pom.xml names"
fi
exit 0
