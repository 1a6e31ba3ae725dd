// Makes the files that the bundler needs and that are not in the repository. Runs before every `wrangler dev` and
// `wrangler deploy`, and after `npm ci` by way of after-install.js.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeBuildFacts } from "./build-facts.ts";
import { DASHBOARD_HEADERS, writeDashboardAssets } from "./dashboard-assets.ts";
import { DOCS_HEADERS, writeDocsAssets } from "./docs-assets.ts";
import { writePlainMemoryRuntime } from "./plain-memory.ts";

writeBuildFacts();
writePlainMemoryRuntime();
await writeDocsAssets();
await writeDashboardAssets();
await writeFile(join(import.meta.dirname, "..", "dist", "assets", "_headers"), DOCS_HEADERS + DASHBOARD_HEADERS);
