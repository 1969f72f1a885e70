/**
 * Identities: what steps and graphs are, so that what earlier runs made of rows is taken only where
 * it would come out the same.
 */
import * as Redacted from "effect/Redacted"
import { type GivenHeaders, identifyingHeaders } from "../../models/asking/secrets.ts"
import type { LLM } from "../../models/chat/LLM.ts"
import type { Model } from "../../models/chat/Model.ts"
import { type Graph, withSteps } from "../../pipeline/Graph.ts"
import { threadsOf } from "../../step/inThreads.ts"
import type { StepData } from "../../step/Step.ts"
import { modelOf } from "../keep/modelOf.ts"
import { digest } from "../keep/signature.ts"
import { Description } from "./Description.ts"
import { type Findings, isSchema } from "./Findings.ts"
import { Inspector } from "./Inspector.ts"
import { ownPackage } from "./origin.ts"
import { ParserNeeded, type Syntax } from "./Syntax.ts"
import { stepSentence, type Trust, trustIn, type Unseen, unseenSentence } from "./unseen.ts"

/** What a graph is, and what of earlier runs its run may take. */
export interface GraphIdentity {
  /** A text that changes when what the graph does might. */
  readonly signature: string
  /** The same for each step. */
  readonly steps: ReadonlyMap<string, string>
  readonly trust: Trust
  /** One line for each step whose rows are not kept, and for each such routing. */
  readonly notices: ReadonlyArray<string>
  /** The graph, in which steps whose rows are not kept do not use the cache. */
  readonly graph: Graph
}

/**
 * Options that change how a step works, not what comes out, and mappings, which are told as the
 * step has them in the graph.
 */
const immaterialToSteps = new Set([
  "name",
  "inputMappings",
  "outputMappings",
  "llm",
  "process",
  "batchSize",
  "inputBatchSize",
  "useCache",
  "delivery",
  "resources"
])

/**
 * Options that change how a model is asked, not what it answers. A step's own parameter may have
 * such a name and mean something else.
 */
const immaterialToModels = new Set([
  "maxConcurrency",
  "requestsPerMinute",
  "tokensPerMinute",
  "requestsPerDay",
  "tokensPerDay",
  "maxRetries",
  "timeout",
  "rowTimeout",
  "giveUpAfter",
  "apiKey",
  "accessToken",
  "maxTokensField",
  "preflight",
  "serviceTier",
  "batchFolder",
  "storageUrl",
  "stream"
])

/**
 * Steps whose `process` is the user's. That of other steps is this library's, and calls functions
 * that are options.
 */
const ownTypes = new Set(["Step", "GlobalStep", "JoinStep", "GeneratorStep"])

/** What a graph is: its steps, how they are wired, and how rows are routed. */
export const identify = (graph: Graph): Promise<GraphIdentity> =>
  described((inspector, syntax) => identified(graph, inspector, syntax))

/** What a step is, and what of it cannot be seen. */
export const identifyStep = (
  step: StepData
): Promise<{ readonly signature: string; readonly unseen: ReadonlyArray<Unseen> }> =>
  described((inspector, syntax) => {
    const found = describedStep(step, inspector, syntax)
    return { signature: found.digest(), unseen: found.unseen }
  })

/** Describes with what reads code, if that is wanted. */
const described = async <A>(
  describe: (inspector: Inspector | undefined, syntax: Syntax | undefined) => A
): Promise<A> => {
  const inspector = openInspector()
  try {
    return describe(inspector, undefined)
  } catch (thrown) {
    if (!(thrown instanceof ParserNeeded)) throw thrown
    const { parser } = await import("./parser.ts")
    return describe(inspector, parser)
  } finally {
    inspector?.close()
  }
}

/** Undefined where the runtime has none: then no function is seen in full. */
const openInspector = (): Inspector | undefined => {
  try {
    return new Inspector()
  } catch {
    return undefined
  }
}

