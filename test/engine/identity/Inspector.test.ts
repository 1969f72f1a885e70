import { runInNewContext } from "node:vm"
import { expect, it } from "vitest"
import { Inspector, variableIn } from "../../../src/engine/identity/Inspector.ts"

const looked = <A>(look: (inspector: Inspector) => A): A => {
  const inspector = new Inspector()
  try {
    return look(inspector)
  } finally {
    inspector.close()
  }
}

it("the inspector shows the variables that a function closes over, the nearest first", () => {
  const outer = 1
  const made = ((inner: string) => () => [inner, outer])("a")
  looked((inspector) => {
    const scopes = inspector.scopesOf(made)
    expect(variableIn(scopes, "inner")).toEqual({ value: "a", unset: false })
    expect(variableIn(scopes, "outer")).toEqual({ value: 1, unset: false })
    expect(variableIn(scopes, "none")).toBeUndefined()
  })
})

it("the inspector tells a variable that is not set yet", () => {
  const early = () => late
  looked((inspector) =>
    expect(variableIn(inspector.scopesOf(early), "late")).toEqual({ value: undefined, unset: true })
  )
  const late = early
})

it("the inspector shows private fields, parts of bound functions, targets of proxies and what promises hold", async () => {
  class Held {
    #secret = 5
    show(): number {
      return this.#secret
    }
  }
  const held = new Held()
  const target = { a: 1 }
  const fulfilled = Promise.resolve(held.show())
  await fulfilled
  looked((inspector) => {
    expect(inspector.privatesOf(held)).toEqual([["#secret", 5]])
    expect(inspector.boundOf(held.show.bind(held, ...([] as [])))?.self).toBe(held)
    expect(inspector.proxyOf(new Proxy(target, {}))[0]).toBe(target)
    expect(inspector.fulfilled(fulfilled)).toEqual({ value: 5 })
    expect(inspector.fulfilled(new Promise(() => {}))).toBeUndefined()
  })
})

it("the inspector tells a function of another context", () => {
  looked((inspector) => {
    expect(inspector.isElsewhere(runInNewContext("() => tone", { tone: "a" }) as object)).toBe(true)
    expect(inspector.isElsewhere(() => 1)).toBe(false)
  })
})
