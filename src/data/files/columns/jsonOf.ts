/** Values as JSON text in files. */
import { isUint8Array } from "node:util/types"
import type { Row } from "../../../columns/Row.ts"
import { rowText } from "../../../columns/rowText.ts"
import { bytesCell } from "../../rows/cells.ts"
import { isList } from "./isList.ts"

/** A value as JSON text, texts too. */
export const jsonOf = (value: unknown): string => {
  if (typeof value !== "object" || value === null)
    return typeof value === "bigint" ? String(value) : wellFormed(JSON.stringify(value) ?? "null")
  // A list is told by its items, what JSON has no type for by its natural text.
  if (isUint8Array(value)) return JSON.stringify(bytesCell(value))
  return isList(value)
    ? `[${Array.from(value, jsonOf).join(",")}]`
    : Object.getPrototypeOf(value) === Object.prototype
      ? wellFormed(rowText(value as Row))
      : JSON.stringify(value)
}

/** JSON text in which half a character, which UTF-8 cannot hold, is U+FFFD as in all other formats. */
export const wellFormed = (json: string): string =>
  json.includes("\\ud")
    ? json.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (escaped) =>
        /^\\ud[89a-f]/.test(escaped) ? "\uFFFD" : escaped
      )
    : json
