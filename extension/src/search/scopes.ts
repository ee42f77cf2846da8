/** Saved scopes: filters with a name, kept for the workspace. */

import type * as vscode from 'vscode';

const KEY = 'semlens.scopes';

export interface Scope {
  name: string;
  /** As they are typed, such as "path:src -is:test". */
  filters: string;
}

export class Scopes {
  constructor(private readonly memory: vscode.Memento) {}

  /** By name. */
  get all(): readonly Scope[] {
    return this.memory.get<Scope[]>(KEY, []);
  }

  /** One with the same name is replaced. */
  async save(scope: Scope): Promise<void> {
    const others = this.all.filter(({ name }) => name !== scope.name);
    const sorted = [...others, scope].sort((one, other) => one.name.localeCompare(other.name));
    await this.memory.update(KEY, sorted);
  }

  async remove(scope: Scope): Promise<void> {
    await this.memory.update(
      KEY,
      this.all.filter(({ name }) => name !== scope.name),
    );
  }
}
