/**
 * What to cite: the papers behind tasks, and Python's distilabel, whose tasks and datasets these
 * are like.
 */

const distilabel = `@misc{distilabel-argilla-2024,
  author = {Álvaro Bartolomé Del Canto and Gabriel Martín Blázquez and Agustín Piqueres Lajarín and Daniel Vila Suero},
  title = {Distilabel: An AI Feedback (AIF) framework for building datasets with and for LLMs},
  year = {2024},
  publisher = {GitHub},
  journal = {GitHub repository},
  howpublished = {\\url{https://github.com/argilla-io/distilabel}}
}`

/** BibTeX entries for what steps cite, each once. */
export const citationsOf = (
  steps: Iterable<{ readonly cites?: string | undefined }>
): ReadonlyArray<string> => [...new Set([...steps].flatMap(({ cites }) => cites ?? [])), distilabel]
