/**
 * Bundles what `tsc` made of the library: Node takes longer to find and open four hundred files
 * than to run what is in them.
 *
 * All that `import "distilabel-ts"` always needs is one file. What it loads later stays apart, and
 * so do the files that are opened by their names. Every module is in one file only, so that the
 * command and the pipelines that it runs share it.
 */
import { globSync, rmSync } from "node:fs"
import { join, posix, resolve } from "node:path"
import { type Plugin, rolldown } from "rolldown"

/** Threads open these by their names, and the command its subcommands. */
const openedByName = ["step/threadEntry.js", "engine/watch/watchdogThread.js", "cli/*Command.js"]

/** `keeps` are files that stay as they are. */
export const bundleLibrary = async (dist: string, keeps: ReadonlyArray<string>): Promise<void> => {
  const folder = resolve(dist)
  const entries = [
    "index.js",
    "simulator/index.js",
    ...inSlashes(globSync(openedByName, { cwd: folder }))
  ]
  const bundle = await rolldown({
    input: Object.fromEntries(
      entries.map((path) => [path.replace(/\.js$/, ""), join(folder, path)])
    ),
    platform: "node",
    external: (id) => !/^(?:\.|\/|[A-Za-z]:)/.test(id),
    plugins: [ownAddresses(folder)],
    checks: { ineffectiveDynamicImport: false },
    logLevel: "warn"
  })
  try {
    const separate = inSlashes(globSync("**/*.js", { cwd: folder }))
    const { output } = await bundle.write({
      dir: folder,
      entryFileNames: "[name].js",
      chunkFileNames: "parts/[name].js",
      comments: false,
      codeSplitting: {
        groups: [
          // A thread loads this alone, not the whole library.
          { name: "lineage", test: /step[\\/]lineage\.js$/, priority: 1 },
          { name: "library", test: /dist[\\/]index\.js$/ }
        ]
      }
    })
    const kept = new Set([...keeps, ...output.map(({ fileName }) => fileName)])
    for (const path of separate) if (!kept.has(path)) rmSync(join(folder, path))
  } finally {
    await bundle.close()
  }
}

const inSlashes = (paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths.map((path) => path.replaceAll("\\", "/"))

/**
 * Modules find files by where they are themselves. They keep the addresses that they have apart,
 * whichever file they end up in.
 */
const ownAddresses = (folder: string): Plugin => ({
  name: "own-addresses",
  transform: {
    filter: { code: /import\.meta\.url/ },
    handler: (code, id) =>
      code.replaceAll(
        "import.meta.url",
        `moduleAddress("${posix.relative(folder.replaceAll("\\", "/"), id.replaceAll("\\", "/"))}")`
      )
  },
  renderChunk: (code, { fileName }) =>
    code.replaceAll(/moduleAddress\("([^"]+)"\)/g, (_, path: string) => {
      const from = posix.relative(posix.dirname(fileName), path)
      return path === fileName
        ? "import.meta.url"
        : `new URL("${from.startsWith(".") ? from : `./${from}`}", import.meta.url).href`
    })
})
