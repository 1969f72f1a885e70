/** The commands about pipelines, as they are declared; what they do is loaded when they are called. */
import { choice, command, flag, number, path, several, text, wholeNumber } from "./command.ts"
import { durability, json, progress } from "./flags.ts"

/** Where pipelines come from. */
const source = [
  [
    "FILE",
    "a TypeScript or JavaScript module whose default export is a pipeline, or a document: a .yaml or .json file, or the address of one"
  ]
] as const

const documents = {
  allow: several(
    "MODULE",
    "a document may import this module, which it names, for its own steps; as often as needed"
  ),
  bind: path(
    "FILE",
    "a module whose exports stand for a document's classes that are not here, by their names"
  )
}

const parameters = {
  param: several(
    "STEP.PATH=VALUE",
    "sets a parameter of a step, as often as needed; Python's names are understood too"
  ),
  params: path("FILE", "a YAML or JSON file of parameters by step; --param goes over it"),
  input: several(
    "[NAME=]FILE",
    "rows in place of those of a generator: a file, a folder or a pattern, here or in an object store, in any format; its NAME where there are several"
  )
}

const cache = {
  cacheDir: path(
    "DIR",
    "where answers are kept (default: DISTILABEL_CACHE_DIR, else the user's cache folder)"
  )
}

const prices = {
  price: several(
    "MODEL=IN/OUT",
    "what a model costs, in US dollars for a million tokens in and out, as often as needed"
  )
}

export const run = command(
  {
    name: "run",
    about: "run a pipeline",
    details:
      "Runs a pipeline. A run that was stopped goes on where it was; one that was finished is not repeated.",
    args: source,
    options: {
      ...parameters,
      ...documents,
      output: path(
        "DIR",
        "the folder for results, or an address in an object store that they are uploaded to (default: a folder of the pipeline's own in the cache directory)"
      ),
      ...cache,
      noCache: flag("starts over and ignores the cache"),
      simulate: flag(
        "asks a simulator on this machine in place of the providers: no keys, no costs, made-up answers"
      ),
      retryFailed: flag("tries error rows of an earlier run again"),
      dryRun: wholeNumber("N", "runs on the first N rows only"),
      shards: wholeNumber(
        "N",
        "runs nothing, but plans a run in at most N shards into --output, for many workers: distilabel-ts shard DIR"
      ),
      cluster: text(
        "WHERE",
        "runs on many workers, over a Redis: redis://HOST:PORT, env (its address is in DISTILABEL_REDIS), or local, one of the run's own on this machine; needs --output, a folder that all workers see or an address of an object store"
      ),
      workers: wholeNumber(
        "N",
        "with --cluster: workers of this machine (default none; for local as many as there are cores)"
      ),
      pack: flag(
        "with --cluster: lays the code of the file's folder into that of the run, for workers that do not have it; no node_modules, hidden files and keys"
      ),
      queue: text("NAME", "with --cluster: the queue in which workers look for runs (default)"),
      maxCost: number("DOLLARS", "stops when answers have cost so much"),
      budget: text(
        "NAME=DOLLARS",
        "stops when all runs with this cache directory that name it have spent so much, as team=50"
      ),
      maxTokens: wholeNumber("N", "stops when so many tokens are used"),
      maxRows: wholeNumber("N", "stops after so many source rows"),
      maxErrorRate: number(
        "SHARE",
        "stops when a greater share of a step's rows has failed (default 0.5)"
      ),
      ...prices,
      wait: flag(
        "stays until batch jobs are done (default: once nothing else moves the run ends with code 75, and the same command takes their answers later)"
      ),
      keepFiles: flag("leaves the files of batch jobs at the provider"),
      cancelBatches: flag(
        "cancels batch jobs when the run is stopped; what they have answered is kept"
      ),
      durability,
      progress: progress("auto"),
      otlp: text(
        "URL",
        "sends spans of the run, its steps and its requests to this OpenTelemetry collector"
      ),
      json: flag("prints the result as JSON")
    },
    notes:
      "Exit codes: 0 done, 1 error, 2 wrong usage, 3 too many rows failed, 4 a budget was reached, 75 batch jobs are under way: run it again later, 130, 143 and 129 stopped by Ctrl+C, SIGTERM and a closed terminal, 141 nobody read its output.",
    examples: [
      "distilabel-ts run pipeline.ts",
      "distilabel-ts run pipeline.ts --param generate.llm.generationKwargs.temperature=0.2 --output results",
      "distilabel-ts run pipeline.yaml --input rows.jsonl --dry-run 3",
      "distilabel-ts run pipeline.ts --input 's3://bucket/rows/*.parquet' --output s3://bucket/run1",
      "distilabel-ts run pipeline.ts --shards 100 --output results",
      "distilabel-ts run pipeline.ts --cluster redis://10.0.0.5:6379 --output /shared/results",
      "distilabel-ts run pipeline.ts --cluster local --workers 4 --output results",
      "distilabel-ts run pipeline.ts --otlp http://localhost:4318",
      "distilabel-ts run https://huggingface.co/datasets/owner/name/blob/main/pipeline.yaml --params mine.yaml --max-cost 25"
    ]
  },
  async (values, [source]) => (await import("./runCommand.ts")).runCommand(source!, values)
)

