/** Finding secrets: keys that must not go where others can read them, by what keys look like and by what the environment holds. */

/** How keys begin, and all of what they look like. A text without any of the beginnings has none. */
const formats: ReadonlyArray<readonly [beginning: string, pattern: RegExp, name: string]> = [
  ["hf_", /\bhf_[A-Za-z0-9]{30,}/, "a token of Hugging Face"],
  ["sk-ant-", /\bsk-ant-[\w-]{20,}/, "a key of Anthropic"],
  ["sk-", /\bsk-(?:proj-|or-v1-|svcacct-)?[A-Za-z0-9_-]{32,}/, "a key of OpenAI"],
  ["AIza", /\bAIza[\w-]{35}/, "a key of Google"],
  ["ya29.", /\bya29\.[\w-]{20,}/, "an access token of Google"],
  ["AKIA", /\bAKIA[0-9A-Z]{16}\b/, "a key of AWS"],
  ["ASIA", /\bASIA[0-9A-Z]{16}\b/, "a key of AWS"],
  ["gh", /\bgh[pousr]_[A-Za-z0-9]{36,}/, "a token of GitHub"],
  ["github_pat_", /\bgithub_pat_\w{50,}/, "a token of GitHub"],
  ["glpat-", /\bglpat-[\w-]{20,}/, "a token of GitLab"],
  ["gsk_", /\bgsk_[A-Za-z0-9]{40,}/, "a key of Groq"],
  ["nvapi-", /\bnvapi-[\w-]{60,}/, "a key of NVIDIA"],
  ["xox", /\bxox[abeprs]-[\w-]{20,}/, "a token of Slack"],
  ["npm_", /\bnpm_[A-Za-z0-9]{36}\b/, "a token of npm"],
  ["PRIVATE KEY", /-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"]
]

const secretName = /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$/
/** Shorter values are words that stand anywhere. */
const shortestValue = 16

/** Says what secret a text holds, without showing it; undefined if none is found. */
export const secretFinder = (environment: Readonly<Record<string, string | undefined>> = process.env): ((text: string) => string | undefined) => {
  const own = Object.entries(environment).filter((entry): entry is [string, string] => secretName.test(entry[0]) && (entry[1]?.trim().length ?? 0) >= shortestValue)
  return (text) => {
    for (const [name, value] of own) if (text.includes(value.trim())) return `the value of ${name}`
    for (const [beginning, pattern, name] of formats) if (text.includes(beginning) && pattern.test(text)) return `what looks like ${name} (${beginning}…)`
    return undefined
  }
}
