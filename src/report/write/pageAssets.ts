/**
 * The page's own script and style: bundled when the package is built; sources, which need no build,
 * bundle them when they are first wanted.
 */
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { unsealed } from "../../disk/sealed.ts"

export interface PageAssets {
  readonly script: string
  readonly style: string
}

let assets: Promise<PageAssets> | undefined

export const pageAssets = (): Promise<PageAssets> => (assets ??= load())

const load = async (): Promise<PageAssets> => {
  const built = new URL("page.sealed", import.meta.url)
  if (existsSync(built)) {
    const json = unsealed(await readFile(built, "utf8"))
    if (json === undefined)
      throw new Error(`'${fileURLToPath(built)}' is damaged. Install distilabel-ts again.`)
    return JSON.parse(json) as PageAssets
  }
  // Not in the package, so that its path is none to the compiler.
  const bundler = new URL("../../../scripts/bundlePage.ts", import.meta.url).href
  const { bundlePage } = (await import(bundler)) as {
    readonly bundlePage: () => Promise<PageAssets>
  }
  return bundlePage()
}
