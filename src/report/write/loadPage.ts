/**
 * The page's own script and style: bundled when the package is built; sources, which need no build,
 * bundle them when they are first wanted.
 */
import type { PageAssets } from "./PageAssets.ts"

let assets: Promise<PageAssets> | undefined

export const loadPage = (): Promise<PageAssets> => (assets ??= load())

const load = async (): Promise<PageAssets> => {
  const { builtPage } = await import("./builtPage.ts")
  if (builtPage !== undefined) return builtPage
  // Not in the package, so that its path is none to the compiler.
  const bundler = new URL("../../../scripts/bundlePage.ts", import.meta.url).href
  const { bundlePage } = (await import(bundler)) as {
    readonly bundlePage: () => Promise<PageAssets>
  }
  return bundlePage()
}
