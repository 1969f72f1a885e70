/** A simulated Argilla with troubles to come, and texts that it refuses. */
import { startArgillaSimulator } from "../../../src/simulator/index.ts"

export const key = "argilla.key-of-a-user"

/** Failures to come: each request that begins with the path takes one. */
interface Trouble {
  readonly path: RegExp
  readonly status: number
  times: number
}

export const startArgilla = async () => {
  const troubles: Array<Trouble> = []
  const simulator = await startArgillaSimulator({
    apiKey: key,
    workspaces: ["argilla", "others"],
    refuse: (path, body) => {
      const trouble = troubles.find((each) => each.times > 0 && each.path.test(path))
      if (trouble !== undefined) {
        trouble.times--
        return { status: trouble.status, detail: "trouble" }
      }
      return body.includes("REFUSED") ? { status: 422, detail: "no such text" } : undefined
    }
  })
  return Object.assign(simulator, { troubles, asked: simulator.requests })
}
