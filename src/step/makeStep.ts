/** Making steps: a specification becomes the value that graphs hold and the engine opens. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Columns } from "../columns/Columns.ts"
import { checkRanges } from "../columns/ranges.ts"
import type { Reads, Shape } from "../columns/Shape.ts"
import type { FindingsOf } from "./Finding.ts"
import type { AnyStep, ArmRows, RowCount, StepData, StepKind } from "./Step.ts"
import type { StepFailed } from "./StepFailed.ts"
import type { StepFile } from "./StepFile.ts"
import { stepMade } from "./unconnected.ts"
import type { Worker } from "./Worker.ts"

/** Parameters that every step but a generator has. */
export interface StepParameters {
  /** Rows in one call of `process`; for tasks it is no barrier. Default 50. */
  readonly inputBatchSize?: number
}

/** Parameters that every generator has. */
export interface GeneratorParameters {
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
}

/** Values of runtime parameters. */
export type ParameterValues = Readonly<Record<string, unknown>>

/** What it takes to make a step; see `StepData`. */
export interface StepSpec {
  readonly name: string
  readonly type: string
  readonly cites?: string | undefined
  readonly tags?: ReadonlyArray<string> | undefined
  readonly findingsOf?: FindingsOf | undefined
  readonly kind: StepKind
  readonly rowCount?: RowCount
  readonly armRows?: ArmRows
  readonly reads?: Columns
  readonly oneOf?: ReadonlyArray<Columns>
  readonly gives: (have: Shape) => Shape
  readonly extendsRows?: boolean
  readonly declares?: Shape | undefined
  readonly removes?: ReadonlyArray<string>
  readonly inputMappings?: Readonly<Record<string, string>> | undefined
  readonly outputMappings?: Readonly<Record<string, string>> | undefined
  readonly batchSize?: number | undefined
  /** Own parameters, besides the batch size. */
  readonly parameters?: Columns
  /** Parameters that have their value already. */
  readonly values?: ParameterValues
  readonly options?: Readonly<Record<string, unknown>>
  readonly useCache?: boolean | undefined
  readonly keepsOutputs?: boolean
  readonly goesOn?: boolean
  readonly file?: (values: ParameterValues) => StepFile
  readonly check?: (values: ParameterValues) => Effect.Effect<void, StepFailed>
  readonly open: (values: ParameterValues) => Effect.Effect<Worker, StepFailed, Scope.Scope>
}

export const defaultBatchSize = 50

const BatchSize = Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))

/**
 * Makes a step with its precise type `S`. The one cast: what `S` has beyond `StepData` is for the
 * checker only and has no value.
 */
export const makeStep = <S extends AnyStep>(spec: StepSpec): S => {
  const { batchSize, kind, name } = spec
  checkRanges(
    `Step '${name}'`,
    { [sizeNameOf(kind)]: BatchSize },
    { [sizeNameOf(kind)]: batchSize }
  )
  const step = build(spec)
  stepMade(step)
  return step as unknown as S
}

const sizeNameOf = (kind: StepKind): "batchSize" | "inputBatchSize" =>
  kind === "generator" ? "batchSize" : "inputBatchSize"

const build = (spec: StepSpec): StepData => {
  const values = spec.values ?? {}
  const sizeName = sizeNameOf(spec.kind)
  const reads: Reads = { columns: spec.reads ?? {}, oneOf: spec.oneOf ?? [] }
  return {
    name: spec.name,
    type: spec.type,
    cites: spec.cites,
    tags: spec.tags ?? [],
    findingsOf: spec.findingsOf,
    kind: spec.kind,
    rowCount: spec.rowCount ?? (spec.kind === "generator" ? "generator" : "one-to-one"),
    armRows: spec.armRows ?? "any",
    reads,
    gives: spec.gives,
    extendsRows: spec.extendsRows ?? false,
    declares: spec.declares,
    removes: spec.removes ?? [],
    mappings: { input: spec.inputMappings ?? {}, output: spec.outputMappings ?? {} },
    batchSize: spec.batchSize ?? defaultBatchSize,
    batchSizeGiven: spec.batchSize !== undefined,
    parameters: { [sizeName]: BatchSize, ...withValues(spec.parameters ?? {}, values) },
    options: spec.options ?? {},
    values,
    useCache: spec.useCache ?? true,
    keepsOutputs: spec.keepsOutputs ?? false,
    goesOn: spec.goesOn ?? false,
    file: spec.file?.(values),
    configure: ({ [sizeName]: batchSize, ...rest }) =>
      build({
        ...spec,
        batchSize: (batchSize as number | undefined) ?? spec.batchSize,
        values: { ...values, ...rest }
      }),
    check: Effect.suspend(() => spec.check?.(values) ?? Effect.void),
    open: Effect.suspend(() => spec.open(values))
  }
}

/** A parameter that has its value need not be set. */
const withValues = (parameters: Columns, values: ParameterValues): Columns =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, schema]) => [
      name,
      values[name] === undefined ? schema : Schema.optionalKey(schema)
    ])
  )
