/**
 * What reading a source asks of a compiler. TypeScript has two, which name the parts of a program
 * alike and number and ask for them differently: one in JavaScript, up to version 6, and a native
 * one.
 */
import type * as ast from "typescript/unstable/ast"

export type Node = ast.Node
export type SourceFile = ast.SourceFile
export type CallExpression = ast.CallExpression
export type Expression = ast.Expression
export type Identifier = ast.Identifier
export type PropertyAssignment = ast.PropertyAssignment
export type VariableDeclaration = ast.VariableDeclaration

/** What a node is. */
export type Syntax = Pick<
  typeof ast,
  | "isArrayBindingPattern"
  | "isArrayLiteralExpression"
  | "isArrowFunction"
  | "isAsExpression"
  | "isAwaitExpression"
  | "isBindingElement"
  | "isBlock"
  | "isCallExpression"
  | "isElementAccessExpression"
  | "isExportAssignment"
  | "isExportDeclaration"
  | "isExpression"
  | "isFunctionDeclaration"
  | "isFunctionExpression"
  | "isFunctionLikeDeclaration"
  | "isIdentifier"
  | "isImportDeclaration"
  | "isNonNullExpression"
  | "isNoSubstitutionTemplateLiteral"
  | "isObjectLiteralExpression"
  | "isParenthesizedExpression"
  | "isPropertyAccessExpression"
  | "isPropertyAssignment"
  | "isReturnStatement"
  | "isSatisfiesExpression"
  | "isShorthandPropertyAssignment"
  | "isSpreadElement"
  | "isStringLiteral"
  | "isVariableDeclaration"
  | "isVariableDeclarationList"
  | "isVariableStatement"
>

/** A type; what is in it, its checker tells. */
export interface SourceType {
  readonly flags: number
}

export interface SourceSymbol {
  readonly name: string
  /** `__@gives@12` where the key is a symbol. */
  readonly escapedName: string
}

/** Where something is declared; the node is fetched when it is asked for. */
export interface Declaration {
  readonly file: string
  readonly node: () => Node | undefined
}

/** What is told apart among types. */
export type TypeKind = "any" | "never" | "null" | "object" | "undefined" | "unknown"

export interface Checker {
  readonly typeAt: (node: Node) => SourceType
  readonly typeOf: (symbol: SourceSymbol, at: Node) => SourceType
  /** What a name stands for, wherever it was imported from. */
  readonly symbolAt: (node: Node) => SourceSymbol | undefined
  readonly defaultExportOf: (file: SourceFile) => SourceSymbol | undefined
  readonly declarationOf: (symbol: SourceSymbol) => Declaration | undefined
  readonly isOptional: (symbol: SourceSymbol) => boolean
  readonly documentationOf: (symbol: SourceSymbol) => string
  readonly is: (type: SourceType, kind: TypeKind) => boolean
  readonly propertiesOf: (type: SourceType) => ReadonlyArray<SourceSymbol>
  readonly propertyOf: (type: SourceType, name: string) => SourceSymbol | undefined
  /** The type that is expected where an expression stands. */
  readonly expectedAt: (node: Expression) => SourceType | undefined
  /** A type without null and undefined. */
  readonly present: (type: SourceType) => SourceType
  readonly textOf: (type: SourceType) => string
  /** The types of a union; of any other type, itself. */
  readonly membersOf: (type: SourceType) => ReadonlyArray<SourceType>
  readonly literalOf: (type: SourceType) => string | undefined
  readonly isCalled: (type: SourceType) => boolean
  /** The parameters of all its signatures. */
  readonly parametersOf: (type: SourceType) => ReadonlyArray<SourceSymbol>
  readonly isList: (type: SourceType) => boolean
  /** The types in a tuple; undefined where a type is none. */
  readonly tupleOf: (type: SourceType) => ReadonlyArray<SourceType> | undefined
  /** The type of what stands under any number, or any text. */
  readonly indexed: (type: SourceType, by: "number" | "string") => SourceType | undefined
}

/** What a compiler says of a place in a file. */
export interface Diagnostic {
  readonly start: number
  readonly end: number
  readonly code: number
  /** From the whole to the detail. */
  readonly lines: ReadonlyArray<string>
}

/** A compiler that has read a file and all that it imports. */
export interface Compiler extends Disposable {
  readonly is: Syntax
  readonly checker: Checker
  readonly fileOf: (path: string) => SourceFile | undefined
  readonly syntaxProblems: (file: SourceFile) => ReadonlyArray<Diagnostic>
  readonly typeProblems: (file: SourceFile) => ReadonlyArray<Diagnostic>
}

/** How a file is compiled: `fixed` whatever its project says, `strict` where there is none. */
export interface CompilerSettings {
  /** The nearest tsconfig.json. */
  readonly config: string | undefined
  readonly fixed: Readonly<Record<string, unknown>>
  readonly strict: Readonly<Record<string, unknown>>
}
