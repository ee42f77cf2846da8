/** The rows of the models view: models, and below each its facts and the folders that are indexed with it. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { IndexedFolder, InstalledModel, ModelQuality } from '../protocol';
import { formatPercent } from '../text/amounts';
import { icon } from '../text/icon';
import { counted, date, figure, t } from '../text/words';

export interface ModelNode {
  type: 'model';
  model: InstalledModel;
}

export interface FactNode {
  type: 'fact';
  name: string;
  value: string;
  /** The tooltip. */
  detail?: string;
}

/** What a model is offered that was measured nowhere yet. */
export interface MeasureNode {
  type: 'measure';
}

export interface FolderNode {
  type: 'folder';
  folder: IndexedFolder;
  tier: InstalledModel['tier'];
}

export type Node = ModelNode | FactNode | FolderNode | MeasureNode;

/** What the setting of a tier's model says. */
export function chosenModel(tier: InstalledModel['tier']): string {
  const settings = vscode.workspace.getConfiguration('semlens');
  if (tier === 'image') {
    return settings.get<boolean>('images', false) ? settings.get('imageModel', '') : '';
  }
  return settings.get(settingOf(tier), '');
}

const SETTINGS = { deep: 'model', instant: 'instantModel', rerank: 'rerankModel' } as const;

/** The name of the setting that chooses a model of a tier. */
export function settingOf(tier: keyof typeof SETTINGS): (typeof SETTINGS)[keyof typeof SETTINGS] {
  return SETTINGS[tier];
}

/** What the setting `semlens.secondModel` says. */
export function secondModel(): string {
  return vscode.workspace.getConfiguration('semlens').get('secondModel', '');
}

/** The setting that a model is chosen by. */
export type Role = 'model' | 'instantModel' | 'secondModel' | 'rerankModel';

export function isChosen({ tier, setting, inWords }: InstalledModel): boolean {
  return !inWords && setting !== undefined && setting === chosenModel(tier);
}

/** Whether these are the vectors of code in words that the second model makes. */
export function isSecond({ setting, inWords }: InstalledModel): boolean {
  return inWords && setting !== undefined && setting === secondModel();
}

/** Whether the settings of a transformer can name this model. */
export function isTransformer({ tier, installed, setting, inWords }: InstalledModel): boolean {
  return tier === 'deep' && installed && Boolean(setting) && !inWords;
}

/** Whether a model answers for a folder: there is nothing to wait for if it is used again. */
export function answers({ folders }: InstalledModel): boolean {
  return folders.some((folder) => folder.answers);
}

/** Whether another model can be replaced by this one, by the setting. */
export function isUsable(model: InstalledModel): boolean {
  const isOfText = model.tier !== 'image' && !model.inWords;
  return isOfText && model.installed && Boolean(model.setting) && !isChosen(model);
}

export function below({ type, ...node }: Node): Node[] {
  if (type !== 'model' || !('model' in node)) {
    return [];
  }
  const { model } = node;
  return [
    ...model.folders.map((folder): FolderNode => ({ type: 'folder', folder, tier: model.tier })),
    ...(isMeasurable(model) && model.measured.length === 0 ? [{ type: 'measure' } as const] : []),
    ...model.measured.map(qualityOf),
    ...factsOf(model).map(([name, value]): FactNode => ({ type: 'fact', name, value })),
  ];
}

export function itemOf(node: Node): vscode.TreeItem {
  switch (node.type) {
    case 'model':
      return modelItem(node);
    case 'folder':
      return folderItem(node);
    case 'measure':
      return measureItem();
    case 'fact':
      return factItem(node);
  }
}

/** Whether *Which Model Is Best for My Code?* gives its figures. */
function isMeasurable(model: InstalledModel): boolean {
  return isTransformer(model) || (model.tier === 'instant' && isChosen(model));
}

function measureItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(t('Measure on Your Code…'));
  item.iconPath = icon('graph').iconPath;
  item.tooltip = t('How often each model finds the right code, by questions from your own code');
  item.command = { command: 'semlens.bestModel', title: t('Measure on Your Code…') };
  return item;
}

