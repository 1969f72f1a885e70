/** What docstrings and types tell of the steps and tasks that the library exports. */
import { type JSDoc, Node, Project, ts, type VariableDeclaration } from "ts-morph"
import { javascriptChecker } from "../src/codegen/compilers/javascriptCompiler.ts"
import {
  parametersOf,
  propertyType,
  textOf,
  type Types,
  hiddenProperty
} from "../src/codegen/read/rowTypes.ts"
import type { SourceParameter } from "../src/codegen/read/SourceReport.ts"
import { parametersType } from "../src/codegen/read/stepTypes.ts"
import { typeOfWords } from "./typeWords.ts"

/**
 * A line of a docstring that tells of a column: `@reads instruction string, optional — note`, or of
 * columns in words.
 */
export interface ColumnTag {
  /** Undefined where the columns are told in words: "the declared inputs". */
  readonly column: string | undefined
  /** The type in words, where it is told; of columns told in words, these. */
  readonly text: string
  readonly optional: boolean
  readonly note: string
}

export interface StepDoc {
  readonly name: string
  readonly group: "Sources" | "Columns and rows" | "Joins" | "Own steps" | "Tasks"
  readonly about: string
  readonly reads: ReadonlyArray<ColumnTag>
  readonly adds: ReadonlyArray<ColumnTag>
  readonly fails: ReadonlyArray<string>
  readonly source: string | undefined
  readonly example: string
  readonly options: ReadonlyArray<SourceParameter>
  readonly parameters: ReadonlyArray<SourceParameter>
}

