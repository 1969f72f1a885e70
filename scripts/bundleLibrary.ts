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

/** Threads open these by their names, the command its subcommands and what any Node can load. */
const openedByName = [
  "runtime/neededNode.js",
  "step/threadEntry.js",
  "steps/calls/callThreadEntry.js",
  "engine/watch/watchdogThread.js",
  "cli/*Command.js"
]

/**
 * What `check` needs of the library to say what a compiler sees in a module: the rest need not be
 * loaded for it.
 */
const saying = new RegExp(
  `/dist/(?:${[
    "columns/(?:closest|displayWidth)",
    "document/(?:read/LoadedPipeline|tree/DocumentProblem)",
    "engine/identity/(?:builtins|origin|StateSearch|unseen)",
    "engine/keep/signature",
    "pipeline/(?:problems|sentences)",
    "run/display/colors",
    "runtime/PackageMissing",
    "words/\\w+"
  ].join("|")})\\.js$`
)

/**
 * Packages of CommonJS that `require` Node's modules: within another bundle of ECMAScript modules
 * they would find no `require`. And OpenAI's, of which Node would find and open 236 files before
 * the first request.
 */
export const bundledPackages = ["undici", "yauzl", "pend", "seek-bzip", "yaml", "openai"]

/** The one module that is there for what it does, not for what it exports. */
const refusal = /runtime[\\/]refuseOldNode\.js$/

/** `keeps` are files that stay as they are. */
export const bundleLibrary = async (dist: string, keeps: ReadonlyArray<string>): Promise<void> => {
  const folder = resolve(dist)
  const entries = [
    "index.js",
    "pure/index.js",
    "simulator/index.js",
    ...inSlashes(globSync(openedByName, { cwd: folder }))
  ]
  const bundle = await rolldown({
    input: Object.fromEntries(
      entries.map((path) => [path.replace(/\.js$/, ""), join(folder, path)])
    ),
    platform: "node",
    external: (id) =>
      !/^(?:\.|\/|[A-Za-z]:)/.test(id) && !bundledPackages.includes(id.split("/")[0]!),
    plugins: [latePackages, ownAddresses(folder), lateNames],
    treeshake: { moduleSideEffects: (id) => refusal.test(id) },
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
          // A thread loads this alone, not the whole library, and an older Node that.
          { name: "lineage", test: /step[\\/]lineage\.js$/, priority: 1 },
          { name: "yaml", test: /node_modules[\\/]yaml[\\/]/, priority: 1 },
          { name: "neededNode", test: /runtime[\\/]neededNode\.js$/, priority: 1 },
          { name: "saying", test: (id) => saying.test(inSlashes([id])[0]!), priority: 1 },
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
 * An older Node refuses a file that imports what it does not have, before any of it runs. Names of
 * Node's modules are looked up when the file runs instead, and the file can say which Node it
 * needs.
 */
const lateNames: Plugin = {
  name: "late-names",
  renderChunk: (code) => {
    let count = 0
    return code.replaceAll(
      /^import \{ ([^}]+) \} from ("node:[^"]+");$/gm,
      (_, names: string, from) => {
        const module = `node_${count++}`
        return `import * as ${module} from ${from};\nconst { ${names.replaceAll(" as ", ": ")} } = ${module};`
      }
    )
  }
}

/**
 * Packages that are loaded by `require` when they are first needed. In a bundle of an app there is
 * no such package beside the file: the bundler must see the `require`, and then it defines one.
 */
const latePackages: Plugin = {
  name: "late-packages",
  transform: {
    filter: { code: /^const require = createRequire\(import\.meta\.url\);$/m },
    handler: (code) =>
      code
        .replace(/^const require = createRequire\(import\.meta\.url\);$/m, "")
        .replaceAll(/\brequire\(("[^"]+")\)/g, "latePackage($1)")
  },
  renderChunk: (code) => {
    const late = code.replaceAll(
      /\blatePackage\(("[^"]+")\)/g,
      '(typeof require === "function" ? require($1) : requireFrom(import.meta.url)($1))'
    )
    return late === code
      ? null
      : `import { createRequire as requireFrom } from "node:module";\n${late}`
  }
}

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
