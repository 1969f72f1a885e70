/**
 * The classes that documents of Python's distilabel name: where 1.5.3 has them, and what those of
 * earlier versions are called now.
 */

const prefix = "distilabel."

/** A module without its first part, and its classes. */
const table = `
models.embeddings.llamacpp LlamaCppEmbeddings
models.embeddings.sentence_transformers SentenceTransformerEmbeddings
models.embeddings.vllm vLLMEmbeddings
models.image_generation.huggingface.inference_endpoints InferenceEndpointsImageGeneration
models.image_generation.openai OpenAIImageGeneration
models.llms.anthropic AnthropicLLM
models.llms.anyscale AnyscaleLLM
models.llms.azure AzureOpenAILLM
models.llms.cohere CohereLLM
models.llms.groq GroqLLM
models.llms.huggingface.inference_endpoints InferenceEndpointsLLM
models.llms.huggingface.transformers TransformersLLM
models.llms.litellm LiteLLM
models.llms.llamacpp LlamaCppLLM
models.llms.mistral MistralLLM
models.llms.mlx MlxLLM
models.llms.moa MixtureOfAgentsLLM
models.llms.ollama OllamaLLM
models.llms.openai OpenAILLM
models.llms.together TogetherLLM
models.llms.vertexai VertexAILLM
models.llms.vllm ClientvLLM vLLM
steps.argilla.preference PreferenceToArgilla
steps.argilla.text_generation TextGenerationToArgilla
steps.clustering.dbscan DBSCAN
steps.clustering.text_clustering TextClustering
steps.clustering.umap UMAP
steps.columns.combine CombineOutputs
steps.columns.expand ExpandColumns
steps.columns.group GroupColumns
steps.columns.keep KeepColumns
steps.columns.merge MergeColumns
steps.deita DeitaFiltering
steps.embeddings.embedding_generation EmbeddingGeneration
steps.embeddings.nearest_neighbour FaissNearestNeighbour
steps.filtering.embedding EmbeddingDedup
steps.filtering.minhash MinHashDedup
steps.formatting.conversation ConversationTemplate
steps.formatting.dpo FormatChatGenerationDPO FormatTextGenerationDPO
steps.formatting.sft FormatChatGenerationSFT FormatTextGenerationSFT
steps.generators.data LoadDataFromDicts
steps.generators.data_sampler DataSampler
steps.generators.huggingface LoadDataFromDisk LoadDataFromFileSystem LoadDataFromHub
steps.globals.huggingface PushToHub
steps.reward_model RewardModelScore
steps.tasks.apigen.execution_checker APIGenExecutionChecker
steps.tasks.apigen.generator APIGenGenerator
steps.tasks.apigen.semantic_checker APIGenSemanticChecker
steps.tasks.apigen.utils PrepareExamples
steps.tasks.argilla_labeller ArgillaLabeller
steps.tasks.clair CLAIR
steps.tasks.complexity_scorer ComplexityScorer
steps.tasks.evol_instruct.base EvolInstruct
steps.tasks.evol_instruct.evol_complexity.base EvolComplexity
steps.tasks.evol_instruct.evol_complexity.generator EvolComplexityGenerator
steps.tasks.evol_instruct.generator EvolInstructGenerator
steps.tasks.evol_quality.base EvolQuality
steps.tasks.generate_embeddings GenerateEmbeddings
steps.tasks.genstruct Genstruct
steps.tasks.image_generation ImageGeneration
steps.tasks.improving_text_embeddings BitextRetrievalGenerator EmbeddingTaskGenerator GenerateLongTextMatchingData GenerateShortTextMatchingData GenerateTextClassificationData GenerateTextRetrievalData MonolingualTripletGenerator
steps.tasks.instruction_backtranslation InstructionBacktranslation
steps.tasks.magpie.base Magpie
steps.tasks.magpie.generator MagpieGenerator
steps.tasks.math_shepherd.completer MathShepherdCompleter
steps.tasks.math_shepherd.generator MathShepherdGenerator
steps.tasks.math_shepherd.utils FormatPRM
steps.tasks.pair_rm PairRM
steps.tasks.prometheus_eval PrometheusEval
steps.tasks.quality_scorer QualityScorer
steps.tasks.self_instruct SelfInstruct
steps.tasks.sentence_transformers GenerateSentencePair
steps.tasks.structured_generation StructuredGeneration
steps.tasks.text_classification TextClassification
steps.tasks.text_generation ChatGeneration TextGeneration
steps.tasks.text_generation_with_image TextGenerationWithImage
steps.tasks.ultrafeedback UltraFeedback
steps.tasks.urial URIAL
steps.truncate TruncateTextColumn
`

const modules: ReadonlyMap<string, string> = new Map(
  table
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [module = "", ...classes] = line.split(" ")
      return classes.map((name) => [name, prefix + module] as const)
    })
)

/** Classes that were renamed before 1.5.3. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["CombineColumns", "GroupColumns"],
  ["LoadHubDataset", "LoadDataFromHub"],
  ["MinHash", "MinHashDedup"],
  ["MistralAILLM", "MistralLLM"],
  ["TogetherInferenceLLM", "TogetherLLM"]
])

const globals: ReadonlySet<string> = new Set([
  "DBSCAN",
  "DeitaFiltering",
  "EmbeddingDedup",
  "FaissNearestNeighbour",
  "PushToHub",
  "TextClustering",
  "UMAP"
])

/** Where a document says a class is. */
export interface TypeInfo {
  readonly module: string
  readonly name: string
}

/** Whether a module is one of Python's distilabel, of whatever version. */
export const isPythons = ({ module }: TypeInfo): boolean =>
  module === "distilabel" || module.startsWith(prefix)

/** The name that a class of distilabel has in 1.5.3. */
export const currentName = (name: string): string => renamed.get(name) ?? name

/** Where 1.5.3 has a class; undefined if it has none of that name. */
export const pythonModule = (name: string): string | undefined => modules.get(name)

/** Where 1.5.3 has a class that a document of any version names; other classes as they are. */
export const currentTypeInfo = (info: TypeInfo): TypeInfo => {
  const name = currentName(info.name)
  const module = isPythons(info) ? modules.get(name) : undefined
  return module === undefined ? info : { module, name }
}

/** Whether a class of distilabel takes all rows at once. */
export const isGlobal = (name: string): boolean => globals.has(name)

/** Names of the classes of distilabel, old ones too. */
export const pythonNames: ReadonlyArray<string> = [...modules.keys(), ...renamed.keys()]
