// YAML to plain values with prettier's parser, for tests of files that are YAML: mappings, sequences and scalars. A key
// that comes twice, and what it does not know (anchors, tags), is an error.
import * as prettierYaml from "prettier/plugins/yaml";

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly (Node | null)[];
}

export function yamlValue(text: string): unknown {
  const parse = (prettierYaml.parsers.yaml as { parse(text: string, options: object): Node }).parse;
  const body = childrenOf(childrenOf(parse(text, {}))[0]!).find(({ type }) => type === "documentBody");
  return valueOf(body && childrenOf(body)[0]);
}

function valueOf(node: Node | undefined): unknown {
  if (node === undefined) return null;
  switch (node.type) {
    case "mapping":
    case "flowMapping":
      return mapping(childrenOf(node));
    case "sequence":
    case "flowSequence":
      return childrenOf(node).map((item) => valueOf(item.type.endsWith("Item") ? childrenOf(item)[0] : item));
    case "plain":
      return scalar(node.value ?? "");
    case "quoteDouble":
    case "quoteSingle":
    case "blockFolded":
    case "blockLiteral":
      return node.value ?? "";
    default:
      throw new Error(`YAML: ${node.type} is not known here`);
  }
}

function mapping(items: readonly Node[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const item of items) {
    const [key, value] = item.children ?? [];
    const name = String(valueOf(childrenOf(key!)[0]));
    if (Object.hasOwn(fields, name)) throw new Error(`YAML: ${name} twice`);
    fields[name] = value ? valueOf(childrenOf(value)[0]) : null;
  }
  return fields;
}

function scalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  if (text === "" || text === "null" || text === "~") return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function childrenOf({ children = [] }: Node): Node[] {
  return children.filter((child) => child !== null);
}
