/** Random pipelines, and what is the same of two of them. */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isSchema } from "effect/Schema"
import fc from "fast-check"
import {
  CombineColumns,
  CombineOutputs,
  ExpandColumns,
  GraphBuilder,
  GroupColumns,
  HuggingFaceHubCheckpointer,
  KeepColumns,
  LoadDataFromDicts,
  LoadDataFromDisk,
  LoadDataFromFileSystem,
  LoadDataFromHub,
  LoadHubDataset,
  MergeColumns,
  MistralLLM,
  OpenAILLM,
  PushToHub,
  RenameColumns,
  sampleNSteps,
  ScriptedLLM,
  TextGeneration,
  VertexAILLM
} from "../../src/index.ts"
import { type RowOf } from "../../src/index.ts"
import type { UntypedPipeline } from "../../src/pipeline/Pipeline.ts"
import type { StepData } from "../../src/step/Step.ts"
import { FilterRows } from "../../src/steps/rows.ts"
import { isLong } from "./module.ts"

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "yes",
    "1e5",
    "null",
    " a: b",
    "#",
    "line\nline",
    "\u2028",
    "{{ instruction }}",
    "2024-01-01",
    "type_info"
  )
)
const given = <A>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const cleaned = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

const limits = {
  maxRetries: given(fc.nat(9)),
  timeout: given(fc.integer({ min: 1, max: 600 })),
  rowTimeout: given(fc.integer({ min: 1, max: 600 })),
  maxConcurrency: given(fc.integer({ min: 1, max: 100 })),
  requestsPerMinute: given(fc.integer({ min: 1, max: 1000 })),
  stream: given(fc.boolean()),
  preflight: given(fc.boolean()),
  structuredOutput: given(
    fc.constantFrom(
      {
        name: "answer",
        schema: { type: "object", properties: { a: { type: "string" } }, required: ["a"] }
      },
      { name: "x", schema: { title: "Y", type: "object" } }
    )
  )
}
const kwargs = {
  maxNewTokens: given(fc.integer({ min: 1, max: 999 })),
  temperature: given(fc.constantFrom(0, 0.7, 1, 1e-7)),
  topP: given(fc.constantFrom(0.1, 1)),
  seed: given(fc.nat())
}

const model: fc.Arbitrary<ReturnType<typeof OpenAILLM>> = fc.oneof(
  fc
    .record({
      ...limits,
      model: text,
      baseUrl: given(fc.constant("http://localhost:1/v1")),
      maxTokensField: given(fc.constantFrom("max_tokens", "max_completion_tokens")),
      apiKey: given(fc.constant("sk-secret-secret")),
      defaultHeaders: given(fc.constant({ "x-team": "a", authorization: "Bearer secretsecret" })),
      generationKwargs: given(
        fc
          .record({
            ...kwargs,
            stop: given(fc.oneof(text, fc.array(text))),
            extraBody: given(fc.constant({ a_b: [1, { cD: null }] }))
          })
          .map(cleaned)
      )
    })
    .map((o) => OpenAILLM(cleaned(o) as never)),
  fc
    .record({
      ...limits,
      model: text,
      endpoint: given(fc.constant("http://localhost:1")),
      generationKwargs: given(fc.record(kwargs).map(cleaned))
    })
    .map((o) => MistralLLM(cleaned(o) as never)),
  fc
    .record({
      ...limits,
      model: text,
      project: given(text),
      generationKwargs: given(
        fc
          .record({
            ...kwargs,
            topK: given(fc.integer({ min: 1, max: 9 })),
            safetySettings: given(fc.constant([{ category: "A_B", threshold: "x" }]))
          })
          .map(cleaned)
      ),
      credentials: given(fc.constant({ private_key: "secretsecret" }))
    })
    .map((o) => VertexAILLM(cleaned(o) as never)),
  fc
    .record({
      model: given(text),
      answers: fc.oneof(
        text,
        fc.array(
          given(text).map((t) => t ?? null),
          { minLength: 1 }
        )
      ),
      seed: given(fc.nat()),
      latencyMs: given(fc.nat(5)),
      inOrder: given(fc.boolean())
    })
    .map((o) => ScriptedLLM(cleaned(o) as never))
) as never

