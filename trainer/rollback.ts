// `npm run model -- rollback`: makes the previous champion champion again.
import type { Program } from "../command-line/program.ts";
import { rollbackCommand } from "./publish/model-publishing.ts";
import { ROLLBACK } from "./publish/publish-options.ts";

export const program: Program = { command: ROLLBACK, run: rollbackCommand };
