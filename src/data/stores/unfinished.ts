/**
 * Uploads that are under way, or were cut short: a marker lies among their objects until all are
 * there, so that nobody reads half a dataset.
 */
import { DataError } from "../rows/DataError.ts"
import type { ObjectStore } from "./ObjectStore.ts"

/** Hidden, so that a pattern over a folder's files finds rows only. */
export const markerName = ".uploading"

/** Who is uploading, and since when. */
export interface Marker {
  readonly id: string
  readonly host: string
  readonly since: string
}

/** The marker in a folder; undefined if there is none. */
export const readMarker = async (
  store: ObjectStore,
  folder: string
): Promise<Marker | undefined> => {
  const text = await store.text(`${folder}${markerName}`)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Marker
  } catch {
    return { id: "", host: "an unknown host", since: "an unknown time" }
  }
}

/** A part of a dataset lies in its configuration's folder, or in that of a split below it. */
const mostLevels = 2

/**
 * Fails where a folder, or one of `files` in it, is part of an upload that is not complete; `keys`
 * are those of all that it holds.
 */
export const expectComplete = async (
  store: ObjectStore,
  folder: string,
  keys: ReadonlyArray<string> = [],
  files: ReadonlyArray<string> = keys
): Promise<void> => {
  const below = keys
    .filter((key) => key.endsWith(`/${markerName}`))
    .map((key) => key.slice(0, -markerName.length))
    .filter((at) => files.some((file) => file.startsWith(at)))
  for (const at of new Set([...below, ...foldersUp(folder)])) {
    const marker = await readMarker(store, at)
    if (marker !== undefined)
      throw new DataError({
        action: "read",
        path: store.addressOf(at),
        detail: `its upload from ${marker.host}, begun ${marker.since}, is not complete. Wait for it, or upload it again. If nobody does, remove '${markerName}' to read what is there.`
      })
  }
}

/** A folder and those that it may be a part of a dataset of. */
export const foldersUp = (folder: string): ReadonlyArray<string> => {
  const folders = [folder]
  for (let at = folder; at !== "" && folders.length <= mostLevels;) {
    at = above(at)
    folders.push(at)
  }
  return folders
}

/** The folder that a folder is in. */
const above = (folder: string): string => folder.replace(/[^/]*\/$/, "")
