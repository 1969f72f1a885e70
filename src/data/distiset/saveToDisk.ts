/** Saving a Distiset as an Effect; its own method is the same as a promise. */
import * as Effect from "effect/Effect"
import { DataError } from "../rows/DataError.ts"
import type { DistisetMethods } from "./Distiset.ts"
import { contents } from "./saveDataset.ts"
import type { SaveToDiskOptions } from "./saveDataset.ts"
import { saveAnywhere } from "./saveToStore.ts"

/**
 * Saves the rows of a Distiset, split or not, to a folder or to an address of an object store, as
 * its method `saveToDisk` does.
 *
 * @example
 *   const saved = run(pipeline).pipe(
 *     Effect.flatMap((distiset) => saveToDisk(distiset, "saved", { format: "parquet" }))
 *   )
 *
 * @fails DataError if the folder holds something already, a column has values of several types, or the disk is full; nothing is left behind
 */
export const saveToDisk = (
  distiset: DistisetMethods<unknown>,
  directory: string,
  options: SaveToDiskOptions = {}
): Effect.Effect<void, DataError> =>
  Effect.tryPromise({
    try: () => saveAnywhere(directory, distiset[contents], options),
    catch: (thrown) => DataError.of("write", directory, thrown)
  })
