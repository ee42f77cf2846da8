/** Gives the editor's language to all other parts. Imported before them, because some of their texts are constants. */

import * as vscode from 'vscode';
import { speak } from './words';

speak(vscode.l10n.bundle ?? {}, vscode.l10n.bundle === undefined ? 'en' : vscode.env.language);
