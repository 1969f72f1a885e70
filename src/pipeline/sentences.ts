/**
 * The sentences of the wiring check, each written once: the editor reads them as types, run time
 * throws them in errors.
 */

export const missingColumn = <S extends string, C extends string>(step: S, column: C) =>
  `Step '${step}' needs column '${column}', which no earlier step gives` as const

export const wrongType = <S extends string, C extends string>(step: S, column: C) =>
  `Step '${step}' cannot read column '${column}': wrong type` as const

export const needsOneOf = <S extends string>(step: S) =>
  `Step '${step}' needs one of several sets of columns, and no earlier step gives one` as const

export const takenName = <S extends string>(step: S) =>
  `Step name '${step}' is taken in this pipeline` as const

export const notAGenerator = <S extends string>(step: S) =>
  `Step '${step}' cannot start a pipeline: it makes no rows` as const

export const generatorAfterStep = <S extends string>(step: S) =>
  `Step '${step}' is a generator: it starts a pipeline and takes no rows` as const

export const notAJoinStep = <S extends string>(step: S) =>
  `Step '${step}' cannot join branches: it takes the rows of one step` as const

export const routingNeedsList = () => "A routing function is followed by a list of steps" as const

export const notAStep = () =>
  "One step is connected with .to(step), several with .branch([a, b])" as const

export const branchesGoOn = () =>
  "Branches are joined, .join(step), or go on one by one: const [a, b] = branches.flows" as const

export const branchesEndApart = () =>
  "Branches are joined, .join(step), or each is a leaf: Pipeline(name, {}, branches.flows)" as const

export const branchesDisagree = <S extends string, C extends string>(step: S, column: C) =>
  `Branches before '${step}' give column '${column}' different types` as const

export const noCommonSource = <S extends string>(step: S) =>
  `Step '${step}' joins flows without a common source: pair them by position with zip` as const

export const unknownStep = <S extends string>(step: S) =>
  `No step of this pipeline is called '${step}'` as const

export const unknownParameter = <S extends string, P extends string>(step: S, parameter: P) =>
  `Step '${step}' has no parameter '${parameter}'` as const

export const wrongParameter = <S extends string, P extends string>(step: S, parameter: P) =>
  `Parameter '${parameter}' of step '${step}' has a wrong value` as const

export const missingParameter = <S extends string, P extends string>(step: S, parameter: P) =>
  `Parameter '${parameter}' of step '${step}' must be set` as const

export const unknownMapping = <S extends string, C extends string>(step: S, column: C) =>
  `Step '${step}' maps column '${column}', which it does not have` as const

export const batchSizesDisagree = <S extends string, U extends string>(step: S, upstream: U) =>
  `Step '${step}' gets batches routed by '${upstream}' that its batch size does not divide` as const

export const notInPipeline = <S extends string>(step: S) =>
  `Step '${step}' gets rows but leads to no leaf of this pipeline` as const

export const inACycle = <S extends string>(step: S) => `Step '${step}' is part of a cycle` as const

export const servicesMissing = () =>
  "Steps require services that a promise cannot provide: use run, estimate or runStep with Effect.provide" as const

export const partMissingColumn = <C extends string>(column: C) =>
  `This part needs column '${column}', which no earlier step gives` as const

export const partWrongType = <C extends string>(column: C) =>
  `This part cannot read column '${column}': wrong type` as const

/** The text of a sentence, as a type. */
export type Says<Sentence extends (...words: Array<never>) => string> = ReturnType<Sentence>
