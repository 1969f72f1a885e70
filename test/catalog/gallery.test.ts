import { expect, it } from "vitest"
import { catalog } from "../../src/catalog/catalog.ts"
import { gallery, meantBy } from "../../src/catalog/gallery.ts"
import * as distilabel from "../../src/index.ts"

it("the gallery has every class that documents may name, once, and all of it is exported", () => {
  const names = gallery().map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const madeBy: Readonly<Record<string, string>> = {
    GeneratorStep: "generatorStep",
    GlobalStep: "globalStep",
    JoinStep: "joinStep",
    Step: "step",
    Task: "task",
    FallbackLLM: "fallback",
    BalancedLLM: "balance",
    CascadeLLM: "cascade"
  }
  const classes = [...catalog.steps.keys(), ...catalog.models.keys()].map(
    (type) => madeBy[type] ?? type
  )
  expect(names.toSorted()).toEqual(classes.toSorted())
  expect(names.filter((name) => !(name in distilabel))).toEqual([])
})

it("each class says in a sentence what it does", () => {
  expect(gallery().filter(({ about }) => !/^[A-Z`].*\.$/s.test(about))).toEqual([])
})

it("names that people look for lead to what there is", () => {
  const known = new Set(gallery().map(({ name }) => name))
  for (const [name, meant] of [
    ["FilterStep", "FilterRows"],
    ["EvolInstruction", "EvolInstruct"],
    ["CleanNumberedList", "MapRows"],
    ["UltraFeedbck", "UltraFeedback"]
  ] as const) {
    expect(meantBy(name)).toBe(meant)
    expect(known).toContain(meant)
  }
  expect(meantBy("qqqqqqqqqqqqqqqq")).toBeUndefined()
})
