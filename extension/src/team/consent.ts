/** What a user agrees to before anything is sent to a team's server. */

import * as vscode from 'vscode';

/** Ask `question` with all that would be sent, and a button that says `yes`. */
export async function agreesTo(question: string, consent: string[], yes: string): Promise<boolean> {
  const [first = '', ...rest] = consent;
  const last = rest.pop() ?? '';
  const detail = [first, ...rest.map((item) => `• ${item}`), '', last].join('\n');
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) === yes;
}
