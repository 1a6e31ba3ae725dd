// `npm run volgate -- COMMAND …`: starts any program of this repository. The other scripts of package.json start one of
// them each.
import { runFromList } from "./command-line/program-list.ts";
import { PROGRAMS } from "./programs.ts";

await runFromList("npm run volgate --", PROGRAMS, process.argv.slice(2));
