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

/** Fails where a folder is part of an upload that is not complete. */
export const expectComplete = async (store: ObjectStore, folder: string): Promise<void> => {
  for (let level = 0, at = folder; level <= mostLevels; level++, at = above(at)) {
    const marker = await readMarker(store, at)
    if (marker !== undefined)
      throw new DataError({
        action: "read",
        path: store.addressOf(at),
        detail: `its upload from ${marker.host}, begun ${marker.since}, is not complete. Wait for it, or upload it again. If nobody does, remove '${markerName}' to read what is there.`
      })
    if (at === "") return
  }
}

/** The folder that a folder is in. */
export const above = (folder: string): string => folder.replace(/[^/]*\/$/, "")
