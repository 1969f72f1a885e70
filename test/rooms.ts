/**
 * The rooms of src/ and their wings: what each holds, and what each may import. The architecture
 * test checks it, and `npm run docs` writes it into CONTRIBUTING.md. Data flows down the list.
 */

/** A folder within a room. */
export interface Wing {
  readonly holds: string
  /** Wings of the same room. */
  readonly imports: ReadonlyArray<string>
}

export interface Room {
  readonly holds: string
  /** Other rooms, or `all`. */
  readonly imports: ReadonlyArray<string> | "all"
  /** A room's own files may import all its wings, and no wing imports them. */
  readonly wings?: Readonly<Record<string, Wing>>
}

export const rooms: Readonly<Record<string, Room>> = {
  columns: {
    holds: "column records, row types, shapes, assignability, metadata",
    imports: []
  },
  disk: {
    holds:
      "files that show when they were damaged: seals, checksums, what stands in a file's way, whose leftovers are whose",
    imports: []
  },
  runtime: {
    holds: "what the library runs on: the Node it needs, packages that a project may do without",
    imports: []
  },
  secrets: {
    holds: "what is secret by its name, its place or its looks; what is shown instead",
    imports: []
  },
  words: {
    holds: "counts, sums and tables as a person reads them",
    imports: ["columns"]
  },
  models: {
    holds: "models: what is asked and answered, how, and by which provider",
    imports: ["columns", "runtime", "secrets"],
    wings: {
      http: { holds: "requests and bodies, whoever answers them", imports: [] },
      chat: {
        holds: "what models are, what they are asked in chats and what they answer",
        imports: ["http"]
      },
      asking: {
        holds: "everything around a request: gate, tries, samples, prices, the log of answers",
        imports: ["chat", "http"]
      },
      embeddings: {
        holds: "models that embed texts, and what they are asked",
        imports: ["http", "chat", "asking"]
      },
      own: {
        holds: "models that users bring along",
        imports: ["http", "chat", "asking", "embeddings"]
      },
      batch: {
        holds: "jobs of batch APIs: questions on their way into them, answers on their way back",
        imports: ["chat", "asking"]
      },
      simulated: {
        holds: "what a provider brings to be simulated: how its requests are read and answered",
        imports: []
      },
      provider: {
        holds: "what a provider brings to its models, and how one opens a model of any",
        imports: ["chat", "http", "asking", "embeddings"]
      },
      chatCompletions: {
        holds: "the protocol that many servers speak after OpenAI",
        imports: ["chat", "http", "asking", "embeddings", "simulated", "provider"]
      },
      compatible: {
        holds: "services that speak chat completions, a file each",
        imports: ["chatCompletions", "provider"]
      },
      huggingface: {
        holds: "models that Hugging Face serves",
        imports: ["chat", "http", "asking", "simulated", "chatCompletions", "provider"]
      },
      openai: {
        holds: "OpenAI and servers that speak like it",
        imports: [
          "chat",
          "http",
          "asking",
          "embeddings",
          "simulated",
          "provider",
          "chatCompletions"
        ]
      },
      azure: {
        holds: "OpenAI's models on Azure",
        imports: ["chat", "asking", "simulated", "chatCompletions", "provider", "openai"]
      },
      mistral: {
        holds: "Mistral",
        imports: [
          "chat",
          "http",
          "asking",
          "embeddings",
          "simulated",
          "provider",
          "chatCompletions"
        ]
      },
      vertex: {
        holds: "Gemini on Vertex AI",
        imports: [
          "chat",
          "http",
          "asking",
          "embeddings",
          "simulated",
          "provider",
          "chatCompletions"
        ]
      },
      gemini: {
        holds: "Gemini by Google's own API",
        imports: ["chat", "http", "asking", "simulated", "provider", "vertex"]
      },
      cohere: {
        holds: "Cohere",
        imports: [
          "chat",
          "http",
          "asking",
          "simulated",
          "provider",
          "chatCompletions",
          "embeddings"
        ]
      },
      anthropic: {
        holds: "Anthropic",
        imports: ["chat", "http", "asking", "simulated", "provider"]
      },
      ollama: {
        holds: "Ollama",
        imports: ["chat", "http", "asking", "simulated", "provider", "chatCompletions"]
      },
      liteLLM: {
        holds: "models under LiteLLM's names, behind its proxy or asked by the classes here",
        imports: [
          "chat",
          "asking",
          "provider",
          "chatCompletions",
          "compatible",
          "openai",
          "mistral",
          "anthropic",
          "gemini"
        ]
      },
      combined: {
        holds: "models that are made of others: one after the other, side by side, together",
        imports: ["chat", "asking", "provider"]
      },
      owned: {
        holds: "models with a server of their own, which a run starts and ends",
        imports: ["chat", "asking", "embeddings", "chatCompletions", "provider"]
      },
      inProcess: {
        holds: "models that run in this process",
        imports: ["chat", "http", "asking", "embeddings", "own", "provider"]
      },
      aiSdk: {
        holds: "models of the AI SDK, of whatever provider",
        imports: ["chat", "http", "asking", "embeddings", "own"]
      },
      scripted: {
        holds: "a model that answers from a script",
        imports: ["chat", "asking", "own", "provider"]
      }
    }
  },
  step: {
    holds: "what a step is: reads, gives, parameters, kind; own steps and what their work may ask",
    imports: ["columns", "models"]
  },
  pipeline: {
    holds: "flows, the wiring check, its sentences and problems, `GraphBuilder`",
    imports: ["columns", "step"]
  },
  picture: {
    holds: "pipelines as SVG and Mermaid text",
    imports: ["columns", "step", "pipeline"]
  },
  document: {
    holds: "pipelines to YAML and JSON and back, with a registry of classes that is passed in",
    imports: ["columns", "secrets", "step", "pipeline"],
    wings: {
      tree: {
        holds: "what a document is before it means anything: trees, places, problems, names",
        imports: []
      },
      yaml: { holds: "trees as YAML text and back", imports: ["tree"] },
      classes: {
        holds: "classes and fields as documents spell them, here and in Python",
        imports: ["tree"]
      },
      read: { holds: "trees read as pipelines", imports: ["tree", "yaml", "classes"] },
      write: { holds: "pipelines written as trees", imports: ["tree", "classes", "read"] }
    }
  },
  journal: {
    holds:
      "what is kept from run to run: answers of models, outputs of steps, checkpoints, the lock of a run's folder",
    imports: ["disk"]
  },
  data: {
    holds: "files of rows in every format, datasets of the Hub and on disk, the Distiset",
    imports: ["columns", "disk", "runtime", "secrets"],
    wings: {
      rows: { holds: "rows, cells and bytes, wherever they come from", imports: [] },
      "files/columns": { holds: "columns as files save them", imports: ["rows"] },
      "files/text": { holds: "CSV, JSON and lines", imports: ["rows", "files/columns"] },
      "files/arrow": { holds: "Arrow", imports: ["rows", "files/columns"] },
      "files/parquet": {
        holds: "Parquet",
        imports: ["rows", "files/columns", "files/arrow"]
      },
      files: {
        holds: "files opened by what they are: formats, packed files, folders, splits",
        imports: ["rows", "files/columns", "files/text", "files/arrow", "files/parquet"]
      },
      hub: { holds: "the Hugging Face Hub", imports: ["rows", "files"] },
      stores: {
        holds:
          "object stores: S3, Google Cloud Storage, Azure, the Hub as folders; addresses, ranges, uploads",
        imports: ["rows", "files", "hub"]
      },
      argilla: { holds: "datasets of Argilla, over its API", imports: [] },
      distiset: {
        holds: "the Distiset: saved, loaded, split, pushed",
        imports: [
          "rows",
          "files/columns",
          "files/text",
          "files/arrow",
          "files/parquet",
          "files",
          "hub",
          "stores"
        ]
      }
    }
  },
  report: {
    holds: "what a run is told by: figures over time, the page `report.html`, the server of `view`",
    imports: ["columns", "disk", "words", "step", "pipeline", "picture", "data"],
    wings: {
      figures: { holds: "what is counted of a run", imports: [] },
      tables: { holds: "rows of files, paged, sorted and filtered in a browser", imports: [] },
      "page/charts": { holds: "charts of the page", imports: ["figures"] },
      page: {
        holds: "the page's own code (Preact)",
        imports: ["figures", "tables", "page/charts"]
      },
      profile: {
        holds: "what rows hold, column by column, and what steps find in them",
        imports: ["figures"]
      },
      write: { holds: "the report's file", imports: ["figures", "tables", "profile"] },
      view: { holds: "the server of `view`", imports: ["figures", "profile", "write"] }
    }
  },
  steps: {
    holds: "ready steps that are no tasks: rows are read, changed, chosen and written",
    imports: ["columns", "runtime", "step", "data", "models"],
    wings: {
      values: { holds: "values of rows that steps read", imports: [] },
      format: { holds: "rows as training and prompts want them", imports: ["values"] },
      filter: {
        holds: "which rows are good enough, and which too much alike",
        imports: ["values"]
      },
      calls: { holds: "calls of functions, carried out in a thread", imports: [] },
      embeddings: {
        holds: "texts as vectors, and which are near each other",
        imports: ["values"]
      },
      argilla: { holds: "rows that people look at in Argilla", imports: ["values"] },
      order: { holds: "which rows come, in which order, and how many", imports: ["values"] },
      texts: { holds: "what is in a text: its language, sentences, JSON", imports: ["values"] },
      images: { holds: "images that a model draws", imports: ["values"] },
      scores: { holds: "scores that a model gives texts", imports: ["values"] }
    }
  },
  tasks: {
    holds: "what a task is: templates, prompts, answers and how they are read; own tasks",
    imports: ["columns", "step", "models"]
  },
  gallery: {
    holds: "ready tasks, each in a file",
    imports: ["columns", "step", "models", "tasks"],
    wings: {
      draw: { holds: "what is drawn for a row, always the same for the same row", imports: [] },
      texts: {
        holds: "texts, conversations and queries that a model writes",
        imports: ["draw"]
      },
      judges: { holds: "texts that a model judges", imports: ["draw"] },
      evolution: {
        holds: "texts that a model makes harder, better or other ones, round by round",
        imports: ["draw", "judges"]
      },
      labels: { holds: "texts that a model labels", imports: ["draw"] },
      pairs: { holds: "texts that belong together, for embedding models", imports: ["draw"] },
      calls: { holds: "calls of functions", imports: ["draw"] },
      maths: { holds: "solutions of problems, step by step", imports: [] }
    }
  },
  templates: {
    holds: "ready pipelines",
    imports: ["pipeline", "models", "tasks", "gallery"]
  },
  catalog: {
    holds: "the classes of this library that documents may name; `save`, `fromYaml` …",
    imports: [
      "columns",
      "secrets",
      "step",
      "pipeline",
      "document",
      "models",
      "data",
      "steps",
      "tasks",
      "gallery"
    ]
  },
  pure: {
    holds: "what runs anywhere, browsers too: pipelines, documents as texts, pictures",
    imports: [
      "columns",
      "step",
      "pipeline",
      "picture",
      "document",
      "steps",
      "tasks",
      "gallery",
      "catalog"
    ]
  },
  card: {
    holds: "dataset cards: what a reader learns about the rows of a run",
    imports: ["columns", "words", "pipeline", "picture", "catalog", "data", "report"]
  },
  engine: {
    holds: "runs a graph; what it needs from outside are its services",
    imports: [
      "columns",
      "disk",
      "secrets",
      "words",
      "step",
      "pipeline",
      "models",
      "data",
      "journal"
    ],
    wings: {
      plan: { holds: "what is to be done: nodes, edges, regions, places of rows", imports: [] },
      watch: { holds: "what is counted while rows move; the watchdog; warnings", imports: [] },
      services: {
        holds: "what a run needs from outside: cards, reports, display, signals, stores",
        imports: ["watch"]
      },
      keep: {
        holds: "what steps made, kept under keys and found again",
        imports: ["plan", "watch", "services"]
      },
      identity: { holds: "what makes a step the same from run to run", imports: ["keep"] },
      nodes: {
        holds: "how rows move through each kind of node",
        imports: ["plan", "watch", "keep"]
      },
      record: {
        holds: "a run's folder: checkpoints, leaves, answers that were paid for",
        imports: ["plan", "keep", "nodes"]
      },
      local: {
        holds: "a run in this process, from its beginning to its result",
        imports: ["plan", "watch", "services", "keep", "identity", "nodes", "record"]
      },
      estimate: {
        holds: "what a run would cost",
        imports: ["keep", "nodes", "local"]
      }
    }
  },
  cluster: {
    holds:
      "runs that many processes work on: the plan of their shards, the work on one, the merge; coordinator and workers over Redis",
    imports: [
      "columns",
      "disk",
      "runtime",
      "secrets",
      "words",
      "models",
      "pipeline",
      "step",
      "data",
      "journal",
      "report",
      "engine"
    ]
  },
  run: {
    holds:
      "`run` and `estimate`: the engine with its usual surroundings, in this process or on many machines",
    imports: [
      "columns",
      "disk",
      "runtime",
      "secrets",
      "words",
      "step",
      "pipeline",
      "models",
      "data",
      "journal",
      "report",
      "card",
      "engine",
      "cluster"
    ],
    wings: {
      display: { holds: "how a run shows itself in a terminal; its logger", imports: [] },
      report: { holds: "the measures that a run's report is made of", imports: [] }
    }
  },
  codegen: {
    holds: "sources looked at without running them, types from data, documents as source",
    imports: [
      "columns",
      "runtime",
      "secrets",
      "words",
      "step",
      "pipeline",
      "document",
      "catalog",
      "data"
    ],
    wings: {
      compilers: { holds: "TypeScript's two compilers, asked in one way", imports: [] },
      read: {
        holds: "sources followed by a compiler: steps, flows, problems",
        imports: ["compilers"]
      },
      write: { holds: "documents as source", imports: [] },
      types: { holds: "types of columns, from data and from schemas", imports: [] }
    }
  },
  simulator: {
    holds: "simulated providers, a simulated Hub, a simulated Argilla",
    imports: ["columns", "models", "data"],
    wings: {
      answers: { holds: "what the simulated models say", imports: [] },
      faults: { holds: "what goes wrong, when, and how slowly", imports: ["answers"] },
      batches: { holds: "files and jobs of simulated batch APIs", imports: [] },
      server: {
        holds: "the server of simulated providers",
        imports: ["answers", "faults", "batches"]
      },
      hub: { holds: "the simulated Hub", imports: ["answers", "faults", "server"] },
      argilla: { holds: "the simulated Argilla", imports: [] }
    }
  },
  cli: { holds: "the command", imports: "all" }
}
