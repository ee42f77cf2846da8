/** Runs the program that makes environments, and passes on what it reports. */

import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as readline from 'node:readline';
import * as vscode from 'vscode';
import type { Places, Stage } from './parts';
import { setUpVariables, which } from './processes';
import { t } from '../text/words';

/** A step of the set-up; `done` of `total` megabytes, if they can be counted. */
export interface Step {
  step: string;
  done: number;
  total: number;
}

type Event =
  | ({ event: 'step' } & Step)
  | { event: 'failed'; code: string; message: string; command: string }
  | { event: 'done'; environment: string; seconds: number; megabytes: number }
  | { event: 'checked'; whole: boolean }
  | { event: 'stopped' };

/** The set-up failed. The message is a sentence for the user. */
export class SetUpFailure extends Error {
  constructor(
    /** What went wrong, in a word. */
    readonly code: string,
    message: string,
    /** A command for the terminal that mends it, or "". */
    readonly command: string,
  ) {
    super(message);
  }
}

export class Installer {
  constructor(
    private readonly places: Places,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Makes the environment of this version with a stage. Resolves to false if the user cancels. */
  async install(
    python: string,
    stage: Stage,
    onStep: (step: Step) => void,
    token: vscode.CancellationToken,
  ): Promise<boolean> {
    const wheels = vscode.workspace.getConfiguration('semlens').get<string>('wheelFolder', '').trim();
    const uv = await which('uv');
    const options = [
      ...(wheels === '' ? [] : ['--wheels', wheels]),
      ...(uv === undefined ? [] : ['--uv', uv]),
    ];
    const last = await this.run(python, ['install', '--stage', stage, ...options], onStep, token);
    if (last?.event === 'done') {
      this.log.info(`Set up in ${last.seconds} s, ${last.megabytes} MB fetched: ${last.environment}`);
      return true;
    }
    return false;
  }

  /** Whether the environment of this version has all its files. */
  async isWhole(python: string): Promise<boolean> {
    const last = await this.run(
      python,
      ['check'],
      () => undefined,
      new vscode.CancellationTokenSource().token,
    );
    return last?.event === 'checked' && last.whole;
  }

  /** The last event that the program reports. Rejects with a SetUpFailure. */
  private async run(
    python: string,
    [command = '', ...options]: string[],
    onStep: (step: Step) => void,
    token: vscode.CancellationToken,
  ): Promise<Event | undefined> {
    const { parts, storage } = this.places;
    try {
      await fs.mkdir(storage, { recursive: true });
    } catch (error) {
      this.log.error(String(error));
      const message = t('Semlens cannot write to {0}: make it writable, then try again.', storage);
      throw new SetUpFailure('read-only', message, '');
    }
    const places = ['--storage', storage, '--parts', parts, '--until-stdin-ends'];
    const args = ['-I', '-B', path.join(parts, 'installer'), command, ...places, ...options];
    this.log.info(`$ ${python} ${args.join(' ')}`);
    const child = spawn(python, args, { cwd: storage, env: setUpVariables(), stdio: 'pipe' });
    // The program stops when its input ends: on cancelling, and when this process ends.
    child.stdin.on('error', () => undefined);
    const cancelling = token.onCancellationRequested(() => child.stdin.end());
    let last: Event | undefined;
    readline.createInterface(child.stdout).on('line', (line) => {
      last = parseEvent(line) ?? last;
      if (last?.event === 'step') {
        onStep(last);
      }
    });
    readline.createInterface(child.stderr).on('line', (line) => {
      this.log.info(line);
    });
    const ended = await new Promise<string>((resolve) => {
      child.on('error', (error) => {
        resolve(error.message);
      });
      child.on('close', (code, signal) => {
        resolve(signal === null ? t('it ended with status {0}', code ?? 0) : t('it ended with {0}', signal));
      });
    });
    cancelling.dispose();
    if (last?.event === 'failed') {
      throw new SetUpFailure(last.code, last.message, last.command);
    }
    if (last?.event === 'step' || last === undefined) {
      throw new SetUpFailure('other', t('The set-up stopped unexpectedly ({0}).', ended), '');
    }
    return last;
  }
}

function parseEvent(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}
