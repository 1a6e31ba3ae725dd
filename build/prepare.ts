// Makes the files that the bundler needs and that are not in the repository. Runs before every `wrangler dev` and
// `wrangler deploy`, and after `npm ci` by way of after-install.js.
import { writeDocsAssets } from "./docs-assets.ts";
import { writeBuildFacts } from "./build-facts.ts";
import { writePlainMemoryRuntime } from "./plain-memory.ts";

writeBuildFacts();
writePlainMemoryRuntime();
await writeDocsAssets();
