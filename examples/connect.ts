/** Where the example's models are: on this machine, simulated, or the real services with your keys. */
import { startSimulator } from "distilabel-ts/simulator"

/** Parameters that lead each provider's model to where it is. */
export interface Providers extends AsyncDisposable {
  readonly openai: { readonly baseUrl?: string; readonly apiKey?: string }
  readonly mistral: { readonly endpoint?: string; readonly apiKey?: string }
  readonly vertex: {
    readonly baseUrl?: string
    readonly accessToken?: string
    readonly project?: string
  }
}

/**
 * Real services take their keys from the environment; the simulator is started here and stopped
 * with the program.
 */
export const connect = async (live: boolean): Promise<Providers> => {
  if (live) return { openai: {}, mistral: {}, vertex: {}, [Symbol.asyncDispose]: async () => {} }
  const options = {
    latency: { kind: "lognormal", medianMs: 400, sigma: 0.5 },
    faults: [{ kind: "server-error", share: 0.02 }]
  } as const
  // The same address each time, where it is free: answers are remembered by where they come from.
  const simulator = await startSimulator({ ...options, port: 8700 }).catch(() =>
    startSimulator(options)
  )
  console.error(
    `Simulated providers listen at ${simulator.url}; with --live the real ones are asked.`
  )
  return {
    openai: { baseUrl: simulator.openaiBaseUrl, apiKey: "simulated" },
    mistral: { endpoint: simulator.mistralUrl, apiKey: "simulated" },
    vertex: { baseUrl: simulator.vertexUrl, accessToken: "simulated", project: "simulated" },
    [Symbol.asyncDispose]: () => simulator.close()
  }
}
