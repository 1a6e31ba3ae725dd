// `npm run model -- compare`: two published models side by side.
import type { Program } from "../command-line/program.ts";
import { compareCommand } from "./publish/model-library.ts";
import { COMPARE } from "./publish/publish-options.ts";

export const program: Program = { command: COMPARE, run: compareCommand };
