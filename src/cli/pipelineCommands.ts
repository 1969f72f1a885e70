/** The commands about pipelines, as they are declared; what they do is loaded when they are called. */
import { choice, command, flag, number, path, several, wholeNumber } from "./command.ts"

const json = flag("prints JSON")

const parameters = {
  param: several("STEP.PATH=VALUE", "sets a parameter of a step, as often as needed")
}

const cache = {
  cacheDir: path("DIR", "where answers are kept (default: DISTILABEL_CACHE_DIR, else the user's cache folder)")
}

const prices = {
  price: several("MODEL=IN/OUT", "what a model costs, in US dollars for a million tokens in and out, as often as needed")
}

export const run = command({
  name: "run",
  about: "run a pipeline",
  details: "Runs the pipeline that a TypeScript or JavaScript module exports as its default. A run that was stopped goes on where it was; one that was finished is not repeated.",
  args: [["FILE", "the pipeline"]],
  options: {
    ...parameters,
    output: path("DIR", "the folder for results (default: one of the pipeline's own in the cache directory)"),
    ...cache,
    noCache: flag("begins anew and asks for everything again"),
    retryFailed: flag("tries error rows of an earlier run again"),
    dryRun: wholeNumber("N", "runs on the first N rows only"),
    maxCost: number("DOLLARS", "stops when answers have cost so much"),
    maxTokens: wholeNumber("N", "stops when so many tokens are used"),
    maxRows: wholeNumber("N", "stops after so many source rows"),
    maxErrorRate: number("SHARE", "stops when a greater share of a step's rows has failed (default 0.5)"),
    ...prices,
    durability: choice(["process", "power"], "HOW", "process: answers survive the end of the program (default); power: that of the machine too"),
    progress: choice(["auto", "live", "plain", "none"], "HOW", "auto, live, plain or none (default auto)"),
    json: flag("prints the result as JSON")
  },
  notes: "Exit codes: 0 done, 1 error, 2 wrong usage, 3 too many rows failed, 4 a budget was reached, 130 and 143 stopped by Ctrl+C and SIGTERM.",
  examples: [
    "distilabel-ts run pipeline.ts",
    "distilabel-ts run pipeline.ts --param generate.llm.generationKwargs.temperature=0.2 --output results",
    "distilabel-ts run pipeline.ts --dry-run 3",
    "distilabel-ts run pipeline.ts --max-cost 25"
  ]
}, async (values, [source]) => (await import("./runCommand.ts")).runCommand(source!, values))

export const estimate = command({
  name: "estimate",
  about: "say what a run will ask, cost and take, from a sample",
  details: "Runs the pipeline on rows picked at random, and says what a run on all rows will ask, use, cost and take, each with the bounds between which it lies with 95 % confidence. The sample's answers are paid for, and kept for the run.",
  args: [["FILE", "the pipeline"]],
  options: {
    sample: wholeNumber("N", "rows that are tried (default 50)"),
    maxRows: wholeNumber("N", "what a run of so many source rows will cost (default: all)"),
    ...parameters,
    ...cache,
    ...prices,
    json
  },
  examples: [
    "distilabel-ts estimate pipeline.ts",
    "distilabel-ts estimate pipeline.ts --sample 200 --param generate.llm.generationKwargs.maxNewTokens=512"
  ]
}, async (values, [source]) => (await import("./estimateCommand.ts")).estimateCommand(source!, values))

export const check = command({
  name: "check",
  about: "find all that is wrong with a pipeline, without running it",
  details: "Finds all that is wrong with the TypeScript or JavaScript module whose default export is a pipeline: columns that are missing or have another type, names used twice, steps that do not fit, and every other error of its types, each with its place. Nothing of it is run.",
  args: [["FILE", "the pipeline"]],
  options: { json: flag("prints what was found as JSON") },
  notes: "Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.",
  examples: ["distilabel-ts check pipeline.ts", "distilabel-ts check pipeline.ts --json"]
}, async (values, [source]) => (await import("./checkCommand.ts")).checkCommand(source!, values))

export const info = command({
  name: "info",
  about: "show the steps, columns and parameters of a pipeline, without running it",
  details: "Shows what the pipeline is made of that a TypeScript or JavaScript module exports as its default: its steps, the columns that they read, add and remove, their parameters, and the columns of the dataset. Nothing of it is run.",
  args: [["FILE", "the pipeline"]],
  options: { json },
  notes: "Exit codes: 0 nothing is wrong with the pipeline, 1 something is, 2 wrong usage.",
  examples: ["distilabel-ts info pipeline.ts", "distilabel-ts info pipeline.ts --json"]
}, async (values, [source]) => (await import("./infoCommand.ts")).infoCommand(source!, values))

export const graph = command({
  name: "graph",
  about: "draw a pipeline",
  details: "Draws the pipeline that a TypeScript or JavaScript module exports as its default: its steps, what each does to columns, the columns between them, routings, joins and the subsets of the dataset. Nothing is run or loaded.",
  args: [["FILE", "the pipeline"]],
  options: {
    format: choice(["svg", "mermaid"], "HOW", "svg: a picture for light and dark pages; mermaid: text that GitHub and many editors draw (default: by the ending of --output, .svg or .mmd, else mermaid)"),
    output: path("FILE", "the file to write (default: printed)", "o"),
    direction: choice(["down", "right"], "WHERE", "svg: which way rows flow, down or right (default: down, or right where that makes a wide picture narrower)"),
    theme: choice(["auto", "light", "dark"], "COLOURS", "svg: auto follows the page (default), light or dark")
  },
  examples: [
    "distilabel-ts graph pipeline.ts -o pipeline.svg",
    "distilabel-ts graph pipeline.ts --format mermaid",
    "distilabel-ts graph pipeline.ts -o slide.svg --direction right --theme light"
  ]
}, async (values, [source]) => (await import("./graphCommand.ts")).graphCommand(source!, values))
