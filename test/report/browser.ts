/**
 * A real Chromium for tests of pages, and what went wrong in its pages: one for all that a worker
 * tests, which ends with it.
 */
import { existsSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type BrowserContext, chromium, type Page } from "playwright-core"

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium"

/** Whether the browser is there. In CI it has to be: a test that is skipped there would tell nobody. */
export const hasBrowser = existsSync(executablePath) || process.env["CI"] !== undefined

if (!hasBrowser)
  console.warn(
    `Tests in a browser are skipped: there is no Chromium at ${executablePath}. Install it (apt-get install chromium), or say where it is with CHROMIUM.`
  )

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

export interface OpenPage {
  readonly page: Page
  /** Errors and warnings of the page, what its policy has refused among them. */
  readonly complaints: Array<string>
  /** Addresses that it has asked for, but for its own file and what is in it. */
  readonly requests: Array<string>
}

interface Look {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
}

let context: Promise<BrowserContext> | undefined
const profile = mkdtempSync(join(tmpdir(), "distilabel-chromium-"))

export const openPage = async (
  url: string,
  { dark = false, height = 800, width = 1280 }: Look = {}
): Promise<OpenPage> => {
  context ??= chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: flags
  })
  const page = await (await context).newPage()
  page.setDefaultTimeout(10_000)
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" })
  const complaints: Array<string> = []
  const requests: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) requests.push(request.url())
  })
  await page.goto(url)
  await page.locator("h1").waitFor()
  return { page, complaints, requests }
}
