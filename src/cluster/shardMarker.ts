/**
 * What a store says of a shard that is done, and what a machine notes of it: which attempt it is,
 * and what files it has.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { figuresFile } from "./figures.ts"
import { lengthsFile } from "./RowStream.ts"
import { FileSizes } from "./StoredRun.ts"

/** Files that say how a shard went and how long its streams are, which all want to know. */
export const textFiles = [figuresFile, lengthsFile] as const

/** What stands in the store where a shard is done. */
const Marker = Schema.Struct({
  attempt: Schema.String,
  /** Its files, with their sizes. */
  files: FileSizes,
  texts: Schema.Record(Schema.Literals(textFiles), Schema.optionalKey(Schema.String))
})
export type Marker = typeof Marker.Type

/** Reads a marker; undefined if it is damaged. */
export const markerIn = (text: string): Marker | undefined => {
  try {
    return Schema.decodeUnknownSync(Marker)(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The note in the folder of a shard on this machine. */
export const noteFile = ".stored"
const Note = Schema.Struct({
  /** Of the marker that it was made from. */
  version: Schema.String,
  attempt: Schema.String,
  files: FileSizes
})
export type Note = typeof Note.Type

/** The note of a shard's folder; undefined if there is none. */
export const noteIn = (folder: string): Note | undefined => {
  try {
    return Schema.decodeUnknownSync(Note)(JSON.parse(readFileSync(join(folder, noteFile), "utf8")))
  } catch {
    return undefined
  }
}
