// Containers of stored state with a checksum that is right again: what another version of the program may have written.
import { fnv1aOfWords } from "../../src/features/fnv1a.ts";
import type { InputRandom } from "../input-random.ts";
import { mutatedBytes } from "./bytes.ts";
import { mutatedJson } from "./json.ts";

/** Which word of a container is the checksum, by its magic word; see binary-container.ts. */
const CHECKSUM_WORD = new Map([
  [0x564f4c47, 2],
  [0x564f4c50, 1],
]);
const HEADER_WORDS: Readonly<Record<number, number>> = { 1: 3, 2: 5 };

/** Half of the inputs are damaged bytes; of the others the description or the numbers are changed, and sealed again. */
export function mutatedContainer(samples: readonly Uint8Array[], random: InputRandom): Uint8Array<ArrayBuffer> {
  if (random.chance(0.4)) return mutatedBytes(samples, random);
  const sample = random.pick(samples);
  return sealed(random.chance(0.5) ? withOtherDescription(sample, random) : withOtherNumbers(sample, random));
}

/** The same bytes, whole words, with their checksum. */
function sealed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
  const at = CHECKSUM_WORD.get(words[0] ?? 0);
  if (at !== undefined && at < words.length) words[at] = fnv1aOfWords(words, at + 1);
  return bytes;
}

function withOtherDescription(sample: Uint8Array, random: InputRandom): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(sample.slice().buffer);
  const at = CHECKSUM_WORD.get(words[0]!)!;
  const from = HEADER_WORDS[at]! * 4;
  const end = from + words[at + 1]!;
  const description: unknown = JSON.parse(new TextDecoder().decode(sample.subarray(from, end)));
  const text = mutatedJson([description], random)
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, 20_000);
  const numbers = sample.subarray(Math.ceil(end / 8) * 8);
  const bytes = new Uint8Array(Math.ceil((from + text.length) / 8) * 8 + numbers.length);
  bytes.set(sample.subarray(0, from));
  bytes.set(new TextEncoder().encode(text), from);
  bytes.set(numbers, bytes.length - numbers.length);
  new Uint32Array(bytes.buffer)[at + 1] = text.length;
  return bytes;
}

function withOtherNumbers(sample: Uint8Array, random: InputRandom): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(sample.slice().buffer);
  const at = CHECKSUM_WORD.get(words[0]!)!;
  const from = Math.ceil((HEADER_WORDS[at]! * 4 + words[at + 1]!) / 8) * 8;
  const tail = mutatedBytes([sample.subarray(from)], random);
  const numbers = tail.subarray(0, tail.length - (tail.length % 8));
  const bytes = new Uint8Array(from + numbers.length);
  bytes.set(sample.subarray(0, from));
  bytes.set(numbers, from);
  // Of a state the count of its numbers stands in the header.
  if (at === 2) new Uint32Array(bytes.buffer)[at + 2] = numbers.length / 8;
  return bytes;
}
