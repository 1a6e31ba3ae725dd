// `npm run model -- publish`: artifacts on disk into a bucket.
import type { Program } from "../command-line/program.ts";
import { publishCommand } from "./publish/model-publishing.ts";
import { PUBLISH } from "./publish/publish-options.ts";

export const program: Program = { command: PUBLISH, run: publishCommand };
