// What the bundler needs and the repository does not hold. Runs after `npm ci`, and before every `wrangler dev` and
// `wrangler deploy`.
import { writeDocsAssets } from "./docs-assets.ts";
import { writePlainMemoryRuntime } from "./plain-memory.ts";

writePlainMemoryRuntime();
await writeDocsAssets();
