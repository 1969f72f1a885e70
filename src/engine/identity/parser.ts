/** The parser and all that needs it: loaded when there is code to read. */
import { readFunction } from "./functionUse.ts"
import { importIdentity, moduleIdentity } from "./moduleIdentity.ts"
import type { Syntax } from "./Syntax.ts"

export const parser: Syntax = { readFunction, importIdentity, moduleIdentity }