/** All steps and tasks, in the order of their names. */
export const stepDocs = (): ReadonlyArray<StepDoc> => {
  const project = new Project({
    tsConfigFilePath: "tsconfig.json",
    skipAddingFilesFromTsConfig: true,
    compilerOptions: { noErrorTruncation: true }
  })
  const index = project.addSourceFileAtPath("src/index.ts")
  return [...index.getExportedDeclarations()]
    .flatMap(([name, [declaration]]) => {
      const doc = Node.isVariableDeclaration(declaration)
        ? docOf(name, declaration, project.getTypeChecker().compilerObject)
        : undefined
      return doc === undefined ? [] : [doc]
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const docOf = (
  name: string,
  declaration: VariableDeclaration,
  checker: ts.TypeChecker
): StepDoc | undefined => {
  const reading = javascriptChecker(checker)
  const signature = declaration.getType().getCallSignatures()[0]
  const options = signature?.getParameters()[0]?.compilerSymbol
  const made = signature?.getReturnType()
  if (
    signature === undefined ||
    options === undefined ||
    made === undefined ||
    hiddenProperty(reading, made.compilerType, "gives") === undefined
  )
    return undefined
  // Nodes of both compilers have the same members.
  const types: Types = {
    checker: reading,
    at: declaration.compilerNode as unknown as Types["at"]
  }
  // What takes a step changes one, and makes none.
  const taken = checker.getTypeOfSymbolAtLocation(options, declaration.compilerNode)
  if (hiddenProperty(reading, taken, "gives") !== undefined) return undefined
  const docs = declaration.getVariableStatementOrThrow().getJsDocs()
  const tags = (tag: string): ReadonlyArray<string> => docs.flatMap((doc) => tagsOf(doc, tag))
  const [example = ""] = tags("example")
  const [source] = tags("source")
  return {
    name,
    group: groupOf(declaration, literal(types, made.compilerType, "kind") ?? "step"),
    about: docs.map((doc) => doc.getDescription().trim()).join("\n\n"),
    reads: tags("reads").map(columnTag),
    adds: tags("adds").map(columnTag),
    fails: tags("fails"),
    source,
    example,
    options: optionsOf(
      types,
      checker,
      taken,
      signature.compilerSignature.getTypeParameters() ?? []
    ),
    parameters: parametersOf(types, parametersType(types, made.compilerType)).filter(
      (parameter) => !parameter.name.startsWith("~")
    )
  }
}

const tagsOf = (doc: JSDoc, name: string): ReadonlyArray<string> =>
  doc
    .getTags()
    .filter((tag) => tag.getTagName() === name)
    .map((tag) => (tag.getCommentText() ?? "").trim())

/** Words that a tag begins with which names no column. */
const inWords = /^(?:the|their|them|a|an|its|what|all)\b/

const columnTag = (line: string): ColumnTag => {
  const [said = "", ...notes] = line.split(/\s+—\s+/)
  const note = notes.join(" — ")
  if (inWords.test(said)) return { column: undefined, text: said, optional: false, note }
  const [column = "", ...rest] = said.split(" ")
  const parts = rest.join(" ").split(", ")
  const text = parts.filter((part) => part !== "optional").join(", ")
  return typeOfWords(text) === undefined
    ? {
        column,
        text: "",
        optional: parts.includes("optional"),
        note: [text, note].filter((part) => part !== "").join(" — ")
      }
    : { column, text, optional: parts.includes("optional"), note }
}

const literal = (types: Types, type: ts.Type, property: string): string | undefined => {
  const found = propertyType(types, type, property)
  return found === undefined ? undefined : types.checker.literalOf(found)
}

const groupOf = (declaration: VariableDeclaration, kind: string): StepDoc["group"] => {
  const path = declaration.getSourceFile().getFilePath()
  if (path.includes("/src/tasks/")) return "Tasks"
  if (path.includes("/src/step/")) return "Own steps"
  return kind === "generator" ? "Sources" : kind === "join" ? "Joins" : "Columns and rows"
}

/** The options of a step, those that must be given first. */
const optionsOf = (
  types: Types,
  checker: ts.TypeChecker,
  type: ts.Type,
  generics: ReadonlyArray<ts.TypeParameter>
): ReadonlyArray<SourceParameter> =>
  checker
    .getPropertiesOfType(type)
    .map((symbol) => {
      const declared = symbol.getDeclarations()?.[0]
      return {
        name: symbol.name,
        type: optionType(types, checker, checker.getTypeOfSymbol(symbol), declared, generics),
        optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
        about:
          ts
            .displayPartsToString(symbol.getDocumentationComment(checker))
            .replaceAll(/\s+/g, " ") ||
          (symbol.name === "name"
            ? "The step's name, which no other step of the pipeline has."
            : "")
      }
    })
    .toSorted((a, b) => Number(a.optional) - Number(b.optional))

const longest = 90

/**
 * A type as a reader needs it: what type parameters stand for rather than their names, and no long
 * record.
 */
const optionType = (
  types: Types,
  checker: ts.TypeChecker,
  type: ts.Type,
  declared: ts.Node | undefined,
  generics: ReadonlyArray<ts.TypeParameter>
): string => {
  const plain = checker.getNonNullableType(type)
  const constraint =
    (plain.flags & ts.TypeFlags.TypeParameter) === 0
      ? plain
      : (checker.getBaseConstraintOfType(plain) ?? plain)
  const written =
    declared !== undefined && ts.isPropertySignature(declared) && declared.type !== undefined
      ? declared.type.getText()
      : ""
  if (/^(?:InputMap|OutputMap)$/.test(written)) return "column names by column names"
  const text = generics
    .reduce(
      (sofar, generic) =>
        sofar.replaceAll(
          new RegExp(`\\b${generic.symbol.name}\\b(?!<)`, "g"),
          constraintText(types, checker, generic)
        ),
      textOf(types, constraint)
    )
    .replace(/^unknown & \(?(.*?)\)?$/, "$1")
    .replaceAll(/\bConstraint\b/g, "Schema")
  if (text.length <= longest) return text
  return constraint.getCallSignatures().length > 0
    ? "function"
    : written.length > 0 && written.length <= longest
      ? written.replaceAll(/\s+/g, " ")
      : "object"
}

const constraintText = (
  types: Types,
  checker: ts.TypeChecker,
  generic: ts.TypeParameter
): string => {
  const constraint = checker.getBaseConstraintOfType(generic)
  return constraint === undefined ? "unknown" : textOf(types, constraint)
}
