/** Names of steps: those that Python gives, and those that it refuses. */

/**
 * The name that Python gives a step that has none: the class in snake_case, and the first number
 * that is free.
 */
export const automaticName = (type: string, taken: (name: string) => boolean): string => {
  const stem =
    type.slice(0, 1).toLowerCase() +
    type.slice(1).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  let number = 0
  while (taken(`${stem}_${number}`)) number++
  return `${stem}_${number}`
}

const python = /^[a-zA-Z0-9_-]+$/

/**
 * Names of steps as Python takes them: letters, digits, `_` and `-`, each once. Most stay as they
 * are.
 */
export const pythonStepNames = (names: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const taken = new Set(names.filter((name) => python.test(name)))
  return new Map(
    names.map((name) => {
      if (python.test(name)) return [name, name]
      const plain = name.replaceAll(/[^a-zA-Z0-9_-]/g, "_")
      let free = plain
      for (let number = 2; taken.has(free); number++) free = `${plain}_${number}`
      taken.add(free)
      return [name, free]
    })
  )
}
