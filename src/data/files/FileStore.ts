/** Where files of rows lie: on this machine, unless a layer says otherwise. */
import { existsSync, globSync, readdirSync, statSync } from "node:fs"
import * as Context from "effect/Context"
import { type ByteSource, localFile } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"

/** What loading asks of the place where files lie. */
export interface Files {
  /**
   * The files below a folder, as paths from there with `/` between names; undefined if it is a
   * file. Fails with a `DataError` if nothing is there.
   */
  readonly list: (path: string) => Promise<ReadonlyArray<string> | undefined>
  /** The paths that a pattern (`data/*.jsonl`) fits; undefined if the text is a path itself. */
  readonly match: (pattern: string) => Promise<ReadonlyArray<string> | undefined>
  /** A file, which is looked at when it is read. */
  readonly open: (path: string) => ByteSource
}

/** Files of this machine. */
export const localFiles: Files = {
  list: async (path) => {
    try {
      if (!statSync(path).isDirectory()) return undefined
      return readdirSync(path, { recursive: true, encoding: "utf8" }).map((file) =>
        file.replaceAll("\\", "/")
      )
    } catch (thrown) {
      throw DataError.of("read", path, thrown)
    }
  },
  // A file may have a name that looks like a pattern.
  match: async (pattern) =>
    /[*?[{]/.test(pattern) && !existsSync(pattern)
      ? globSync(pattern).filter((file) => statSync(file).isFile())
      : undefined,
  open: localFile
}

/**
 * Where `LoadDataFromFileSystem` finds its files: on this machine, unless a layer says otherwise.
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
  defaultValue: () => localFiles
})
