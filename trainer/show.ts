// `npm run model -- show`: what a published model is.
import type { Program } from "../command-line/program.ts";
import { showCommand } from "./publish/model-library.ts";
import { SHOW } from "./publish/publish-options.ts";

export const program: Program = { command: SHOW, run: showCommand };
