// `npm run model -- promote`: a published artifact becomes a gateway's champion or challenger.
import type { Program } from "../command-line/program.ts";
import { promoteCommand } from "./publish/model-publishing.ts";
import { PROMOTE } from "./publish/publish-options.ts";

export const program: Program = { command: PROMOTE, run: promoteCommand };
