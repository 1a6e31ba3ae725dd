// The error code of a field that a route's schemas refuse.
import { type Fault, faultText } from "../schemas/check.ts";
import type { Contract } from "./contract.ts";
import { type ErrorCode, isErrorCode } from "./error-codes.ts";

/** The error code of a fault that a route's schemas found. Throws `Error` where the contract names none: a bug. */
export function faultCode({ codeOfFault }: Contract, fault: Fault): ErrorCode {
  const code = fault.unknownField ? "field_unknown" : (codeOfFault?.(fault) ?? `${String(fault.path[0])}_malformed`);
  if (!isErrorCode(code)) throw new Error(`no error code ${code} for ${faultText(fault)}`);
  return code;
}
