/**
 * What to cite: the papers behind tasks, and Python's distilabel, whose tasks and datasets these
 * are like.
 */

const byTask: Readonly<Record<string, string>> = {
  UltraFeedback: `@misc{cui2023ultrafeedback,
  title = {UltraFeedback: Boosting Language Models with Scaled AI Feedback},
  author = {Ganqu Cui and Lifan Yuan and Ning Ding and Guanming Yao and Bingxiang He and Wei Zhu and Yuan Ni and Guotong Xie and Ruobing Xie and Yankai Lin and Zhiyuan Liu and Maosong Sun},
  year = {2023},
  eprint = {2310.01377},
  archivePrefix = {arXiv}
}`
}

const distilabel = `@misc{distilabel-argilla-2024,
  author = {Álvaro Bartolomé Del Canto and Gabriel Martín Blázquez and Agustín Piqueres Lajarín and Daniel Vila Suero},
  title = {Distilabel: An AI Feedback (AIF) framework for building datasets with and for LLMs},
  year = {2024},
  publisher = {GitHub},
  journal = {GitHub repository},
  howpublished = {\\url{https://github.com/argilla-io/distilabel}}
}`

/** BibTeX entries for the classes of steps, each once. */
export const citationsOf = (types: Iterable<string>): ReadonlyArray<string> => [
  ...[...new Set(types)].flatMap((type) => byTask[type] ?? []),
  distilabel
]
