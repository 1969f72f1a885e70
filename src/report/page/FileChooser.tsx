/** Where a page from disk holds only the first rows: a way to give it the files with all of them. */
import { counted } from "../../words/figures.ts"
import type { ReportRows } from "../figures/ReportData.ts"
import { bytes, count } from "../figures/shownFigures.ts"

export const FileChooser = ({
  choose,
  noun,
  rows: { count: all, files, sample }
}: {
  readonly rows: ReportRows
  readonly noun: string
  readonly choose: (files: Iterable<File>) => void
}) => (
  <p class="chooser">
    <span>
      This page holds the first {counted(sample.length, noun)}
      {all === undefined ? "" : ` of ${count(all)}`}. All of them are in{" "}
      {files.map(({ bytes: size, name }, i) => (
        <span key={name}>
          {i > 0 && ", "}
          <code>{name}</code> ({bytes(size)})
        </span>
      ))}
      , beside this page.
    </span>
    <label class="button">
      Open {files.length === 1 ? "it" : "them"}
      <input
        class="hidden"
        type="file"
        multiple
        accept=".jsonl,.parquet,.partial"
        onChange={(event) => choose(event.currentTarget.files ?? [])}
      />
    </label>
    <span class="about">It stays on this machine and is read piece by piece.</span>
  </p>
)
