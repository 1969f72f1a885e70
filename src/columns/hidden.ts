/**
 * Keys of what types alone know. Editors list no member whose key they cannot name, so that they
 * offer of a flow or a step what one can use.
 */

/** The row type of a flow. */
export declare const row: unique symbol
/** The name of the step that a flow comes from. */
export declare const last: unique symbol
/** The steps of a flow with their parameters. */
export declare const graph: unique symbol
/** The names of the steps of a flow. */
export declare const names: unique symbol
/** The row type that a step reads. */
export declare const need: unique symbol
/** What a step makes of a row type. */
export declare const gives: unique symbol
/** What `run({ parameters })` may set of a step, and the services that it requires. */
export declare const facts: unique symbol
/** What `run({ parameters })` may set of a model. */
export declare const parameters: unique symbol
/** The services that a pipeline requires. */
export declare const requires: unique symbol
/** The columns that a step's option names. */
export declare const picks: unique symbol
/** The steps of a pipeline with their parameters. */
export declare const steps: unique symbol
/** The rows of a pipeline's leaves. */
export declare const leaves: unique symbol
/** The rows of a pipeline's generators. */
export declare const sources: unique symbol
