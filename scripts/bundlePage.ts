/** Bundles the page of reports, `src/report/page/`, into one script and one style sheet. */
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import type { PageAssets } from "../src/report/pageAssets.ts"

const page = (name: string): string => fileURLToPath(new URL(`../src/report/page/${name}`, import.meta.url))

export const bundlePage = async (): Promise<PageAssets> => {
  const bundle = await rolldown({
    input: page("main.tsx"),
    platform: "browser",
    tsconfig: page("tsconfig.json"),
    logLevel: "warn",
    // Nothing that is imported does anything by being imported; one of the decompressors would begin WebAssembly.
    treeshake: { moduleSideEffects: (id) => id.endsWith("main.tsx") }
  })
  try {
    const { output: [{ code }] } = await bundle.generate({ format: "iife", minify: true })
    // A script in a page must not hold what ends it.
    return { script: code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--"), style: await readFile(page("style.css"), "utf8") }
  } finally {
    await bundle.close()
  }
}