function modelItem({ model }: ModelNode): vscode.TreeItem {
  const item = new vscode.TreeItem(model.name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = model.fingerprint;
  item.iconPath = icon(
    !model.installed ? 'warning' : isChosen(model) ? 'pass-filled' : 'circle-large-outline',
  ).iconPath;
  item.description = [tierOf(model), stateOf(model)].filter(Boolean).join(' · ');
  item.tooltip = `${model.name}: ${item.description}`;
  const can = [
    ...(isUsable(model) ? ['use'] : []),
    ...(isTransformer(model) && model.setting !== secondModel() ? ['second'] : []),
    ...(isSecond(model) ? ['leave'] : []),
    ...(model.wanted || model.removableBytes === 0 ? [] : ['remove']),
  ];
  item.contextValue = ['model', ...can].join(' ');
  return item;
}

function isInUse(model: InstalledModel): boolean {
  return isChosen(model) || isSecond(model);
}

const TIERS: Readonly<Record<InstalledModel['tier'], string>> = {
  deep: t('Transformer'),
  image: t('Image model'),
  instant: t('Fast model'),
  rerank: t('Model for the order of the first hits'),
};

function tierOf({ tier, inWords }: InstalledModel): string {
  if (inWords) {
    return t('Second model');
  }
  return TIERS[tier];
}

function stateOf(model: InstalledModel): string {
  if (!model.installed) {
    return t('not installed, or its files were changed');
  }
  if (isInUse(model)) {
    return t('in use');
  }
  return answers(model) && !model.inWords ? t('answers for now') : model.trained ? t('trained here') : '';
}

function folderItem({ folder, tier }: FolderNode): vscode.TreeItem {
  const name = folder.folder === '' ? t('A folder that is gone') : path.basename(folder.folder);
  const item = new vscode.TreeItem(name);
  item.iconPath = vscode.ThemeIcon.Folder;
  const share = formatPercent(folder.texts === 0 ? 0 : folder.embedded);
  const said =
    tier === 'image'
      ? counted(folder.texts, '{1} of {0} image', '{1} of {0} images', share)
      : counted(
          folder.texts,
          '{1} of {0} different piece of code',
          '{1} of {0} different pieces of code',
          share,
        );
  item.description = [said, formatBytes(folder.diskBytes), folder.answers ? t('answers') : '']
    .filter(Boolean)
    .join(' · ');
  item.tooltip = `${folder.folder || name}: ${item.description}`;
  return item;
}

function factItem({ name, value, detail }: FactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.description = value;
  item.tooltip = detail ?? `${name}: ${value}`;
  item.contextValue = 'fact';
  return item;
}

function factsOf(model: InstalledModel): [string, string][] {
  const facts: [string, string | undefined][] = [
    [t('Speed here'), some(model.pace, paceOf)],
    [t('File'), some(model.size, formatBytes)],
    [t('Vector'), some(model.dimension, (size) => counted(size, '{0} number', '{0} numbers'))],
    [
      t('Window'),
      model.tokenizer === undefined || model.tokenizer === null
        ? undefined
        : (some(model.window, (size) => counted(size, '{0} token', '{0} tokens')) ?? t('any length')),
    ],
    [t('Tokenizer'), some(model.tokenizer, (kind) => `${kind}, ${figure(model.vocabulary ?? 0)}`)],
    [t('Pooling'), some(model.pooling, String)],
    [t('Licence'), some(model.licence, String)],
    [t('Vectors kept'), vectorsOf(model)],
    [t('Setting'), some(model.setting, String)],
    [t('Fingerprint'), model.tier === 'rerank' ? undefined : model.fingerprint],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

function vectorsOf({ tier, vectors, vectorBytes }: InstalledModel): string | undefined {
  if (tier === 'rerank') {
    return undefined;
  }
  return vectors === 0 ? t('none') : `${figure(vectors)} · ${formatBytes(vectorBytes)}`;
}

function paceOf(pace: number): string {
  return t('{0} pieces of code a second', figure(pace, pace < 10 ? 1 : 0));
}

/** How well a model alone finds the code of a folder, as far as is known. */
function qualityOf({ folder, source, questions, chunks, mrr, at }: ModelQuality): FactNode {
  const interval = t('MRR {0} ({1}–{2})', figure(mrr.mean, 2), figure(mrr.low, 2), figure(mrr.high, 2));
  const asked =
    source === 'history'
      ? counted(questions, '{0} question from a commit', '{0} questions from commits')
      : source === 'docstrings'
        ? counted(questions, '{0} question from a docstring', '{0} questions from docstrings')
        : counted(questions, '{0} question of held-back code', '{0} questions of held-back code');
  const day = date(new Date(at * 1000));
  const among = counted(chunks, 'among {0} piece of code', 'among {0} pieces of code');
  const meant = t('MRR is 1 if the answer is always first, and 0 if it is never found.');
  return {
    type: 'fact',
    name: t('Quality in {0}', path.basename(folder)),
    value: [interval, asked, day].join(' · '),
    detail: `${t('Quality in {0}', folder)}: ${[interval, asked, among, day].join(' · ')}\n${meant}`,
  };
}

function some<T>(value: T | null | undefined, shown: (value: T) => string): string | undefined {
  return value === undefined || value === null ? undefined : shown(value);
}

/** "34.0 MB": models and their indexes are small enough for a digit more than elsewhere. */
export function formatBytes(bytes: number): string {
  return t('{0} MB', figure(bytes / 1_000_000, bytes < 100_000_000 ? 1 : 0));
}
