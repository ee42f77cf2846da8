/** What the map's page and the extension tell each other. Lines are 0-based, paths relative to the map's folder. */

import type { MapResult, NearDefinition } from '../protocol';

export interface PlaceInFile {
  path: string;
  line: number;
  endLine: number;
}

export type ToPage =
  | { kind: 'drawing'; text: string }
  | { kind: 'show'; map: MapResult; folder: string }
  | { kind: 'failed'; message: string }
  | { kind: 'code'; point: number; text: string }
  | { kind: 'near'; point: number; near: NearDefinition[] }
  | { kind: 'answered'; question: string; hits: PlaceInFile[]; problem: string };

export type FromPage =
  | { kind: 'ready' }
  | { kind: 'again' }
  | { kind: 'open'; place: PlaceInFile; take: boolean }
  | { kind: 'code'; point: number; place: PlaceInFile }
  | { kind: 'near'; point: number; place: PlaceInFile }
  | { kind: 'ask'; question: string }
  | { kind: 'scope'; paths: string[] };
