/** What reads code. Its parser is loaded only once there is something to parse. */
import type { FunctionUse } from "./functionUse.ts"
import type { ModuleIdentity } from "./moduleIdentity.ts"

export interface Syntax {
  /** Undefined for a text that cannot be parsed. */
  readonly readFunction: (text: string) => FunctionUse | undefined
  readonly importIdentity: (specifier: string, from: string) => ModuleIdentity
  readonly moduleIdentity: (url: string) => ModuleIdentity
}

/** Thrown where there is something to parse and no parser yet. */
export class ParserNeeded extends Error {}
