/** Endpoints of one's own: where one is, by its name, and how it is woken. */
import { setTimeout as sleep } from "node:timers/promises"
import { Unusable } from "../asking/Diagnosis.ts"
import { environment } from "../asking/environment.ts"
import type { Fetch } from "../http/Fetch.ts"
import { HttpFailure } from "../http/HttpFailure.ts"
import { record, textIn } from "../http/wireValues.ts"
import { chatAddress } from "./addresses.ts"

const wakesWithinMs = 300_000
const betweenLooksMs = 3000

/** An endpoint that there is no waiting for. */
const asleep = (detail: string): Unusable => new Unusable({ reason: "Unreachable", detail })

interface Named {
  readonly name: string
  readonly namespace: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The address of an endpoint, once it is running. */
export const wakeEndpoint = async (
  fetch: Fetch,
  { headers, name, namespace }: Named
): Promise<string> => {
  const owner = namespace ?? (await ownerOf(fetch, headers))
  const api = environment("HF_ENDPOINTS_URL") ?? "https://api.endpoints.huggingface.cloud/v2"
  const route = `${api}/endpoint/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`
  const until = performance.now() + wakesWithinMs
  let resumed = false
  for (;;) {
    const { status } = record(
      await (await fetch(route, { headers }).catch(missing(owner, name))).json()
    )
    const { message, state, url } = record(status)
    const address = textIn(url)
    if (state === "running" && address !== undefined) return chatAddress(address)
    if (state === "failed")
      throw asleep(`endpoint '${owner}/${name}' failed: ${textIn(message) ?? "no reason given"}`)
    // One that is scaled to zero wakes by itself once it is asked.
    if (state === "scaledToZero" && address !== undefined) return chatAddress(address)
    if (state === "paused" && !resumed) {
      await fetch(`${route}/resume`, { method: "POST", headers })
      resumed = true
    }
    if (textIn(state) === undefined)
      throw asleep(`${api} does not say how endpoint '${owner}/${name}' is doing`)
    if (performance.now() > until)
      throw asleep(
        `endpoint '${owner}/${name}' is still ${String(state)} after ${wakesWithinMs / 1000} s`
      )
    await sleep(betweenLooksMs)
  }
}

const missing =
  (owner: string, name: string) =>
  (thrown: unknown): never => {
    throw thrown instanceof HttpFailure && thrown.status === 404
      ? new Unusable({ reason: "ModelNotFound", detail: `there is no endpoint '${owner}/${name}'` })
      : thrown
  }

const ownerOf = async (
  fetch: Fetch,
  headers: Readonly<Record<string, string>>
): Promise<string> => {
  const hub = environment("HF_ENDPOINT") ?? "https://huggingface.co"
  const { name } = record(await (await fetch(`${hub}/api/whoami-v2`, { headers })).json())
  return String(name)
}
