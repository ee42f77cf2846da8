/** Hits and files that are dragged into the editor or a chat. */

import * as vscode from 'vscode';
import { hitsBelow, type Node } from './nodes';

export const dragged: vscode.TreeDragAndDropController<Node> = {
  dragMimeTypes: ['text/uri-list'],
  dropMimeTypes: [],
  handleDrag(nodes, data) {
    data.set('text/uri-list', new vscode.DataTransferItem([...new Set(nodes.flatMap(urisOf))].join('\r\n')));
  },
};

/** A hit is its file at its line. */
function urisOf(node: Node): string[] {
  if (node.type === 'hit') {
    const uri = vscode.Uri.parse(node.hit.uri);
    return [uri.with({ fragment: `L${node.hit.line + 1}` }).toString()];
  }
  return hitsBelow(node).map(({ hit }) => hit.uri);
}
