/** An OpenTelemetry collector on this machine, and what has arrived at it. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

export interface Span {
  readonly name: string
  readonly spanId: string
  readonly traceId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: ReadonlyArray<Attribute>
  readonly status: { readonly code: number; readonly message?: string }
}

export const collector = async () => {
  const spans: Array<Span> = []
  const services: Array<unknown> = []
  const paths = new Set<string | undefined>()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      paths.add(request.url)
      const { resourceSpans } = JSON.parse(body) as {
        readonly resourceSpans: ReadonlyArray<{
          readonly resource: { readonly attributes: ReadonlyArray<Attribute> }
          readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
        }>
      }
      for (const { resource, scopeSpans } of resourceSpans) {
        services.push(valuesOf(resource.attributes)["service.name"])
        spans.push(...scopeSpans.flatMap((each) => each.spans))
      }
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    services,
    paths,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

export const valuesOf = (attributes: ReadonlyArray<Attribute>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      "intValue" in value ? Number(value["intValue"]) : Object.values(value)[0]
    ])
  )
