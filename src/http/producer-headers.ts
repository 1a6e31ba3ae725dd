// X-Producer-Id and X-Producer-Seq: by which a batch that is delivered twice is applied once.
import { Problem } from "./problem.ts";

export interface Producer {
  readonly producer: string | null;
  readonly producerSeq: number | null;
}

/** Both headers or neither. Throws `Problem` 400 naming the header. */
export function parseProducer(headers: Headers): Producer {
  const producer = headers.get("X-Producer-Id");
  const seq = headers.get("X-Producer-Seq");
  if (producer === null && seq === null) return { producer: null, producerSeq: null };
  if (producer === null || !/^[\x21-\x7e]{1,64}$/.test(producer)) {
    throw badHeader("X-Producer-Id", producer, "1 to 64 printable characters, beside X-Producer-Seq");
  }
  if (seq === null || !/^\d{1,16}$/.test(seq) || !Number.isSafeInteger(Number(seq))) {
    throw badHeader("X-Producer-Seq", seq, "a whole number that rises with every batch, beside X-Producer-Id");
  }
  return { producer, producerSeq: Number(seq) };
}

function badHeader(name: string, got: string | null, expected: string): Problem {
  return new Problem(400, "producer_malformed", `${name}: got ${got ?? "nothing"}, expected ${expected}`);
}
