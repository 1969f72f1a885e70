/**
 * A dataset of the Hub, to be looked at: its files are read in pieces, with the token of this
 * machine, which stays here.
 */
import { hubAccess } from "../../data/hub/HubAccess.ts"
import { HubError } from "../../data/hub/HubError.ts"
import { convertedBranch, type HubRepo, openRepo } from "../../data/hub/HubRepo.ts"
import {
  notReadable,
  type SubsetNames,
  subsetsOfConversion,
  subsetsOfDataset,
  typeOf
} from "./subsets.ts"
import type { Viewed, ViewedFile } from "./Viewed.ts"

/** Opens `OWNER/NAME`, or `OWNER/NAME@REVISION`. */
export const viewedHub = async (name: string): Promise<Viewed> => {
  const [id = "", revision] = name.split("@")
  const access = hubAccess()
  const repo = await openRepo(access, id, revision)
  const names = repo.files.map(({ path }) => path)
  const subsets = await subsetsOfDataset(names, await repo.text("README.md"))
  if (subsets.some(isReadable)) return viewed(name, repo, subsets)
  // Only the main branch is converted.
  const converted =
    revision === undefined
      ? await conversion(() => openRepo(access, id, convertedBranch))
      : undefined
  const instead =
    converted === undefined ? [] : subsetsOfConversion(converted.files.map(({ path }) => path))
  if (converted !== undefined && instead.length > 0) return viewed(name, converted, instead)
  throw new HubError({
    reason: "NoData",
    repo: id,
    detail: `it has no JSON Lines or Parquet, and the Hub has not converted it. It has: ${names.slice(0, 8).join(", ") || "nothing"}${names.length > 8 ? ", …" : ""}.`
  })
}

const isReadable = ({ rows }: SubsetNames): boolean =>
  rows.some((file) => typeOf(file) !== undefined)

const conversion = async (open: () => Promise<HubRepo>): Promise<HubRepo | undefined> => {
  try {
    return await open()
  } catch (thrown) {
    if (
      thrown instanceof HubError &&
      (thrown.reason === "NoSuchRevision" || thrown.reason === "NoSuchRepo")
    )
      return undefined
    throw thrown
  }
}

const viewed = (title: string, repo: HubRepo, subsets: ReadonlyArray<SubsetNames>): Viewed => {
  const byPath = new Map(repo.files.map((file) => [file.path, file]))
  const fileOf = (path: string): ReadonlyArray<ViewedFile> => {
    const [file, type] = [byPath.get(path), typeOf(path)]
    return file === undefined || type === undefined
      ? []
      : [{ name: path, type, bytes: file.size, source: repo.source(file) }]
  }
  return {
    title,
    subsets: subsets.map(({ name, rows }) => ({ name, rows: rows.flatMap(fileOf), errors: [] })),
    notShown: subsets
      .flatMap(({ rows }) => rows)
      .filter((file) => typeOf(file) === undefined)
      .map(notReadable)
  }
}
