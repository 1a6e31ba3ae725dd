// `npm run model -- list`: the models in a bucket.
import type { Program } from "../command-line/program.ts";
import { listCommand } from "./publish/model-library.ts";
import { LIST } from "./publish/publish-options.ts";

export const program: Program = { command: LIST, run: listCommand };
