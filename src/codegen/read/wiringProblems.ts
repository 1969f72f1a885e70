/**
 * The sentences that the compiler says of wiring, as the problems that the check at run time would
 * give: the same words for both.
 */
import * as problems from "../../pipeline/problems.ts"
import type { Problem } from "../../pipeline/problems.ts"
import * as says from "../../pipeline/sentences.ts"

/** What stands beside a sentence: names by their key, and types in words. */
export interface Facts {
  readonly names: (key: string) => ReadonlyArray<string>
  readonly text: (key: string) => string
  readonly all: () => Readonly<Record<string, string>>
}

/** The names of the steps before, where the sentence does not tell them. */
type Before = ReadonlyArray<string>

type Reading = (words: ReadonlyArray<string>, facts: Facts, before: Before) => Problem

/** A text that stands for a word of a sentence. */
const marks = ["\u0001", "\u0002"] as const

const patternOf = (sentence: (...words: Array<never>) => string): RegExp => {
  const written = sentence(...(marks as ReadonlyArray<string> as Array<never>)).replaceAll(
    /[.*+?^${}()|[\]\\]/g,
    "\\$&"
  )
  return new RegExp(`^${written.replaceAll(/[\u0001\u0002]/g, "(.*)")}$`, "su")
}

const word = (words: ReadonlyArray<string>, i: number): string => words[i] ?? ""

const readings: ReadonlyArray<readonly [RegExp, Reading]> = [
  [
    patternOf(says.missingColumn),
    (words, { names }) =>
      new problems.MissingColumn({
        step: word(words, 0),
        column: word(words, 1),
        available: names("choose")
      })
  ],
  [
    patternOf(says.wrongType),
    (words, { text }) =>
      new problems.WrongType({
        step: word(words, 0),
        column: word(words, 1),
        wants: text("wants"),
        gets: text("gets")
      })
  ],
  [
    patternOf(says.needsOneOf),
    (words, { names }) =>
      new problems.NeedsOneOf({
        step: word(words, 0),
        oneOf: names("oneOf").map((name) => [name]),
        available: names("choose")
      })
  ],
  [patternOf(says.takenName), (words) => new problems.TakenName({ step: word(words, 0) })],
  [patternOf(says.notAGenerator), (words) => new problems.NotAGenerator({ step: word(words, 0) })],
  [
    patternOf(says.generatorAfterStep),
    (words, _, before) => new problems.GeneratorAfterStep({ step: word(words, 0), after: before })
  ],
  [
    patternOf(says.notAJoinStep),
    (words, _, before) => new problems.NotAJoinStep({ step: word(words, 0), after: before })
  ],
  [
    patternOf(says.routingNeedsList),
    (_, __, before) => new problems.RoutingNeedsList({ step: before[0] ?? "the step before" })
  ],
  [
    patternOf(says.branchesDisagree),
    (words, { all }) =>
      new problems.BranchesDisagree({ step: word(words, 0), column: word(words, 1), types: all() })
  ],
  [
    patternOf(says.noCommonSource),
    (words, _, before) => new problems.NoCommonSource({ step: word(words, 0), flows: before })
  ]
]

/** Whether a text is one of the sentences. */
export const isSentence = (text: string): boolean =>
  readings.some(([pattern]) => pattern.test(text))

/** The problem that a sentence tells of. */
export const problemOf = (sentence: string, facts: Facts, before: Before): Problem | undefined => {
  for (const [pattern, read] of readings) {
    const match = pattern.exec(sentence)
    if (match !== null) return read(match.slice(1), facts, before)
  }
  return undefined
}
