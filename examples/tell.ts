/** Errors as the user of an example should see them: their message, without a stack. */

/**
 * Runs a function; if it fails, its error's message is told on stderr and the program ends with
 * code 1.
 */
export const orTell = <A>(run: () => A): A => {
  const tell = (error: unknown): never => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
  try {
    const result = run()
    return result instanceof Promise ? (result.catch(tell) as A) : result
  } catch (error) {
    return tell(error)
  }
}
