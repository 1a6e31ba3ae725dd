// The text format of Prometheus, version 0.0.4.
import type { ExpositionFormat } from "./exposition.ts";

export const PROMETHEUS_TEXT: ExpositionFormat = {
  mediaType: "text/plain; version=0.0.4; charset=utf-8",
  header: (name, { type, help }) =>
    `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n`,
  end: "",
};