const size = given(fc.constantFrom(5, 10, 50))
const task = {
  llm: model,
  numGenerations: given(fc.integer({ min: 1, max: 3 })),
  addRawInput: given(fc.boolean()),
  addRawOutput: given(fc.boolean()),
  retries: given(fc.nat(3)),
  whenCut: given(fc.constantFrom("keep", "error", "retry")),
  reasoning: given(fc.boolean()),
  useCache: given(fc.boolean()),
  inputBatchSize: size
}

type Make = (name: string) => StepData

const make =
  (factory: (options: never) => unknown, options: Readonly<Record<string, unknown>>): Make =>
  (name) =>
    factory(cleaned({ ...options, name }) as never) as StepData

const Structured = Schema.Struct({
  title: Schema.String.annotate({ description: "What it is called" }),
  words: Schema.Int,
  kind: Schema.Literals(["a", "b"]),
  tags: Schema.Array(Schema.NullOr(Schema.String)),
  more: Schema.optionalKey(Schema.Record(Schema.String, Schema.Number)),
  pair: Schema.Tuple([Schema.String, Schema.Boolean])
})

/** Steps that leave or give `instruction`, so that any may come after any. */
const middle: fc.Arbitrary<Make> = fc.oneof(
  fc
    .record({ ...task, systemPrompt: given(text), groupGenerations: given(fc.boolean()) })
    .map((o) => make(TextGeneration, o)),
  fc
    .record({
      ...task,
      template: fc.constantFrom(
        "Say {{ instruction | upper }}",
        "{% if instruction %}a{% endif %}\n {{ instruction }}"
      ),
      structuredOutput: given(fc.constant(Structured))
    })
    .map((o) => make(TextGeneration, o)),
  fc
    .record({
      ...task,
      outputMappings: given(fc.constant({ generation: "answer" })),
      inputMappings: given(fc.constant({ instruction: "instruction" }))
    })
    .map((o) => make(TextGeneration, o)),
  fc
    .record({ inputBatchSize: size })
    .map((o) => make(KeepColumns, { ...o, columns: ["instruction"] })),
  fc
    .record({ inputBatchSize: size })
    .map((o) => make(RenameColumns, { ...o, columns: { instruction: "instruction" } })),
  fc
    .record({ outputColumn: given(fc.constant("merged")), inputBatchSize: size })
    .map((o) => make(MergeColumns, { ...o, columns: [] })),
  fc
    .record({ splitStatistics: given(fc.boolean()), encoded: given(fc.constantFrom(false, [])) })
    .map((o) => make(ExpandColumns, { ...o, columns: {} })),
  fc
    .record({
      repoId: given(text),
      split: given(text),
      private: given(fc.boolean()),
      config: given(text),
      token: given(fc.constant("hf_secretsecret"))
    })
    .map((o) => make(PushToHub, o)),
  fc
    .record({ repoId: given(text), private: given(fc.boolean()), inputBatchSize: size })
    .map((o) => make(HuggingFaceHubCheckpointer, o)),
  fc.constant<Make>((name) =>
    FilterRows({ name, inputs: { instruction: Schema.String }, where: isLong as never })
  )
)

