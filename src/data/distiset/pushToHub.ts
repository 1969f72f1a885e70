/** Pushing a Distiset to the Hugging Face Hub. */
import * as Effect from "effect/Effect"
import { HubError } from "../hub/HubError.ts"
import { DataError } from "../rows/DataError.ts"
import type { DistisetMethods } from "./Distiset.ts"
import { pushDataset, type Pushed, type PushToHubOptions } from "./pushDataset.ts"
import { contents } from "./saveDataset.ts"

/**
 * Pushes a Distiset to the Hugging Face Hub, as its method `pushToHub` does: Parquet files, a card,
 * the pipeline and its log.
 *
 * The dataset is made if there is none. Files are sent a few in each commit; a push that was cut
 * off is completed by the same call, which does not send again what is there. Rows and files that
 * seem to hold keys are refused before anything is sent.
 *
 * @example
 *   const pushed = run(pipeline).pipe(
 *     Effect.flatMap((distiset) => pushToHub(distiset, "me/rivers", { private: true }))
 *   )
 *
 * @fails HubError if the token is missing or may not write, the Hub cannot be reached, or something looks like a key
 * @fails DataError if a column has values of several types, or the disk is full
 */
export const pushToHub = (
  distiset: DistisetMethods<unknown>,
  repo: string,
  options: PushToHubOptions = {}
): Effect.Effect<Pushed, HubError | DataError> =>
  Effect.tryPromise({
    try: () => pushDataset(repo, distiset[contents], options, distiset.directory),
    catch: (thrown) => (thrown instanceof HubError ? thrown : DataError.of("write", repo, thrown))
  })

/**
 * `pushToHub`, as a promise.
 *
 * @example
 *   const { url } = await pushToHubPromise(await runPromise(pipeline), "me/rivers", { token: process.env["HF_TOKEN"], private: true })
 */
export const pushToHubPromise = (
  distiset: DistisetMethods<unknown>,
  repo: string,
  options: PushToHubOptions = {}
): Promise<Pushed> => Effect.runPromise(pushToHub(distiset, repo, options))
