/** The commands around pipelines, as they are declared; what they do is loaded when they are called. */
import { faultKinds } from "../simulator/faults/Faults.ts"
import { choice, command, flag, group, path, several, text, wholeNumber } from "./command.ts"
import { json } from "./flags.ts"

export const init = command(
  {
    name: "init",
    about: "begin a new project",
    details:
      "Writes the folder of a new project: a small pipeline with rows to try it on, which type-checks, and runs with simulated models before you have any keys.",
    args: [["DIR", "the folder, which must be empty if it is there"]],
    options: {
      name: text(
        "NAME",
        "what the package and the pipeline are called (default: the folder's name)"
      )
    },
    examples: ["distilabel-ts init my-dataset", "distilabel-ts init ."]
  },
  async (values, [directory]) => (await import("./initCommand.ts")).initCommand(directory!, values)
)

export const list = command(
  {
    name: "list",
    about: "list the steps, tasks and models that there are",
    details:
      "Lists every step, task and model of the library with what it does; with a word, those that are called so or are about it; with the name of one, its options and what Python calls it.",
    args: [["[WORD]", "a name, or a word such as 'embedding' (default: all)"]],
    options: { json },
    examples: [
      "distilabel-ts list",
      "distilabel-ts list embedding",
      "distilabel-ts list EvolInstruct"
    ]
  },
  async (values, [word]) => (await import("./listCommand.ts")).listCommand(word, values)
)

export const types = command(
  {
    name: "types",
    about: "write the columns of rows as TypeScript",
    details:
      "Reads rows and writes their columns as TypeScript: a record of schemas for a source's option 'columns', and the row type. Keys that some rows lack become optional, nulls nullable, objects and lists what is in them, and texts of which there are few a list of what they may be. Dates stay text.",
    args: [
      [
        "FILE",
        "a file of JSON Lines, JSON, CSV, TSV, Parquet or Arrow, a folder of them, a pattern such as 'data/*.parquet', or hub:OWNER/NAME for a dataset of the Hugging Face Hub"
      ]
    ],
    options: {
      output: path("FILE", "the file to write (default: printed)", "o"),
      filetype: choice(
        ["jsonl", "json", "csv", "tsv", "parquet", "arrow"],
        "TYPE",
        "jsonl, json, csv, tsv, parquet or arrow (default: by the ending of each file)"
      ),
      rows: wholeNumber("N", "reads the first N rows only (default: all; of the Hub 10,000)"),
      noEnums: flag("texts stay texts, however few there are"),
      split: text("NAME", "hub: the split (default: train)"),
      config: text("NAME", "hub: the configuration (default: the only one, or 'default')"),
      revision: text("REVISION", "hub: a branch, a tag or a commit (default: the main branch)"),
      json: flag("prints the types as JSON")
    },
    notes: `Then, in a pipeline:

  import { columns } from "./types/rows.ts"
  LoadDataFromFileSystem({ name: "load", dataFiles: "rows.jsonl", columns })`,
    examples: [
      "distilabel-ts types rows.jsonl -o types/rows.ts",
      "distilabel-ts types 'data/*.csv' --rows 10000",
      "distilabel-ts types hub:owner/name --split test -o types/rows.ts"
    ]
  },
  async (values, [source]) => (await import("./typesCommand.ts")).typesCommand(source!, values)
)

export const view = command(
  {
    name: "view",
    about: "look at a run, rows on disk or a dataset of the Hub in the browser",
    details:
      "Shows rows in the browser: those of a run's folder, with all that its report tells, of any folder or file of rows, or of a dataset of the Hub. JSON Lines and Parquet are read piece by piece as you look at them, so a million rows open at once; the rows of other files are copied first, into a folder that is gone at the end.",
    args: [
      [
        "WHAT",
        "the folder of a run, a folder or file of rows, or hub:OWNER/NAME, with @REVISION where it is not the main branch"
      ]
    ],
    options: {
      port: wholeNumber("N", "the port (default: any that is free)"),
      open: flag("opens the address in the browser, if this is a terminal")
    },
    notes:
      "The server listens on this machine only, at an address with a secret in it, and changes nothing. Ctrl+C ends it. Private datasets are read with HF_TOKEN, which the page never sees.",
    examples: [
      "distilabel-ts view results",
      "distilabel-ts view rows.parquet --open",
      "distilabel-ts view hub:OWNER/NAME"
    ]
  },
  async (values, [what]) => (await import("./viewCommand.ts")).viewCommand(what!, values)
)

