/**
 * What cannot be seen of a step, and what follows for its rows.
 *
 * | a step's code                                                   | its rows are kept for other runs | a finished run is not repeated        | a stopped run goes on                   |
 * | --------------------------------------------------------------- | -------------------------------- | ------------------------------------- | --------------------------------------- |
 * | is seen in full                                                 | yes                              | yes                                   | yes                                     |
 * | draws random values                                             | no: equal rows would share them  | yes: the rows are as good as new ones | yes                                     |
 * | reads the time                                                  | no                               | no: they are of another time          | yes: they are of this run               |
 * | reads what is outside, changes what it reads, or cannot be seen | no                               | no                                    | no: what was read may be another by now |
 */
import { counted } from "../../words/figures.ts"

export type UnseenKind = "random" | "time" | "outside" | "state" | "code"

export interface Unseen {
  readonly kind: UnseenKind
  /** The name that stands in the code. */
  readonly name: string
  /** What it is, where the name does not say. */
  readonly what?: string | undefined
  /** What to do about it, or to know, where it is not the version. */
  readonly remedy?: string | undefined
}

/** What a run may take from earlier runs. */
export interface Trust {
  readonly rows: boolean
  readonly finished: boolean
  readonly stopped: boolean
}

export const trustIn = (unseen: ReadonlyArray<Unseen>): Trust => ({
  rows: unseen.length === 0,
  finished: unseen.every(({ kind }) => kind === "random"),
  stopped: unseen.every(({ kind }) => kind === "random" || kind === "time")
})

/** The gravest first: it is what the sentence is about. */
const gravest: ReadonlyArray<UnseenKind> = ["code", "state", "outside", "time", "random"]

/** Why the rows of a step are not kept, and what to do. */
export const stepSentence = (step: string, unseen: ReadonlyArray<Unseen>): string =>
  unseenSentence(
    `Step '${step}'`,
    unseen,
    unseen.find(({ remedy }) => remedy !== undefined)?.remedy ??
      "Give it a version to keep its rows."
  )

/** Why rows are worked out again, in one sentence: whose, and what could not be seen. */
export const unseenSentence = (
  subject: string,
  unseen: ReadonlyArray<Unseen>,
  remedy: string
): string => {
  const kind = gravest.find((each) => unseen.some((one) => one.kind === each))!
  const [first, ...others] = unseen.filter((one) => one.kind === kind)
  const { name, what } = first!
  const more = others.length === 0 ? "" : ` and ${counted(others.length, "other name")}`
  const named = `'${name}'${what === undefined ? "" : `, ${what}`}${more}`
  const why: Readonly<Record<UnseenKind, string>> = {
    code: `its code cannot be seen in full (${named})`,
    state: `it uses what changes while it runs (${named})`,
    outside: `it reads what is outside of the pipeline (${named})`,
    time: `it reads the time (${named})`,
    random: `it draws random values (${named})`
  }
  return `${subject} is worked out again ${kind === "random" ? "whenever anything in the pipeline changes" : "on every run"}: ${why[kind]}. ${remedy}`
}
