/**
 * The list of prices that was fetched last: a sealed file in the cache directory, in the place of
 * the one that came with the package.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { makeFolder } from "../disk/makeFolder.ts"
import { sealed, unsealed } from "../disk/sealed.ts"
import { writeWhole } from "../disk/writeWhole.ts"

export interface PriceList {
  /** Milliseconds since 1970. */
  readonly fetchedAt: number
  readonly from: string
  /** Providers with their models, as `@pydantic/genai-prices` has them. */
  readonly providers: ReadonlyArray<object>
}

const pathIn = (cacheDir: string): string => join(cacheDir, "prices.json")

/**
 * The list of a cache directory; undefined where none was fetched, "damaged" where it cannot be
 * read.
 */
export const readPriceList = (cacheDir: string): PriceList | "damaged" | undefined => {
  const path = pathIn(cacheDir)
  if (!existsSync(path)) return undefined
  try {
    const text = unsealed(readFileSync(path, "utf8").trimEnd())
    return text === undefined ? "damaged" : (JSON.parse(text) as PriceList)
  } catch {
    return "damaged"
  }
}

/** Keeps a list; gives its path. */
export const writePriceList = (cacheDir: string, list: PriceList): string => {
  const path = pathIn(cacheDir)
  makeFolder(cacheDir)
  writeWhole(path, `${sealed(JSON.stringify(list))}\n`)
  return path
}
