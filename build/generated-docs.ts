// The expected text of the documents that are generated from code, of the Grafana dashboard and of the client's types.
import { extname, join } from "node:path";
import { format, resolveConfig } from "prettier";
import { grafanaDashboard } from "../ops/grafana/dashboard.ts";
import { CONTRACTS } from "../src/http/contracts.ts";
import { openApiDocument } from "../src/http/openapi-document.ts";
import { apiMarkdown } from "./api-markdown.ts";
import { clientTypes } from "./client-types.ts";
import { costsMarkdown } from "./costs-markdown.ts";
import { errorsMarkdown } from "./errors-markdown.ts";
import { featuresMarkdown } from "./features-markdown.ts";
import { metricsMarkdown } from "./metrics-markdown.ts";

const PARSERS = { ".json": "json", ".md": "markdown", ".ts": "typescript" } as const;

/** Paths from the repository's root, with their text. */
export async function generatedDocs(): Promise<ReadonlyMap<string, string>> {
  const texts = {
    "clients/typescript/src/api-types.ts": clientTypes(openApiDocument(CONTRACTS, "")),
    "docs/api.md": apiMarkdown(CONTRACTS),
    "docs/costs.md": costsMarkdown(),
    "docs/errors.md": errorsMarkdown(),
    "docs/features.md": featuresMarkdown(),
    "docs/metrics.md": metricsMarkdown(),
    "ops/grafana/volgate.json": JSON.stringify(grafanaDashboard()),
  };
  const options = await resolveConfig(join(import.meta.dirname, "..", "docs", "api.md"));
  const formatted = Object.entries(texts).map(async ([path, text]) => {
    const parser = PARSERS[extname(path) as keyof typeof PARSERS];
    return [path, await format(text, { ...options, parser })] as const;
  });
  return new Map(await Promise.all(formatted));
}
