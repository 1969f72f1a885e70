/**
 * The page of a report: one HTML file with all that it needs inside, which nothing in its data can
 * change.
 */
import { createHash } from "node:crypto"
import type { ReportData } from "../figures/ReportData.ts"
import { loadPage } from "./loadPage.ts"

/**
 * The text of the page. A page that a server gives may ask that server for more rows; one on disk
 * asks nobody.
 */
export const reportPage = async (data: ReportData, { served = false } = {}): Promise<string> => {
  const { script, style } = await loadPage()
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(script)}'`,
    `style-src 'sha256-${sha256(style)}'`,
    "img-src data: blob:",
    "worker-src blob:",
    `connect-src ${served ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(data.title)} · distilabel-ts</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>This page shows its data with JavaScript, all of which is in this file.</noscript></div>
<script type="application/json" id="data">${inScript(data)}</script>
<script id="code">${script}</script>
</body>
</html>
`
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#4f5bd5"/><path d="M4 11V7m4 4V4m4 7V9" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/></svg>`

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64")

/** JSON that ends no script and begins no comment in it. */
const inScript = (data: ReportData): string => JSON.stringify(data).replaceAll("<", "\\u003c")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
