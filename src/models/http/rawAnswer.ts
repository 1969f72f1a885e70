/**
 * Raw answers: the text that came over the wire for a request that an SDK sent, whatever the SDK
 * makes of it.
 */
import type { Fetch } from "./Fetch.ts"

/**
 * Sends a request through a fetch that keeps its answer. An answer that the SDK cannot read is
 * there all the same.
 */
export const rawAnswer = async (
  fetch: Fetch,
  send: (fetch: Fetch) => Promise<unknown>
): Promise<string> => {
  let answer: Response | undefined
  const keeping: Fetch = async (input, init) => (answer = await fetch(input, init))
  try {
    await send(keeping)
  } catch (thrown) {
    if (answer === undefined) throw thrown
  }
  if (answer === undefined) throw new Error("the SDK sent no request")
  return answer.text()
}
