/** Column types as JSON Schema, and back. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaRepresentation from "effect/SchemaRepresentation"
import { type Columns, isOptional } from "../../columns/Columns.ts"
import { columnsFromJson, type JsonObject, typeFromJson } from "../../columns/jsonTypes.ts"
import { standardOf } from "../../columns/standard.ts"
import { recordOf, type Tree, type TreeRecord } from "../tree/Tree.ts"

/** Is told the types that JSON Schema has no word for: what is written in their place is wider. */
export type Lossy = (type: string) => void

/** A type as JSON Schema. */
export const schemaToJson = (
  schema: Schema.Constraint,
  lossy: Lossy = () => undefined
): TreeRecord => {
  const standard = standardOf(schema)
  if (standard !== undefined)
    lossy(`a schema of ${standard["~standard"].vendor}, whose own checks are left out`)
  return toJson(SchemaAST.toType(schema.ast), lossy, 0)
}

/** Columns as the JSON Schema of a row; `open` if rows may have others too. */
export const columnsToJson = (columns: Columns, open: boolean, lossy?: Lossy): TreeRecord => ({
  type: "object",
  properties: recordOf(
    Object.entries(columns).map(([column, schema]) => [column, schemaToJson(schema, lossy)])
  ),
  required: Object.keys(columns).filter((column) => !isOptional(columns[column]!)),
  ...(open ? { additionalProperties: true } : {})
})

// A recursive type is written out so deep, and is anything beyond.
const deepest = 8

const toJson = (ast: SchemaAST.AST, lossy: Lossy, depth: number): TreeRecord => {
  const { description, title } = (ast.annotations ?? {}) as Readonly<Record<string, unknown>>
  return {
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...bare(ast, lossy, depth)
  }
}

const anything: TreeRecord = { $comment: "any" }

const bare = (ast: SchemaAST.AST, lossy: Lossy, depth: number): TreeRecord => {
  const unsaid = (type: string): TreeRecord => {
    lossy(type)
    return anything
  }
  if (depth > deepest) return unsaid("a recursive type")
  switch (ast._tag) {
    case "Any":
      return anything
    case "Unknown":
      return {}
    case "String":
    case "Number":
      return leaf(ast, lossy)
    case "Boolean":
      return { type: "boolean" }
    case "Null":
      return { type: "null" }
    case "Literal":
      return typeof ast.literal === "bigint" ? unsaid("a bigint") : { enum: [ast.literal] }
    case "Enum":
      return { enum: ast.enums.map(([, value]) => value) }
    case "TemplateLiteral":
      lossy("a template literal")
      return { type: "string" }
    case "Arrays":
      return list(ast, lossy, depth + 1)
    case "Objects":
      return record(ast, lossy, depth + 1)
    case "Union":
      return union(
        ast.types.filter(({ _tag }) => _tag !== "Undefined"),
        lossy,
        depth + 1
      )
    case "Suspend":
      return toJson(ast.thunk(), lossy, depth + 1)
    default:
      return unsaid(
        SchemaAST.resolveIdentifier(ast) ??
          (ast._tag === "Declaration" ? "a type of its own" : ast._tag.toLowerCase())
      )
  }
}

const leaf = (ast: SchemaAST.String | SchemaAST.Number, lossy: Lossy): TreeRecord => {
  const type = ast._tag === "String" ? "string" : "number"
  if (ast.checks === undefined || ast.checks.length === 0) return { type }
  const told = Schema.toJsonSchemaDocument(Schema.make<Schema.Top>(ast), {
    referencePolicy: () => undefined
  }).schema as TreeRecord
  const silent = type === "string" && Object.keys(told).length === 1
  if (silent || (told["type"] !== "integer" && told["type"] !== type)) {
    lossy(`a ${type} that is checked`)
    return { type }
  }
  // JSON has no numbers but finite ones: that a column says so is told in a comment.
  if (type === "number" && Object.keys(told).length === 1 && told["type"] === type)
    return { type, $comment: "finite" }
  // The largest whole numbers that JavaScript can count are no bounds that anyone set.
  return recordOf(
    Object.entries(told).filter(([, bound]) => Math.abs(Number(bound)) !== Number.MAX_SAFE_INTEGER)
  )
}

const list = (ast: SchemaAST.Arrays, lossy: Lossy, depth: number): TreeRecord => {
  const [rest] = ast.rest
  const items = rest === undefined ? {} : { items: toJson(rest, lossy, depth) }
  if (ast.elements.length === 0)
    return rest === undefined ? { type: "array", maxItems: 0 } : { type: "array", ...items }
  return {
    type: "array",
    prefixItems: ast.elements.map((element) => toJson(element, lossy, depth)),
    ...items,
    minItems: ast.elements.filter((element) => !SchemaAST.isOptional(element)).length,
    ...(rest === undefined ? { maxItems: ast.elements.length } : {})
  }
}

const record = (ast: SchemaAST.Objects, lossy: Lossy, depth: number): TreeRecord => {
  const [index] = ast.indexSignatures
  const others =
    index === undefined ? {} : { additionalProperties: toJson(index.type, lossy, depth) }
  if (ast.propertySignatures.length === 0 && index !== undefined)
    return { type: "object", ...others }
  return {
    type: "object",
    properties: recordOf(
      ast.propertySignatures.map(({ name, type }) => [String(name), toJson(type, lossy, depth)])
    ),
    required: ast.propertySignatures
      .filter(({ type }) => !SchemaAST.isOptional(type))
      .map(({ name }) => String(name)),
    ...others
  }
}

const union = (types: ReadonlyArray<SchemaAST.AST>, lossy: Lossy, depth: number): TreeRecord => {
  if (
    types.length > 0 &&
    types.every(
      (type) =>
        SchemaAST.isLiteral(type) &&
        typeof type.literal !== "bigint" &&
        type.annotations === undefined
    )
  ) {
    return { enum: types.map((type) => (type as SchemaAST.Literal).literal as string) }
  }
  return types.length === 1
    ? toJson(types[0]!, lossy, depth)
    : { anyOf: types.map((type) => toJson(type, lossy, depth)) }
}

const byEffect = ({ $defs, ...schema }: JsonObject): Schema.Top =>
  SchemaRepresentation.fromJsonSchemaDocument({
    dialect: "draft-2020-12",
    schema,
    definitions: ($defs ?? {}) as never
  })

/** The type that a JSON Schema stands for. Throws what it cannot be. */
export const schemaFromJson = (json: Tree): Schema.Top => typeFromJson(json, byEffect)

/** The columns of a row's JSON Schema. */
export const columnsOfJson = (json: Tree): { readonly columns: Columns; readonly open: boolean } =>
  columnsFromJson(json, byEffect)
