// How many files this process, and those that it starts, may have open. Linux only.
import { readFileSync } from "node:fs";
import { UserError } from "../command-line/user-error.ts";

/** What workerd and this process have open beside sockets, with some to spare. */
const OTHER_FILES = 150;
/** workerd duplicates the descriptor of each connection. */
const FILES_PER_SOCKET = 2;

/**
 * Throws where workerd could not hold so many sockets: it would close the last ones without an answer.
 * @param limits the text of `/proc/self/limits`.
 */
export function requireOpenFiles(sockets: number, limits = readFileSync("/proc/self/limits", "utf8")): void {
  const limit = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  const needed = sockets * FILES_PER_SOCKET + OTHER_FILES;
  if (needed <= limit) return;
  const most = Math.max(0, Math.floor((limit - OTHER_FILES) / FILES_PER_SOCKET));
  throw new UserError(
    `--idle: got ${sockets}, expected at most ${most}: workerd needs ${needed} open files, and ${limit} are allowed. ` +
      "Raise the limit with ulimit -n, or ask for fewer",
  );
}
