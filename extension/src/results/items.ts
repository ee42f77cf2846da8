/** The nodes of the results view as the editor draws them. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { symbolIcon } from '../search/hitItem';
import { escapeMarkdown, formatCount } from '../text/format';
import { highlightsOf } from './highlights';
import type { KeptHit, KeptSearch } from './kept';
import type { FileNode, GoneNode, HitNode, Node, NoteNode, SearchNode } from './nodes';

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
/** Files of a search that are unfolded. */
const MAX_UNFOLDED = 50;
const MARKED = new vscode.ThemeColor('list.warningForeground');

export function treeItem(node: Node, unfolded: boolean): vscode.TreeItem {
  const item = itemOf(node, unfolded);
  item.id = node.id;
  return item;
}

function itemOf(node: Node, unfolded: boolean): vscode.TreeItem {
  switch (node.type) {
    case 'search':
      return searchItem(node, unfolded);
    case 'file':
      return fileItem(node);
    case 'hit':
      return hitItem(node);
    case 'gone':
      return goneItem(node);
    case 'note':
      return noteItem(node);
  }
}

function searchItem({ search }: SearchNode, unfolded: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(search.name ?? search.title, unfolded ? Expanded : Collapsed);
  item.description = descriptionOf(search);
  const icon = search.pinned ? 'pinned' : search.ask.kind === 'similar' ? 'copy' : 'search';
  item.iconPath = new vscode.ThemeIcon(search.running ? 'loading~spin' : icon);
  item.contextValue = ['search', search.ask.kind, search.pinned ? 'pinned' : 'loose'].join(' ');
  item.tooltip = [search.title, item.description, ranAt(search)].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: `${search.name ?? search.title}, ${item.description}` };
  return item;
}

/** "12 hits in 5 files · shop · 3 new, 1 gone · 13:05". */
function descriptionOf(search: KeptSearch): string {
  const { hits, gone, ask, when } = search;
  const files = new Set(hits.map(({ uri }) => uri)).size;
  const fresh = hits.filter(({ isNew }) => isNew).length;
  const folder = ask.kind === 'search' && ask.folder !== undefined ? vscode.Uri.parse(ask.folder).path : '';
  const changes = [
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(gone.length > 0 ? [`${gone.length} gone`] : []),
  ];
  return [
    when === 0 ? 'searching' : `${formatCount(hits.length, 'hit')} in ${formatCount(files, 'file')}`,
    path.posix.basename(folder),
    changes.join(', '),
    when === 0 ? '' : clock(when),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The time of today, or else the day. */
function clock(when: number): string {
  const date = new Date(when);
  return date.toDateString() === new Date().toDateString()
    ? date.toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString(vscode.env.language, { day: 'numeric', month: 'short' });
}

function ranAt({ when }: KeptSearch): string {
  return when === 0 ? '' : `Ran ${new Date(when).toLocaleString(vscode.env.language)}`;
}

function fileItem({ uri, children, place }: FileNode): vscode.TreeItem {
  const file = vscode.Uri.parse(uri);
  const item = new vscode.TreeItem(file, place < MAX_UNFOLDED ? Expanded : Collapsed);
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(file));
  item.description = [folder === '.' ? '' : folder, String(children.length)].filter(Boolean).join(' · ');
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'file';
  item.tooltip = `${vscode.workspace.asRelativePath(file)}: ${formatCount(children.length, 'hit')}`;
  return item;
}

function hitItem(node: HitNode): vscode.TreeItem {
  const { hit, parent } = node;
  const item = new vscode.TreeItem({ label: hit.summary, highlights: marked(hit) }, None);
  const isGone = parent.parent.type === 'gone';
  const state = isGone
    ? 'no longer found'
    : hit.stale
      ? 'changed since it was found'
      : hit.isNew
        ? 'new'
        : '';
  item.description = [`${hit.line + 1}`, hit.name, state].filter(Boolean).join(' · ');
  item.iconPath = new vscode.ThemeIcon(symbolIcon(hit.kind), hit.stale || isGone ? MARKED : undefined);
  item.contextValue = isGone ? 'hit gone' : 'hit';
  item.command = { command: 'semlens.results.open', title: 'Open', arguments: [node] };
  const label = [hit.name, hit.summary, `line ${hit.line + 1}`, state].filter(Boolean).join(', ');
  item.accessibilityInformation = { label };
  return item;
}

/** The words of the question in the line; without one the name that it defines. */
function marked({ summary, words, name }: KeptHit): [number, number][] {
  const found = highlightsOf(summary, words);
  const last = name.split(/[.>]/).at(-1)?.trim() ?? '';
  const at = last === '' ? -1 : summary.indexOf(last);
  return found.length > 0 || at < 0 ? found : [[at, at + last.length]];
}

function goneItem({ parent }: GoneNode): vscode.TreeItem {
  const count = parent.search.gone.length;
  const item = new vscode.TreeItem(`${formatCount(count, 'hit')} no longer found`, Collapsed);
  item.iconPath = new vscode.ThemeIcon('diff-removed');
  item.contextValue = 'gone';
  return item;
}

function noteItem(node: NoteNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, None);
  item.iconPath = new vscode.ThemeIcon(node.icon);
  item.contextValue = 'note';
  if (node.command !== undefined) {
    item.command = { command: node.command, title: node.label, arguments: [node] };
  }
  return item;
}

/** Why a hit was found, for its hover. */
export function hoverOf({ hit }: HitNode): vscode.MarkdownString {
  const place = `${vscode.workspace.asRelativePath(vscode.Uri.parse(hit.uri))}:${hit.line + 1}`;
  const text = new vscode.MarkdownString(`**${escapeMarkdown(hit.name || place)}**`, true);
  text.appendMarkdown(hit.name ? ` · ${escapeMarkdown(place)}\n\n` : '\n\n');
  const { explanation } = hit;
  if (explanation) {
    const lines = [...explanation.tiers, ...explanation.gained, ...explanation.lost].map(
      ({ text: said }) => said,
    );
    text.appendMarkdown(`${escapeMarkdown(explanation.summary)}\n\n`);
    text.appendMarkdown(lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n'));
  } else {
    text.appendCodeblock(hit.summary, hit.language);
  }
  return text;
}
