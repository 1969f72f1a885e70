/** The page of the gallery: every class in a line, with its columns, its paper and Python's name. */
import { gallery, type GalleryEntry } from "../src/catalog/gallery.ts"
import type { ColumnTag, StepDoc } from "./stepDocs.ts"
import { table } from "./stepPages.ts"

const headings: Readonly<Record<GalleryEntry["kind"], string>> = {
  step: "Steps",
  task: "Tasks",
  own: "Steps and tasks of your own",
  model: "Models"
}

/** The page's text. */
export const galleryPage = (docs: ReadonlyArray<StepDoc>): string => {
  const docOf = new Map(docs.map((doc) => [doc.name, doc]))
  return (
    [
      "# Gallery",
      "<!-- Written by `npm run docs` from the definitions and docstrings; do not edit. -->",
      "Every class of the library. `distilabel-ts list` prints the same, `distilabel-ts list WORD` what is about something.",
      ...Object.entries(headings).flatMap(([kind, heading]) => [
        `## ${heading}`,
        table(
          ["class", "what it does", "reads", "adds", "paper", "in Python"],
          gallery()
            .filter((entry) => entry.kind === kind)
            .map((entry) => line(entry, docOf.get(entry.name)))
        )
      ])
    ].join("\n\n") + "\n"
  )
}

const line = (
  { about, cites, name, python }: GalleryEntry,
  doc: StepDoc | undefined
): ReadonlyArray<string> => [
  doc === undefined ? `\`${name}\`` : `[${name}](steps/${name}.md)`,
  about,
  columns(doc?.reads),
  columns(doc?.adds),
  cites && doc?.source !== undefined ? `[paper](${doc.source})` : "",
  python === undefined ? "" : `\`${python}\``
]

/** Names of columns, of which those that every task adds say nothing. */
const columns = (tags: ReadonlyArray<ColumnTag> = []): string =>
  tags
    .flatMap(({ column, text }) =>
      column === undefined
        ? [text]
        : /^(model_name|distilabel_metadata|reasoning)$/.test(column)
          ? []
          : [`\`${column}\``]
    )
    .join(", ")
