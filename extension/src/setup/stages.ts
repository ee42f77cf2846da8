/** Which stage of the environment the settings want. */

import * as vscode from 'vscode';
import { type Manifest, megabytes } from './parts';

/** Settings that may need the full stage. */
export const NEEDING = ['environment', 'model', 'rerankModel', 'imageModel'];
/** Setting → its model that comes with Semlens and needs no more than the base stage. */
const OWN_MODELS = { model: 'semlens-code', rerankModel: 'semlens-rerank', imageModel: '' };

/** Whether the full stage is wanted: by the setting, by a model, or because OpenVINO has no package here. */
export function wantsFull(manifest: Manifest | undefined): boolean {
  const isKnown = manifest === undefined || megabytes(manifest, 'base') !== undefined;
  const setting = vscode.workspace.getConfiguration('semlens').get<string>('environment', 'full');
  return setting === 'full' || needsFull() || !isKnown;
}

/** Whether a setting names a model that needs sentence-transformers. */
export function needsFull(): boolean {
  const settings = vscode.workspace.getConfiguration('semlens');
  return Object.entries(OWN_MODELS).some(
    ([name, own]) => !['', own].includes(settings.get<string>(name, own)),
  );
}
