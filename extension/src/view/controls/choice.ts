/** A list that opens, to choose one of it. */

import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';

export type Choice = VscodeSingleSelect;

export interface Choosable {
  value: string;
  label: string;
}

/** @param label For screen readers; what is seen beside it is the page's. */
export function makeChoice(label: string, changed: () => void): Choice {
  const made = document.createElement('vscode-single-select');
  made.label = label;
  made.addEventListener('change', changed);
  return made;
}

/** Offers these, of which one is chosen. */
export function offer(choice: Choice, options: readonly Choosable[], chosen: string): void {
  choice.replaceChildren(
    ...options.map(({ value, label }) => {
      const option = document.createElement('vscode-option');
      option.value = value;
      option.selected = value === chosen;
      option.textContent = label;
      return option;
    }),
  );
}
