/**
 * Requests that are sent as one, where a provider takes several at once: those that wait at the
 * same time, until there are as many as one request may hold. Each has its own entry in the
 * journal, so that it is found again whatever it was sent with.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import type { LLMError } from "../chat/LLMError.ts"
import { mediaShare } from "../chat/MediaTokens.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { Together } from "../chat/RequestKind.ts"
import type { Asking, Usage } from "./Answers.ts"
import type { Call } from "./ModelAccess.ts"

/** Asks until there is an answer, or no more tries. */
type Ask<Request, Response> = (call: Call<Request>) => Effect.Effect<Response, LLMError>

interface Waiting<Asked, Response> extends Request.Request<Response, LLMError> {
  readonly call: Call<Asked>
}

type Entry<Asked, Response> = Request.Entry<Waiting<Asked, Response>>

/** How long a request waits for others. What is sent takes many times as long. */
const collecting = "5 millis"

/** Asks as `ask` does, several requests at once. */
export const askingTogether = <Asked extends ModelRequest, Response>(
  together: Together<Asked, Response>,
  ask: Ask<Asked, Response>
): Ask<Asked, Response> => {
  const waiting = Request.of<Waiting<Asked, Response>>()
  const resolver = RequestResolver.makeGrouped<Waiting<Asked, Response>, string>({
    key: ({ request: { call } }) => together.group(call.request),
    resolver: (entries) =>
      Effect.forEach(
        chunked(entries, together.most(entries[0].request.call.request)),
        (chunk) => sent(together, ask, chunk),
        { concurrency: "unbounded", discard: true }
      )
  }).pipe(RequestResolver.setDelay(collecting))
  return (call) => Effect.request(waiting({ call }), resolver)
}

/**
 * Sends requests as one. Where it is refused for what one of them holds, the halves are sent, and
 * so on: the others lose nothing.
 */
const sent = <Asked extends ModelRequest, Response>(
  together: Together<Asked, Response>,
  ask: Ask<Asked, Response>,
  entries: ReadonlyArray<Entry<Asked, Response>>
): Effect.Effect<void> => {
  const calls = entries.map(({ request }) => request.call)
  const [first] = calls
  if (first === undefined) return Effect.void
  const { parts, request } = together.joined(calls.map((call) => call.request))
  const one: Call<Asked> = {
    request,
    tell: first.tell,
    asking: first.asking === undefined ? undefined : askingFor(calls, first.asking, parts)
  }
  return Effect.matchEffect(ask(one), {
    onSuccess: (response) =>
      Effect.sync(() =>
        parts(response).forEach((part, i) => entries[i]!.completeUnsafe(Exit.succeed(part)))
      ),
    onFailure: (error) => {
      if (entries.length > 1 && error.reason === "InvalidRequest") {
        const half = Math.ceil(entries.length / 2)
        return Effect.forEach(
          [entries.slice(0, half), entries.slice(half)],
          (part) => sent(together, ask, part),
          { concurrency: "unbounded", discard: true }
        )
      }
      return Effect.sync(() => {
        for (const entry of entries) entry.completeUnsafe(Exit.fail(error))
      })
    }
  })
}

/** The entries of all in the journal, as one: each keeps its part of the answer. */
const askingFor = <Asked, Response>(
  calls: ReadonlyArray<Call<Asked>>,
  first: Asking,
  parts: (response: Response) => ReadonlyArray<Response>
): Asking => {
  const each = (
    total: Usage,
    keep: (asking: Asking, share: Usage, index: number) => Effect.Effect<void>
  ): Effect.Effect<void> =>
    Effect.forEach(
      calls,
      ({ asking }, i) =>
        asking === undefined ? Effect.void : keep(asking, shareOf(total, i, calls.length), i),
      { concurrency: "unbounded", discard: true }
    )
  return {
    question: first.question,
    recall: Effect.succeed(undefined),
    keep: (answer, attempt, usage) => {
      // One cast: what is kept is what was answered.
      const kept = parts(answer as Response)
      return each(usage, (asking, share, i) => asking.keep(kept[i], attempt, share))
    },
    spend: (usage, attempt) => each(usage, (asking, share) => asking.spend(share, attempt)),
    end: () => {}
  }
}

/** A part of what a request used; all parts together are the whole. */
const shareOf = (total: Usage, index: number, count: number): Usage => {
  const share = (tokens: number): number =>
    Math.floor(((index + 1) * tokens) / count) - Math.floor((index * tokens) / count)
  const media = mediaShare(total.media, share)
  return {
    ...total,
    inputTokens: share(total.inputTokens),
    outputTokens: share(total.outputTokens),
    ...(total.cachedTokens === undefined ? {} : { cachedTokens: share(total.cachedTokens) }),
    ...(total.writtenTokens === undefined ? {} : { writtenTokens: share(total.writtenTokens) }),
    ...(total.audioSeconds === undefined ? {} : { audioSeconds: share(total.audioSeconds) }),
    ...(media === undefined ? {} : { media })
  }
}

const chunked = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size)
  )
