/** Settings of runs. */
import type { GivenPrices } from "../../models/asking/prices.ts"
import type { Observer } from "../../models/chat/LLMEvents.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import type { LoadGroups } from "../../pipeline/stages.ts"
import type { BudgetOptions } from "../record/SharedBudget.ts"
import type { ProgressMode } from "../services/Display.ts"
import type { RunObserver } from "../watch/RunEvent.ts"
import type { RunSummary } from "../watch/Tally.ts"

/** How jobs of batch APIs are made and waited for. */
export interface BatchOptions {
  /**
   * True to stay until all jobs are done. Default false: once nothing else moves the run ends with
   * `RunStopped`, the jobs go on, and the same run takes their answers later.
   */
  readonly wait?: boolean
  /** Questions in one job at most. Default: as many as the provider takes. */
  readonly size?: number
  /** Seconds that a question waits for others before its job is made. Default 300. */
  readonly after?: number
  /** Seconds from one look at the jobs to the next. Default 30, and longer as time goes by. */
  readonly look?: number
  /**
   * True to cancel jobs when the run is stopped by a signal. Default false: they go on. What they
   * have answered by then is paid for, and the next run takes it.
   */
  readonly cancel?: boolean
  /** True to leave the files of jobs at the provider. Default false: they are removed once read. */
  readonly keepFiles?: boolean
}

/** Options of `run`, but for parameters. */
export interface RunSettings {
  /**
   * The folder for the files of this run. A run of the same pipeline that finds an unfinished one
   * there goes on from it. Default: a folder of the pipeline's own in the cache directory.
   *
   * An address of an object store (`s3://bucket/run`, also `gs://`, `az://` and
   * `hf://datasets/OWNER/NAME/run`) has the run work in its cache directory, where journal and
   * locks are, and its results uploaded when it ends. It fails before anything is requested where
   * nothing can be written there, or where another run's results are.
   */
  readonly outputDir?: string
  /**
   * Where answers of models and outputs of steps are kept from run to run: a folder of this
   * machine, since journal and locks need a disk. Default `DISTILABEL_CACHE_DIR`, else
   * `distilabel-ts` in the user's cache folder.
   */
  readonly cacheDir?: string
  /**
   * False to begin anew and ask for everything again; what is answered is kept all the same.
   * Default true.
   */
  readonly useCache?: boolean
  /**
   * True to try the error rows of an earlier run again; all other rows stay as they are. Default
   * false.
   */
  readonly retryFailed?: boolean
  /**
   * What answers survive once they are kept: `process`, the end of this program, however it ends
   * (default), or `power`, that of the machine.
   */
  readonly durability?: "process" | "power"
  /**
   * The run stops when its answers have cost so many US dollars, over stops, kills and resumes.
   * Requests already in flight still cost money. Refused before anything is requested if a model's
   * price is unknown: see `prices`.
   */
  readonly maxCost?: number
  /**
   * A budget that runs with the same `cacheDir` share: `{ name: "team", maxCost: 50 }`. The run
   * stops when all of them have spent so many US dollars. What a killed process had set aside for
   * its next requests, 2 % at most, counts as spent.
   */
  readonly budget?: BudgetOptions
  /**
   * The run stops when it has used so many tokens, in and out, over stops, kills and resumes. Where
   * a server counts none they are estimated.
   */
  readonly maxTokens?: number
  /** The run stops when so many source rows are through. */
  readonly maxRows?: number
  /**
   * The run stops when a greater share of a step's rows has failed, counted from 100 rows on.
   * Default 0.5.
   */
  readonly maxErrorRate?: number
  /**
   * Prices by model name, in US dollars for a million tokens, for models whose price is not known
   * or is another one.
   */
  readonly prices?: GivenPrices
  /**
   * False to leave Ctrl+C, SIGTERM, SIGHUP and outputs that nobody reads to the program. Default
   * true: the first stops the run gently, the second at once, the third ends the program.
   */
  readonly signals?: boolean
  /** Seconds that a run that is stopped waits for answers under way. Default 30. */
  readonly stopTimeout?: number
  /**
   * Steps that are loaded together and alone, for steps that do not fit into memory at the same
   * time: each group begins when what comes before is done with all rows. `sequential` loads each
   * step alone. Default: all steps are loaded at once, and rows flow.
   */
  readonly loadGroups?: LoadGroups
  /**
   * How the run shows itself on stderr: `live` in place, `plain` lines, `none`. Default `auto`:
   * live on a terminal, plain lines elsewhere.
   */
  readonly progress?: ProgressMode
  /** False to write no `report.html` into the folder of the run when it ends. Default true. */
  readonly report?: boolean
  /** How steps with `delivery: "batch"` make their jobs, and whether the run waits for them. */
  readonly batches?: BatchOptions
  /**
   * At most so many source rows are at work at once. Default 4,000, or the `maxConcurrency` of a
   * model that takes more.
   */
  readonly maxRowsInFlight?: number
  /**
   * Is given what happens in the run, as it happens: progress, requests, pauses, failed rows,
   * checkpoints. `runEvents` gives the same as a stream.
   */
  readonly onEvent?: RunObserver
  /** Is told the counts of all steps when the run ends, whatever the end. */
  readonly onSummary?: (summary: RunSummary) => void
}

/** The settings of a run with its parameters and rows, as they come from anywhere. */
export interface AnyRunOptions extends RunSettings {
  readonly parameters?: unknown
  readonly dataset?: unknown
}

/** A trial: a run on a few rows, in a folder of its own, that is not resumed. */
export interface Trial {
  /** At most so many rows of each generator. */
  readonly rows: number
  /** The graph that is tried, made of the graph with its parameters. */
  readonly graphOf?: (graph: Graph) => Graph
  readonly onEvent?: Observer
  /** The options that were given, where the run has others. */
  readonly options?: object
}
