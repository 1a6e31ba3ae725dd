// `npm start` with a fake wrangler: the first argument is its JSON of options, the rest are the real arguments.
import { join } from "node:path";
import { runAsProcess } from "../../command-line/program.ts";
import { startProgram } from "../../feeds/start.ts";

const [fake, ...args] = process.argv.slice(2);
const command = [process.execPath, join(import.meta.dirname, "fake-wrangler.ts"), fake!];
await runAsProcess(startProgram({ command, publish: false }), args);
