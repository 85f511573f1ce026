/**
 * A headless Chromium for tests, driven through its own debugging protocol.
 * Source: Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol).
 *
 * @module
 */
import { z } from "zod";
import { DevToolsSession, within } from "./devtools_session.ts";
import { toolPath } from "./tools.ts";
import { watchOver } from "./watchdog.ts";

/** A page in a browser of its own. Disposing of it ends the browser. */
export interface BrowserPage extends AsyncDisposable {
  /** Goes to an address, and resolves when all of it is there. */
  goto(url: string): Promise<void>;
  /** Takes away the network. */
  goOffline(): Promise<void>;
  /** The value of an expression; of what a promise resolves with. */
  evaluate(expression: string): Promise<unknown>;
  /** Replaces what is in a field, as if it were pasted. */
  fill(selector: string, text: string): Promise<void>;
  /** Clicks into the middle of an element with the mouse. */
  click(selector: string): Promise<void>;
  /** Chooses files in a file input. */
  chooseFiles(selector: string, paths: readonly string[]): Promise<void>;
  /** A picture of the whole page, in PNG. */
  screenshot(): Promise<Uint8Array>;
  /** Every address that the page has asked for. */
  readonly requests: readonly string[];
  /** What the console shows, errors and breaches of the page's policy among it. */
  readonly complaints: readonly string[];
}

/** How the page is shown. */
export interface BrowserOptions {
  /** Pixels; 1100 without it. */
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
}

/** No window, nothing that calls home, and a port that the browser chooses. */
const FLAGS = [
  "--headless",
  "--remote-debugging-port=0",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const HEIGHT = 900;

/** Starts a browser with one empty page. */
export async function startBrowser(options: BrowserOptions = {}): Promise<BrowserPage> {
  const program = await toolPath("chromium");
  const directory = await Deno.makeTempDir({ prefix: "holdfast-browser-" });
  const child = new Deno.Command(program, {
    args: [...FLAGS, `--user-data-dir=${directory}/profile`, "about:blank"],
    env: { HOME: directory },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stop = async () => {
    child.kill("SIGTERM");
    await child.status;
    // Its helpers may write to the profile for a moment yet.
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  };
  const printed = debuggerAddress(child.stderr);
  try {
    await watchOver({ pid: child.pid, signal: "KILL", directory });
    const session = await DevToolsSession.open(
      await within(printed.address, "the browser did not start"),
    );
    await session.send("Emulation.setDeviceMetricsOverride", {
      width: options.width ?? 1_100,
      height: HEIGHT,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await session.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: options.colorScheme ?? "light" }],
    });
    return pageOf(session, async () => {
      session.close();
      await stop();
      await printed.ended;
    });
  } catch (error) {
    await stop();
    await printed.ended;
    throw error;
  }
}

function pageOf(session: DevToolsSession, stop: () => Promise<void>): BrowserPage {
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = EVALUATED.parse(
      await session.send("Runtime.evaluate", {
        expression,
        awaitPromise: true,
        returnByValue: true,
      }),
    );
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.value;
  };
  const found = (selector: string) => `document.querySelector(${JSON.stringify(selector)})`;
  return {
    requests: session.requests,
    complaints: session.complaints,
    evaluate,
    async goto(url) {
      const loaded = session.event("Page.loadEventFired");
      await session.send("Page.navigate", { url });
      await within(loaded, `${url} was not loaded`);
    },
    async goOffline() {
      const nothing = { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
      await session.send("Network.emulateNetworkConditions", nothing);
    },
    async fill(selector, text) {
      await evaluate(`${found(selector)}.focus(); ${found(selector)}.select()`);
      if (text !== "") return void await session.send("Input.insertText", { text });
      const key = { key: "Delete", code: "Delete", windowsVirtualKeyCode: 46 };
      await session.send("Input.dispatchKeyEvent", { type: "keyDown", ...key });
      await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
    },
    async click(selector) {
      const { x, y } = PLACE.parse(
        await evaluate(`(() => {
          const element = ${found(selector)};
          element.scrollIntoView({ block: "center" });
          const { x, y, width, height } = element.getBoundingClientRect();
          return { x: x + width / 2, y: y + height / 2 };
        })()`),
      );
      for (const type of ["mousePressed", "mouseReleased"]) {
        const event = { type, x, y, button: "left", clickCount: 1 };
        await session.send("Input.dispatchMouseEvent", event);
      }
    },
    async chooseFiles(selector, paths) {
      const { root } = DOCUMENT.parse(await session.send("DOM.getDocument"));
      const node = NODE.parse(
        await session.send("DOM.querySelector", { nodeId: root.nodeId, selector }),
      );
      await session.send("DOM.setFileInputFiles", { files: paths, ...node });
    },
    async screenshot() {
      const options = { format: "png", captureBeyondViewport: true };
      const { data } = PICTURE.parse(await session.send("Page.captureScreenshot", options));
      return Uint8Array.fromBase64(data);
    },
    [Symbol.asyncDispose]: stop,
  };
}

const EVALUATED = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.object({ text: z.string() }).optional(),
});
const PLACE = z.object({ x: z.number(), y: z.number() });
const DOCUMENT = z.object({ root: z.object({ nodeId: z.number() }) });
const NODE = z.object({ nodeId: z.number() });
const PICTURE = z.object({ data: z.string() });
/** Where the browser says that it can be driven, and when it has said all. */
function debuggerAddress(stderr: ReadableStream<Uint8Array>) {
  const address = Promise.withResolvers<string>();
  const read = async () => {
    let printed = "";
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      printed = (printed + text).slice(-10_000);
      const [, found] = /DevTools listening on (ws:\S+)\s/.exec(printed) ?? [];
      if (found !== undefined) address.resolve(found);
    }
    address.reject(new Error(`the browser has ended:\n${printed}`));
  };
  // Nobody asks for the address any more once the browser runs.
  address.promise.catch(() => {});
  return { address: address.promise, ended: read() };
}
