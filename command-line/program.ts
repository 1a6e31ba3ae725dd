// A program: its command line, its function, and its exit codes.
import { inspect } from "node:util";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { helpText } from "./help-text.ts";
import { stopWithNpm } from "./npm-parent.ts";
import { signalArrived } from "./on-signal.ts";
import { asksForHelp } from "./parse-command-line.ts";
import { UserError } from "./user-error.ts";

export interface Program {
  readonly command: Command;
  /** Errors besides `UserError` that are no bugs. Only their message is printed, and the exit code is given here. */
  readonly expectedErrors?: readonly (readonly [new (...args: never[]) => Error, exitCode: number])[];
  /** Returns the exit code. */
  run(args: readonly string[]): Promise<number>;
}

/** Where the lines of a program go: results and remarks. */
export interface ProgramOutput {
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

export const CONSOLE: ProgramOutput = { print: (line) => console.log(line), note: (line) => console.error(line) };

/**
 * Runs it, or prints its help; returns the exit code. Errors are printed: those that are no bugs without a stack trace.
 */
export async function runProgram(
  program: Program,
  args: readonly string[],
  { print, note }: ProgramOutput = CONSOLE,
): Promise<number> {
  const { command, expectedErrors = [] } = program;
  try {
    if (asksForHelp(args)) {
      print(helpText(command).trimEnd());
      return EXIT.done;
    }
    return await program.run(args);
  } catch (error) {
    const exitCode =
      error instanceof UserError ? EXIT.mistake : expectedErrors.find(([kind]) => error instanceof kind)?.[1];
    if (exitCode === undefined || !(error instanceof Error)) {
      note(inspect(error));
      return EXIT.failed;
    }
    note(`${command.name}: ${error.message}`);
    if (error instanceof UserError) note(`${helpCall(command)} shows the options.`);
    return exitCode;
  }
}

/** As `runProgram`, for a whole process: sets its exit code. */
export async function runAsProcess(program: Program, args: readonly string[]): Promise<void> {
  stopWithNpm();
  process.exitCode = await runProgram(program, args);
  // Work that a signal has interrupted may still keep the process alive.
  if (signalArrived()) process.exit();
}

function helpCall({ call }: Command): string {
  return `${call}${/ -- |--$/.test(call) ? "" : " --"} --help`;
}
