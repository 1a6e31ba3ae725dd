// Makes the files that the bundler needs and that are not in the repository. Runs after `npm ci`, and before every
// `wrangler dev` and `wrangler deploy`.
import { writeDocsAssets } from "./docs-assets.ts";
import { writePlainMemoryRuntime } from "./plain-memory.ts";

writePlainMemoryRuntime();
await writeDocsAssets();
