// Cuts a list of JSON into its elements as texts, however large the list is; a parser reads each of them.
import { UnreadableFileError } from "./unreadable-file-error.ts";

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const MOST_ELEMENT_CHARS = 1 << 24;

/**
 * The elements of one list, or of several that follow each other, some at a time.
 *
 * @param onCut called at the end where the last list is not closed; its last element is then not given.
 * @throws UnreadableFileError for an element of more than 16 Mi characters.
 */
export async function* jsonElements(
  path: string,
  pieces: AsyncIterable<string>,
  onCut: () => void,
): AsyncGenerator<string[]> {
  let rest = "";
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  for await (const piece of pieces) {
    const elements: string[] = [];
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const char = piece.charCodeAt(at);
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (char === BACKSLASH) isEscaped = true;
        else if (char === QUOTE) isText = false;
        continue;
      }
      if (char === QUOTE) isText = true;
      else if (OPENING.has(char)) {
        depth += 1;
        if (depth === 1) [rest, from] = ["", at + 1];
      } else if (CLOSING.has(char) || (char === COMMA && depth === 1)) {
        if (depth === 1) {
          const element = (rest + piece.slice(from, at)).trim();
          if (element !== "") elements.push(element);
          [rest, from] = ["", at + 1];
        }
        if (char !== COMMA) depth -= 1;
      }
    }
    rest += piece.slice(from);
    if (rest.length > MOST_ELEMENT_CHARS)
      throw new UnreadableFileError(path, "holds an element of more than 16 Mi characters");
    yield elements;
  }
  if (depth > 0) onCut();
  else if (rest.trim() !== "")
    throw new UnreadableFileError(path, `holds text behind its list: ${rest.trim().slice(0, 60)}`);
}
