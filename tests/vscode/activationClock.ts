/**
 * An extension that clocks the activation of the others, for `scripts/bench_screen.py`: the time to read an extension's
 * code and to call its `activate`. The editor's own figure begins with that of all extensions that start together, and
 * so counts the others' time as well.
 *
 * Adds a line of JSON to the file that `SEMLENS_ACTIVATION_CLOCK` names for each extension.
 */

import { appendFileSync } from 'node:fs';
import Module from 'node:module';

type Load = (this: unknown, request: string, ...rest: unknown[]) => unknown;
type Extension = { activate?: (...given: unknown[]) => unknown } | undefined;

const loader = Module as unknown as { _load: Load };
const log = process.env.SEMLENS_ACTIVATION_CLOCK;

export function activate(): void {
  const load = loader._load;
  loader._load = function (request, ...rest) {
    const began = performance.now();
    const loaded = load.call(this, request, ...rest) as Extension;
    const name = /[\\/]extensions[\\/]([^\\/]+)[\\/]/.exec(request)?.[1];
    return name === undefined || loaded?.activate === undefined
      ? loaded
      : { ...loaded, activate: clocked(name, performance.now() - began, loaded.activate) };
  };
}

/** An extension's `activate`, which notes how long it took and how long its code took to load, in milliseconds. */
function clocked(name: string, loaded: number, activate: (...given: unknown[]) => unknown) {
  return (...given: unknown[]): unknown => {
    const began = performance.now();
    const result = activate(...given);
    if (log !== undefined) {
      appendFileSync(log, `${JSON.stringify({ name, loaded, called: performance.now() - began })}\n`);
    }
    return result;
  };
}
