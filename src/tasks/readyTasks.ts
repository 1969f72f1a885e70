/** All ready tasks: what is listed here is exported, known to documents and documented. */
export { task } from "./task.ts"
export { TextGeneration } from "./TextGeneration.ts"
export { UltraFeedback } from "./UltraFeedback.ts"
