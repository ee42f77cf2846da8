/** Images among hits: what opens them, and the tabs that show them for a glance. */

import * as vscode from 'vscode';

/** The kind and the language of a hit that is an image. */
export const IMAGE = 'image';

const VIEWER = 'imagePreview.previewEditor';

/** Images that are shown for a glance, by their URI. */
const glances = new Set<string>();

/** Open an image in the editor's own viewer, also one in XML, which would open as text. */
export async function openImage(uri: vscode.Uri, options: vscode.TextDocumentShowOptions): Promise<void> {
  glances.delete(uri.toString());
  await vscode.commands.executeCommand('vscode.openWith', uri, VIEWER, options);
}

/** Show an image until its tab is closed as those of previews are; a tab of the user's that shows it stays. */
export async function glanceAt(uri: vscode.Uri, options: vscode.TextDocumentShowOptions): Promise<void> {
  const isOpen = vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => showsImage(tab, uri)));
  await vscode.commands.executeCommand('vscode.openWith', uri, VIEWER, options);
  if (!isOpen) {
    glances.add(uri.toString());
  }
}

export function isGlance({ input }: vscode.Tab): boolean {
  return (
    input instanceof vscode.TabInputCustom && input.viewType === VIEWER && glances.has(input.uri.toString())
  );
}

export function showsImage({ input }: vscode.Tab, uri: vscode.Uri | undefined): boolean {
  return (
    input instanceof vscode.TabInputCustom &&
    input.viewType === VIEWER &&
    input.uri.toString() === uri?.toString()
  );
}
