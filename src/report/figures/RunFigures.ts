/**
 * What a run is told by in figures: plain data that is kept in the run's folder, so that a run
 * which goes on adds to it.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { sealed, unsealed } from "../../disk/sealed.ts"
import { writeWhole } from "../../disk/writeWhole.ts"
import type { Histogram } from "./Histogram.ts"
import type { LateAnswers } from "./LateAnswers.ts"
import type { Timeline } from "./Timeline.ts"
import type { WorkersFigures } from "./WorkersFigures.ts"

/** Rows at a step. */
export interface RowCounts {
  readonly received: number
  readonly done: number
  readonly failed: number
  /** Rows that failed, by reason. */
  readonly reasons: Readonly<Record<string, number>>
}

/** What a step's model was asked. */
export interface ModelFigures {
  requests: number
  /** Answers that were there from an earlier time. */
  recalled: number
  inputTokens: number
  outputTokens: number
  /** Input tokens that providers had cached; absent where there were none. */
  cachedTokens?: number
  /** Tokens that are not those of text: `imageIn`, `audioOut` …; absent where there were none. */
  media?: Readonly<Record<string, number>>
  /** US dollars, for the answers whose price is known. */
  cost: number
  unpriced: number
  /** Answers by the attempt that got them: the first, the second, … */
  attempts: Array<number>
  /** Attempts that failed, by reason, whether another followed or not. */
  refusals: Record<string, number>
  /**
   * Answers that were cut, by the limit of tokens that they were cut at; absent where there are
   * none.
   */
  cut?: Record<string, number>
  /**
   * Milliseconds for which it was not asked, by what the provider did; absent in figures of earlier
   * versions.
   */
  paused?: Readonly<Record<string, number>>
  /** Milliseconds of each answer, without the wait for a turn. */
  latency: Histogram
  /** Tokens of each question and each answer. */
  inputTokensEach: Histogram
  outputTokensEach: Histogram
}

/** A step. */
export interface StepFigures {
  readonly name: string
  readonly kind: string
  /** The columns that it adds. */
  readonly adds: ReadonlyArray<string>
  readonly rows: RowCounts
  /** Where it asks a model. */
  readonly model?: { readonly name: string; readonly llm?: string | undefined } & ModelFigures
}

/** How a session ended; `running` where it did not, or was killed. */
export type SessionEnd = "running" | "finished" | "stopped" | "failed"

/** One go at the run: from its start to its end, a stop or a crash. */
export interface Session {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Source rows that earlier sessions have seen through. */
  readonly resumedAt: number
  seconds: number
  end: SessionEnd
  /** Why it was stopped or failed. */
  detail?: string
}

/** A subset, and how many rows and error rows it has, once that is known. */
export interface SubsetFigures {
  readonly name: string
  readonly rows?: number
  readonly errors?: number
}

export interface RunFigures {
  readonly version: 1
  readonly pipeline: string
  readonly description: string
  /** What the graph was. */
  readonly signature: string
  readonly sessions: ReadonlyArray<Session>
  readonly steps: ReadonlyArray<StepFigures>
  /** The subsets that come of the leaves. */
  readonly subsets: ReadonlyArray<SubsetFigures>
  readonly timeline: Timeline
  /** Source rows that are through, and how many there are, if known. */
  readonly through: number
  readonly total?: number | undefined
  /** Rows at steps when all before a position was through: where a run that goes on begins to count. */
  readonly mark: { readonly position: number; readonly rows: Readonly<Record<string, RowCounts>> }
  /** Who worked on it; absent where one process did. */
  readonly workers?: WorkersFigures | undefined
  /** The graph drawn, with rows on its ways. */
  readonly picture?: string | undefined
  /**
   * Answers that took more than one attempt. They have a file of their own, and come to the figures
   * for a page.
   */
  readonly late?: LateAnswers | undefined
}

// Hidden, so that a pattern over the folder's files finds rows only.
export const figuresFile = ".figures"

/**
 * The figures in a run's folder; undefined where there are none, or they are damaged: a run does
 * without.
 */
export const readFigures = (directory: string): RunFigures | undefined => {
  try {
    return figuresIn(readFileSync(join(directory, figuresFile), "utf8"))
  } catch {
    return undefined
  }
}

/** The figures that the text of their file holds. */
export const figuresIn = (text: string): RunFigures | undefined => {
  try {
    const json = unsealed(text)
    const figures = json === undefined ? undefined : (JSON.parse(json) as Partial<RunFigures>)
    return figures?.version === 1 ? (figures as RunFigures) : undefined
  } catch {
    return undefined
  }
}

/** Whether a folder has figures that cannot be read. */
export const figuresDamaged = (directory: string): boolean =>
  existsSync(join(directory, figuresFile)) && readFigures(directory) === undefined

/** Writes the figures; whatever happens, those of before or these are there. */
export const writeFigures = (directory: string, figures: RunFigures): void =>
  writeWhole(join(directory, figuresFile), sealed(JSON.stringify(figures)))
