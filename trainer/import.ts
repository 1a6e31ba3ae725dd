// `npm run model -- import`: makes an artifact of a model trained elsewhere.
import { EXIT } from "../command-line/exit-code.ts";
import type { Program } from "../command-line/program.ts";
import { importCommand } from "./import/import-command.ts";
import { IMPORT, parseImportOptions } from "./import/import-options.ts";

export const program: Program = {
  command: IMPORT,
  run: async (args) => {
    await importCommand(parseImportOptions(args));
    return EXIT.done;
  },
};
