// Builds the help of a program from its table. The help is the program's specification.
import type { Command } from "./command.ts";
import { flag, type Option, optionText } from "./option.ts";

const WIDTH = 110;
/** Where the text begins beside an option. */
const COLUMN = 24;
const HELP = flag("print this");

/** All of it: usage, what the program does, its options with their defaults, and the notes. */
export function helpText(command: Command): string {
  const { about, operands, options, notes } = command;
  const groups = new Map<string, string[]>();
  for (const [name, row] of [...Object.entries(options), ["help", HELP] as const]) {
    // --help stands in the last group.
    const group = row === HELP ? ([...groups.keys()].at(-1) ?? HELP.group) : row.group;
    groups.set(group, [...(groups.get(group) ?? []), ...entry(optionText(name, row), optionHelp(row))]);
  }
  const paragraphs = [
    usage(command),
    about.trim(),
    operands === undefined ? "" : entry(operandName(command), operands.help).join("\n"),
    ...[...groups].map(([group, lines]) => [`${group}:`, ...lines].join("\n")),
    notes.trim(),
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
}

function usage(command: Command): string {
  const { call, operands, options } = command;
  const name = operandName(command);
  const required = Object.entries(options).filter(([, row]) => row.required);
  return [
    `Usage: ${call}`,
    ...(operands === undefined ? [] : [operands.least === 0 ? `[${name}]` : name]),
    ...required.map(([option, row]) => optionText(option, row)),
    "[options]",
  ].join(" ");
}

/** `FILES…`, or `SHA256` where there is one at most. */
function operandName({ operands }: Command): string {
  if (operands === undefined) return "";
  return operands.most > 1 ? `${operands.type.placeholder}…` : operands.type.placeholder;
}

/** The help of an option, with its default and rules. */
function optionHelp({ help, required, env, needs = [], ...row }: Option<unknown>): string {
  const without = [env, row.otherwise ?? row.default].filter((text) => text !== undefined);
  const remarks = [
    ...(required ? ["required"] : []),
    ...(without.length === 0 ? [] : [`default: ${without.join(", else ")}`]),
    ...(needs.length === 0 ? [] : [`needs ${needs.map((name) => `--${name}`).join(" and ")}`]),
  ];
  return remarks.length === 0 ? help : `${help} (${remarks.join("; ")})`;
}

/** A name and its text beside it, or below it when the name is too long. */
function entry(name: string, text: string): string[] {
  const [first = "", ...others] = wrapped(text, WIDTH - COLUMN);
  const indent = " ".repeat(COLUMN);
  const head = `  ${name}`;
  const lines = head.length < COLUMN - 1 ? [head.padEnd(COLUMN) + first] : [head, indent + first];
  return [...lines, ...others.map((line) => indent + line)];
}

function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
