/** The page's own script and style: bundled when the package is built; sources, which need no build, bundle them when they are first wanted. */
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"

export interface PageAssets {
  readonly script: string
  readonly style: string
}

let assets: Promise<PageAssets> | undefined

export const pageAssets = (): Promise<PageAssets> => (assets ??= load())

const load = async (): Promise<PageAssets> => {
  const built = new URL("page.json", import.meta.url)
  if (existsSync(built)) return JSON.parse(await readFile(built, "utf8")) as PageAssets
  // Not in the package, so that its path is none to the compiler.
  const bundler = new URL("../../scripts/bundlePage.ts", import.meta.url).href
  const { bundlePage } = await import(bundler) as { readonly bundlePage: () => Promise<PageAssets> }
  return bundlePage()
}
