// Records the microphone as the carrier keeps sound: WAV, 8 kHz, 16 bit, mono; notices silence and the longest time.
const RATE = 8000, QUIET = 0.012;

export class Microphone {
  static async open({ silence, most, onLevel, onEnd }) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
    const context = new AudioContext();
    await context.audioWorklet.addModule("/simulator/static/microphone-worklet.js");
    return new Microphone(stream, context, { silence, most, onLevel, onEnd });
  }

  constructor(stream, context, { silence, most, onLevel, onEnd }) {
    Object.assign(this, { stream, context, blocks: [], samples: 0 });
    const node = new AudioWorkletNode(context, "microphone");
    let loudAt = context.currentTime, over = false;
    node.port.onmessage = ({ data }) => {
      this.blocks.push(data);
      this.samples += data.length;
      const level = Math.sqrt(data.reduce((sum, one) => sum + one * one, 0) / data.length);
      if (level > QUIET) loudAt = context.currentTime;
      onLevel(Math.min(1, level * 6));
      const quietFor = context.currentTime - loudAt;
      if (!over && ((silence && quietFor > silence) || this.samples / context.sampleRate > most)) {
        over = true;
        onEnd("silence");
      }
    };
    context.createMediaStreamSource(stream).connect(node);
  }

  close() {
    this.stream.getTracks().forEach((track) => track.stop());
    this.context.close();
  }

  // The WAV of everything heard so far.
  wav() {
    const all = new Float32Array(this.samples);
    let at = 0;
    for (const block of this.blocks) { all.set(block, at); at += block.length; }
    const step = this.context.sampleRate / RATE, length = Math.floor(all.length / step);
    const view = new DataView(new ArrayBuffer(44 + length * 2));
    const text = (offset, value) => [...value].forEach((char, n) => view.setUint8(offset + n, char.charCodeAt(0)));
    text(0, "RIFF"); view.setUint32(4, 36 + length * 2, true); text(8, "WAVEfmt ");
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, RATE, true); view.setUint32(28, RATE * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
    text(36, "data"); view.setUint32(40, length * 2, true);
    for (let n = 0; n < length; n++) { // the mean of the samples that fall into one, which also keeps hiss out
      const from = Math.floor(n * step), to = Math.floor((n + 1) * step);
      let sum = 0;
      for (let m = from; m < to; m++) sum += all[m];
      view.setInt16(44 + n * 2, Math.max(-1, Math.min(1, sum / (to - from))) * 32767, true);
    }
    return view.buffer;
  }
}