const cell = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom("a", "type_info", "__proto__"), text, { noNullPrototype: true })
)
const source: fc.Arbitrary<Make> = fc.oneof(
  fc
    .record({
      data: fc.array(fc.record({ instruction: text, extra: cell }), { minLength: 1, maxLength: 3 }),
      batchSize: given(fc.constantFrom(10, 50))
    })
    .map((o) => make(LoadDataFromDicts, o)),
  fc
    .record({
      dataFiles: given(fc.oneof(text, fc.array(text))),
      filetype: given(fc.constantFrom("jsonl", "json", "csv", "parquet")),
      numExamples: given(fc.integer({ min: 1, max: 9 })),
      streaming: given(fc.boolean()),
      shuffle: given(fc.constantFrom({ seed: 3 }, { seed: 4, bufferSize: 100 }))
    })
    .map((o) =>
      make(LoadDataFromFileSystem, {
        ...o,
        columns: { instruction: Schema.String, n: Schema.optionalKey(Schema.Finite) }
      })
    ),
  fc
    .record({
      hub: fc.constantFrom(LoadDataFromHub, LoadHubDataset),
      repoId: given(text),
      split: given(text),
      revision: given(text),
      streaming: given(fc.boolean()),
      token: given(fc.constant("hf_secretsecret"))
    })
    .map(({ hub, ...o }) =>
      make(hub, {
        ...o,
        columns: { prompt: Schema.String },
        outputMappings: { prompt: "instruction" }
      })
    ),
  fc
    .record({
      datasetPath: given(text),
      isDistiset: given(fc.boolean()),
      config: given(text),
      split: given(text)
    })
    .map((o) => make(LoadDataFromDisk, { ...o, columns: { instruction: Schema.String } }))
)

const joining: fc.Arbitrary<Make> = fc.oneof(
  fc
    .record({
      kind: fc.constantFrom(GroupColumns, CombineColumns),
      outputColumns: given(fc.constant(["all"]))
    })
    .map(({ kind, ...o }) => make(kind, { ...o, columns: ["instruction"] })),
  fc.constant<Make>((name) => CombineOutputs({ name }))
)

interface Plan {
  readonly description: string | undefined
  readonly source: Make
  readonly chain: ReadonlyArray<Make>
  readonly arms: ReadonlyArray<ReadonlyArray<Make>>
  readonly routed: number | undefined
  readonly backwards: boolean
  readonly join: Make | undefined
  readonly pair: Make | undefined
  readonly names: string
}

const plan: fc.Arbitrary<Plan> = fc.record({
  description: given(text),
  source,
  chain: fc.array(middle, { maxLength: 3 }),
  arms: fc.array(fc.array(middle, { minLength: 1, maxLength: 2 }), { maxLength: 3 }),
  routed: given(fc.integer({ min: 1, max: 3 })),
  backwards: fc.boolean(),
  join: given(joining),
  pair: given(source),
  names: fc.constantFrom("step_", "gemini-1.5.", "schön.")
})

const built = ({
  arms,
  backwards,
  chain,
  description,
  join,
  names,
  pair,
  routed,
  source: first
}: Plan): UntypedPipeline | undefined => {
  const builder = new GraphBuilder("random", description === undefined ? {} : { description })
  let count = 0
  const add = (one: Make): string => {
    const name = `${names}${count++}`
    builder.add(one(name))
    return name
  }
  const after = (before: string, steps: ReadonlyArray<Make>): string =>
    steps.reduce((last, one) => {
      const name = add(one)
      builder.connect(last, name)
      return name
    }, before)
  try {
    const trunk = after(add(first), chain)
    const ends = arms.map(([head, ...rest]) => {
      const name = add(head!)
      return { name, rest }
    })
    if (routed !== undefined && ends.length > 0)
      builder.route(
        trunk,
        sampleNSteps(routed, routed === 2 ? { seed: 7 } : {}),
        (backwards ? ends.toReversed() : ends).map(({ name }) => name)
      )
    else builder.connect(trunk, ...ends.map(({ name }) => name))
    const lasts = ends.map(({ name, rest }) => after(name, rest))
    let end = trunk
    if (join !== undefined && lasts.length > 1) {
      end = add(join)
      for (const last of backwards ? lasts.toReversed() : lasts) builder.connect(last, end)
    }
    if (pair !== undefined) {
      const other = add(pair)
      if (backwards) builder.concat([other, end], `${names}all`)
      else
        builder.zip(
          [end, other],
          add((name) => CombineOutputs({ name }))
        )
    }
    return builder.build()
  } catch {
    // Batch sizes that do not divide, columns that branches give otherwise: no pipeline.
    return undefined
  }
}

