// @ts-check
/** In the audio thread: mono, a tenth of a second at a time. Not a module of the page. */

/* global AudioWorkletProcessor, registerProcessor, sampleRate */

// @ts-expect-error - the audio thread's own globals
class Collector extends AudioWorkletProcessor {
  constructor() {
    super();
    // @ts-expect-error - see above
    this.size = Math.round(sampleRate / 10);
    this.block = new Float32Array(this.size);
    this.filled = 0;
  }

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const channels = inputs[0] ?? [];
    const length = channels[0]?.length ?? 0;
    for (let at = 0; at < length; at += 1) {
      // the louder of two channels, never their mean: opposite phases would cancel
      let sample = channels[0]?.[at] ?? 0;
      for (const channel of channels) if (Math.abs(channel[at] ?? 0) > Math.abs(sample)) sample = channel[at] ?? 0;
      this.block[this.filled] = sample;
      this.filled += 1;
      if (this.filled === this.size) {
        // @ts-expect-error - see above
        this.port.postMessage(this.block.slice());
        this.filled = 0;
      }
    }
    return true;
  }
}

// @ts-expect-error - see above
registerProcessor("collector", Collector);
