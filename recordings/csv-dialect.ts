// What stands around the rows of a CSV file: its separator, comments, addresses, and headers that were joined in.

const SEPARATORS = [",", ";", "\t", "|"] as const;
const ADDRESS = /^"?https?:\/\/\S+"?[,;]*$/i;

/** Whether a line is a comment, or the address of the vendor that CryptoDataDownload puts into line 1. */
export function isRemark(line: string): boolean {
  return line.startsWith("#") || (line.startsWith("h") && ADDRESS.test(line)) || ADDRESS.test(line);
}

/** The separator that is most frequent in a line outside its quotes; a comma where none is. */
export function separatorOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, "");
  const counts = SEPARATORS.map((separator) => bare.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}
