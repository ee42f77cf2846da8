/** The nodes of the results view as the editor draws them. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { symbolIcon } from '../search/hitItem';
import { IMAGE } from '../search/images';
import { formatPercent } from '../text/amounts';
import { escapeMarkdown } from '../text/format';
import { place } from './copy';
import { groupLabel, hitLabel } from './labels';
import { ranAt, summaryOf } from './summary';
import {
  type FileNode,
  type GoneNode,
  type GroupNode,
  type HitNode,
  type Node,
  type NoteNode,
  type SearchNode,
  searchOf,
} from './nodes';
import { counted, figure, t } from '../text/words';

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
/** Pixels of an image in a hover. */
const SHOWN_WIDTH = 280;
/** Files of a search that are unfolded. */
const MAX_UNFOLDED = 50;

const ICONS = { search: 'search', similar: 'copy', duplicates: 'versions' } as const;

/** How a hit is marked: by an icon and in words, so that no colour is needed. */
const GONE = { text: t('no longer found'), icon: 'diff-removed', color: undefined };
const STALE = {
  text: t('changed since it was found'),
  icon: 'warning',
  color: new vscode.ThemeColor('list.warningForeground'),
};
const NEW = {
  text: t('new'),
  icon: 'diff-added',
  color: new vscode.ThemeColor('gitDecoration.addedResourceForeground'),
};

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
    case 'group':
      return groupItem(node);
    case 'hit':
      return node.parent.type === 'group' ? copyItem(node, node.parent) : hitItem(node);
    case 'gone':
      return goneItem(node);
    case 'note':
      return noteItem(node);
  }
}

function searchItem({ search }: SearchNode, unfolded: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(search.name ?? search.title, unfolded ? Expanded : Collapsed);
  const count = search.copies?.total ?? search.hits.length;
  item.description = search.when === 0 ? '' : figure(count);
  const icon = search.pinned ? 'pinned' : ICONS[search.ask.kind];
  item.iconPath = new vscode.ThemeIcon(search.running ? 'loading~spin' : icon);
  item.contextValue = ['search', search.ask.kind, search.pinned ? 'pinned' : 'loose'].join(' ');
  item.tooltip = [search.title, summaryOf(search), ranAt(search)].filter(Boolean).join('\n');
  item.accessibilityInformation = { label: `${search.name ?? search.title}, ${summaryOf(search)}` };
  return item;
}

function fileItem({ uri, children, place }: FileNode): vscode.TreeItem {
  const file = vscode.Uri.parse(uri);
  const item = new vscode.TreeItem(file, place < MAX_UNFOLDED ? Expanded : Collapsed);
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(file));
  item.description = [folder === '.' ? '' : folder, String(children.length)].filter(Boolean).join(' · ');
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'file';
  item.tooltip = `${vscode.workspace.asRelativePath(file)}: ${counted(children.length, '{0} hit', '{0} hits')}`;
  return item;
}

/** Near copies: what is copied, and how much of it. */
function groupItem({ children, place, similarity, repeatedLines }: GroupNode): vscode.TreeItem {
  const [first] = children;
  const label = groupLabel(children.map(({ hit }) => hit));
  const alike = similarity >= 1 ? t('the same') : t('{0} alike', formatPercent(similarity));
  const item = new vscode.TreeItem(label, place < MAX_UNFOLDED ? Expanded : Collapsed);
  const repeated = counted(repeatedLines, '{0} repeated line', '{0} repeated lines');
  item.description = `${repeated} · ${alike}`;
  item.iconPath = new vscode.ThemeIcon(symbolIcon(first?.hit.kind ?? ''));
  item.contextValue = 'group';
  item.tooltip =
    similarity >= 1
      ? t('{0}: {1}, the same', label, repeated)
      : t('{0}: {1}, {2} alike or more', label, repeated, formatPercent(similarity));
  return item;
}

/** One of several near copies: its place, as the code is in all of them. */
function copyItem(node: HitNode, { children }: GroupNode): vscode.TreeItem {
  const { hit } = node;
  const file = vscode.Uri.parse(hit.uri);
  const item = new vscode.TreeItem(file, None);
  const state = stateOf(node)?.text;
  const lines = `${hit.range.start.line + 1}–${hit.range.end.line + 1}`;
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(file));
  const name = children.some((other) => other.hit.name !== hit.name) ? hit.name : '';
  item.description = [state, lines, name, folder === '.' ? '' : folder].filter(Boolean).join(' · ');
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'hit copy';
  item.command = { command: 'semlens.results.open', title: t('Open'), arguments: [node] };
  return item;
}

function hitItem(node: HitNode): vscode.TreeItem {
  const { hit, parent } = node;
  const item = new vscode.TreeItem(hitLabel(hit, hit.kind === IMAGE ? '' : String(hit.line + 1)), None);
  const isGone = parent.parent.type === 'gone';
  const state = stateOf(node);
  item.description = state?.text ?? '';
  item.iconPath = new vscode.ThemeIcon(state?.icon ?? symbolIcon(hit.kind), state?.color);
  item.contextValue = isGone ? 'hit gone' : searchOf(node).source ? 'hit similar' : 'hit';
  item.command = { command: 'semlens.results.open', title: t('Open'), arguments: [node] };
  const where = hit.kind === IMAGE ? '' : t('line {0}', hit.line + 1);
  const label = [hit.name, hit.summary, where, state?.text].filter(Boolean).join(', ');
  item.accessibilityInformation = { label };
  return item;
}

function stateOf({ hit, parent }: HitNode): typeof GONE | typeof STALE | undefined {
  return parent.parent.type === 'gone' ? GONE : hit.stale ? STALE : hit.isNew ? NEW : undefined;
}

function goneItem({ parent }: GoneNode): vscode.TreeItem {
  const count = parent.search.gone.length;
  const item = new vscode.TreeItem(
    counted(count, '{0} hit no longer found', '{0} hits no longer found'),
    Collapsed,
  );
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
export function hoverOf(node: HitNode): vscode.MarkdownString {
  const { hit } = node;
  const where = place(node);
  const text = new vscode.MarkdownString(`**${escapeMarkdown(hit.name || where)}**`, true);
  text.appendMarkdown(hit.name ? ` · ${escapeMarkdown(where)}\n\n` : '\n\n');
  if (hit.kind === IMAGE) {
    text.appendMarkdown(`![](${hit.uri}|width=${SHOWN_WIDTH})\n\n`);
  }
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
