/** What an AI call is priced by, in words. */

const KINDS: Record<string, string> = {
  input: "input", cache_read: "input from a cache", cache_write: "written to a cache", cache_write_1h: "written to a cache for an hour",
  input_audio: "audio in", cache_audio_read: "audio from a cache", input_image: "images in",
  output: "output", output_reasoning: "reasoning", output_audio: "audio out", output_image: "images out",
  request: "request", gpu: "GPU time", discount: "discount", none: "no price",
};

export function kindText(kind: string): string {
  return KINDS[kind] ?? kind.replaceAll("_", " ");
}
