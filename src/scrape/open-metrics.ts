// OpenMetrics 1.0. It differs in what stands around the samples: a counter is named without `_total`, a unit has a line
// of its own, and the text has an end, by which a reader knows that nothing is missing.
import type { ExpositionFormat } from "./exposition.ts";

/** A metric whose name ends with one of them has it as its unit. */
const UNITS = ["seconds", "bytes"] as const;

export const OPEN_METRICS: ExpositionFormat = {
  mediaType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  header: (name, { type, help }) => {
    const family = type === "counter" ? name.replace(/_total$/, "") : name;
    const unit = UNITS.find((one) => family.endsWith(`_${one}`));
    const escaped = help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/"/g, '\\"');
    return `# TYPE ${family} ${type}\n${unit === undefined ? "" : `# UNIT ${family} ${unit}\n`}# HELP ${family} ${escaped}\n`;
  },
  end: "# EOF\n",
};
