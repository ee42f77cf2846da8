/** Fields to type into. */

import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { VscodeTextarea } from '@vscode-elements/elements/dist/vscode-textarea/index.js';
import type { VscodeTextfield } from '@vscode-elements/elements/dist/vscode-textfield/index.js';

export type Field = VscodeTextarea | VscodeTextfield;

/** A field of one line, or of several. @param label For screen readers. */
export function makeField(label: string, lines = 1): Field {
  if (lines === 1) {
    return labelled(document.createElement('vscode-textfield'), label);
  }
  const made = labelled(document.createElement('vscode-textarea'), label);
  made.rows = lines;
  made.monospace = true;
  made.resize = 'vertical';
  return made;
}

/** A field for a question; its cross empties it. */
export function makeSearchField(label: string, placeholder: string): VscodeTextfield {
  const made = labelled(document.createElement('vscode-textfield'), label);
  made.type = 'search';
  made.placeholder = placeholder;
  return made;
}

function labelled<F extends Field>(made: F, label: string): F {
  made.label = label;
  return made;
}
