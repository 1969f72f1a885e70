/** Requests to the simulated Hub and what it replies. */

/** A request, read to its end. */
export interface HubRequest {
  readonly method: string
  readonly url: URL
  /** The parts of the path, decoded. */
  readonly parts: ReadonlyArray<string>
  readonly headers: Readonly<Record<string, string | Array<string> | undefined>>
  readonly body: Buffer
  /** Where the simulator listens. */
  readonly origin: string
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A request that the Hub refuses; `code` is its own word for why. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const json = (
  value: unknown,
  {
    headers = {},
    status = 200
  }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}
): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: Buffer.from(JSON.stringify(value))
})

export const nothing = (status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers,
  body: Buffer.alloc(0)
})

export const refused = ({ code, message, status }: Refusal): Reply =>
  json(
    { error: message },
    {
      status,
      headers: {
        "x-error-message": message,
        ...(code === undefined ? {} : { "x-error-code": code })
      }
    }
  )

/** Bytes, or the range of them that the request asks for. */
export const ranged = (
  { headers }: HubRequest,
  bytes: Buffer,
  more: Readonly<Record<string, string>>
): Reply => {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(String(headers["range"] ?? "")) ?? []
  const always = { "accept-ranges": "bytes", ...more }
  if (first === "" && last === "") return { status: 200, headers: always, body: bytes }
  const from = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first)
  const to = first === "" || last === "" ? bytes.length : Math.min(Number(last) + 1, bytes.length)
  if (from >= to) return nothing(416, { ...always, "content-range": `bytes */${bytes.length}` })
  return {
    status: 206,
    headers: { ...always, "content-range": `bytes ${from}-${to - 1}/${bytes.length}` },
    body: bytes.subarray(from, to)
  }
}

/** The body as JSON. */
export const bodyOf = <A>({ body }: HubRequest): A => {
  try {
    return JSON.parse(body.length === 0 ? "{}" : body.toString()) as A
  } catch {
    throw new Refusal(400, "The body is no JSON")
  }
}
