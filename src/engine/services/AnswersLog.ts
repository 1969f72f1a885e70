/**
 * The log of answers: where a run finds what models have answered before, and keeps what they
 * answer.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { AnswerLog } from "../../journal/AnswerLog.ts"
import type { JournalError } from "../../journal/JournalError.ts"
import { MemoryLog } from "../../journal/MemoryLog.ts"
import { ResponseLog } from "../../journal/ResponseLog.ts"
import type { Durability } from "../../journal/SegmentWriter.ts"

/** Opens the log of a cache directory. */
export interface OpenAnswers {
  readonly open: (
    directory: string,
    options: { readonly durability: Durability }
  ) => Effect.Effect<AnswerLog, JournalError, Scope.Scope>
}

const Current = Context.Reference<OpenAnswers>("distilabel-ts/engine/AnswersLog", {
  defaultValue: () => ({ open: ResponseLog.open })
})

/**
 * Where the answers of models are kept from run to run: in files of the cache directory, unless a
 * layer says otherwise.
 *
 * @example
 *   // Nothing is kept on disk: runs of this program share answers as long as it lives.
 *   const distiset = await Effect.runPromise(
 *     run(pipeline).pipe(Effect.provide(AnswersLog.inMemory))
 *   )
 */
export const AnswersLog = Object.assign(Current, {
  /** Answers in the memory of this program. */
  inMemory: Layer.sync(Current, () => {
    const log = new MemoryLog()
    return { open: () => Effect.succeed(log) }
  })
})