export const estimate = command(
  {
    name: "estimate",
    about: "say what a run will ask, cost and take, from a sample",
    details:
      "Runs the pipeline on rows picked at random, and says what a run on all rows will ask, use, cost and take, each with the bounds between which it lies with 95 % confidence. The sample's answers are paid for, and kept for the run.",
    args: source,
    options: {
      sample: wholeNumber("N", "rows that are tried (default 50)"),
      maxRows: wholeNumber("N", "what a run of so many source rows will cost (default: all)"),
      compare: flag("compares asking at once with batch jobs, by cost and time"),
      ...parameters,
      ...documents,
      ...cache,
      ...prices,
      json
    },
    examples: [
      "distilabel-ts estimate pipeline.ts",
      "distilabel-ts estimate pipeline.ts --compare",
      "distilabel-ts estimate pipeline.ts --sample 200 --param generate.llm.generationKwargs.maxNewTokens=512"
    ]
  },
  async (values, [source]) =>
    (await import("./estimateCommand.ts")).estimateCommand(source!, values)
)

export const check = command(
  {
    name: "check",
    about: "find all that is wrong with a pipeline, without running it",
    details:
      "Finds all that is wrong with a pipeline: columns that are missing or have another type, names used twice, steps that do not fit, every other error of a module's types, and all that cannot be read in a document, each with its place. Nothing of it is run.",
    args: source,
    options: { ...documents, json: flag("prints what was found as JSON") },
    notes: "Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.",
    examples: ["distilabel-ts check pipeline.ts", "distilabel-ts check pipeline.yaml --json"]
  },
  async (values, [source]) => (await import("./checkCommand.ts")).checkCommand(source!, values)
)

export const info = command(
  {
    name: "info",
    about: "show the steps, columns and parameters of a pipeline, without running it",
    details:
      "Shows what a pipeline is made of: its steps, the columns that they read, add and remove, their parameters, and the columns of the dataset. Nothing of it is run.",
    args: source,
    options: { ...documents, json },
    notes: "Exit codes: 0 nothing is wrong with the pipeline, 1 something is, 2 wrong usage.",
    examples: ["distilabel-ts info pipeline.ts", "distilabel-ts info pipeline.yaml --json"]
  },
  async (values, [source]) => (await import("./infoCommand.ts")).infoCommand(source!, values)
)

export const graph = command(
  {
    name: "graph",
    about: "draw a pipeline",
    details:
      "Draws a pipeline: its steps, what each does to columns, the columns between them, routings, joins and the subsets of the dataset. Nothing is run or loaded.",
    args: source,
    options: {
      format: choice(
        ["svg", "mermaid"],
        "HOW",
        "svg: a picture for light and dark pages; mermaid: text that GitHub and many editors draw (default: by the ending of --output, .svg or .mmd, else mermaid)"
      ),
      output: path("FILE", "the file to write (default: printed)", "o"),
      direction: choice(
        ["down", "right"],
        "WHERE",
        "svg: which way rows flow, down or right (default: down, or right where that makes a wide picture narrower)"
      ),
      theme: choice(
        ["auto", "light", "dark"],
        "COLOURS",
        "svg: auto follows the page (default), light or dark"
      ),
      ...documents
    },
    examples: [
      "distilabel-ts graph pipeline.ts -o pipeline.svg",
      "distilabel-ts graph pipeline.yaml --format mermaid",
      "distilabel-ts graph pipeline.ts -o slide.svg --direction right --theme light"
    ]
  },
  async (values, [source]) => (await import("./graphCommand.ts")).graphCommand(source!, values)
)

export const convert = command(
  {
    name: "convert",
    about: "write a pipeline as a YAML or JSON document",
    details:
      "Writes a pipeline as a document, which Python's distilabel 1.5.3 reads where it has the classes. Own steps, functions and schemas are written as exports of the pipeline's module or of those given with --module; secrets are never written.",
    args: source,
    options: {
      output: path("FILE", "the .yaml or .json file to write (default: printed)", "o"),
      format: choice(["yaml", "json"], "FORMAT", "yaml (default) or json, for what is printed"),
      module: several(
        "FILE",
        "a module of own steps that the document shall name, as often as needed"
      ),
      leaveOutRows: flag(
        "leaves out rows that are part of the pipeline; whoever runs the document gives some"
      ),
      ...documents
    },
    examples: [
      "distilabel-ts convert pipeline.ts -o pipeline.yaml",
      "distilabel-ts convert pipeline.ts --module steps.ts -o shared/pipeline.yaml",
      "distilabel-ts convert pipeline.yaml --format json"
    ]
  },
  async (values, [source]) => (await import("./convertCommand.ts")).convertCommand(source!, values)
)

export const codegen = command(
  {
    name: "codegen",
    about: "write a document as TypeScript",
    details:
      "Writes a document as the TypeScript that a person would have written: typed, formatted, and the same document when it is saved again. Classes that are not here become skeletons with the columns that the other steps need, for you to write; schemas of answers become Effect Schemas; secrets are left out.",
    args: [["FILE", "a document: a .yaml or .json file, or the address of one"]],
    options: {
      output: path("FILE", "the .ts file to write (default: printed)", "o"),
      ...documents,
      json: flag("prints the source and what is to be written as JSON")
    },
    examples: [
      "distilabel-ts codegen pipeline.yaml -o pipeline.ts",
      "distilabel-ts codegen https://huggingface.co/datasets/owner/name/blob/main/pipeline.yaml"
    ]
  },
  async (values, [source]) => (await import("./codegenCommand.ts")).codegenCommand(source!, values)
)
