// Mutations of JSON: values of other types and sizes in any place of a message, and texts that are JSON in name only.
import type { InputRandom } from "../input-random.ts";
import { mutatedText, ODD_TEXTS } from "./texts.ts";

/** Values that a reader may not expect in a place. Some are made for each use: they are large. */
const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    0.1,
    1e-320,
    5e-324,
    1e21,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 53 + 2,
  ],
  ...[-(2 ** 53), 1764547200000, 1764547200, 1764547200000000, 253402300800000, 8.64e15, 8.64e15 + 1, 1e-9],
  ...[[], {}, [[]], [null], [{}], [[[[[[]]]]]], [1, 2, 3], { a: 1 }, { length: 3 }, { "0": 1 }],
  // They have no text: `String(value)` throws.
  ...[{ toString: null, valueOf: null }, { toString: 1 }, [{ toString: null }], { toJSON: 1 }, { then: 1 }],
  ...[{ constructor: { prototype: {} } }, { hasOwnProperty: 1 }, { message: "x" }, { ok: true }],
];

/** Texts that stand for a value in JSON and come from no serializer: put in place of a mark. */
const RAW_VALUES: readonly string[] = [
  ...["1e999", "-1e999", "-0.0", "1E400", "0.1e-7", "123456789012345678901234567890", "NaN", "Infinity", "undefined"],
  ...['{"__proto__":{"polluted":1}}', '{"__proto__":null}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ...[
    '{"a":1,"a":2}',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    "01",
    "+1",
    "1.",
    ".5",
    "'x'",
    "{,}",
    "[1,]",
    "//",
  ],
];
const MARK = "@@fuzz@@";
const MOST_LENGTH = 2 ** 20;

/** The text of a mutation of one of `values`. */
export function mutatedJson(values: readonly unknown[], random: InputRandom): string {
  const [value] = [random.pick(values)];
  if (random.chance(0.03)) return mutatedText(values.slice(0, 8).map(textOf), random);
  let mutated = value;
  for (let left = 1 + random.below(3); left > 0; left--) mutated = mutatedOnce(mutated, values, random, 0);
  const text = textOf(mutated).replaceAll(`"${MARK}"`, () => random.pick(RAW_VALUES));
  // Readers get no more than a body may have.
  return (random.chance(0.04) ? mutatedText([text], random) : text).slice(0, MOST_LENGTH);
}

/** One change somewhere in a value; the value itself is not touched. */
function mutatedOnce(value: unknown, values: readonly unknown[], random: InputRandom, depth: number): unknown {
  const isParent = typeof value === "object" && value !== null;
  if (!isParent || depth > 12 || random.chance(0.15)) return oddValue(value, values, random);
  if (Array.isArray(value)) return mutatedList(value as unknown[], values, random, depth);
  return mutatedFields(value as Record<string, unknown>, values, random, depth);
}

function mutatedList(list: readonly unknown[], values: readonly unknown[], random: InputRandom, depth: number) {
  const at = random.below(list.length);
  const inner = (): unknown => mutatedOnce(list[at], values, random, depth + 1);
  if (list.length === 0) return [oddValue(undefined, values, random)];
  if (random.chance(0.7)) return list.with(at, inner());
  const copies = random.chance(0.02) ? random.below(3_000) : random.below(3);
  return [...list.slice(0, at), ...new Array<unknown>(copies).fill(list[at]), ...list.slice(at + 1)];
}

function mutatedFields(
  fields: Readonly<Record<string, unknown>>,
  values: readonly unknown[],
  random: InputRandom,
  depth: number,
): unknown {
  const names = Object.keys(fields);
  if (names.length === 0) return { [random.pick(ODD_TEXTS)]: oddValue(undefined, values, random) };
  const name = random.pick(names);
  if (random.chance(0.75)) return { ...fields, [name]: mutatedOnce(fields[name], values, random, depth + 1) };
  const { [name]: gone, ...rest } = fields;
  const other = random.chance(0.5) ? name.toUpperCase() : random.pick(ODD_TEXTS);
  if (random.chance(0.4)) return rest;
  if (random.chance(0.02))
    return { ...fields, ...Object.fromEntries(Array.from({ length: 500 }, (_, k) => [`k${k}`, k])) };
  // A name that an assignment would give to the prototype.
  return Object.fromEntries([...Object.entries(random.chance(0.5) ? rest : fields), [other, gone]]);
}

function oddValue(value: unknown, values: readonly unknown[], random: InputRandom): unknown {
  switch (random.below(8)) {
    case 0:
      return MARK;
    case 1:
      return typeof value === "string" ? mutatedText([value], random) : random.pick(ODD_TEXTS);
    case 2:
      return typeof value === "number" ? mutatedNumber(value, random) : random.pick(ODD_VALUES);
    case 3:
      return typeof value === "string" && value !== "" ? Number(value) : String(JSON.stringify(value));
    case 4:
      return partOf(random.pick(values), random);
    case 5:
      return random.chance(0.03) ? deep(random) : random.pick(ODD_VALUES);
    default:
      return random.pick(ODD_VALUES);
  }
}

function mutatedNumber(value: number, random: InputRandom): number {
  return random.pick([-value, value * 1e3, value / 1e3, value + 0.5, value + 1, value - 1, value * 1e12, 1 / value]);
}

/** Something inside a value, from anywhere. */
function partOf(value: unknown, random: InputRandom): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.2)) return value;
  const parts = Object.values(value);
  return parts.length === 0 ? value : partOf(random.pick(parts), random);
}

function deep(random: InputRandom): unknown {
  if (random.chance(0.3)) return "x".repeat(100_000);
  let value: unknown = 1;
  for (let left = 3_000; left > 0; left--) value = random.chance(0.5) ? [value] : { a: value };
  return value;
}

/** `JSON.stringify` has no limit of depth of its own; `undefined` is `null`. */
function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
