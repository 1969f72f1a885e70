/**
 * Bundles the page of reports, `src/report/page/`, into one script and one style sheet.
 *
 * What was bundled is kept among node_modules as long as no file of it changes: sources that run as
 * they are would else bundle it for every run.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { dirname, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { sealed, unsealed } from "../src/disk/sealed.ts"
import type { PageAssets } from "../src/report/write/PageAssets.ts"

interface Kept extends PageAssets {
  /** The files that it was made of, as seen from the root, with their times and sizes. */
  readonly inputs: ReadonlyArray<readonly [path: string, stamp: string]>
}

const page = (name: string): string =>
  fileURLToPath(new URL(`../src/report/page/${name}`, import.meta.url))
const keptAt = fileURLToPath(
  new URL("../node_modules/.cache/distilabel-ts/page.sealed", import.meta.url)
)

export const bundlePage = async (): Promise<PageAssets> => {
  const kept = keptBundle()
  if (kept !== undefined) return kept
  const made = await bundled()
  keep(made)
  return made
}

// Within this checkout: another one that shares its node_modules has files of its own.
const root = fileURLToPath(new URL("..", import.meta.url))

const stampOf = (path: string): string => {
  const { mtimeMs, size } = statSync(resolve(root, path))
  return `${mtimeMs} ${size}`
}

const keptBundle = (): PageAssets | undefined => {
  try {
    const json = unsealed(readFileSync(keptAt, "utf8"))
    if (json === undefined) return undefined
    const { inputs, script, style } = JSON.parse(json) as Kept
    return inputs.every(([path, stamp]) => stampOf(path) === stamp) ? { script, style } : undefined
  } catch {
    return undefined
  }
}

const keep = (bundle: Kept): void => {
  const provisional = `${keptAt}.${process.pid}`
  try {
    mkdirSync(dirname(keptAt), { recursive: true })
    writeFileSync(provisional, sealed(JSON.stringify(bundle)))
    renameSync(provisional, keptAt)
  } catch {
    // It is made again the next time.
  }
}

const bundled = async (): Promise<Kept> => {
  const { rolldown } = await import("rolldown")
  const bundle = await rolldown({
    input: page("main.tsx"),
    platform: "browser",
    tsconfig: page("tsconfig.json"),
    logLevel: "warn",
    // Nothing that is imported does anything by being imported; one of the decompressors would begin WebAssembly.
    treeshake: { moduleSideEffects: (id) => id.endsWith("main.tsx") }
  })
  try {
    const {
      output: [{ code, moduleIds }]
    } = await bundle.generate({ format: "iife", minify: true })
    const own = [fileURLToPath(import.meta.url), page("style.css"), page("tsconfig.json")]
    return {
      inputs: [...own, ...moduleIds.filter((id) => id.startsWith("/") || /^[A-Za-z]:/.test(id))]
        .map((path) => relative(root, path))
        .map((path) => [path, stampOf(path)]),
      // A script in a page must not hold what ends it.
      script: code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--"),
      style: readFileSync(page("style.css"), "utf8")
    }
  } finally {
    await bundle.close()
  }
}
