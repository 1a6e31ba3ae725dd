import { describe, expect, it } from "vitest";
import { negotiateFormat } from "../../src/scrape/negotiate-format.ts";
import { OPEN_METRICS } from "../../src/scrape/open-metrics.ts";
import { PROMETHEUS_TEXT } from "../../src/scrape/prometheus-text.ts";

const PROMETHEUS_2 =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const PROMETHEUS_3 =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
  "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3," +
  "text/plain;version=0.0.4;q=0.2,*/*;q=0.1";

describe("the format of a scrape", () => {
  it.each([
    ["Prometheus 2", PROMETHEUS_2],
    ["Prometheus 3", PROMETHEUS_3],
    ["one that names no version", "application/openmetrics-text"],
    ["one that wants anything but the text", "text/plain;q=0, */*"],
    ["one that prefers it by a quality", 'text/plain;q=0.5, application/openmetrics-text ; version="1.0.0" ; q=0.6'],
    ["one that takes any application", "text/plain;q=0.2, application/*"],
  ])("is OpenMetrics for %s", (_, accept) => expect(negotiateFormat(accept)).toBe(OPEN_METRICS));

  it.each([
    ["who says nothing", undefined],
    ["curl", "*/*"],
    ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
    ["one that takes both alike", "application/openmetrics-text,text/plain"],
    ["one that wants another OpenMetrics", "application/openmetrics-text;version=0.0.1,text/plain;q=0.1"],
    ["one that refuses OpenMetrics", "application/openmetrics-text;q=0, */*;q=0.1"],
    ["one that takes neither", "application/json"],
    ["one whose quality is no number", "application/openmetrics-text;q=high"],
    ["one that is no media type", ",;q=1,openmetrics"],
  ])("is the text for %s", (_, accept) => expect(negotiateFormat(accept)).toBe(PROMETHEUS_TEXT));
});
