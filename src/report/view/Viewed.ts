/**
 * What is looked at through the server of `view`: files of rows, on this machine or on the Hub, and
 * what a run says of them.
 */
import type { ByteSource } from "../../data/rows/ByteSource.ts"
import type { Profile } from "../figures/Profile.ts"
import type { ReportData, ReportFile, ReportRows } from "../figures/ReportData.ts"
import type { RunFigures } from "../figures/RunFigures.ts"

/** A file of rows, with where its bytes come from. */
export interface ViewedFile extends Omit<ReportFile, "url"> {
  readonly source: ByteSource
}

export interface ViewedSubset {
  readonly name: string
  readonly rows: ReadonlyArray<ViewedFile>
  readonly errors: ReadonlyArray<ViewedFile>
  /** What the rows hold; absent where the files are not on this machine. */
  readonly profile?: Profile | undefined
}

export interface Viewed {
  readonly title: string
  readonly figures?: RunFigures | undefined
  readonly subsets: ReadonlyArray<ViewedSubset>
  /** What lies there and cannot be shown, in sentences. */
  readonly notShown: ReadonlyArray<string>
}

/** What the page is told, and its files by the numbers in their addresses. */
export const served = ({
  figures,
  notShown,
  subsets,
  title
}: Viewed): { readonly data: ReportData; readonly files: ReadonlyArray<ViewedFile> } => {
  const files: Array<ViewedFile> = []
  const rowsOf = (viewed: ReadonlyArray<ViewedFile>): ReportRows => ({
    files: viewed.map((file) => ({
      name: file.name,
      type: file.type,
      bytes: file.bytes,
      url: `files/${files.push(file) - 1}`
    })),
    count: viewed.length === 0 ? 0 : undefined,
    sample: [],
    complete: viewed.length === 0
  })
  const data = {
    title,
    figures,
    subsets: subsets.map(({ errors, name, profile, rows }) => ({
      name,
      rows: rowsOf(rows),
      errors: rowsOf(errors),
      profile
    })),
    notShown
  }
  return { data, files }
}
