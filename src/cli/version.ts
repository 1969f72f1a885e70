/** The version of this package, read from its own description. */
import { readFileSync } from "node:fs"

const { version: own } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }

export const version = own
