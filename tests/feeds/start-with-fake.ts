// `npm start` with a fake wrangler: the first argument is its JSON of options, the rest are the real arguments.
import { join } from "node:path";
import { startProcess } from "../../feeds/start-process.ts";

const [fake, ...args] = process.argv.slice(2);
const command = [process.execPath, join(import.meta.dirname, "fake-wrangler.ts"), fake!];
await startProcess(args, { command, publish: false });
