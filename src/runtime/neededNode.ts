/** The Node that the library needs. Any Node can load this. */

/** The one that package.json names under `engines`. */
const [oldestMajor, oldestMinor] = [22, 19]

/** What is to be done about a Node that is too old; undefined for one that will do. */
export const tooOld = (): string | undefined => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
    ? undefined
    : `distilabel-ts needs Node ${oldestMajor}.${oldestMinor} or newer, and this is Node ${process.versions.node}. Install a newer one from nodejs.org, or add one to the project: npm install --save-dev node@24, and start programs by its npm scripts.`
}
