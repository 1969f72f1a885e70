/**
 * Leases of a log that nobody shares: two runs that ask the same question at the same time both ask
 * it.
 */
import * as Effect from "effect/Effect"
import type { AnswerLeases } from "./AnswerLog.ts"

export const noLeases: AnswerLeases = {
  turn: () => Effect.succeed("ask"),
  announce: () => {},
  answered: () => {},
  dropped: () => {},
  answersOf: () => []
}
