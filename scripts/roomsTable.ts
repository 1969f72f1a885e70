/** The rooms of src/ as CONTRIBUTING.md shows them. */
import { rooms } from "../test/rooms.ts"

/** The lines between which the table stands. */
export const tableBegins = "<!-- rooms: written by npm run docs -->"
export const tableEnds = "<!-- /rooms -->"

const named = (names: ReadonlyArray<string>): string => names.join(", ") || "–"

export const roomsTable = (): string =>
  [
    "| room | holds | may import |",
    "| --- | --- | --- |",
    ...Object.entries(rooms).flatMap(([room, { holds, imports, wings = {} }]) => [
      `| **${room}** | ${holds} | ${imports === "all" ? "all" : named(imports)} |`,
      ...Object.entries(wings).map(
        ([wing, own]) => `| ${room}/${wing} | ${own.holds} | ${named(own.imports)} |`
      )
    ])
  ].join("\n")

/** A text with the table as it is now. */
export const withRoomsTable = (text: string): string => {
  const [before = "", rest = ""] = text.split(tableBegins)
  return `${before}${tableBegins}\n\n${roomsTable()}\n\n${tableEnds}${rest.split(tableEnds)[1] ?? ""}`
}