const directory = {
  dir: path(
    "DIR",
    "the cache directory (default: DISTILABEL_CACHE_DIR, else the user's cache folder)"
  )
}

export const prices = group(
  {
    name: "prices",
    about: "what models cost",
    details:
      "Prices come from the list of @pydantic/genai-prices that is installed, or from a newer one that was fetched. Option prices of run, and --price, go before both.",
    examples: ["distilabel-ts prices update"]
  },
  [
    command(
      {
        name: "update",
        about: "fetch the newest list of prices",
        details:
          "Fetches the list that @pydantic/genai-prices publishes and keeps it in the cache directory, where every run with that directory finds it. Nothing is fetched by itself.",
        options: {
          ...directory,
          from: text("URL", "where the list is (default: where its makers publish it)")
        },
        examples: [
          "distilabel-ts prices update",
          "distilabel-ts prices update --from https://mirror.example.com/data.json"
        ]
      },
      async (values) => (await import("./pricesCommand.ts")).updatePrices(values)
    )
  ]
)

export const batches = group(
  {
    name: "batches",
    about: "list, wait for and cancel jobs of batch APIs",
    details:
      "Tasks with delivery 'batch' put their questions into jobs at the provider, which go on whether a run is there or not. The command that made them takes their answers; here one sees how far they are, with the keys of the environment.",
    examples: [
      "distilabel-ts batches list",
      "distilabel-ts batches wait && distilabel-ts run pipeline.ts"
    ]
  },
  [
    command(
      {
        name: "list",
        about: "jobs, and how far they are",
        details:
          "Lists the jobs whose answers no run has taken yet, and asks their providers how far they are.",
        options: { ...directory, json },
        examples: ["distilabel-ts batches list"]
      },
      async (values) => (await import("./batchesCommand.ts")).listBatches(values)
    ),
    command(
      {
        name: "wait",
        about: "wait until all jobs have ended",
        details: "Waits until all jobs have ended, and looks at them from time to time.",
        options: {
          ...directory,
          every: wholeNumber("SECONDS", "from one look to the next (default 30)"),
          json
        },
        examples: ["distilabel-ts batches wait && distilabel-ts run pipeline.ts"]
      },
      async (values) => (await import("./batchesCommand.ts")).waitForBatches(values)
    ),
    command(
      {
        name: "cancel",
        about: "cancel jobs",
        details:
          "Cancels jobs. What they have answered by then is paid for, and is taken by the next run of the command that made them.",
        args: [["[JOB]", "its name, as the list has it"]],
        options: { ...directory, all: flag("cancels every job"), json },
        examples: ["distilabel-ts batches cancel --all"]
      },
      async (values, [name]) =>
        (await import("./batchesCommand.ts")).cancelBatches(
          name === undefined ? [] : [name],
          values
        )
    )
  ]
)

