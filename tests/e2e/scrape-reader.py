"""Reads a scrape from standard input by prometheus_client, strictly, and prints its series as JSON lines."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus_text

read = open_metrics if sys.argv[1] == "openmetrics" else prometheus_text
for family in read(sys.stdin.read()):
    for sample in family.samples:
        labels = sorted(sample.labels.items())
        print(json.dumps([sample.name, family.type, family.unit, labels, sample.value]))
