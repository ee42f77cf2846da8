/** A button, as the editor has them. */

import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { VscodeButton } from '@vscode-elements/elements/dist/vscode-button/index.js';

export type Button = VscodeButton;

/** @param isOffered Whether it stands out, as the one that most will want. */
export function makeButton(text: string, act: () => unknown, isOffered = false): Button {
  const made = document.createElement('vscode-button');
  made.secondary = !isOffered;
  made.textContent = text;
  made.addEventListener('click', () => void act());
  return made;
}
