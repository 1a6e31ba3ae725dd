// The expected text of the documents that are generated from code, and of the Grafana dashboard.
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { grafanaDashboard } from "../ops/grafana/dashboard.ts";
import { CONTRACTS } from "../src/http/contracts.ts";
import { apiMarkdown } from "./api-markdown.ts";
import { errorsMarkdown } from "./errors-markdown.ts";
import { featuresMarkdown } from "./features-markdown.ts";
import { metricsMarkdown } from "./metrics-markdown.ts";

/** Paths from the repository's root, with their text. */
export async function generatedDocs(): Promise<ReadonlyMap<string, string>> {
  const texts = {
    "docs/api.md": apiMarkdown(CONTRACTS),
    "docs/errors.md": errorsMarkdown(),
    "docs/features.md": featuresMarkdown(),
    "docs/metrics.md": metricsMarkdown(),
    "ops/grafana/volgate.json": JSON.stringify(grafanaDashboard()),
  };
  const options = await resolveConfig(join(import.meta.dirname, "..", "docs", "api.md"));
  const formatted = Object.entries(texts).map(async ([path, text]) => {
    const parser = path.endsWith(".json") ? "json" : "markdown";
    return [path, await format(text, { ...options, parser })] as const;
  });
  return new Map(await Promise.all(formatted));
}
