/** Asking several models until one answers. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { AnyLLM, GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import { LLMError } from "../chat/LLMError.ts"
import type { Observer } from "../chat/LLMEvents.ts"
import { OpenMember } from "./OpenMember.ts"

/** What a combination is called in its errors. */
interface Named {
  readonly type: string
  readonly model: string
}

/**
 * Opens all members. One that cannot be opened is left out with a warning, for that is what the
 * others are there for; without any the combination cannot be opened.
 */
export const openMembers = (
  named: Named,
  llms: ReadonlyArray<AnyLLM>
): Effect.Effect<ReadonlyArray<OpenMember>, LLMError, Scope.Scope> =>
  Effect.gen(function* () {
    const opened = yield* Effect.forEach(llms, (llm) => Effect.result(OpenMember.open(llm)), {
      concurrency: "unbounded"
    })
    const failures = opened.flatMap((each) => (Result.isFailure(each) ? [each.failure] : []))
    const members = opened.flatMap((each) => (Result.isSuccess(each) ? [each.success] : []))
    if (members.length === 0) return yield* together(named, failures)
    for (const { message } of failures)
      yield* Effect.logWarning(`${message} ${named.type} '${named.model}' asks the others.`)
    return members
  })

/**
 * What any member answered at an earlier time, else the answer of the first in the order that does;
 * `passesOn` says whether an error is one that another may not have.
 */
export const inTurn = (
  named: Named,
  members: ReadonlyArray<OpenMember>,
  order: () => ReadonlyArray<OpenMember>,
  passesOn: (error: LLMError) => boolean,
  request: GenerateRequest,
  observer: Observer | undefined
): Effect.Effect<GenerateOutput, LLMError> =>
  Effect.gen(function* () {
    const known = yield* recalledByAny(members, request, observer)
    if (known !== undefined) return known
    const failures: Array<LLMError> = []
    for (const member of order()) {
      const result = yield* Effect.result(member.ask(request, observer))
      if (Result.isSuccess(result)) return result.success
      failures.push(result.failure)
      if (!passesOn(result.failure)) break
    }
    return yield* together(named, failures)
  })

/** An answer is found again whoever gave it. */
export const recalledByAny = (
  members: ReadonlyArray<OpenMember>,
  request: GenerateRequest,
  observer: Observer | undefined
): Effect.Effect<GenerateOutput | undefined, LLMError> =>
  Effect.gen(function* () {
    for (const member of members) {
      const found = yield* member.recall(request, observer)
      if (found !== undefined) return found
    }
    return undefined
  })

/** Those that are not passed over, unless all are. */
export const standing = (members: ReadonlyArray<OpenMember>): ReadonlyArray<OpenMember> => {
  const there = members.filter(({ isOut }) => !isOut)
  return there.length === 0 ? members : there
}

/**
 * One error of what all members said: the last word is the last one's, the end of a run that of
 * all.
 */
const together = ({ model, type }: Named, failures: ReadonlyArray<LLMError>): LLMError => {
  const last = failures.at(-1)!
  if (failures.length === 1) return last
  return new LLMError({
    ...last,
    llm: type,
    model,
    attempts: failures.reduce((sum, { attempts }) => sum + attempts, 0),
    detail: failures.map((each) => `${each.llm} '${each.model}': ${each.detail}`).join("; "),
    fatal: failures.every(({ fatal }) => fatal)
  })
}

/** A model that does not keep rows waiting for long, since there is another: unless it is told to. */
export const impatient = (llm: AnyLLM): AnyLLM =>
  llm.address() === undefined || llm.members !== undefined
    ? llm
    : llm.configure({
        ...(llm.options["maxRetries"] === undefined ? { maxRetries: 2 } : {}),
        ...(llm.options["giveUpAfter"] === undefined ? { giveUpAfter: 30 } : {})
      })