const identified = (
  graph: Graph,
  inspector: Inspector | undefined,
  syntax: Syntax | undefined
): GraphIdentity => {
  const steps = new Map(
    [...graph.nodes.values()].map(({ name, step }) => [
      name,
      describedStep(step, inspector, syntax)
    ])
  )
  const routings = graph.routings.map(
    ({ by }) => new Description(inspector, syntax).add(by).findings
  )
  const all = [...steps.values(), ...routings]
  const unseenOf = (found: Findings): ReadonlyArray<Unseen> => [
    ...found.unseen,
    ...all.flatMap((other) =>
      other === found
        ? []
        : found.state
            .readsOf(other.state)
            .map((name) => ({ kind: "state" as const, name, what: "which another step changes" }))
    )
  ]
  const ofSteps = [...steps]
    .map(([name, found]) => [name, unseenOf(found)] as const)
    .filter(([, unseen]) => unseen.length > 0)
  const ofRoutings = routings
    .map((found, i) => [graph.routings[i]!.from, unseenOf(found)] as const)
    .filter(([, unseen]) => unseen.length > 0)
  const hidden = new Set(ofSteps.map(([name]) => name))
  const signatures = new Map([...steps].map(([name, found]) => [name, found.digest()]))
  return {
    signature: digest(
      JSON.stringify([
        [...graph.nodes.values()].map(({ from, gather, name }) => [
          name,
          gather,
          from,
          signatures.get(name)
        ]),
        graph.routings.map(({ from, to }, i) => [
          from,
          to,
          routings[i]!.digest(),
          graph.nodes.get(from)!.step.batchSize
        ]),
        graph.leaves
      ])
    ),
    steps: signatures,
    trust: trustIn([...ofSteps, ...ofRoutings].flatMap(([, unseen]) => unseen)),
    notices: [
      ...ofSteps.map(([name, unseen]) => stepSentence(name, unseen)),
      ...ofRoutings.map(([from, unseen]) =>
        unseenSentence(
          `What follows the routing after '${from}'`,
          unseen,
          "Route by the row alone to keep the run."
        )
      )
    ],
    // A model is not asked again for what its step's functions hide: its answers are found by their questions.
    graph:
      hidden.size === 0
        ? graph
        : withSteps(graph, (step) =>
            hidden.has(step.name) && step.keepsOutputs ? { ...step, useCache: false } : step
          )
  }
}

/**
 * What a step is: its class, its options and parameters, its mappings, its functions with all that
 * they use (its version, where it has one), its model with address and generation kwargs, its name,
 * and the version of this library. Its batch size, the model's limits and all secrets are no part
 * of it.
 *
 * A generator is the rows that it gives, which are looked at themselves, unless it goes on without
 * them.
 */
const describedStep = (
  step: StepData,
  inspector: Inspector | undefined,
  syntax: Syntax | undefined
): Findings => {
  const { mappings, type } = step
  const description = new Description(inspector, syntax).add([
    ownPackage(),
    step.name,
    type,
    mappings.input,
    mappings.output
  ])
  if (step.kind !== "generator") return addContent(description, step, inspector, syntax).findings
  // What cannot be seen of it is no matter either: it goes on from where it was.
  return step.goesOn
    ? description.add(
        addContent(new Description(inspector, syntax), step, inspector, syntax).findings.digest()
      ).findings
    : description.findings
}

/** Adds what a step does: its options and parameters, its functions, its model. */
const addContent = (
  description: Description,
  step: StepData,
  inspector: Inspector | undefined,
  syntax: Syntax | undefined
): Description => {
  const { options, removes, rowCount, type, values } = step
  const versioned = typeof options["version"] === "string"
  const threads = threadsOf(options["process"])
  if (!versioned && threads !== undefined) {
    description
      .add(threads.export)
      .findings.module(description.findings.parser.moduleIdentity(threads.module))
  } else if (!versioned && ownTypes.has(type)) description.add(options["process"])
  const own = Object.entries(options).filter(
    ([name, value]) =>
      !immaterialToSteps.has(name) &&
      value !== undefined &&
      !Redacted.isRedacted(value) &&
      !(versioned && typeof value === "function" && !isSchema(value))
  )
  description.add([rowCount, removes, Object.fromEntries(own), without(immaterialToSteps, values)])
  if ((values["mediaFolder"] ?? options["mediaFolder"]) !== undefined)
    description.findings.hide({
      kind: "outside",
      name: "mediaFolder",
      what: "whose files may change",
      remedy: "What was asked about the same files is not asked again."
    })
  const llm = modelOf(step)
  // What a model depends on besides is no matter: its answers are kept by their questions, wherever they came from.
  return llm === undefined
    ? description
    : description.add(new Description(inspector, syntax).add(modelIdentity(llm)).findings.digest())
}

const without = (
  names: ReadonlySet<string>,
  record: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)))

const modelIdentity = ({
  address,
  generationKwargs,
  members = {},
  model,
  options,
  structuredOutput,
  type
}: Model & Pick<LLM, "structuredOutput">): unknown => {
  const { generationKwargs: _, ...others } = options
  const headers = identifyingHeaders(options["defaultHeaders"] as GivenHeaders | undefined)
  return [
    type,
    model,
    address(),
    generationKwargs,
    structuredOutput,
    without(immaterialToModels, without(new Set(Object.keys(members)), others)),
    ...Object.values(members).flat().map(modelIdentity),
    ...(headers.length === 0 ? [] : [headers])
  ]
}
