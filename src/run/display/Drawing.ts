/**
 * Drawing: text on a terminal that is drawn over itself. Whatever else the program writes to the
 * terminal meanwhile, such as `console.log` in a step, stays above it.
 */

type Update = { (text: string): void; readonly clear: () => void }

export class Drawing {
  readonly #stream: NodeJS.WriteStream
  #isOpening = false
  #update: Update | undefined
  #ended = false
  /** Whether what is written is the drawing itself. */
  #draws = false
  #letGo: () => void = () => {}

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  /** Draws a text. log-update is loaded with the first one, so that no request waits for it. */
  draw(text: string): void {
    if (!this.#isOpening) void this.#open()
    this.#drawing((update) => update(text))
  }

  end(): void {
    this.#ended = true
    this.#drawing((update) => update.clear())
    this.#letGo()
  }

  async #open(): Promise<void> {
    this.#isOpening = true
    const { createLogUpdate } = await import("log-update")
    if (this.#ended) return
    this.#update = createLogUpdate(this.#stream)
    const terminals = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY)
    const restores = terminals.map((terminal) => this.#beforeWrites(terminal))
    this.#letGo = () => restores.forEach((restore) => restore())
  }

  #drawing(change: (update: Update) => void): void {
    if (this.#update === undefined) return
    this.#draws = true
    try {
      change(this.#update)
    } finally {
      this.#draws = false
    }
  }

  /** Clears the drawing before anything else is written there; the next drawing stands below it. */
  #beforeWrites(terminal: NodeJS.WriteStream): () => void {
    const { write } = terminal
    const clear = (): void => this.#drawing((update) => update.clear())
    const draws = (): boolean => this.#draws
    terminal.write = function (this: NodeJS.WriteStream, ...args: ReadonlyArray<never>): boolean {
      if (!draws()) clear()
      return Reflect.apply(write, this, args) as boolean
    }
    return () => {
      terminal.write = write
    }
  }
}