export const cache = group(
  {
    name: "cache",
    about: "show, check and prune what is kept from run to run",
    details:
      "What models have answered and what steps have worked out is kept from run to run, so that nothing is paid for twice.",
    examples: [
      "distilabel-ts cache list",
      "distilabel-ts cache inspect --pipeline pipe-name --row 17",
      "distilabel-ts cache prune --older-than 30d --max-size 5GB --dry-run"
    ]
  },
  [
    command(
      {
        name: "list",
        about: "answers by pipeline, step and model",
        details: "Lists the answers that are kept, by pipeline, step and model.",
        options: { ...directory, json },
        examples: ["distilabel-ts cache list", "distilabel-ts cache list --json"]
      },
      async (values) => (await import("./cacheCommand.ts")).listCache(values)
    ),
    command(
      {
        name: "size",
        about: "how much room answers, outputs of steps and results of runs take",
        details: "Says how much room answers, outputs of steps and results of runs take.",
        options: { ...directory, json },
        examples: ["distilabel-ts cache size"]
      },
      async (values) => (await import("./cacheCommand.ts")).sizeOfCache(values)
    ),
    command(
      {
        name: "inspect",
        about: "the answers of one row, or under one key",
        details: "Shows answers: those under a key, or those of a pipeline, a step or a row.",
        args: [["[KEY]", "the key of an answer, or how it begins"]],
        options: {
          pipeline: text("NAME", "answers for this pipeline"),
          step: text("NAME", "answers for this step"),
          row: text("PLACE", "answers for this row, counted from 0"),
          ...directory,
          json
        },
        examples: [
          "distilabel-ts cache inspect --pipeline pipe-name --row 17",
          "distilabel-ts cache inspect 3f2a"
        ]
      },
      async (values, [key]) => (await import("./cacheCommand.ts")).inspectCache(key, values)
    ),
    command(
      {
        name: "verify",
        about: "reads all that is kept against its checksums",
        details:
          "Reads answers, their index, outputs of steps, and results of runs in the cache directory against their checksums, and says what the next run does about what is damaged.",
        args: [["[RESULTS]", "a folder of results outside the cache directory, to be read too"]],
        options: { ...directory, json },
        notes:
          "Exit codes: 0 all is sound, 1 something is damaged. There is nothing to repair: the next run makes again what it needs, and asks again for answers only where an answer itself is damaged.",
        examples: ["distilabel-ts cache verify", "distilabel-ts cache verify results"]
      },
      async (values, [results]) =>
        (await import("./verifyCacheCommand.ts")).verifyCache(results, values)
    ),
    command(
      {
        name: "prune",
        about: "makes room: removes answers and outputs of steps, oldest first",
        details:
          "Makes room: removes answers and outputs of steps, oldest first. Results of runs stay.",
        options: {
          olderThan: text("AGE", "what was written longer ago, as 30d, 12h or 45m"),
          maxSize: text("SIZE", "until no more is left, as 5GB, 300MB or 20KB"),
          dryRun: flag("says what would go, and leaves it"),
          ...directory,
          json
        },
        examples: ["distilabel-ts cache prune --older-than 30d --max-size 5GB --dry-run"]
      },
      async (values) => (await import("./cacheCommand.ts")).pruneCache(values)
    )
  ]
)

export const simulate = command(
  {
    name: "simulate",
    about: "start a simulator of model providers and the Hub on this machine",
    details:
      "Simulates the providers of models on this machine until it is stopped: seeded answers that depend on the prompt, latencies, faults and limits. Prints one line of JSON with its address when it listens.",
    options: {
      port: text("PORT", "port to listen on; 0, the default, takes any free one"),
      host: text("ADDRESS", "address to listen on (127.0.0.1)"),
      seed: text("NUMBER", "decides answers, latencies and faults (42)"),
      latency: text(
        "LATENCY",
        "none, constant:MS, lognormal:MEDIAN_MS:SIGMA or stragglers:MS:SHARE:SLOW_MS"
      ),
      fault: several(
        "FAULT",
        "KIND:SHARE, as often as needed; followed by :permanent, :retry-after=SECONDS (rate-limit) or :status=STATUS (server-error) as needed"
      ),
      rps: text("NUMBER", "requests per second; those above get 429"),
      tpm: text("NUMBER", "tokens per minute, in and out; once they are used up, requests get 429"),
      noRetryAfter: flag("a 429 for a rate does not tell how long to wait"),
      limitHeaders: flag("answers tell in headers what is left of the rates, as the provider does"),
      outage: text(
        "FROM:TO",
        "seconds since the start in which the provider is down: connections are torn down, or, with FROM:TO:503, every request gets 503"
      ),
      models: text(
        "NAMES",
        "the models that exist, separated by commas; without it every model does"
      ),
      apiKey: text("KEY", "the only key that is let in; without it every key is"),
      logSize: text("NUMBER", "how many requests are remembered (1000)"),
      hub: flag("simulates the Hugging Face Hub too, at the address 'hubUrl' of that line"),
      hubFolder: path("DIR", "the same, with the datasets of this folder, as OWNER/NAME/…"),
      stopWithStdin: flag("stop when standard input is closed")
    },
    notes: `Kinds of faults: ${faultKinds.join(", ")}.`,
    examples: [
      "distilabel-ts simulate --port 8700 --latency lognormal:200:0.5",
      "distilabel-ts simulate --fault rate-limit:0.05 --rps 20",
      "distilabel-ts simulate --hub-folder datasets"
    ]
  },
  async (values) => (await import("./simulateCommand.ts")).simulateCommand(values)
)
