/** Column types as JSON Schema, and back. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaRepresentation from "effect/SchemaRepresentation"
import { type Columns, isOptional } from "../../columns/Columns.ts"
import { isRecord, recordOf, type Tree, type TreeRecord } from "../tree/Tree.ts"

/** Is told the types that JSON Schema has no word for: what is written in their place is wider. */
export type Lossy = (type: string) => void

/** A type as JSON Schema. */
export const schemaToJson = (
  schema: Schema.Constraint,
  lossy: Lossy = () => undefined
): TreeRecord => toJson(SchemaAST.toType(schema.ast), lossy, 0)

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

/** The type that a JSON Schema stands for. Throws what it cannot be. */
export const schemaFromJson = (json: Tree): Schema.Top => {
  if (json === true) return Schema.Unknown
  if (!isRecord(json)) throw new Error("a JSON Schema is a mapping")
  if (json["$defs"] !== undefined || json["$ref"] !== undefined) return byEffect(json)
  const { description, title } = json
  const schema = fromJson(json)
  if (schema === undefined) return byEffect(json)
  const told = {
    ...(typeof title === "string" ? { title } : {}),
    ...(typeof description === "string" ? { description } : {})
  }
  return Object.keys(told).length === 0 ? schema : schema.annotate(told)
}

/** The columns of a row's JSON Schema. */
export const columnsFromJson = (
  json: Tree
): { readonly columns: Columns; readonly open: boolean } => {
  if (!isRecord(json) || !isRecord(json["properties"] ?? {}))
    throw new Error("columns are a JSON Schema of an object with 'properties'")
  const required = Array.isArray(json["required"]) ? (json["required"] as ReadonlyArray<Tree>) : []
  return {
    columns: recordOf(
      Object.entries((json["properties"] ?? {}) as TreeRecord).map(([column, type]) => {
        const schema = schemaFromJson(type)
        return [column, required.includes(column) ? schema : Schema.optionalKey(schema)]
      })
    ),
    open: json["additionalProperties"] === true
  }
}

const own: ReadonlySet<string> = new Set(["type", "title", "description", "$comment"])

/** A type of our own words; undefined for those that have more keywords. */
const fromJson = (json: TreeRecord): Schema.Top | undefined => {
  const { $comment, anyOf, const: constant, enum: values, type } = json
  if (Array.isArray(anyOf)) return Schema.Union((anyOf as ReadonlyArray<Tree>).map(schemaFromJson))
  if (Array.isArray(values))
    return values.length === 1
      ? literal(values[0] as Tree)
      : Schema.Union((values as ReadonlyArray<Tree>).map(literal))
  if (constant !== undefined) return literal(constant)
  if (Array.isArray(type))
    return Schema.Union(
      (type as ReadonlyArray<Tree>).map((one) => schemaFromJson({ ...json, type: one }))
    )
  if (type === "object") return objectFromJson(json)
  if (type === "array") return arrayFromJson(json)
  const plain = Object.keys(json).every((key) => own.has(key))
  if (plain && type === undefined) return $comment === "any" ? Schema.Any : Schema.Unknown
  if (plain && type === "string") return Schema.String
  if (plain && type === "number") return $comment === "finite" ? Schema.Finite : Schema.Number
  if (plain && type === "boolean") return Schema.Boolean
  return plain && type === "null" ? Schema.Null : undefined
}

const literal = (value: Tree): Schema.Top => {
  if (value === null) return Schema.Null
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return Schema.Literal(value)
  throw new Error(
    `'enum' and 'const' hold texts, numbers, true, false and null, not ${JSON.stringify(value)}`
  )
}

const objectFromJson = (json: TreeRecord): Schema.Top => {
  const { additionalProperties, properties } = json
  const rest = isRecord(additionalProperties)
    ? Schema.Record(Schema.String, schemaFromJson(additionalProperties))
    : undefined
  if (properties === undefined) return rest ?? Schema.Record(Schema.String, Schema.Unknown)
  const struct = Schema.Struct(columnsFromJson(json).columns as Record<string, Schema.Top>)
  return rest === undefined ? struct : Schema.StructWithRest(struct, [rest])
}

const arrayFromJson = ({ items, maxItems, minItems, prefixItems }: TreeRecord): Schema.Top => {
  if (!Array.isArray(prefixItems))
    return maxItems === 0
      ? Schema.Tuple([])
      : Schema.Array(items === undefined ? Schema.Unknown : schemaFromJson(items))
  const elements = (prefixItems as ReadonlyArray<Tree>)
    .map(schemaFromJson)
    .map((element, i) =>
      typeof minItems === "number" && i >= minItems ? Schema.optionalKey(element) : element
    )
  const tuple = Schema.Tuple(elements)
  return items === undefined ? tuple : Schema.TupleWithRest(tuple, [schemaFromJson(items)])
}

const byEffect = ({ $defs, ...schema }: TreeRecord): Schema.Top =>
  SchemaRepresentation.fromJsonSchemaDocument({
    dialect: "draft-2020-12",
    schema: schema,
    definitions: ($defs ?? {}) as never
  })
