// The text that is committed beside an offset. It says which batch may be under way, so that a program that takes over
// sends the same records under the same number (decision 0074).
import * as v from "valibot";

/** The producer of a partition at the gateway, and its last number. */
export interface ProducerPosition {
  readonly producer: string;
  readonly seq: number;
}

/** A batch that may have been sent: the records from the committed offset up to `end`, without `end` itself. */
export interface Intent {
  readonly end: number;
  /** Of the request: another one shows that records of the range have been deleted since. */
  readonly hash: string;
}

export interface CommitNote extends ProducerPosition {
  /** The topic's id. Offsets of another topic, as of a mirror or of one made anew, say nothing of this one. */
  readonly topicId: string;
  readonly intent?: Intent | undefined;
}

const VERSION = "volgate1 ";

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const noteSchema = v.object({
  topic: v.string(),
  producer: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/)),
  seq: whole,
  end: v.optional(whole),
  hash: v.optional(v.string()),
});

/** About 150 characters; Kafka takes 4,096. */
export function encodeNote({ topicId, producer, seq, intent }: CommitNote): string {
  return VERSION + JSON.stringify({ topic: topicId, producer, seq, ...intent });
}

/** `undefined` for what `encodeNote` did not write: offsets that another program has committed. */
export function decodeNote(text: string | null): CommitNote | undefined {
  if (text?.startsWith(VERSION) !== true) return undefined;
  const read = v.safeParse(noteSchema, jsonOf(text.slice(VERSION.length)));
  if (!read.success) return undefined;
  const { topic: topicId, producer, seq, end, hash = "" } = read.output;
  return { topicId, producer, seq, intent: end === undefined ? undefined : { end, hash } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
