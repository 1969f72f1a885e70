/**
 * Bundles `distilabel-ts/pure` for browsers into one file, which imports effect and a few packages
 * and nothing of Node. What only a run does (threads, files of steps, the key of a model's gate)
 * refuses there with a sentence.
 */
import { posix, resolve } from "node:path"
import { type Plugin, rolldown } from "rolldown"

export const bundlePure = async (dist: string, file: string): Promise<void> => {
  const folder = resolve(dist)
  const bundle = await rolldown({
    input: resolve(folder, "pure/index.js"),
    platform: "browser",
    // YAML's package is within the library's own bundle, too.
    external: (id) => !/^(?:\.|\/|[A-Za-z]:)/.test(id) && id !== "yaml",
    plugins: [plainImports, nothingOfNode(folder)],
    logLevel: "warn"
  })
  try {
    const { output } = await bundle.write({
      file: resolve(folder, file),
      comments: false,
      codeSplitting: false
    })
    const ofNode = output.flatMap((chunk) =>
      chunk.type === "chunk" ? chunk.imports.filter((id) => id.startsWith("node:")) : []
    )
    if (ofNode.length > 0)
      throw new Error(`distilabel-ts/pure would import ${ofNode.join(", ")} in a browser`)
  } finally {
    await bundle.close()
  }
}

/** Packages that Node loads when they are first needed come with the rest. */
const plainImports: Plugin = {
  name: "plain-imports",
  transform: {
    filter: { code: /^const require = createRequire\(import\.meta\.url\);$/m },
    handler: (code) => {
      const imports: Array<string> = []
      const plain = code
        .replace(/^import \{ createRequire \} from "node:module";$/m, "")
        .replace(/^const require = createRequire\(import\.meta\.url\);$/m, "")
        .replaceAll(/\brequire\(("[^"]+")\)/g, (_, name: string) => {
          imports.push(`import * as package_${imports.length} from ${name};`)
          return `package_${imports.length - 1}`
        })
      return `${imports.join("\n")}\n${plain}`
    }
  }
}

/** The modules that need Node for what only a run does. */
const ofRuns = [
  "columns/random.js",
  "gallery/draw/drawn.js",
  "models/asking/Gate.js",
  "step/StepTools.js",
  "step/inThreads.js",
  "tasks/localMedia.js",
  "steps/calls/APIGenExecutionChecker.js",
  "steps/calls/CallThread.js",
  "step/thrownAt.js"
]

const nothingOfNode = (folder: string): Plugin => ({
  name: "nothing-of-node",
  transform: {
    filter: { code: /"node:/ },
    handler: (code, id) => {
      const path = posix.relative(folder.replaceAll("\\", "/"), id.replaceAll("\\", "/"))
      if (!ofRuns.includes(path)) return null
      const absent = `const absent = () => { throw new Error("This is for runs, and pipelines run in Node: import it from distilabel-ts.") };`
      return `${absent}\n${code
        .replaceAll(/^import \{ ([^}]+) \} from "node:[^"]+";$/gm, (_, names: string) =>
          names
            .split(", ")
            .map((name) => `const ${name} = absent;`)
            .join(" ")
        )
        .replaceAll(/\bimport\("tinypool"\)/g, "absent()")}`
    }
  }
})
