/** Where files of rows lie: on this machine or in object stores, unless a layer says otherwise. */
import * as Context from "effect/Context"
import { type Files, localFiles } from "../files/localFiles.ts"
import { isAddress } from "./storeAddress.ts"
import { storedFiles } from "./storedFiles.ts"

/** Files of this machine by their paths, those of object stores by their addresses. */
export const anyFiles: Files = {
  list: (path) => filesAt(path).list(path),
  match: (pattern) => filesAt(pattern).match(pattern),
  open: (path) => filesAt(path).open(path)
}

const filesAt = (path: string): Files => (isAddress(path) ? storedFiles : localFiles)

/**
 * Where `LoadDataFromFileSystem` finds its files: on this machine and in object stores, unless a
 * layer says otherwise.
 *
 * @example
 *   // Files of this program, by their paths.
 *   const texts = new Map([["people.jsonl", `{"name": "Ada"}\n`]])
 *   const bytesOf = (path: string) => new TextEncoder().encode(texts.get(path) ?? "")
 *   const inMemory = Layer.succeed(FileStore, {
 *     list: async () => undefined,
 *     match: async () => undefined,
 *     open: (path) => ({
 *       name: path,
 *       stream: async function* (from = 0) {
 *         yield bytesOf(path).slice(from)
 *       },
 *       pieces: async () => ({
 *         size: bytesOf(path).length,
 *         slice: async (start, end) => bytesOf(path).slice(start, end),
 *         close: async () => {}
 *       })
 *     })
 *   })
 *   const people = LoadDataFromFileSystem({ name: "people", dataFiles: "people.jsonl" })
 *   const distiset = await Effect.runPromise(
 *     run(Pipeline("from-memory", {}, from(people))).pipe(Effect.provide(inMemory))
 *   )
 */
export const FileStore = Context.Reference<Files>("distilabel-ts/data/FileStore", {
  defaultValue: () => anyFiles
})
