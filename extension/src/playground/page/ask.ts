/** Asks the extension, and remembers what the user has typed while the page is hidden. */

import type { AskName, Asks, FromPage, StepName, ToPage } from '../messages';

interface Memory {
  step?: StepName;
  typed: Record<string, string>;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Memory | undefined;
  setState(state: Memory): void;
};

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

const editor = acquireVsCodeApi();
const memory: Memory = editor.getState() ?? { typed: {} };
const waiting = new Map<number, Waiting>();
let last = 0;

/** Calls `show` when the user wants to see a step. */
export function listen(show: (step: StepName) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
    if (data.kind === 'step') {
      show(data.step);
      return;
    }
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'answer') {
      asked?.resolve(data.answer as never);
    } else {
      asked?.reject(new Error(data.text));
    }
  });
  editor.postMessage({ kind: 'ready' });
}

export function ask<Name extends AskName>(
  what: Name,
  params: Asks[Name]['params'],
): Promise<Asks[Name]['answer']> {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    editor.postMessage({ kind: 'ask', id, what, params });
  });
}

export function tell(message: Extract<FromPage, { kind: 'open' | 'run' }>): void {
  editor.postMessage(message);
}

export function typed(name: string): string | undefined {
  return memory.typed[name];
}

export function remember(name: string, value: string): void {
  memory.typed[name] = value;
  editor.setState(memory);
}

export function lastStep(): StepName | undefined {
  return memory.step;
}

export function rememberStep(step: StepName): void {
  memory.step = step;
  editor.setState(memory);
}