/** Random pipelines of all ready steps, tasks and models; nothing for plans that are none. */
export const randomPipelines: fc.Arbitrary<UntypedPipeline> = plan
  .map(built)
  .filter((pipeline) => pipeline !== undefined)

/** Whether a step of the pipeline or its model has a secret, which no document takes along. */
export const holdsSecrets = ({ graph }: UntypedPipeline): boolean =>
  [...graph.nodes.values()].some(({ step }) => {
    if (Object.values(step.options).some(Redacted.isRedacted)) return true
    const { llm } = step.options as {
      readonly llm?: { readonly options: Readonly<Record<string, unknown>> }
    }
    return (
      llm !== undefined &&
      Object.values(llm.options).some(
        (value) =>
          Redacted.isRedacted(value) ||
          (typeof value === "object" &&
            value !== null &&
            Object.values(value).some(Redacted.isRedacted))
      )
    )
  })

/**
 * All that makes a pipeline what it is, as plain data: graphs are equal if this is. Secrets are not
 * part of it.
 */
export const essence = ({ description, graph, name }: UntypedPipeline): unknown => ({
  name,
  description,
  nodes: [...graph.nodes.values()].map(({ from, gather, step }) => ({
    from: [...from],
    gather,
    step: stepEssence(step)
  })),
  routings: graph.routings.map(({ by, from, to }) => ({
    from,
    to: [...to],
    by: typeof by === "function" ? by : { description: by.description, options: by.options }
  })),
  leaves: [...graph.leaves],
  incoming: [...graph.incoming].map(([node, { columns, open }]) => [node, plain(columns), open]),
  outgoing: [...graph.outgoing].map(([node, { columns, open }]) => [node, plain(columns), open])
})

const stepEssence = ({
  armRows,
  batchSize,
  batchSizeGiven,
  extendsRows,
  kind,
  mappings,
  name,
  options,
  parameters,
  reads,
  removes,
  rowCount,
  type,
  useCache,
  values
}: StepData): unknown =>
  plain({
    armRows,
    batchSize,
    batchSizeGiven,
    extendsRows,
    kind,
    mappings,
    name,
    options,
    parameters: Object.keys(parameters),
    reads,
    removes,
    rowCount,
    type,
    useCache,
    values
  })

const plain = (value: unknown): unknown => {
  if (Redacted.isRedacted(value) || value === undefined) return undefined
  if (isSchema(value)) return shape(value.ast)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  if ("endpoint" in value && "configure" in value) {
    const {
      generationKwargs,
      model: name,
      options,
      structuredOutput,
      type
    } = value as unknown as RowOf<{}> & Record<string, unknown>
    return plain({ type, model: name, options, generationKwargs, structuredOutput })
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, item]) =>
          key !== "process" && plain(item) !== undefined && !isEmptyHeaders(key, item)
      )
      .map(([key, item]) => [key, plain(item)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  )
}

const isEmptyHeaders = (key: string, value: unknown): boolean =>
  key === "defaultHeaders" && Object.values(value as object).every(Redacted.isRedacted)

/** A schema as its types and checks. */
const shape = (ast: unknown): unknown => {
  if (Array.isArray(ast)) return ast.map(shape)
  if (typeof ast !== "object" || ast === null) return typeof ast === "function" ? "function" : ast
  return Object.fromEntries(
    Object.entries(ast)
      .filter(([key]) => !["encoding", "run"].includes(key))
      .map(([key, item]) => [key, shape(item)])
  )
}
