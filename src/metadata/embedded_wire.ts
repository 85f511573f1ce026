import type { Wire, WireEvents } from "./driver_connection.ts";

/**
 * Carries bytes to the embedded database, over a port to its thread: nothing else on this machine
 * can reach it.
 */
export function embeddedWire(port: MessagePort, events: WireEvents): Wire {
  port.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => events.received(data));
  port.start();
  const close = () => {
    port.close();
    events.closed();
  };
  return {
    write(bytes) {
      // A copy, because the driver goes on writing into the buffer that this is a part of.
      const copy = new Uint8Array(bytes);
      port.postMessage(copy, [copy.buffer]);
      return true;
    },
    end: close,
    destroy: close,
    // What comes has come: the thread answers only what was asked.
    pause() {},
    resume() {},
  };
}
