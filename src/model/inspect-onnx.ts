// Reads what the gateway must know of an ONNX file before the runtime sees it: its metadata, and whether its run can
// take for ever. Walks the protobuf records in place, so that a large file costs no second copy.
import { MAX_NODES } from "./artifact-limits.ts";

export interface OnnxSummary {
  /** `metadata_props`; of a key that is stored twice, the later value. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Why the cost of a run cannot be bounded; `undefined` if it can. */
  readonly objection: string | undefined;
}

const utf8 = new TextDecoder();

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7, metadataProps: 14, functions: 25 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const GRAPH = { node: 1 } as const;
const NODE = { opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { graph: 6, graphs: 11 } as const;

/** Graphs inside graphs at most. */
const MAX_DEPTH = 8;

/**
 * Walks an ONNX file. A graph has an objection if it holds `Loop`, whose end depends on data; `Scan` inside `Scan`; an
 * inner graph in any other operator than `If` and `Scan`; functions of its own, which can call each other; or more than
 * `MAX_NODES` nodes. A `Scan` ends with the tensor it walks along. Throws `RangeError` for bytes that are no protobuf.
 */
export function inspectOnnx(bytes: Uint8Array): OnnxSummary {
  // The runtime also loads its own format, told by this mark, whose graph is not walked here.
  if (utf8.decode(bytes.subarray(4, 8)) === "ORTM") throw new RangeError("got the runtime's own format, expected ONNX");
  const metadata = new Map<string, string>();
  const walk = new GraphWalk();
  walkMessage(bytes, (field, value) => {
    if (field === MODEL.graph) walk.graph(value, { depth: 1, inScan: false });
    else if (field === MODEL.functions)
      walk.object("functions: got one, expected a graph without functions of its own");
    else if (field === MODEL.metadataProps) {
      const { key, text } = entryOf(value);
      metadata.set(key, text);
    }
  });
  return { metadata, objection: walk.objection };
}

interface Place {
  readonly depth: number;
  readonly inScan: boolean;
}

class GraphWalk {
  objection: string | undefined;
  private nodes = 0;

  object(text: string): void {
    this.objection ??= text;
  }

  graph(bytes: Uint8Array, place: Place): void {
    if (place.depth > MAX_DEPTH) {
      this.object(`graph: got more than ${MAX_DEPTH} graphs inside each other`);
      return;
    }
    walkMessage(bytes, (field, value) => {
      if (field === GRAPH.node) this.node(value, place);
    });
  }

  private node(bytes: Uint8Array, place: Place): void {
    this.nodes += 1;
    if (this.nodes > MAX_NODES) this.object(`graph: got more than ${MAX_NODES} nodes`);
    let opType = "";
    const inner: Uint8Array[] = [];
    walkMessage(bytes, (field, value) => {
      if (field === NODE.opType) opType = utf8.decode(value);
      else if (field === NODE.attribute) inner.push(...innerGraphs(value));
    });
    const isScan = opType === "Scan";
    if (opType === "Loop") this.object("operator: got Loop, whose end depends on data; expected a graph without it");
    else if (isScan && place.inScan) this.object("operator: got Scan inside Scan, expected one level of it");
    else if (inner.length > 0 && !isScan && opType !== "If") {
      this.object(`operator: got ${opType.slice(0, 60)} with an inner graph, expected that of If and Scan only`);
    }
    for (const graph of inner) this.graph(graph, { depth: place.depth + 1, inScan: place.inScan || isScan });
  }
}

function innerGraphs(attribute: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  walkMessage(attribute, (field, value) => {
    if (field === ATTRIBUTE.graph || field === ATTRIBUTE.graphs) found.push(value);
  });
  return found;
}

function entryOf(bytes: Uint8Array): { key: string; text: string } {
  let [key, text] = ["", ""];
  walkMessage(bytes, (field, value) => {
    if (field === ENTRY.key) key = utf8.decode(value);
    else if (field === ENTRY.value) text = utf8.decode(value);
  });
  return { key, text };
}

/** Calls `visit` with each field that has bytes: a message or a text. Numbers are skipped. */
function walkMessage(bytes: Uint8Array, visit: (field: number, value: Uint8Array) => void): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw cutOff();
      // Beyond 32 bits only the length of the number matters.
      if (shift < 49) value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("protobuf: got a number of more than 10 bytes");
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const end = varint() + at;
      if (end > bytes.length) throw cutOff();
      visit(Math.floor(tag / 8), bytes.subarray(at, end));
      at = end;
    } else throw new RangeError(`protobuf: got wire type ${wireType}`);
  }
  if (at > bytes.length) throw cutOff();
}

function cutOff(): RangeError {
  return new RangeError("protobuf: got bytes that end inside a field");
}
