/** The tree of commands. What each does is loaded when it is called. */
import { version } from "../runtime/version.ts"
import { cluster, merge, shard, worker } from "./clusterCommands.ts"
import { command, type CommandNode, completionScript, group } from "./command.ts"
import { check, codegen, convert, estimate, graph, info, run } from "./pipelineCommands.ts"
import { batches, cache, init, list, prices, simulate, types, view } from "./projectCommands.ts"

const shells = ["bash", "zsh", "fish"] as const

const completions = command(
  {
    name: "completions",
    about: "print a script that has your shell complete commands and options",
    details:
      "Prints a script that has your shell complete commands, options, their values and files.",
    args: [["SHELL", "bash, zsh or fish", shells]],
    notes: `To have it in every shell that you start:

  bash   distilabel-ts completions bash >> ~/.bashrc
  zsh    distilabel-ts completions zsh > ~/.zfunc/_distilabel-ts, with fpath+=~/.zfunc before compinit in ~/.zshrc
  fish   distilabel-ts completions fish > ~/.config/fish/completions/distilabel-ts.fish`,
    examples: ["source <(distilabel-ts completions bash)"]
  },
  (_, [shell]) => {
    console.log(completionScript(root, shell as (typeof shells)[number]))
    return 0
  }
)

/** `distilabel-ts` with all its commands. */
export const root: CommandNode = group(
  {
    name: "distilabel-ts",
    about: "synthetic-data pipelines, typed",
    details: `Synthetic-data pipelines, typed. Version ${version}.`,
    notes: "Each command has its own help, with examples: distilabel-ts run --help",
    examples: [
      "distilabel-ts init my-dataset",
      "distilabel-ts check pipeline.ts",
      "distilabel-ts graph pipeline.ts -o pipeline.svg",
      "distilabel-ts run pipeline.ts --dry-run 3"
    ]
  },
  [
    run,
    view,
    estimate,
    check,
    info,
    graph,
    convert,
    codegen,
    init,
    list,
    types,
    cache,
    batches,
    prices,
    worker,
    shard,
    merge,
    cluster,
    simulate,
    completions
  ]
)
