/** Key formats: what keys of well-known services look like, whatever they are called. */

/** How keys begin, and all of what they look like. A text without any of the beginnings has none. */
export const keyFormats: ReadonlyArray<
  readonly [beginning: string, pattern: RegExp, name: string]
> = [
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

/** What looks like a key, as the name of its kind and its beginning; undefined if nothing does. */
export const keyIn = (
  text: string
): { readonly name: string; readonly beginning: string } | undefined => {
  for (const [beginning, pattern, name] of keyFormats)
    if (text.includes(beginning) && pattern.test(text)) return { name, beginning }
  return undefined
}
