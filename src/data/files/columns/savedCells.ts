/** Values of rows as typed files take them. */
import { isDate, isUint8Array } from "node:util/types"
import type { Row } from "../../../columns/Row.ts"
import { jsonOf } from "./jsonOf.ts"
import type { SavedType } from "./SavedType.ts"
import { misfit, storedCell } from "./storedCells.ts"

/**
 * Makes what a typed file takes of a value: integers are big ones, dates stay dates; null where
 * there is nothing. Throws for a value of another type than was seen before.
 */
export const savedCell = (type: SavedType): ((value: unknown) => unknown) => {
  const convert = converter(type)
  return (value) => (value === null || value === undefined ? null : convert(value))
}

const converter = (type: SavedType): ((value: unknown) => unknown) => {
  switch (type.kind) {
    case "text":
      return (value) => (typeof value === "string" ? value : others(type, value))
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : others(type, value))
    case "integer":
      return (value) =>
        typeof value === "bigint"
          ? value
          : Number.isSafeInteger(value)
            ? BigInt(value as number)
            : others(type, value)
    case "float":
      return (value) => (typeof value === "number" ? value : others(type, value))
    case "moment":
      return (value) =>
        !isDate(value) ? others(type, value) : Number.isNaN(value.getTime()) ? null : value
    case "bytes":
      return (value) => (isUint8Array(value) ? value : others(type, value))
    case "digits":
      return String
    case "json":
      return jsonOf
    case "null":
      return () => null
    case "stored": {
      const cell = storedCell(type.type)
      return (value) => {
        const stored = cell(value)
        return stored === misfit ? others(type, value) : stored
      }
    }
    case "list": {
      const item = savedCell(type.item)
      return (value) => Array.from(value as ArrayLike<unknown>, item)
    }
    case "struct": {
      const fields = type.fields.map(({ name, type: field }) => [name, savedCell(field)] as const)
      return (value) =>
        Object.fromEntries(fields.map(([name, cell]) => [name, cell((value as Row)[name])]))
    }
  }
}

const others = ({ kind }: SavedType, value: unknown): never => {
  throw new Error(
    `the rows were others when they were read again: ${typeof value} where there was ${kind}`
  )
}
