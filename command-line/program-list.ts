// Programs by their names, some in groups, each loaded only when it is run.
import { EXIT } from "./exit-code.ts";
import { mistypedName } from "./nearest-names.ts";
import { type Program, runAsProcess } from "./program.ts";

export interface ProgramEntry {
  /** What it does, in a sentence. */
  readonly summary: string;
  readonly load: () => Promise<Program>;
}

interface ProgramGroup {
  readonly summary: string;
  readonly programs: ProgramList;
}

export type ProgramList = Readonly<Record<string, ProgramEntry | ProgramGroup>>;

/**
 * Runs the program that the first arguments name, with the others; or prints the list. Sets the exit code.
 * @param call how the user starts the list, e.g. `npm run volgate --`.
 */
export async function runFromList(call: string, list: ProgramList, args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") {
    console.log(listText(call, list));
    return;
  }
  const entry = name !== undefined && Object.hasOwn(list, name) ? list[name] : undefined;
  if (entry === undefined) {
    console.error(refusal(call, list, name));
    process.exitCode = EXIT.mistake;
  } else if ("programs" in entry) await runFromList(`${call} ${name}`, entry.programs, rest);
  else await runAsProcess(await entry.load(), rest);
}

/** The names with their sentences. */
export function listText(call: string, list: ProgramList): string {
  const names = namesOf(list);
  const width = Math.max(...names.map(([name]) => name.length));
  return [
    `Usage: ${call} COMMAND [options]`,
    "",
    ...names.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    `${call} COMMAND --help shows the options of one.`,
  ].join("\n");
}

/** Every program with its whole name, e.g. `model promote`. */
export function namesOf(list: ProgramList): (readonly [string, ProgramEntry])[] {
  return Object.entries(list).flatMap(([name, entry]) =>
    "programs" in entry
      ? namesOf(entry.programs).map(([inner, program]) => [`${name} ${inner}`, program] as const)
      : [[name, entry] as const],
  );
}

function refusal(call: string, list: ProgramList, name: string | undefined): string {
  const names = Object.keys(list);
  const nearest = name === undefined ? undefined : mistypedName(name, names);
  const advice = nearest === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${nearest}?`;
  const mistake = name === undefined ? "no command given" : `unknown command ${name}`;
  return `${mistake}: ${advice}\n${call} --help lists them.`;
}
