/** Which files the package loads for what: starting fast is loading little. */
import { globSync, readFileSync } from "node:fs"
import type { Check, Project } from "./Project.ts"

const packageOf = (file: string): string => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)![1]!

/** Packages that importing the library may load. Any other one is for what most programs do not do. */
const alwaysLoaded = new Set([
  "distilabel-ts",
  "effect",
  "@huggingface/jinja",
  "fastest-levenshtein",
  "picocolors"
])

/** The modules of the library that are in a file, of which the bundler writes one a line. */
const modulesIn = (file: string): ReadonlyArray<string> =>
  [...readFileSync(file, "utf8").matchAll(/^\/\/ (dist\/\S+\.js)$/gm)].map(([, module]) => module!)

/** What is there more than once. */
const repeated = (items: ReadonlyArray<string>): ReadonlyArray<string> =>
  items.filter((item, i) => items.indexOf(item) < i)

/** What the command loads in the new project. */
const loadedByCommand = (project: Project, args: string): ReadonlyArray<string> =>
  project.loadedBy(
    "new-project",
    project.path("node_modules/distilabel-ts/dist/cli/main.js"),
    ...args.split(" ")
  )

export const loadingChecks = (project: Project): ReadonlyArray<Check> => [
  [
    "importing it loads six files of it, and no package that is for later",
    () => {
      project.write("imports.mjs", 'import "distilabel-ts"\n')
      const loaded = project.loadedBy("", "imports.mjs")
      return (
        loaded.every((file) => alwaysLoaded.has(packageOf(file))) &&
        loaded.filter((file) => packageOf(file) === "distilabel-ts").length === 6
      )
    }
  ],
  [
    "checking a module does not load the library",
    () => {
      const loaded = loadedByCommand(project, "check pipeline.ts")
      return (
        loaded.some((file) => file.endsWith("dist/cli/checkCommand.js")) &&
        !loaded.some((file) => file.endsWith("/parts/library.js"))
      )
    }
  ],
  [
    "a thread loads two files of it",
    () => project.loadedBy("", "node_modules/distilabel-ts/dist/step/threadEntry.js").length === 2
  ],
  [
    "every module of the library is in one file",
    () => {
      // The bundle for browsers is by itself: nobody loads it beside the others.
      const modules = globSync("node_modules/distilabel-ts/dist/**/*.js", {
        cwd: project.directory,
        exclude: ["**/dist/browser/**"]
      }).flatMap((file) => modulesIn(project.path(file)))
      return modules.includes("dist/engine/local/execute.js") && repeated(modules).length === 0
    }
  ],
  [
    "the command and the pipeline that it runs share the library, and of undici they load the agent alone",
    () => {
      const loaded = loadedByCommand(project, "run pipeline.ts --simulate --output shared")
      const own = loaded.filter((file) => packageOf(file) === "distilabel-ts")
      const modules = own.flatMap(modulesIn)
      return (
        own.some((file) => file.endsWith("dist/parts/agent.js")) &&
        !own.some((file) => file.endsWith("/env-http-proxy-agent.js")) &&
        own.some((file) => file.endsWith("dist/index.js")) &&
        modules.includes("dist/cli/runCommand.js") &&
        repeated([...own, ...modules]).length === 0
      )
    }
  ]
]
