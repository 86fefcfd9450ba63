// @ts-check
/**
 * The shape of GET /api/meetings/M/outputs.
 *
 * @typedef {{name: string, kind: string, state: "ok" | "waiting" | "retrying" | "failed" | "off", sent: number, errors: number,
 *   last_ok_ms: number | null, ago_ms?: number | null}} Output
 */
export {};
