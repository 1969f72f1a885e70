/**
 * Registries: the classes that documents may name, and how each is made of its fields and written
 * as fields again.
 */
import type { Row } from "../../columns/Row.ts"
import type { StepData } from "../../step/Step.ts"
import type { Path, Tree, TreeRecord } from "../tree/Tree.ts"

/** An export of a module, by which a function, a schema, a routing or a whole step is known. */
export interface Reference {
  readonly module: string
  readonly export: string
}

/**
 * Something that a pipeline's document names and that is not here: the pipeline can be looked at,
 * and refuses to run.
 */
export interface MissingPart {
  readonly kind: "step" | "model" | "schema" | "function" | "routing"
  /** What to bind it to: the class, or the module and the export. */
  readonly name: string
  readonly module: string
  /** The steps that need it. */
  readonly steps: ReadonlyArray<string>
  /** How to give it, as one writes it. */
  readonly give: string
}

/** Where a value of a document is read, and what can be said about it. */
export interface Reading {
  /** The step that is read. */
  readonly step: string
  /** The same for a value inside. */
  readonly in: (...keys: Path) => Reading
  /** The value cannot be used. */
  readonly problem: (
    detail: string,
    reason?: "WrongValue" | "UnknownKey" | "UnknownClass" | "NoSuchExport",
    part?: "key" | "value"
  ) => void
  /** The value is used, but not as one may think. */
  readonly warn: (detail: string) => void
  /**
   * How many problems there are so far: what is made of a value that has some would only fail in
   * other words.
   */
  readonly problems: () => number
  /** The value needs something that is not here: the step refuses to run. */
  readonly lacks: (part: Omit<MissingPart, "steps">) => void
  /** What was bound to a class, `Name` or `module.Name`. */
  readonly bound: (...names: ReadonlyArray<string>) => unknown
  /** What a reference stands for; undefined, and told of, if it is not here. */
  readonly exported: (reference: TreeRecord, kind: MissingPart["kind"]) => unknown
  /** The model that a value describes. */
  readonly model: (value: Tree) => unknown
  /** The rows that were given for this step. */
  readonly rows: ReadonlyArray<Row> | undefined
  /** Whether Python wrote the document, or a program that knows as little of this library. */
  readonly isPythons: boolean
}

/** Where a value is written for a document, and what can be said about it. */
export interface Writing {
  readonly step: string
  /** The value is written otherwise than it is. */
  readonly warn: (detail: string) => void
  /** The value cannot be written: the step will load, but not run. */
  readonly unwritable: (what: string) => void
  /** The export that a value is, among the modules that were given. */
  readonly referenceTo: (value: unknown) => Reference | undefined
  readonly model: (value: unknown) => Tree
  /** Whether rows of a list go into the document. */
  readonly holdsRows: (rows: ReadonlyArray<unknown>) => boolean
}

/** One key of a class's fields. */
export interface Field {
  /** The key in documents: `output_columns`. */
  readonly key: string
  /** The option of ours: `outputColumns`. */
  readonly option: string
  /** Whether only this library knows it: then it stands where Python passes over it. */
  readonly own: boolean
  readonly read: (value: Tree, at: Reading) => unknown
  /** Undefined leaves the key out. */
  readonly write: (value: unknown, at: Writing) => Tree | undefined
}

/** A class that documents may name. */
export interface Class<Made> {
  /** The type that steps or models of this class have. */
  readonly type: string
  /** The class that documents name: Python's, or the type itself. */
  readonly name: string
  readonly module: string
  readonly fields: ReadonlyArray<Field>
  /**
   * Keys of Python's class that change nothing here, with the values that are passed over in
   * silence.
   */
  readonly ignores: Readonly<Record<string, ReadonlyArray<Tree>>>
  /** Keys without which nothing can be made. */
  readonly needs: ReadonlyArray<string>
  /** Makes it of its options. What it throws is told as a problem. */
  readonly make: (options: Readonly<Record<string, unknown>>, at: Reading) => Made
}

/** What a program needs to know to call the function that makes a class's steps. */
export interface SourceFacts {
  /** The function of this library. */
  readonly madeBy: string
  /** Options that need not be written where they have these values. */
  readonly defaults: Readonly<Record<string, unknown>>
  /** Whether it takes `inputMappings` and `outputMappings`; else columns are mapped at connections. */
  readonly takesMappings: boolean
  /** Options that Python's documents spell out, and that follow from the others. */
  readonly implied: ReadonlyArray<string>
  /** The column that is the answer itself, of the type of a schema that Python has on the model. */
  readonly answerIn: string | undefined
  /** Whether its rows hold lists of values of the rows that it is given. */
  readonly drawsRows: boolean
  /** What its model is asked for. */
  readonly asks: ModelRequests
}

export interface StepClass extends Class<StepData> {
  readonly source: SourceFacts
  /**
   * The options that say what the step is now. Default: those it was made of, and the parameters
   * that were set since.
   */
  readonly optionsOf?: ((step: StepData) => Readonly<Record<string, unknown>>) | undefined
  /**
   * What Python's class must be told besides, and of its model: it follows from the options, and is
   * passed over when it comes back.
   */
  readonly derived?:
    | ((options: Readonly<Record<string, unknown>>) => {
        readonly step?: TreeRecord
        readonly llm?: TreeRecord
      })
    | undefined
}

export interface ModelClass extends Class<unknown> {
  /** Options that need not be written where they have these values. */
  readonly defaults: Readonly<Record<string, unknown>>
}

/** A model as documents write it. */
export interface DescribedModel {
  readonly type: string
  /** What it is asked for: `chat`, `embeddings`, … */
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
}

/** What models are asked for. */
export type ModelRequests = "chat" | "embeddings" | "images" | "scores"

/** The classes that documents may name. */
export interface Registry {
  /** Classes of steps, by their type. */
  readonly steps: ReadonlyMap<string, StepClass>
  /** Classes of models, by their type. */
  readonly models: ReadonlyMap<string, ModelClass>
  /** The defaults of options that tasks have, whichever tasks they are. */
  readonly taskDefaults: Readonly<Record<string, unknown>>
  /** What makes models of one's own, or else those that many servers can stand in for. */
  readonly ownModels: Readonly<Record<ModelRequests, string>>
  /** A model in place of one that is not here: it can be looked at, and refuses to be asked. */
  readonly standIn: (model: { readonly type: string; readonly fields: TreeRecord }) => unknown
  /** A model with the parameters that were set on its step. */
  readonly configured: (model: unknown, parameters: Readonly<Record<string, unknown>>) => unknown
  /** Whether a value is a model. */
  readonly isModel: (value: unknown) => value is DescribedModel
}
