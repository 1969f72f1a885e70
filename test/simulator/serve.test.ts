import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"
import { describe, expect, it } from "vitest"
import { parseSimulatorArguments, SimulatorOptionError } from "../../src/simulator/index.ts"

const script = new URL("../../src/simulator/serve.ts", import.meta.url).pathname

const run = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [script, ...args], { stdio: "pipe" })
  let out = ""
  let err = ""
  child.stdout.on("data", (chunk: Buffer) => (out += String(chunk)))
  child.stderr.on("data", (chunk: Buffer) => (err += String(chunk)))
  return {
    child,
    exit: once(child, "exit") as Promise<[number | null, string | null]>,
    out: () => out,
    err: () => err
  }
}

const listening = async (
  process: ReturnType<typeof run>
): Promise<{ readonly url: string; readonly port: number }> => {
  await expect.poll(process.out).toMatch(/\n$/)
  return JSON.parse(process.out()) as { url: string; port: number }
}

describe("the process", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "prints one line of JSON, answers, and stops on %s with exit code 0",
    async (signal) => {
      const simulator = run("--models", "a,b")
      const { url, port } = await listening(simulator)
      expect(url).toBe(`http://127.0.0.1:${port}`)
      const list = (await (await fetch(`${url}/v1/models`)).json()) as {
        data: Array<{ id: string }>
      }
      expect(list.data.map((model) => model.id)).toEqual(["a", "b"])
      simulator.child.kill(signal)
      expect(await simulator.exit).toEqual([0, null])
      expect(simulator.out().split("\n")).toHaveLength(2)
      expect(simulator.err()).toBe("")
    }
  )

  it("stops when standard input is closed, if asked to, even with requests waiting", async () => {
    const simulator = run("--stop-with-stdin", "--fault", "hang:1")
    const { url } = await listening(simulator)
    const waiting = fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "a", messages: [{ role: "user", content: "Hi" }] })
    })
    waiting.catch(() => undefined)
    simulator.child.stdin.end()
    expect(await simulator.exit).toEqual([0, null])
    await expect(waiting).rejects.toThrow()
  })

  it("says in one sentence which flag is wrong, without a stack trace", async () => {
    const simulator = run("--latency", "slow")
    expect(await simulator.exit).toEqual([2, null])
    expect(simulator.err()).toMatch(/^Option '--latency' cannot be 'slow': write none, .+\.\n$/)
    expect(simulator.out()).toBe("")
  })

  it("says so when the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    await once(other, "listening")
    const simulator = run("--port", String((other.address() as AddressInfo).port))
    expect(await simulator.exit).toEqual([2, null])
    expect(simulator.err()).toMatch(/^Port \d+ of 127\.0\.0\.1 is taken: .+\n$/)
    other.close()
  })

  it("shows its flags", async () => {
    const simulator = run("--help")
    expect(await simulator.exit).toEqual([0, null])
    expect(simulator.out()).toContain("--latency LATENCY")
  })
})

describe("the flags", () => {
  it("become the simulator's options", () => {
    const args =
      "--port 0 --host 127.0.0.1 --seed 7 --latency lognormal:200:0.5 --fault rate-limit:0.05:retry-after=3 --fault server-error:0.1:status=503:permanent --rps 50 --models a,b --api-key k --log-size 10"
    expect(parseSimulatorArguments(args.split(" "))).toEqual({
      options: {
        port: 0,
        host: "127.0.0.1",
        seed: 7,
        latency: { kind: "lognormal", medianMs: 200, sigma: 0.5 },
        faults: [
          {
            kind: "rate-limit",
            share: 0.05,
            permanent: false,
            retryAfterSeconds: 3,
            status: undefined
          },
          {
            kind: "server-error",
            share: 0.1,
            permanent: true,
            retryAfterSeconds: undefined,
            status: 503
          }
        ],
        requestsPerSecond: 50,
        models: ["a", "b"],
        apiKey: "k",
        logSize: 10
      },
      stopWithStdin: false,
      help: false
    })
  })

  it.each([
    ["none", { kind: "none" }],
    ["constant:20", { kind: "constant", ms: 20 }],
    ["stragglers:20:0.05:900", { kind: "stragglers", ms: 20, share: 0.05, slowMs: 900 }]
  ])("read the latency %s", (flag, latency) => {
    expect(parseSimulatorArguments(["--latency", flag]).options.latency).toEqual(latency)
  })

  it.each([
    [["--port", "http"], "Option '--port' cannot be 'http': use a number."],
    [
      ["--port", "70000"],
      "Option '--port' cannot be 70000: use a whole number from 0 (any free port) to 65535."
    ],
    [["--port"], "Option '--port' cannot be left without a value: write --port=VALUE."],
    [["--rps", "0"], "Option '--rps' cannot be 0: use a number above 0, up to 1000000."],
    [["--help=yes"], "Option '--help' cannot be given a value: write --help alone."],
    [
      ["--latency", "lognormal:200"],
      /^Option '--latency' cannot be 'lognormal:200': write none, constant:MS, /
    ],
    [["--latency", "constant:-5"], /^Option '--latency' cannot be -5: use milliseconds from 0 /],
    [
      ["--fault", "gremlin:0.1"],
      /^Option '--fault' cannot be 'gremlin:0.1': start it with one of rate-limit, /
    ],
    [
      ["--fault", "hang"],
      /^Option '--fault' cannot be 'hang': give the share of questions it hits, for instance hang:0.05\.$/
    ],
    [["--fault", "hang:2"], "Option '--fault' cannot be 2: use a number from 0 to 1."],
    [
      ["--fault", "hang:0.1:status=500"],
      "Option '--fault' cannot be 'hang:0.1:status=500': 'status=500' is not understood; hang takes permanent."
    ],
    [["--models", ","], /^Option '--models' cannot be an empty list: /],
    [["--prot", "1"], /^Option '--prot' cannot be used: the flags are --port, --host, /],
    [["fast"], /^Option 'fast' cannot be used: the flags are --port, /]
  ])("that are wrong are refused in one sentence: %s", (args, sentence) => {
    expect(() => parseSimulatorArguments(args)).toThrow(SimulatorOptionError)
    expect(() => parseSimulatorArguments(args)).toThrow(sentence)
  })
})
