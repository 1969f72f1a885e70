/** The gallery: every class of steps, tasks and models, with what it does and Python's name for it. */
import { camelCased } from "../columns/caseNames.ts"
import { closest } from "../columns/closest.ts"
import { expectedNames } from "../document/classes/expectedNames.ts"
import { pythonModule } from "../document/classes/pythonClasses.ts"
import * as readyTasks from "../gallery/readyTasks.ts"
import { modelKinds } from "../models/providers.ts"
import type { AnyDefined } from "../step/Definition.ts"
import { generatorStep } from "../step/generatorStep.ts"
import { globalStep, joinStep, step } from "../step/ownSteps.ts"
import * as readySteps from "../steps/readySteps.ts"
import { callingOptions } from "../tasks/makeCalling.ts"
import { taskOptions } from "../tasks/taskOptions.ts"

/** A class of the gallery. */
export interface GalleryEntry {
  readonly name: string
  readonly kind: "step" | "task" | "model" | "own"
  /** What it does, in a sentence. */
  readonly about: string
  /** Where Python's distilabel 1.5.3 has it: its module with its name; undefined if it has none. */
  readonly python: string | undefined
  /** Its options, but for those that all of its kind have, with their defaults as JSON. */
  readonly options: ReadonlyArray<{ readonly name: string; readonly default: string | undefined }>
  /** Whether dataset cards cite a paper for it. */
  readonly cites: boolean
}

/** All classes, steps first, each kind in the order of its names. */
export const gallery = (): ReadonlyArray<GalleryEntry> => [
  ...entriesOf("step", Object.values(readySteps)),
  ...entriesOf(
    "task",
    Object.values(readyTasks).filter((make) => make !== readyTasks.task)
  ),
  ...entriesOf("own", [step, globalStep, joinStep, generatorStep, readyTasks.task]),
  ...sorted(
    modelKinds.map(({ about, document, madeBy, type }) => ({
      name: madeBy ?? type,
      kind: "model" as const,
      about,
      python: pythonName(document.pythonName ?? type),
      options: document.fields.map(({ key }) => ({ name: camelCased(key), default: undefined })),
      cites: false
    }))
  )
]

/** The class that somebody means by a name that none has; undefined if there is none like it. */
export const meantBy = (name: string): string | undefined =>
  expectedNames.get(name) ??
  closest(
    name,
    gallery().map((entry) => entry.name)
  )

const entriesOf = (
  kind: GalleryEntry["kind"],
  classes: ReadonlyArray<AnyDefined>
): ReadonlyArray<GalleryEntry> =>
  sorted(
    classes.map(({ definition: { about, cites, defaults, madeBy, options, type } }) => ({
      name: madeBy ?? type,
      kind,
      about,
      python: pythonName(type),
      options: Object.keys(options)
        .filter((name) => kind !== "task" || !Object.hasOwn(everyTasks, name))
        .map((name) => ({
          name,
          default: JSON.stringify((defaults as Readonly<Record<string, unknown>>)[name])
        })),
      cites: cites !== undefined
    }))
  )

/** Options of every task. */
const everyTasks = { ...taskOptions, ...callingOptions }

const pythonName = (type: string): string | undefined => {
  const module = pythonModule(type)
  return module === undefined ? undefined : `${module}.${type}`
}

const sorted = (entries: ReadonlyArray<GalleryEntry>): ReadonlyArray<GalleryEntry> =>
  entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
