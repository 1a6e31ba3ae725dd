// What the command lines of all benchmarks have in common.
import type { Command, Operands } from "../command-line/command.ts";
import type { OptionTable } from "../command-line/option.ts";

/** @param rest operands, and notes where the exit codes differ from the usual ones. */
export function benchCommand<O extends OptionTable>(
  name: string,
  about: string,
  options: O,
  rest: { readonly operands?: Operands; readonly notes?: string } = {},
): Command<O> {
  const notes = "Exit code: 0 done, 1 a bug, 2 a mistake in the command.";
  return { name: `bench ${name}`, call: `npm run bench -- ${name}`, about, options, notes, ...rest };
}
