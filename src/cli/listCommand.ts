/** `distilabel-ts list`: what the library has. */
import { gallery, type GalleryEntry, meantBy } from "../catalog/gallery.ts"
import { table } from "../words/terminal.ts"

interface ListOptions {
  readonly json: boolean
}

const headings: Readonly<Record<GalleryEntry["kind"], string>> = {
  step: "Steps",
  task: "Tasks, which ask a model",
  own: "Of your own",
  model: "Models"
}

/** Runs the command; gives the exit code. */
export const listCommand = (word: string | undefined, { json }: ListOptions): number => {
  const all = gallery()
  const named = all.filter(({ name }) => name === word)
  const found = named.length > 0 ? named : all.filter((entry) => isAbout(entry, word ?? ""))
  if (found.length === 0) {
    const meant = meantBy(word!)
    console.error(
      `Nothing is called or about '${word}'.${meant === undefined ? "" : ` Did you mean ${meant}?`} See all: distilabel-ts list`
    )
    return 1
  }
  if (json) console.log(JSON.stringify(found, undefined, 2))
  else if (named.length > 0) console.log(named.map(detailed).join("\n\n"))
  else console.log(listed(found))
  return 0
}

const isAbout = ({ about, name }: GalleryEntry, word: string): boolean =>
  `${name} ${about}`.toLowerCase().includes(word.toLowerCase())

const listed = (entries: ReadonlyArray<GalleryEntry>): string =>
  Object.entries(headings)
    .flatMap(([kind, heading]) => {
      const members = entries.filter((entry) => entry.kind === kind)
      return members.length === 0
        ? []
        : [
            `${heading}\n${table(
              members.map(({ about, name }) => [name, about]),
              process.stdout.columns ?? Infinity
            )}`
          ]
    })
    .join("\n\n")

const detailed = ({ about, cites, kind, name, options, python }: GalleryEntry): string =>
  [
    `${name}: ${about}`,
    ...(options.length === 0
      ? []
      : [
          `\nOptions besides those of every ${kind === "own" ? "step" : kind}, with their defaults\n${table(
            options.map((option) => [option.name, option.default ?? ""])
          )}`
        ]),
    ...(python === undefined ? [] : [`\nIn Python: ${python}`]),
    ...(cites ? ["Dataset cards cite its paper."] : [])
  ].join("\n")
