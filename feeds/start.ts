// `npm start`: the gateway on this machine with a simulated market, in one command.
import { startProcess } from "./start-process.ts";

await startProcess(process.argv.slice(2));
