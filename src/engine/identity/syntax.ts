/** What reads code: loaded with its parser, where there is code to read. */
export { readFunction } from "./functionUse.ts"
export { importIdentity, moduleIdentity } from "./moduleIdentity.ts"
