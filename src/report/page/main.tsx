/**
 * The page of a report. The same script runs in the page and, without a document, in the worker
 * that reads its tables.
 */
import { render } from "preact"
import type { ReportData } from "../figures/ReportData.ts"
import { App } from "./App.tsx"
import { type FromService, serveTables, TableClient, type ToService } from "./TableClient.ts"

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? ""

if (typeof document === "undefined") {
  const serve = serveTables((message: FromService) => postMessage(message))
  addEventListener("message", ({ data }: MessageEvent<ToService>) => serve(data))
} else {
  const data = JSON.parse(textOf("data")) as ReportData
  const app = document.getElementById("app")!
  app.replaceChildren()
  render(<App data={data} client={new TableClient(textOf("code"))} />, app)
}
