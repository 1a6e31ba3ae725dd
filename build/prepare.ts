// What the bundler needs and the repository does not hold. Runs after `npm ci`, and before every `wrangler dev` and
// `wrangler deploy`.
import { writePlainMemoryRuntime } from "./plain-memory.ts";

writePlainMemoryRuntime();
